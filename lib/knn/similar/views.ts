import { hashOfWaves, hashWaves } from '../describe/hash.ts';
import { type Looked, looked } from '../describe/look.ts';
import {
  PLAIN_POSES,
  type Pose,
  posedSquare,
  posedVector,
  posedWaves,
  TURNED_POSES,
  UPRIGHT,
} from '../describe/poses.ts';
import { readPreview, readSquare } from '../describe/preview.ts';
import { VECTOR_LENGTH, vectorDistance } from '../describe/vector.ts';
import type { ImageContent, ImageViews } from '../document.ts';

/** A picture or a part of it, in one pose, as it is compared. Expensive fields are computed on first use. */
export interface View {
  /** `content` is within flat borders, `inner` within a frame that has more on it. */
  kind: 'whole' | 'content' | 'inner' | 'part';
  vector: readonly number[];
  /** DCT hash. */
  hash: () => string;
  looked: () => Looked;
}

/** A picture that is compared closely. */
export interface Compared {
  /** The views that documents keep: the whole, what is within its borders or frame, and parts if they are kept. */
  views: View[];
  /** What a search asks for first: the views as they are and mirrored. */
  plain: View[];
  /** What it asks for next: turned by quarters, inverted, and parts. */
  turned: View[];
  /** Whether most of it is frame or of one colour: a chat, a slide, a cut-out on white. */
  page: boolean;
}

/** Share of the commonest colour from which a picture is a page. */
const PAGE_FLAT = 0.35;
/** Share of the area within the frame below which a picture is a page. */
const PAGE_WITHIN = 0.6;
/** Distance below which two views would find the same pictures. */
const SAME_VIEW = 0.01;

/** Prepares a picture; null if it has no vector, or no preview of this version. */
export function comparedOf(content: ImageContent): Compared | null {
  const { vector, trimmed, preview, dctHash, parts = [] } = content;
  const { part1, part2, part3, part4 } = content as ImageViews;
  const seen = preview ? readPreview(preview) : null;
  if (!seen || vector?.length !== VECTOR_LENGTH) return null;
  const bases = [baseOf('whole', vector, { luma: seen.whole, hash: dctHash ?? null })];
  if (trimmed && seen.trimmed) {
    bases.push(baseOf(seen.trimmed.kind, trimmed, { luma: seen.trimmed.luma, hash: null }));
  }
  const kept = [part1, part2, part3, part4].flatMap((vector, at) => {
    const luma = seen.parts[at];
    return vector && luma ? [baseOf('part', vector, { luma, hash: null })] : [];
  });
  const asked = parts.flatMap((part) => {
    const luma = readSquare(part.preview);
    return luma ? [baseOf('part', part.vector, { luma, hash: null })] : [];
  });
  const cut = asked.length > 0 ? asked : kept;
  const plain = unlike(bases.flatMap((base) => PLAIN_POSES.map((pose) => posed(base, pose))));
  const turned = [
    ...TURNED_POSES.map((pose) => posed(bases.at(-1)!, pose)),
    ...cut.flatMap((base) => PLAIN_POSES.map((pose) => posed(base, pose))),
  ];
  return {
    views: [...bases, ...kept].map((base) => posed(base, UPRIGHT)),
    plain,
    turned: unlike(turned, plain),
    page: seen.flat >= PAGE_FLAT || seen.within < PAGE_WITHIN,
  };
}

/** A view before it is put in a pose. */
interface Base extends Pick<View, 'kind' | 'vector'> {
  luma: Float64Array;
  waves: () => Float64Array;
  /** The hash of the view as it is; null if it must be computed. */
  hash: string | null;
}

function baseOf(
  kind: View['kind'],
  vector: readonly number[],
  { luma, hash }: Pick<Base, 'luma' | 'hash'>,
): Base {
  return { kind, vector, luma, hash, waves: once(() => hashWaves(luma)) };
}

function posed({ kind, vector, luma, waves, hash }: Base, pose: Pose): View {
  const upright = pose === UPRIGHT;
  return {
    kind,
    vector: upright ? vector : posedVector(vector, pose),
    hash: once(() => (upright && hash) || hashOfWaves(posedWaves(waves(), 1, pose))),
    looked: once(() => looked(upright ? luma : posedSquare(luma, pose))),
  };
}

/** Views without those that would find the same pictures as an earlier one. */
function unlike(views: readonly View[], before: readonly View[] = []): View[] {
  const kept: View[] = [];
  for (const view of views) {
    const same = ({ vector }: View): boolean => vectorDistance(vector, view.vector) < SAME_VIEW;
    if (!before.some(same) && !kept.some(same)) kept.push(view);
  }
  return kept;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
