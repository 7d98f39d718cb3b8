import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { agreementOf, readPreview } from '../describe/alignment.ts';
import { hammingDistance } from '../describe/hash.ts';
import type { ImageContent, ImageDocument } from '../document.ts';
import { distanceOfViews } from '../hits.ts';
import {
  EF_SEARCH,
  EXACT,
  type FieldFilter,
  FILTER_OPTION,
  HASH_DISTANCE_MAX,
  type HashSearch,
  HITS_LIMIT,
  VECTOR_OPTION,
  type VectorSearch,
} from '../query.ts';
import type { VectorSpace } from '../space.ts';
import { IMAGE_THRESHOLDS } from './thresholds.ts';

/**
 * Why a picture was found, surest first: the same bytes; the same DCT hash, or the same block-mean hash
 * and a near DCT hash; a DCT hash that differs in few bits; a vector within the threshold, or a fairly near one and a preview that agrees; and
 * `nearest`, which is not a duplicate, only one of the nearest.
 */
export type SimilarRule = 'same-bytes' | 'same-hash' | 'near-hash' | 'near-vector' | 'nearest';

const RULES: readonly SimilarRule[] = [
  'same-bytes',
  'same-hash',
  'near-hash',
  'near-vector',
  'nearest',
];

/**
 * After this many previews that disagree, nearest first, no more are compared: each takes
 * milliseconds.
 */
const MISSES_MAX = 5;

/** Options of a search for similar pictures. */
export interface SimilarOptions {
  /** Most pictures to return, 1..10000. Default 10. */
  limit?: number;
  filter?: FieldFilter;
  /**
   * Largest distance of vectors (see `distanceBetween`); pictures found by hash are kept. Default:
   * no limit.
   */
  maxDistance?: number;
  /** Compares every vector instead of using a graph. Default: the engine decides. */
  exact?: boolean;
  /** Candidates considered in a graph, 1..10000. Default: that of the index. */
  efSearch?: number;
}

/** Options of `similarSearches`. */
export const SIMILAR_SPEC: Spec<SimilarOptions, 'limit'> = {
  code: OPTION_INVALID,
  options: {
    limit: { ...HITS_LIMIT, default: 10 },
    filter: FILTER_OPTION,
    maxDistance: {
      type: 'number',
      code: 'MAX_DISTANCE_INVALID',
      otherwise: 'any',
      help: 'largest distance of vectors: up to 0.1 a copy, over 0.8 none',
    },
    exact: EXACT,
    efSearch: EF_SEARCH,
  },
};

/** A picture similar to the query. */
export interface SimilarImage {
  id: string;
  rule: SimilarRule;
  /** Distance of the nearest pair of views; null if either picture has no vector. */
  distance: number | null;
  /** Bits of 256 in which the DCT hashes differ; null if either picture has none. */
  bits: number | null;
  /** Without the fields that are needed for comparing only. */
  document: Omit<ImageDocument, 'vector' | 'trimmed' | 'preview' | 'slots' | 'terms'>;
}

/**
 * The searches that find pictures similar to one.
 *
 * @throws {OptionError} `LIMIT_INVALID`, `MAX_DISTANCE_INVALID`, `EF_SEARCH_INVALID`, `FIELD_INVALID`.
 */
export function similarSearches(
  { sha256, dctHash, preview }: ImageContent,
  views: readonly (readonly number[])[],
  options: SimilarOptions,
): { hashes: HashSearch[]; vectors: VectorSearch | null } {
  const { limit, filter, exact, efSearch } = settle(SIMILAR_SPEC, options);
  const among = filter ? { filter } : {};
  const hashes: HashSearch[] = [];
  if (sha256) hashes.push({ field: 'sha256', value: sha256, limit, ...among });
  if (dctHash) {
    const near = { field: 'dctHash' as const, maxDistance: HASH_DISTANCE_MAX, limit };
    hashes.push({ ...near, value: dctHash, ...among });
  }
  if (views.length === 0) return { hashes, vectors: null };
  // The picture that looks the same need not be the nearest by vector.
  const wanted = preview ? Math.max(limit, MISSES_MAX) : limit;
  const vectors: VectorSearch = { vectors: views, limit: wanted, ...among };
  if (exact !== undefined) vectors.exact = exact;
  if (efSearch !== undefined) vectors.efSearch = efSearch;
  return { hashes, vectors };
}

