import { OptionError } from '../errors.ts';
import {
  checkOptions,
  type CustomOption,
  type FlagOption,
  type NumberOption,
  type ObjectOption,
  OPTION_INVALID,
  settle,
  type Spec,
} from '../options.ts';
import { HASH } from './describe/hash.ts';
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
  /** `semantic` compares the vectors of the index's second model instead. Default: those of the views. */
  field?: 'semantic';
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

const isFieldValue = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Fields to filter by. */
export const FILTER_OPTION: ObjectOption = {
  type: 'object',
  each: {
    type: 'custom',
    fits: (value) => (Array.isArray(value) ? value.every(isFieldValue) : isFieldValue(value)),
    wanted: 'text, a number, true, false, or a list of texts',
    help: '',
  },
  code: 'FIELD_INVALID',
  otherwise: 'all',
  help: 'only pictures with these fields',
};
export const HITS_LIMIT: NumberOption & { default?: undefined } = {
  type: 'whole',
  min: 1,
  max: HITS_MAX,
  code: 'LIMIT_INVALID',
  help: 'most pictures',
};
export const EF_SEARCH: NumberOption & { default?: undefined } = {
  type: 'whole',
  min: 1,
  max: HITS_MAX,
  code: 'EF_SEARCH_INVALID',
  otherwise: 'that of the index',
  help: 'candidates considered in a graph',
};

export const EXACT: FlagOption & { default?: undefined } = {
  type: 'flag',
  otherwise: 'the engine decides',
  help: 'compare every vector, without a graph',
};

/** The terms of a filter, one list per field; a picture must have one term of each list. */
export function filterTerms(filter: FieldFilter = {}): string[][] {
  return Object.entries(filter).map(([name, value]) =>
    (Array.isArray(value) ? (value as readonly string[]) : [value as string | number]).map((one) =>
      fieldTerm(name, one),
    ),
  );
}

/** A vector; its numbers are checked against the space of the index. */
export const VECTOR_OPTION: CustomOption & { default?: undefined } = {
  type: 'custom',
  fits: (value) => Array.isArray(value) || ArrayBuffer.isView(value),
  wanted: 'a list of numbers',
  code: 'VECTOR_INVALID',
  help: 'a vector of your own',
};

const VECTOR_SEARCH_SPEC: Spec<VectorSearch> = {
  code: OPTION_INVALID,
  options: {
    vectors: {
      type: 'list',
      items: VECTOR_OPTION,
      code: 'VECTOR_INVALID',
      required: true,
      help: 'views of the query',
    },
    limit: { ...HITS_LIMIT, required: true },
    field: {
      type: 'text',
      choices: ['semantic'],
      otherwise: 'those of the views',
      help: 'which vectors are compared',
    },
    filter: FILTER_OPTION,
    exact: EXACT,
    efSearch: EF_SEARCH,
  },
};

/**
 * Checks a search before it is sent.
 *
 * @throws {OptionError} `VECTOR_INVALID`, `LIMIT_INVALID`, `EF_SEARCH_INVALID`, `FIELD_INVALID`.
 */
export function checkVectorSearch(space: VectorSpace, search: VectorSearch): void {
  checkOptions(VECTOR_SEARCH_SPEC, search);
  for (const vector of search.vectors) {
    const fault = vectorFault(space, vector);
    if (fault === null) continue;
    const hint = `The index has ${space.dataType} vectors of ${space.dimension} dimensions.`;
    throw new OptionError('VECTOR_INVALID', `The vector ${fault}`, hint);
  }
}

const HASH_SEARCH_SPEC: Spec<HashSearch, 'maxDistance'> = {
  code: OPTION_INVALID,
  options: {
    field: {
      type: 'text',
      choices: ['sha256', 'blockhash', 'dctHash'],
      required: true,
      help: 'which hash',
    },
    value: {
      type: 'text',
      pattern: HASH,
      wanted: '64 lower-case hexadecimal digits',
      code: 'HASH_INVALID',
      required: true,
      help: 'the hash',
    },
    maxDistance: {
      type: 'whole',
      min: 0,
      max: HASH_DISTANCE_MAX,
      code: 'HASH_DISTANCE_INVALID',
      default: 0,
      unit: 'bits',
      help: 'most differing bits; above 0 for `dctHash` only',
    },
    limit: { ...HITS_LIMIT, required: true },
    filter: FILTER_OPTION,
  },
};

/**
 * Checks a search before it is sent.
 *
 * @throws {OptionError} `HASH_INVALID`, `HASH_DISTANCE_INVALID`, `LIMIT_INVALID`, `FIELD_INVALID`.
 */
export function checkHashSearch(search: HashSearch): void {
  const { field, maxDistance } = settle(HASH_SEARCH_SPEC, search);
  if (field === 'dctHash' || maxDistance === 0) return;
  const what = `maxDistance ${maxDistance} of ${field} can't be searched`;
  throw new OptionError('HASH_DISTANCE_INVALID', what, 'Use 0, or dctHash.');
}
