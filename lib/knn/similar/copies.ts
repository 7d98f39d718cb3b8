import { hammingDistance } from '../describe/hash.ts';
import { lookAt } from '../describe/look.ts';
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
 * Their hashes tell it alone where they are near. Else a look at the previews decides; where neither hash
 * nor vector is near it has to be a clear one.
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
  if (bits <= dctHash && (!frames || distance <= look.framesVector)) return true;
  const near = distance <= sure || bits <= nearBits(context.pictures);
  if (!context.mayLook || (distance > far && !near)) return null;
  const { coarse, fine, enough } = lookAt(asked.looked(), stored.looked());
  if (frames) return enough && fine >= look.frames;
  if (distance <= sure && coarse >= look.near) return true;
  // A bar that two pictures have in common makes their hashes near, but not all of their slopes.
  if (bits <= nearBits(context.pictures) && coarse >= look.alike) return true;
  return enough && fine >= look.alone;
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
