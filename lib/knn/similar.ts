import { OptionError, quoteValue } from '../errors.ts';
import type { ImageContent, ImageDocument } from './document.ts';
import { hammingDistance } from './hash.ts';
import {
  type FieldFilter,
  HASH_DISTANCE_MAX,
  type HashSearch,
  type VectorSearch,
} from './query.ts';
import { distanceBetween, type VectorSpace } from './space.ts';
import { IMAGE_THRESHOLDS } from './thresholds.ts';

/**
 * Why a picture was found, the surest first: the same bytes; the same hash; a hash that differs in few
 * bits; a vector within the threshold; and, no duplicate, one of the nearest.
 */
export type SimilarRule = 'same-bytes' | 'same-hash' | 'near-hash' | 'near-vector' | 'nearest';

const RULES: readonly SimilarRule[] = [
  'same-bytes',
  'same-hash',
  'near-hash',
  'near-vector',
  'nearest',
];

/** What a search for similar pictures may be told. */
export interface SimilarOptions {
  /** How many, 1..10000. Default 10. */
  k?: number;
  filter?: FieldFilter;
  /** Only what is as near by vector, or was found by a hash; see `distanceBetween`. Default: any. */
  maxDistance?: number;
  /** Compares every vector instead of following a graph. Default: as the engine finds fit. */
  exact?: boolean;
  /** Width of the search in a graph, 1..10000. */
  efSearch?: number;
}

/** A picture like the query. */
export interface SimilarImage {
  id: string;
  rule: SimilarRule;
  /** Of the nearest two views; null where one of both has no vector. */
  distance: number | null;
  /** Bits of 256 in which the DCT hashes differ; null where one of both has none. */
  bits: number | null;
  /** Without its vectors, slots and terms. */
  document: Omit<ImageDocument, 'vector' | 'trimmed' | 'slots' | 'terms'>;
}

/**
 * The searches that find pictures like one.
 *
 * @throws {OptionError} `MAX_DISTANCE_INVALID`.
 */
export function similarSearches(
  { sha256, blockhash, dctHash }: ImageContent,
  views: readonly (readonly number[])[],
  options: SimilarOptions,
): { hashes: HashSearch[]; vectors: VectorSearch | null } {
  const { k = 10, filter, maxDistance, exact, efSearch } = options;
  if (maxDistance !== undefined && !Number.isFinite(maxDistance)) {
    const what = `maxDistance ${quoteValue(maxDistance)} is no number`;
    throw new OptionError(
      'MAX_DISTANCE_INVALID',
      what,
      'Use 0.3 for near duplicates, or leave it out.',
    );
  }
  const among = filter ? { filter } : {};
  const hashes: HashSearch[] = [];
  if (sha256) hashes.push({ field: 'sha256', value: sha256, limit: k, ...among });
  if (blockhash) hashes.push({ field: 'blockhash', value: blockhash, limit: k, ...among });
  if (dctHash) {
    const near = { field: 'dctHash' as const, maxDistance: HASH_DISTANCE_MAX, limit: k };
    hashes.push({ ...near, value: dctHash, ...among });
  }
  if (views.length === 0) return { hashes, vectors: null };
  const vectors: VectorSearch = { vectors: views, k, ...among };
  if (exact !== undefined) vectors.exact = exact;
  if (efSearch !== undefined) vectors.efSearch = efSearch;
  return { hashes, vectors };
}

/** What engines found, each picture once, by rule, then distance, then id. */
export function rankSimilar(
  found: readonly ImageDocument[],
  query: SimilarOptions & {
    content: ImageContent;
    views: readonly (readonly number[])[];
    space: VectorSpace;
    /** Distance up to which vectors make a near duplicate; null for none. */
    threshold: number | null;
  },
): SimilarImage[] {
  const { k = 10, maxDistance = Infinity } = query;
  const ids = new Map(found.map((document) => [document.id, document]));
  return [...ids.values()]
    .map((document) => judge(document, query))
    .filter(({ rule, distance }) => isHashRule(rule) || (distance ?? Infinity) <= maxDistance)
    .sort(surestFirst)
    .slice(0, k);
}

function judge(
  document: ImageDocument,
  { content, views, space, threshold }: Parameters<typeof rankSimilar>[1],
): SimilarImage {
  const own = [document.vector, document.trimmed].filter((view) => view !== undefined);
  const distances = own.flatMap((a) => views.map((b) => distanceBetween(space, a, b)));
  const distance = distances.length === 0 ? null : Math.min(...distances);
  const bits =
    content.dctHash && document.dctHash ? hammingDistance(content.dctHash, document.dctHash) : null;
  const { vector: _, trimmed: __, slots: ___, terms: ____, ...shown } = document;
  return { id: document.id, rule: ruleOf(), distance, bits, document: shown };

  function ruleOf(): SimilarRule {
    if (content.sha256 && content.sha256 === document.sha256) return 'same-bytes';
    if (bits === 0 || (content.blockhash && content.blockhash === document.blockhash)) {
      return 'same-hash';
    }
    if (bits !== null && bits <= IMAGE_THRESHOLDS.dctHash) return 'near-hash';
    if (distance === null || threshold === null) return 'nearest';
    return distance <= threshold ? 'near-vector' : 'nearest';
  }
}

function isHashRule(rule: SimilarRule): boolean {
  return RULES.indexOf(rule) < RULES.indexOf('near-vector');
}

function surestFirst(a: SimilarImage, b: SimilarImage): number {
  const rules = RULES.indexOf(a.rule) - RULES.indexOf(b.rule);
  const distances = (a.distance ?? Infinity) - (b.distance ?? Infinity);
  return rules || distances || (a.id < b.id ? -1 : Number(a.id > b.id));
}
