import type { ImageSearches } from './engines/images.ts';
import type { ImageDocument } from './knn/document.ts';
import { HITS_MAX } from './knn/query.ts';
import {
  rankSimilar,
  type SimilarImage,
  type SimilarQuery,
  similarSearches,
  turnedViews,
} from './knn/similar/similar.ts';

/** What a search for similar pictures needs of an engine. */
interface SearchedEngine extends ImageSearches {
  count(index: string): Promise<number>;
}

/** What is searched for, and where. */
interface SimilarSearch extends Omit<SimilarQuery, 'pictures'> {
  alias: string;
  /** Id of a picture that is left out of the answer. */
  leftOut: string | null;
  signal?: AbortSignal;
}

/** Pictures like one; turned views are asked for in a second round where the first tells no copy. */
export async function searchSimilar(
  engine: SearchedEngine,
  { alias, leftOut, signal, ...query }: SimilarSearch,
): Promise<SimilarImage[]> {
  const { content, views, space: _, threshold: __, ...options } = query;
  const stop = signal ? { signal } : {};
  const { hashes, vectors } = similarSearches(content, views, options);
  // The picture itself is among what is found.
  for (const search of leftOut === null ? [] : [...hashes, ...(vectors ? [vectors] : [])]) {
    search.limit = Math.min(search.limit + 1, HITS_MAX);
  }
  const [byHash, near, pictures] = await Promise.all([
    Promise.all(hashes.map((search) => engine.byHash(alias, search, stop))),
    vectors ? engine.nearest(alias, vectors, stop) : null,
    engine.count(alias),
  ]);
  const others = (found: readonly ImageDocument[]): ImageDocument[] =>
    found.filter(({ id }) => id !== leftOut);
  const found = others([...byHash.flat(), ...(near?.documents ?? [])]);
  const plain = rankSimilar(found, { ...query, pictures, turned: false });
  const { turned = plain.every(({ rule }) => rule === 'nearest') } = query;
  const more = turned ? turnedViews(content) : [];
  if (!vectors || more.length === 0) return plain;
  const { documents } = await engine.nearest(alias, { ...vectors, vectors: more }, stop);
  return rankSimilar([...found, ...others(documents)], { ...query, pictures, turned: true });
}
