import type { ImageDocument } from '../../knn/document.ts';
import { readImageHits } from '../../knn/hits.ts';
import { efSearchOf, semanticOf, vectorSpaceOf, viewFields } from '../../knn/mapping.ts';
import { checkHashSearch, checkVectorSearch, type VectorSearch } from '../../knn/query.ts';
import { semanticSpace, type VectorSpace } from '../../knn/space.ts';
import type { LookUpOptions } from '../../partial.ts';
import { indexOther } from '../feature.ts';
import { IMAGES, type ImageSearches, type NearestImages, noSemantic } from '../images.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import type { SearchedVectors } from './dialect.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { searchWhole } from './whole.ts';

interface Answer {
  hits: { hits: { _index: string; _source: ImageDocument }[] };
}

/** A generation and how its vectors are searched. */
interface Known extends SearchedVectors {
  generation: string;
  /** The vectors of a second model, if there is one. */
  semantic: SearchedVectors | null;
}

function searchedBy(space: VectorSpace, efSearch: number): SearchedVectors {
  return { space, efSearch, views: ['semantic'] };
}

/**
 * Searches for pictures. The mapping of an index is read once, and again after its alias has
 * moved.
 */
export function imageSearchIn(cluster: Cluster): ImageSearches {
  const { dialect, send } = cluster;
  const known = new Map<string, Known>();

  async function spaceOf(index: string): Promise<Known> {
    const path = `/${pathOf(index)}/_mapping`;
    const response = await send({ method: 'GET', path, expected: [404] });
    if (response.status === 404) throw indexNotFound(index);
    const found = Object.entries(objectOf(response) as Record<string, Record<string, unknown>>)[0];
    const body = found ? dialect.fromServer(found[1]) : {};
    const space = vectorSpaceOf(body);
    if (!found || space === null) throw indexOther(index, IMAGES);
    const efSearch = efSearchOf(body);
    const second = semanticOf(body);
    const semantic = second && searchedBy(semanticSpace(second.dimension), efSearch);
    const views = viewFields(body);
    const searched = { generation: found[0], space, efSearch, views, semantic };
    known.set(index, searched);
    return searched;
  }

  async function searched(
    index: string,
    body: Record<string, unknown>,
    how: LookUpOptions,
  ): Promise<Answer> {
    return (await searchWhole(cluster, index, body, how)) as unknown as Answer;
  }

  async function nearest(
    index: string,
    search: VectorSearch,
    how: LookUpOptions,
  ): Promise<NearestImages> {
    const at = known.get(index);
    const live = at ?? (await spaceOf(index));
    const { generation } = live;
    const vectors = search.field === 'semantic' ? live.semantic : live;
    let answer: Answer | null = null;
    try {
      if (vectors === null) throw noSemantic(index);
      checkVectorSearch(vectors.space, search);
      answer = await searched(index, dialect.nearestBody(vectors, search), how);
    } catch (error) {
      // The alias may have moved to an index of another space.
      if (!at || (await spaceOf(index)).generation === generation) throw error;
    }
    if (answer && answer.hits.hits.every(({ _index }) => _index === generation)) {
      return { space: vectors!.space, documents: readImageHits(answer) };
    }
    known.delete(index);
    return nearest(index, search, how);
  }

  return {
    async nearest(index, search, how = {}) {
      how.signal?.throwIfAborted();
      return nearest(index, search, how);
    },
    async byHash(index, search, how = {}) {
      how.signal?.throwIfAborted();
      checkHashSearch(search);
      if (!known.has(index)) await spaceOf(index);
      return readImageHits(await searched(index, dialect.hashBody(search), how));
    },
  };
}