interface Placed {
  id: string;
  distance: number | null;
}

/** The picture to compare with, and how. */
export interface SimilarQuery extends SimilarOptions {
  content: ImageContent;
  views: readonly (readonly number[])[];
  space: VectorSpace;
  /** Distance up to which vectors alone make a near duplicate; null if they never do. */
  threshold: number | null;
}

/** Options of `rankSimilar`. */
export const RANK_SPEC: Spec<SimilarQuery, 'limit'> = {
  code: OPTION_INVALID,
  options: {
    ...SIMILAR_SPEC.options,
    content: { type: 'object', required: true, help: 'the picture' },
    views: { type: 'list', items: VECTOR_OPTION, required: true, help: 'its vectors' },
    space: { type: 'object', required: true, help: 'how vectors are compared' },
    threshold: {
      type: 'number',
      orNull: true,
      required: true,
      help: 'distance up to which vectors alone make a near duplicate',
    },
  },
};

/**
 * Sorts what engines found by rule, then distance, then id; each picture appears once.
 *
 * If query and document both have previews, these decide how far apart the vectors may be; else the
 * threshold does.
 */
export function rankSimilar(found: readonly ImageDocument[], query: SimilarQuery): SimilarImage[] {
  const { limit, maxDistance = Infinity } = settle(RANK_SPEC, query);
  const ids = new Map(found.map((document) => [document.id, document]));
  const own = query.content.preview ? readPreview(query.content.preview) : null;
  let misses = 0;
  const isSame = (document: ImageDocument, distance: number): boolean => {
    if (!own || !document.preview) return distance <= (query.threshold ?? -Infinity);
    if (distance <= IMAGE_THRESHOLDS.sure) return true;
    const threshold = IMAGE_THRESHOLDS.aligned.find((one) => distance <= one.distance);
    if (!threshold || misses === MISSES_MAX) return false;
    const other = readPreview(document.preview);
    const same = other !== null && agreementOf(other, own) >= threshold.agreement;
    if (!same) misses++;
    return same;
  };
  return [...ids.values()]
    .map((document) => {
      const distance = distanceOfViews(query.space, document, query.views);
      return { id: document.id, document, distance };
    })
    .sort(nearestFirst)
    .map(({ id, document, distance }): SimilarImage => {
      const bits = bitsBetween(query.content, document);
      const rule = hashRule(query.content, document, bits);
      const near = (): SimilarRule =>
        distance !== null && isSame(document, distance) ? 'near-vector' : 'nearest';
      return { id, rule: rule ?? near(), distance, bits, document: shownOf(document) };
    })
    .filter(({ rule, distance }) => isHashRule(rule) || (distance ?? Infinity) <= maxDistance)
    .sort(surestFirst)
    .slice(0, limit);
}

/** A document without the fields that are needed for comparing only. */
export function shownOf(document: ImageDocument): SimilarImage['document'] {
  const { vector: _, trimmed: __, preview: ___, slots: ____, terms: _____, ...shown } = document;
  return shown;
}

function bitsBetween(content: ImageContent, { dctHash }: ImageDocument): number | null {
  return content.dctHash && dctHash ? hammingDistance(content.dctHash, dctHash) : null;
}

function hashRule(
  { sha256, blockhash }: ImageContent,
  document: ImageDocument,
  bits: number | null,
): SimilarRule | null {
  if (sha256 && sha256 === document.sha256) return 'same-bytes';
  if (bits === null || bits > IMAGE_THRESHOLDS.dctHash) return null;
  // Alone, equal block means may be those of a frame: a dark screen around any photo has the same.
  return bits === 0 || (blockhash && blockhash === document.blockhash) ? 'same-hash' : 'near-hash';
}

function isHashRule(rule: SimilarRule): boolean {
  return RULES.indexOf(rule) < RULES.indexOf('near-vector');
}

function surestFirst(a: SimilarImage, b: SimilarImage): number {
  return RULES.indexOf(a.rule) - RULES.indexOf(b.rule) || nearestFirst(a, b);
}

function nearestFirst(a: Placed, b: Placed): number {
  // Avoids Infinity - Infinity, which is NaN.
  if (a.distance !== b.distance) return (a.distance ?? Infinity) - (b.distance ?? Infinity);
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
