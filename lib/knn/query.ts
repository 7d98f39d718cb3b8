import { OptionError, quoteValue } from '../errors.ts';
import { isHash } from './describe/hash.ts';
import { type FieldValue, fieldTerm } from './document.ts';
import { vectorFault, type VectorSpace } from './space.ts';

/** Pictures whose fields have one of these values each: `{ country: 'TW', tags: ['temple', 'park'] }`. */
export type FieldFilter = Readonly<Record<string, FieldValue>>;

/** A search for the nearest pictures. */
export interface VectorSearch {
  /**
   * Views of the query: vectors that all mean the same picture, such as its mirror image. A picture
   * is as far as the nearest pair of a view of the query and one of its own.
   */
  vectors: readonly (readonly number[])[];
  /** How many, 1..10000. */
  k: number;
  filter?: FieldFilter;
  /** Compares every vector instead of following a graph. Default: as the engine finds fit. */
  exact?: boolean;
  /** Width of the search in a graph, 1..10000. Default: of the index. */
  efSearch?: number;
}

/** A search for pictures of the same bytes, or of the same or nearly the same hash. */
export interface HashSearch {
  field: 'sha256' | 'blockhash' | 'dctHash';
  /** 64 lower-case hexadecimal digits. */
  value: string;
  /** Differing bits borne, 0..31; of `dctHash` only. Default 0. */
  maxDistance?: number;
  /** How many, 1..10000. */
  limit: number;
  filter?: FieldFilter;
}

/** Largest Hamming distance that slots find without a scan. */
export const HASH_DISTANCE_MAX = 31;
/** Most hits that an engine gives at once. */
export const HITS_MAX = 10_000;

/** The lists of terms that a filter asks for: one of each list. */
export function filterTerms(filter: FieldFilter = {}): string[][] {
  return Object.entries(filter).map(([name, value]) =>
    (Array.isArray(value) ? (value as readonly string[]) : [value as string | number]).map((one) =>
      fieldTerm(name, one),
    ),
  );
}

/**
 * Checks a search before it is sent.
 *
 * @throws {OptionError} `VECTOR_INVALID`, `K_INVALID`, `EF_SEARCH_INVALID`.
 */
export function checkVectorSearch(space: VectorSpace, search: VectorSearch): void {
  checkCount('K_INVALID', 'k', search.k);
  if (search.efSearch !== undefined) {
    checkCount('EF_SEARCH_INVALID', 'efSearch', search.efSearch);
  }
  for (const vector of search.vectors) {
    const fault = vectorFault(space, vector);
    if (fault === null) continue;
    const hint = `The index has ${space.dataType} vectors of ${space.dimension} dimensions.`;
    throw new OptionError('VECTOR_INVALID', `The vector ${fault}`, hint);
  }
}

/**
 * Checks a search before it is sent.
 *
 * @throws {OptionError} `HASH_INVALID`, `HASH_DISTANCE_INVALID`, `K_INVALID`.
 */
export function checkHashSearch({ field, value, maxDistance = 0, limit }: HashSearch): void {
  checkCount('K_INVALID', 'limit', limit);
  if (!isHash(value)) {
    const hint = 'Give 64 lower-case hexadecimal digits.';
    throw new OptionError('HASH_INVALID', `${field} ${quoteValue(value)} is no hash`, hint);
  }
  const most = field === 'dctHash' ? HASH_DISTANCE_MAX : 0;
  if (Number.isInteger(maxDistance) && maxDistance >= 0 && maxDistance <= most) return;
  const what = `maxDistance ${quoteValue(maxDistance)} of ${field} can't be searched`;
  throw new OptionError('HASH_DISTANCE_INVALID', what, `Use a whole number from 0 to ${most}.`);
}

function checkCount(code: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= HITS_MAX) return;
  const hint = `Use a whole number from 1 to ${HITS_MAX}.`;
  throw new OptionError(code, `${name} ${quoteValue(value)} is no number of pictures`, hint);
}
