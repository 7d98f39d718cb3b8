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

/** What is known of the two pictures and the index. */
export interface PairContext {
  /** Whether both are pages: two pages with different pictures in them have most in common. */
  pages: boolean;
  /** Pictures in the index: the more there are, the more of them are alike by chance. */
  pictures: number;
  /** Whether previews may be compared. */
  mayLook: boolean;
}

/**
 * Whether two views show the same picture.
 *
 * Where hashes and vectors are near, these tell it. Else a look at the previews decides; where neither hash nor
 * vector is near it has to be a clear one.
 *
 * @returns True, false after a look, null where no look was worth its time.
 */
export function isCopy(
  { asked, stored, distance }: ViewPair,
  context: PairContext,
): boolean | null {
  const { dctHash, sure, far, look } = IMAGE_THRESHOLDS;
  // The same frame is no copy: neither the header of a chat nor the page around two pictures.
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
  // What two pictures have in common only around their middle is a frame: a bar, a caption.
  if (middle < look.middle) return false;
  if (frames) return enough && fine >= look.frames;
  if ((distance <= sure || bits <= dctHash) && coarse >= look.near) return true;
  if (bits <= nearBits(context.pictures) && coarse >= look.alike) return true;
  return enough && fine >= look.alone;
}

/**
 * Whether a near hash tells a copy without a look. Alone it does not: of soft pictures in the same frame the hashes
 * are those of the frame.
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
 * Bits in which the DCT hashes of copies differ, where a look agrees on the whole: 72 up to 10^5 pictures, 8
 * fewer for each ten times as many.
 */
export function nearBits(pictures: number): number {
  const { dctHash, alike } = IMAGE_THRESHOLDS;
  const fewer = alike.fewer * Math.max(0, Math.log10(Math.max(1, pictures) / alike.pictures));
  return Math.max(dctHash, Math.floor(alike.bits - fewer));
}

/** Whether a view has the frame with it, if there is one. */
function isWhole({ kind }: View): boolean {
  return kind === 'whole' || kind === 'content';
}
