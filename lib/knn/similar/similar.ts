import { OptionError, quoteValue } from '../../errors.ts';
import { agreementOf, readPreview } from '../describe/alignment.ts';
import { hammingDistance } from '../describe/hash.ts';
import type { ImageContent, ImageDocument } from '../document.ts';
import { distanceOfViews } from '../hits.ts';
import {
  type FieldFilter,
  HASH_DISTANCE_MAX,
  type HashSearch,
  type VectorSearch,
} from '../query.ts';
import type { VectorSpace } from '../space.ts';
import { IMAGE_THRESHOLDS } from './thresholds.ts';

/**
 * Why a picture was found, the surest first: the same bytes; the same hash; a hash that differs in few
 * bits; a vector within the threshold, or near it and a preview that agrees; and, no duplicate, one of
 * the nearest.
 */
export type SimilarRule = 'same-bytes' | 'same-hash' | 'near-hash' | 'near-vector' | 'nearest';

const RULES: readonly SimilarRule[] = [
  'same-bytes',
  'same-hash',
  'near-hash',
  'near-vector',
  'nearest',
];

/** Previews that may disagree, nearest first, before no more are compared: milliseconds each. */
const MISSES_MAX = 5;

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
  /** Without what only comparing needs. */
  document: Omit<ImageDocument, 'vector' | 'trimmed' | 'preview' | 'slots' | 'terms'>;
}

/**
 * The searches that find pictures like one.
 *
 * @throws {OptionError} `MAX_DISTANCE_INVALID`.
 */
export function similarSearches(
  { sha256, blockhash, dctHash, preview }: ImageContent,
  views: readonly (readonly number[])[],
  options: SimilarOptions,
): { hashes: HashSearch[]; vectors: VectorSearch | null } {
  const { k = 10, filter, maxDistance, exact, efSearch } = options;
  if (maxDistance !== undefined && !Number.isFinite(maxDistance)) {
    const what = `maxDistance ${quoteValue(maxDistance)} is no number`;
    const hint = `Use ${IMAGE_THRESHOLDS.vector} for near duplicates, or leave it out.`;
    throw new OptionError('MAX_DISTANCE_INVALID', what, hint);
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
  // The one that is the same to the eye need not be the first by vector.
  const wanted = preview && Number.isInteger(k) && k >= 1 ? Math.max(k, MISSES_MAX) : k;
  const vectors: VectorSearch = { vectors: views, k: wanted, ...among };
  if (exact !== undefined) vectors.exact = exact;
  if (efSearch !== undefined) vectors.efSearch = efSearch;
  return { hashes, vectors };
}

interface Placed {
  id: string;
  distance: number | null;
}

/** A picture to compare with, and how. */
export interface SimilarQuery extends SimilarOptions {
  content: ImageContent;
  views: readonly (readonly number[])[];
  space: VectorSpace;
  /** Distance up to which vectors alone make a near duplicate; null for none. */
  threshold: number | null;
}

/**
 * What engines found, each picture once, by rule, then distance, then id.
 *
 * Where query and document have previews these decide how far vectors may be apart; else the threshold.
 */
export function rankSimilar(found: readonly ImageDocument[], query: SimilarQuery): SimilarImage[] {
  const { k = 10, maxDistance = Infinity } = query;
  const ids = new Map(found.map((document) => [document.id, document]));
  const own = query.content.preview ? readPreview(query.content.preview) : null;
  let misses = 0;
  const isSame = (document: ImageDocument, distance: number): boolean => {
    if (!own || !document.preview) return distance <= (query.threshold ?? -Infinity);
    if (distance <= IMAGE_THRESHOLDS.sure) return true;
    const limit = IMAGE_THRESHOLDS.aligned.find((one) => distance <= one.distance);
    if (!limit || misses === MISSES_MAX) return false;
    const other = readPreview(document.preview);
    const same = other !== null && agreementOf(other, own) >= limit.agreement;
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
    .slice(0, k);
}

/** A document without what only comparing needs. */
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
  if (bits === 0 || (blockhash && blockhash === document.blockhash)) return 'same-hash';
  return bits !== null && bits <= IMAGE_THRESHOLDS.dctHash ? 'near-hash' : null;
}

function isHashRule(rule: SimilarRule): boolean {
  return RULES.indexOf(rule) < RULES.indexOf('near-vector');
}

function surestFirst(a: SimilarImage, b: SimilarImage): number {
  return RULES.indexOf(a.rule) - RULES.indexOf(b.rule) || nearestFirst(a, b);
}

function nearestFirst(a: Placed, b: Placed): number {
  // Not a difference of two infinities, which is no number.
  if (a.distance !== b.distance) return (a.distance ?? Infinity) - (b.distance ?? Infinity);
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
