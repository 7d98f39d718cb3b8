import { OptionError, quoteValue } from '../errors.ts';
import { isHash } from './describe/hash.ts';
import { type FieldValue, fieldTerm } from './document.ts';
import { vectorFault, type VectorSpace } from './space.ts';

/**
 * Pictures that have one of the values in each field: `{ country: 'TW', tags: ['temple', 'park']
 * }`.
 */
export type FieldFilter = Readonly<Record<string, FieldValue>>;

/** A search for the nearest pictures. */
export interface VectorSearch {
  /**
   * Views of the query: vectors of the same picture, such as of its mirror image. The distance of a
   * picture is that of the nearest pair of a view of the query and one of its own.
   */
  vectors: readonly (readonly number[])[];
  /** Most hits to return, 1..10000. */
  limit: number;
  filter?: FieldFilter;
  /** Compares every vector instead of using a graph. Default: the engine decides. */
  exact?: boolean;
  /** Candidates considered in a graph, 1..10000. Default: that of the index. */
  efSearch?: number;
}

/** A search for pictures with the same bytes, or with the same or nearly the same hash. */
export interface HashSearch {
  field: 'sha256' | 'blockhash' | 'dctHash';
  /** 64 lower-case hexadecimal digits. */
  value: string;
  /** Most differing bits, 0..31; above 0 for `dctHash` only. Default 0. */
  maxDistance?: number;
  /** Most hits to return, 1..10000. */
  limit: number;
  filter?: FieldFilter;
}

/** Largest Hamming distance that slot terms find without a scan; see `probeSlots`. */
export const HASH_DISTANCE_MAX = 31;
/** Most hits that an engine returns at once. */
export const HITS_MAX = 10_000;

/** The terms of a filter, one list per field; a picture must have one term of each list. */
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
 * @throws {OptionError} `VECTOR_INVALID`, `LIMIT_INVALID`, `EF_SEARCH_INVALID`.
 */
export function checkVectorSearch(space: VectorSpace, search: VectorSearch): void {
  checkCount('LIMIT_INVALID', 'limit', search.limit);
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
 * @throws {OptionError} `HASH_INVALID`, `HASH_DISTANCE_INVALID`, `LIMIT_INVALID`.
 */
export function checkHashSearch({ field, value, maxDistance = 0, limit }: HashSearch): void {
  checkCount('LIMIT_INVALID', 'limit', limit);
  if (!isHash(value)) {
    const hint = 'Give 64 lower-case hexadecimal digits.';
    throw new OptionError('HASH_INVALID', `${field} ${quoteValue(value)} is not a hash`, hint);
  }
  const most = field === 'dctHash' ? HASH_DISTANCE_MAX : 0;
  if (Number.isInteger(maxDistance) && maxDistance >= 0 && maxDistance <= most) return;
  const what = `maxDistance ${quoteValue(maxDistance)} of ${field} can't be searched`;
  throw new OptionError('HASH_DISTANCE_INVALID', what, `Use a whole number from 0 to ${most}.`);
}

function checkCount(code: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= HITS_MAX) return;
  const hint = `Use a whole number from 1 to ${HITS_MAX}.`;
  throw new OptionError(code, `${name} ${quoteValue(value)} is not a number of pictures`, hint);
}
