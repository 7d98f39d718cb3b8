import { hasNumber } from '../reading/numbers.ts';
import { matchOf, type TextMatch, type TextSegment } from './match.ts';
import type { TextQuery } from './query.ts';

/** Both the text and the name have a number, and it is not the same. */
export function isOtherNumber({ key }: Pick<TextQuery, 'key'>, match: TextMatch): boolean {
  if (match.name === null || !unreadUnits(key, match.segments).some((at) => hasNumber(key[at]!))) {
    return false;
  }
  const own = match.name.key ?? match.name.text;
  const met = new Set(
    match.segments.flatMap(({ part, met }) => (part === 'name' ? met.flatMap(unitsOf) : [])),
  );
  return Array.from(own).some((unit, at) => !met.has(at) && hasNumber(unit));
}

function unitsOf([start, end]: TextSegment['met'][number]): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** Share of a text, and of a name in it, that is more than a chance likeness. */
const MOST = 0.8;

/**
 * A match without single characters out of a name, and without pieces of a name out of words that are not read to
 * their ends: 文化 of 文化路, unless they are most of both. Null where nothing is left.
 */
export function wholeWords({ key }: Pick<TextQuery, 'key'>, match: TextMatch): TextMatch | null {
  if (match.share >= MOST && match.coverage >= MOST) return match;
  const isOwn = ({ part }: TextSegment): boolean => part === 'name' || part === 'category';
  const isWord = ({ start, end, aligned }: TextSegment): boolean => aligned || end - start > 1;
  const words = match.segments.filter((segment) => !isOwn(segment) || isWord(segment));
  const open = unreadUnits(key, words);
  const kept = words.filter((segment) => {
    const from = key.lastIndexOf(' ', segment.start) + 1;
    const next = key.indexOf(' ', segment.end);
    const to = next < 0 ? key.length : next;
    return !isOwn(segment) || !open.some((at) => at >= from && at < to);
  });
  return kept.length === match.segments.length ? match : matchOf({ key }, match.name, kept);
}

/** Offsets in a key of what no segment has; spaces left out. */
export function unreadUnits(key: string, segments: readonly TextSegment[]): number[] {
  const read = new Uint8Array(key.length);
  for (const { start, end } of segments) read.fill(1, start, end);
  return Array.from(read.keys()).filter((at) => read[at] === 0 && key[at] !== ' ');
}
