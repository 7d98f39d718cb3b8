import { defined, OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { hammingDistance } from '../describe/hash.ts';
import { type ImageContent, type ImageDocument, withoutVectors } from '../document.ts';
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
import { distanceBetween, semanticSpace, type VectorSpace } from '../space.ts';
import { isCopy, isSameByHash, type ViewPair } from './copies.ts';
import { IMAGE_THRESHOLDS } from './thresholds.ts';
import { type Compared, comparedOf, type View } from './views.ts';

/**
 * Why a picture was found, surest first: the same bytes; the same DCT hash, or the same block-mean hash
 * and a near DCT hash; a DCT hash that differs in few bits; a near vector or hash of any view and a preview
 * that agrees; and `nearest`, which is not a duplicate, only one of the nearest.
 */
export type SimilarRule = 'same-bytes' | 'same-hash' | 'near-hash' | 'near-vector' | 'nearest';

const RULES: readonly SimilarRule[] = [
  'same-bytes',
  'same-hash',
  'near-hash',
  'near-vector',
  'nearest',
];

/** After this many pictures whose previews disagree, nearest first, no more previews are compared. */
const MISSES_MAX = 5;
/** Looks per picture, nearest views first; each takes 1 or 2 milliseconds. */
const LOOKS = { plain: 4, turned: 2 } as const;
/** 1 - cosine of vectors that have nothing in common. */
const STRANGE = 1;
/** Fewest pictures to fetch if previews can be compared, since copies need not be the nearest. */
const CANDIDATES = 10;

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
  /**
   * Also searches for turned and inverted copies and for parts of the picture, which takes about four times as long.
   * Default: only if the plain search finds no copy.
   */
  turned?: boolean;
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
    turned: {
      type: 'flag',
      otherwise: 'only where the plain search tells no copy',
      help: 'search for turned and inverted copies, and for parts of the picture too',
    },
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
  /** 1 - cosine of the vectors of the index's second model; `nearest` are sorted by its sum with `distance`. */
  semantic?: number;
  /** Without the fields that only comparisons need. */
  document: Omit<
    ImageDocument,
    | 'vector'
    | 'trimmed'
    | 'part1'
    | 'part2'
    | 'part3'
    | 'part4'
    | 'semantic'
    | 'preview'
    | 'slots'
    | 'terms'
  >;
}

/**
 * The searches that find pictures similar to one: `vectors` by its views, `semantic` by the second model.
 *
 * @throws {OptionError} `LIMIT_INVALID`, `MAX_DISTANCE_INVALID`, `EF_SEARCH_INVALID`, `FIELD_INVALID`.
 */
export function similarSearches(
  { sha256, dctHash, preview, semantic: meaning }: ImageContent,
  views: readonly (readonly number[])[],
  options: SimilarOptions,
): { hashes: HashSearch[]; vectors: VectorSearch | null; semantic: VectorSearch | null } {
  const { limit, filter, exact, efSearch } = settle(SIMILAR_SPEC, options);
  const among = filter ? { filter } : {};
  const hashes: HashSearch[] = [];
  if (sha256) hashes.push({ field: 'sha256', value: sha256, limit, ...among });
  if (dctHash) {
    const near = { field: 'dctHash' as const, maxDistance: HASH_DISTANCE_MAX, limit };
    hashes.push({ ...near, value: dctHash, ...among });
  }
  const wanted = preview ? Math.max(limit, CANDIDATES) : limit;
  const how = { limit: wanted, ...among, ...defined({ exact, efSearch }) };
  return {
    hashes,
    vectors: views.length > 0 ? { vectors: views, ...how } : null,
    semantic: meaning ? { vectors: [meaning], field: 'semantic', ...how } : null,
  };
}

/**
 * The vectors that a search asks for if those of `queryViews` find no copy: the picture turned by quarters and
 * inverted, each also mirrored, and its parts. None for a vector of your own.
 */
export function turnedViews(content: ImageContent): (readonly number[])[] {
  return comparedOf(content)?.turned.map(({ vector }) => vector) ?? [];
}

interface Placed {
  id: string;
  distance: number | null;
}

