import { hasNumber } from '../reading/numbers.ts';
import { matchOf, metUnits, type TextMatch } from './match.ts';
import type { TextSegment } from './segments.ts';
import type { TextQuery } from './query.ts';

/** Both the text and the name have a number, and it is not the same. */
export function isOtherNumber({ key }: Pick<TextQuery, 'key'>, match: TextMatch): boolean {
  if (match.name === null || !hasNumber(key)) return false;
  const own = match.name.key ?? match.name.text;
  if (!hasNumber(own)) return false;
  if (!unreadUnits(key, match.segments).some((at) => hasNumber(key[at]!))) return false;
  const met = metUnits(own, match.segments);
  return Array.from(own).some((unit, at) => met[at] === 0 && hasNumber(unit));
}

/** Names of so many characters are told by all but one. */
const TOLD = 4;

/** 堺栗本町 for 堺筋本町: one character stands where the name has another one. */
function isOneWrong(key: string, { name, segments, share }: TextMatch): boolean {
  const own = name === null ? '' : (name.key ?? name.text);
  if (own.length < TOLD || own.length !== key.length) return false;
  const unmet = Math.round((1 - share) * own.length);
  return unmet === 1 && unreadUnits(key, segments).length <= 1;
}

/** Share of a text, and of a name in it, that is more than a chance likeness. */
const MOST = 0.8;

/**
 * A match without single characters out of a name, and without pieces of a name out of words that are not read to
 * their ends: 文化 of 文化路, unless they are most of both. Null where nothing is left.
 */
export function wholeWords({ key }: Pick<TextQuery, 'key'>, match: TextMatch): TextMatch | null {
  if (match.share >= MOST && match.coverage >= MOST) return match;
  if (isOneWrong(key, match)) return match;
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

/** Of the segments of a match, which ranking asks about many times. */
const unread = new WeakMap<readonly TextSegment[], { key: string; units: readonly number[] }>();

/** Offsets in a key of what no segment has; spaces left out. */
export function unreadUnits(key: string, segments: readonly TextSegment[]): readonly number[] {
  const known = unread.get(segments);
  if (known?.key === key) return known.units;
  const read = new Uint8Array(key.length);
  for (const { start, end } of segments) read.fill(1, start, end);
  const units: number[] = [];
  for (let at = 0; at < key.length; at++) if (read[at] === 0 && key[at] !== ' ') units.push(at);
  unread.set(segments, { key, units });
  return units;
}
