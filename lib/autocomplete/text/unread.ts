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
  return unmet === 1 && unreadCount(key, segments) <= 1;
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

/** 1 for each unit that a segment covers; reused for the next text. */
let read = new Uint8Array(256);

function markRead(key: string, segments: readonly TextSegment[]): Uint8Array {
  if (read.length < key.length) read = new Uint8Array(2 * key.length);
  read.fill(0, 0, key.length);
  for (const { start, end } of segments) read.fill(1, start, end);
  return read;
}

const SPACE = 0x20;

/** Offsets in a key of what no segment has; spaces left out. */
export function unreadUnits(key: string, segments: readonly TextSegment[]): readonly number[] {
  const read = markRead(key, segments);
  const units: number[] = [];
  for (let at = 0; at < key.length; at++) {
    if (read[at] === 0 && key.charCodeAt(at) !== SPACE) units.push(at);
  }
  return units;
}

/** Number of these; hundreds of places ask for it. */
export function unreadCount(key: string, segments: readonly TextSegment[]): number {
  const read = markRead(key, segments);
  let count = 0;
  for (let at = 0; at < key.length; at++) {
    if (read[at] === 0 && key.charCodeAt(at) !== SPACE) count += 1;
  }
  return count;
}