/** The picture to compare with, and how. */
export interface SimilarQuery extends SimilarOptions {
  content: ImageContent;
  /** Vectors that were asked for, without those of `turnedViews`, which follow from `turned`. */
  views: readonly (readonly number[])[];
  space: VectorSpace;
  /** Distance up to which vectors alone make a near duplicate; null if they never do. */
  threshold: number | null;
  /** Pictures in the index: limits get stricter from 100,000 on. Default: fewer than that. */
  pictures?: number;
}

/** Options of `rankSimilar`. */
export const RANK_SPEC: Spec<SimilarQuery, 'limit' | 'pictures'> = {
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
    pictures: { type: 'whole', min: 0, default: 0, help: 'in the index' },
  },
};

/**
 * Sorts what engines found by rule, then distance, then id; each picture appears once.
 *
 * If query and document both have previews, these decide which of the candidates are copies; else the threshold
 * does. The vectors of a second model make no copies; `nearest` are sorted by the sum of both distances.
 */
export function rankSimilar(found: readonly ImageDocument[], query: SimilarQuery): SimilarImage[] {
  const { limit, maxDistance = Infinity, pictures, turned = false } = settle(RANK_SPEC, query);
  const { content, space } = query;
  const own = comparedOf(content);
  const views = [...query.views, ...(turned && own ? own.turned.map(({ vector }) => vector) : [])];
  const candidates = [...new Map(found.map((document) => [document.id, document])).values()].map(
    (document): Candidate => {
      const distance = distanceOfViews(space, document, views);
      const compared = own && comparedOf(document);
      const pages = (own?.page ?? false) && (compared?.page ?? false);
      const bits = bitsBetween(content, document);
      const byHash = ruleByHash(content, document, bits);
      // If previews can be compared, a near hash alone does not make a copy.
      const known = byHash === 'same-bytes' || bits === null || !own || !compared;
      const near = { bits: bits ?? Infinity, distance: distance ?? Infinity, frames: pages };
      const rule = known || isSameByHash(near) ? byHash : null;
      const semantic = semanticDistance(content, document);
      return { id: document.id, document, distance, semantic, bits, compared, pages, byHash, rule };
    },
  );
  if (own) lookForCopies(own, candidates, { turned, pictures, space });
  return candidates
    .map(({ id, document, distance, semantic, bits, rule, compared }): SimilarImage => {
      // Without a preview, as in an entry of an earlier version, the vector alone decides.
      const blind = content.preview && document.preview ? IMAGE_THRESHOLDS.sure : query.threshold;
      const near = !compared && distance !== null && distance <= (blind ?? -Infinity);
      const told = rule ?? (near ? 'near-vector' : 'nearest');
      const meant = semantic === null ? {} : { semantic };
      return { id, rule: told, distance, bits, ...meant, document: shownOf(document) };
    })
    .filter(({ rule, distance }) => isHashRule(rule) || (distance ?? Infinity) <= maxDistance)
    .sort(surestFirst)
    .slice(0, limit);
}

interface Candidate extends Placed {
  document: ImageDocument;
  bits: number | null;
  semantic: number | null;
  compared: Compared | null;
  /** Whether both pictures are pages. */
  pages: boolean;
  /** The rule by bytes and hashes alone. */
  byHash: SimilarRule | null;
  rule: SimilarRule | null;
}

/** Sets the rule of candidates that a view or a look proves to be copies. */
function lookForCopies(
  own: Compared,
  candidates: readonly Candidate[],
  { turned, pictures, space }: { turned: boolean; pictures: number; space: VectorSpace },
): void {
  for (const round of turned ? (['plain', 'turned'] as const) : (['plain'] as const)) {
    const strangers = candidates
      .filter(({ rule }) => rule === null)
      .map((candidate) => ({ candidate, pairs: nearestPairs(own[round], candidate, space) }))
      .filter(({ pairs }) => pairs.length > 0)
      .sort((a, b) => nearestFirst(placed(a), placed(b)));
    const how = { looks: LOOKS[round], pictures };
    const unseen = lookInTurn(strangers, how);
    // What a second model proposes may be far away by its views.
    const meant = unseen.filter(({ candidate: { semantic } }) => semantic !== null);
    meant.sort((a, b) => a.candidate.semantic! - b.candidate.semantic!);
    lookInTurn(meant, how);
  }
}

