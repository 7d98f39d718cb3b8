import { inTurn } from './alias/turns.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { quoteValue, RecordError } from './errors.ts';
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
import type { FoundOrAdded, PreparedPicture } from './picture-source.ts';

/** Finds a copy or adds the picture: looked for again in a turn of its own before it is added. */
export async function findOrAdd(
  engine: Engine,
  alias: string,
  { find, add }: { find: () => Promise<SimilarImage | null>; add: () => Promise<PreparedPicture> },
): Promise<FoundOrAdded> {
  const found = await find();
  if (found) return { found, added: null };
  return inTurn(engine, { alias, key: 'find-or-add' }, async () => {
    const meanwhile = await find();
    return meanwhile ? { found: meanwhile, added: null } : { found: null, added: await add() };
  });
}

/** The error for a picture that the engine does not take. */
export function refused({ id, status, reason }: WriteOutcome): RecordError {
  const what = `The engine refused ${quoteValue(id)} with ${status}: ${reason ?? 'no reason'}`;
  return new RecordError('REFUSED', what, 'Mend the picture.', { field: null, value: id });
}

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
