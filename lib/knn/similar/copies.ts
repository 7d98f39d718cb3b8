import { hammingDistance } from '../describe/hash.ts';
import { lookAt } from '../describe/look.ts';
import { lightDistance } from '../describe/vector.ts';
import type { View } from './views.ts';
import { IMAGE_THRESHOLDS } from './thresholds.ts';

/** A view that was asked for and a stored one. */
export interface ViewPair {
  asked: View;
  stored: View;
  /** 1 - cosine of their vectors. */
  distance: number;
}

/** What is known about the two pictures and the index. */
export interface PairContext {
  /** Whether both are pages. Two pages are largely alike even if the pictures in them differ. */
  pages: boolean;
  /** Pictures in the index: the more there are, the more of them are alike by chance. */
  pictures: number;
  /** Whether previews may be compared. */
  mayLook: boolean;
}

/**
 * Whether two views show the same picture.
 *
 * If both hash and vector are near, they decide alone. Otherwise the previews decide; if neither is near, they must
 * agree clearly.
 *
 * @returns True; false if the previews disagree; null if no look at them was worth its time.
 */
export function isCopy(
  { asked, stored, distance }: ViewPair,
  context: PairContext,
): boolean | null {
  const { dctHash, sure, far, look } = IMAGE_THRESHOLDS;
  // A shared frame is no copy: neither the header of a chat nor the page around two pictures.
  if (asked.kind === 'part' && stored.kind === 'part') return null;
  const frames = context.pages && isWhole(asked) && isWhole(stored);
  const bits = hammingDistance(asked.hash(), stored.hash());
  if (bits <= dctHash) {
    const light = lightDistance(asked.vector, stored.vector);
    if (isSameByHash({ bits, distance: Math.min(distance, light), frames })) return true;
  }
  const near = distance <= sure || bits <= nearBits(context.pictures);
  if (!context.mayLook || (distance > far && !near)) return null;
  const { coarse, fine, middle, enough } = lookAt(asked.looked(), stored.looked());
  // Pictures that agree everywhere but in the middle share a frame: a bar, a caption.
  if (middle < look.middle) return false;
  if (frames) return enough && fine >= look.frames;
  if ((distance <= sure || bits <= dctHash) && coarse >= look.near) return true;
  if (bits <= nearBits(context.pictures) && coarse >= look.alike) return true;
  return enough && fine >= look.alone;
}

/**
 * Whether a near hash proves a copy without a look. The vector must be near too: the hashes of soft pictures in the
 * same frame are those of the frame.
 */
export function isSameByHash({
  bits,
  distance,
  frames,
}: {
  bits: number;
  distance: number;
  frames: boolean;
}): boolean {
  const { dctHash, look } = IMAGE_THRESHOLDS;
  return bits <= dctHash && distance <= (frames ? look.framesVector : look.hashVector);
}

/**
 * Most bits in which the DCT hashes of copies differ if a look agrees on the whole: 72 up to 10^5 pictures, 8 fewer
 * for each factor of ten.
 */
export function nearBits(pictures: number): number {
  const { dctHash, alike } = IMAGE_THRESHOLDS;
  const fewer = alike.fewer * Math.max(0, Math.log10(Math.max(1, pictures) / alike.pictures));
  return Math.max(dctHash, Math.floor(alike.bits - fewer));
}

/** Whether a view includes the frame, if there is one. */
function isWhole({ kind }: View): boolean {
  return kind === 'whole' || kind === 'content';
}