/** A candidate that is no copy so far, and its views paired with those that were asked for, nearest first. */
interface Stranger {
  candidate: Candidate;
  pairs: readonly ViewPair[];
}

/** Compares strangers in their order; returns those whose previews were not compared. */
function lookInTurn(
  strangers: readonly Stranger[],
  { looks: most, pictures }: { looks: number; pictures: number },
): Stranger[] {
  let misses = 0;
  return strangers.filter(({ candidate, pairs }) => {
    let looks = misses < MISSES_MAX ? most : 0;
    let missed = false;
    const copy = pairs.some((pair) => {
      const same = isCopy(pair, { pages: candidate.pages, pictures, mayLook: looks > 0 });
      if (same === false) {
        looks--;
        missed = true;
      }
      return same;
    });
    if (copy) candidate.rule = candidate.byHash ?? 'near-vector';
    else if (missed) misses++;
    return !copy && !missed;
  });
}

function placed({ candidate, pairs }: Stranger): Placed {
  return { id: candidate.id, distance: pairs[0]!.distance };
}

/** For each view that was asked for, the nearest of a picture's stored views; nearest first. */
function nearestPairs(
  asked: readonly View[],
  { compared }: Candidate,
  space: VectorSpace,
): ViewPair[] {
  if (!compared) return [];
  const pairs = asked.map((one) =>
    compared.views
      .map((stored): ViewPair => {
        const distance = distanceBetween(space, one.vector, stored.vector);
        return { asked: one, stored, distance };
      })
      .reduce((nearest, pair) => (pair.distance < nearest.distance ? pair : nearest)),
  );
  return pairs.sort((a, b) => a.distance - b.distance);
}

/** A document without the fields that only comparisons need. */
export function shownOf(document: ImageDocument): SimilarImage['document'] {
  const { preview: _, slots: __, terms: ___, ...shown } = withoutVectors(document);
  return shown;
}

function bitsBetween(content: ImageContent, { dctHash }: ImageDocument): number | null {
  return content.dctHash && dctHash ? hammingDistance(content.dctHash, dctHash) : null;
}

function ruleByHash(
  { sha256, blockhash }: ImageContent,
  document: ImageDocument,
  bits: number | null,
): SimilarRule | null {
  if (sha256 && sha256 === document.sha256) return 'same-bytes';
  if (bits === null || bits > IMAGE_THRESHOLDS.dctHash) return null;
  // Equal block means alone may be those of a frame: a dark screen around any photo has the same.
  return bits === 0 || (blockhash && blockhash === document.blockhash) ? 'same-hash' : 'near-hash';
}

function isHashRule(rule: SimilarRule): boolean {
  return RULES.indexOf(rule) < RULES.indexOf('near-vector');
}

function surestFirst(a: SimilarImage, b: SimilarImage): number {
  const byRule = RULES.indexOf(a.rule) - RULES.indexOf(b.rule);
  if (byRule !== 0 || a.rule !== 'nearest') return byRule || nearestFirst(a, b);
  const [farA, farB] = [farOf(a), farOf(b)];
  // Avoids Infinity - Infinity, which is NaN.
  return farA === farB ? nearestFirst(a, b) : farA - farB;
}

/** Sum of both distances, since each finds pictures that are far by the other. A missing one counts as a stranger's. */
function farOf({ distance, semantic }: SimilarImage): number {
  if (distance === null && semantic === undefined) return Infinity;
  return (distance ?? STRANGE) + (semantic ?? STRANGE);
}

function semanticDistance(
  { semantic: a }: ImageContent,
  { semantic: b }: ImageDocument,
): number | null {
  return a && a.length === b?.length ? distanceBetween(semanticSpace(a.length), a, b) : null;
}

function nearestFirst(a: Placed, b: Placed): number {
  // Avoids Infinity - Infinity, which is NaN.
  if (a.distance !== b.distance) return (a.distance ?? Infinity) - (b.distance ?? Infinity);
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
