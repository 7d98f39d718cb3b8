import { EngineError } from '../../errors.ts';
import type { ImageDocument } from '../../knn/document.ts';
import { readImageHits } from '../../knn/hits.ts';
import { vectorSpaceOf } from '../../knn/mapping.ts';
import {
  checkHashSearch,
  checkVectorSearch,
  type HashSearch,
  type VectorSearch,
} from '../../knn/query.ts';
import { hashSearchBody, vectorSearchBody } from '../../knn/query-body.ts';
import type { VectorSpace } from '../../knn/space.ts';
import { indexNotFound, pathOf } from './names.ts';
import { objectOf, type SendRequest } from './request.ts';

interface Answer {
  hits: { hits: { _index: string; _source: ImageDocument }[] };
}

/** A generation and how its vectors are compared. */
interface Known {
  generation: string;
  space: VectorSpace;
}

/** Searches for pictures. The mapping of an index is read once, and again when its alias has moved. */
export interface ImageSearches {
  nearest(
    index: string,
    search: VectorSearch,
    signal?: AbortSignal,
  ): Promise<{ space: VectorSpace; documents: ImageDocument[] }>;
  byHash(index: string, search: HashSearch, signal?: AbortSignal): Promise<ImageDocument[]>;
}

export function imageSearches(send: SendRequest): ImageSearches {
  const known = new Map<string, Known>();

  async function spaceOf(index: string): Promise<Known> {
    const path = `/${pathOf(index)}/_mapping`;
    const response = await send({ method: 'GET', path, expected: [404] });
    if (response.status === 404) throw indexNotFound(index);
    const [[generation, body] = []] = Object.entries(objectOf(response));
    const space = body === undefined ? null : vectorSpaceOf(body as Record<string, unknown>);
    if (space === null) {
      const hint = 'Give the alias of an image index.';
      throw new EngineError('INDEX_OTHER', `${index} holds no pictures`, hint);
    }
    const found = { generation: generation!, space };
    known.set(index, found);
    return found;
  }

  async function searched(
    index: string,
    body: Record<string, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const path = `/${pathOf(index)}/_search`;
    return objectOf(await send({ method: 'POST', path, body, signal })) as unknown as Answer;
  }

  async function nearest(
    index: string,
    search: VectorSearch,
    signal?: AbortSignal,
  ): Promise<{ space: VectorSpace; documents: ImageDocument[] }> {
    const at = known.get(index);
    const { generation, space } = at ?? (await spaceOf(index));
    let answer: Answer | null = null;
    try {
      checkVectorSearch(space, search);
      answer = await searched(index, vectorSearchBody(space, search), signal);
    } catch (error) {
      // The alias may have moved to an index of another space.
      if (!at || (await spaceOf(index)).generation === generation) throw error;
    }
    if (answer && answer.hits.hits.every(({ _index }) => _index === generation)) {
      return { space, documents: readImageHits(answer) };
    }
    known.delete(index);
    return nearest(index, search, signal);
  }

  return {
    nearest,
    async byHash(index, search, signal) {
      checkHashSearch(search);
      if (!known.has(index)) await spaceOf(index);
      return readImageHits(await searched(index, hashSearchBody(search), signal));
    },
  };
}
