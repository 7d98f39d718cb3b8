import { hasNumber } from '../reading/numbers.ts';
import type { TextQuery } from './query.ts';
import {
  commonRun,
  type CommonRuns,
  commonRuns,
  type Cut,
  type Range,
  segmentOf,
  spacesIn,
  TEXT_VALUES,
  type TextSegment,
  worthOf,
} from './segments.ts';

/** A text and a name, with what they have in common. */
interface Compared {
  query: TextQuery;
  cut: Cut;
  common: CommonRuns;
  pieces: Pieces;
  /** See `insideWords`, of the text and of the name. */
  inside: readonly [text: Uint8Array | null, name: Uint8Array | null];
}

/**
 * Pieces of a text that a name has.
 *
 * @param mistakes - One character may be wrong, missing, too much, or swapped.
 */
export function nameSegments(query: TextQuery, cut: Cut, mistakes: boolean): TextSegment[] {
  const { key } = query;
  if (!haveCommon(key, cut.key)) return [];
  const pieces = new Pieces(key.length, cut.key.length);
  const common = commonRuns(key, cut.key);
  const inside = [insideText(query), insideWords(cut.key)] as const;
  const compared: Compared = { query, cut, common, pieces, inside };
  // Inside a word of letters only what is behind its first letter counts, where that is wrong.
  const starts = unitsOutside(inside[1], cut.key);
  const next = linkUnits(cut.key, starts);
  for (let i = 0; i < key.length; i++) {
    const isStart = mistakes && query.cuts.has(inside[0]?.[i] === 1 ? i - 1 : i);
    if (inside[0]?.[i] === 1) {
      if (isStart) addMistaken(compared, i, 1, true);
      continue;
    }
    const first = firstWith[key.charCodeAt(i)]!;
    if (isStart && first !== 0) addPieces(compared, i, 0, true);
    for (let e = first; e >= 0; e = next[e]!) addPieces(compared, i, e, mistakes);
  }
  for (const e of starts) firstWith[cut.key.charCodeAt(e)] = -1;
  return pieces.all;
}

/** The first of the offsets of a name that has a UTF-16 unit, -1 for none; only while `nameSegments` works. */
const firstWith = new Int32Array(2 ** 16).fill(-1);
/** By offset, the next one with the same unit. */
let nextWith = new Int32Array(256);

/** Links offsets with the same unit: most pairs of offsets of a text and a name have nothing in common. */
function linkUnits(key: string, offsets: readonly number[]): Int32Array {
  if (nextWith.length < key.length) nextWith = new Int32Array(2 * key.length);
  for (let n = offsets.length - 1; n >= 0; n--) {
    const offset = offsets[n]!;
    const unit = key.charCodeAt(offset);
    nextWith[offset] = firstWith[unit]!;
    firstWith[unit] = offset;
  }
  return nextWith;
}

/** Offsets of a name at which no word of letters goes on, and the second one. */
function unitsOutside(inside: Uint8Array | null, key: string): number[] {
  const found: number[] = [];
  for (let e = 0; e < key.length; e++) if (e <= 1 || inside?.[e] !== 1) found.push(e);
  return found;
}

function addPieces(compared: Compared, i: number, e: number, mistakes: boolean): void {
  const { query, cut, pieces, inside } = compared;
  const longest = runAt(compared, i, e);
  if (longest === 0 && !(mistakes && e === 0 && query.cuts.has(i))) return;
  const torn = inside[1]?.[e] === 1;
  for (let length = torn ? 0 : longest; length >= 1; length--) {
    // Of the ways to end early only those at a word are worth a look.
    if (length < longest && !query.cuts.has(i + length)) continue;
    if (tearsLetters(compared, i, e, length)) continue;
    const span = { start: i, at: e, length };
    const { value, aligned } = worthOf('name', query, cut, span);
    // A space alone is worth nothing.
    if (value <= 0 || !pieces.gains(i, i + length, value)) continue;
    pieces.add(segmentOf({ part: 'name', of: 0 }, span, { value, aligned }));
  }
  if (mistakes && query.key[i] !== ' ') addMistaken(compared, i, e, torn);
}

/** Arrays for the pieces of one name; reused for the next. */
let ranges = new Uint16Array(4096);

/** Pieces of a name: of those of one range of the text only the best is kept, the first of equal ones. */
class Pieces {
  readonly all: TextSegment[] = [];
  /** By start and length: where the piece of a range is in `all`, from 1; 0 for none. */
  readonly #at: Uint16Array;
  readonly #lengths: number;

  /** @param units - Of the text. @param longest - Units of the name. */
  constructor(units: number, longest: number) {
    // With a mistake, a piece has one unit more than the name.
    this.#lengths = longest + 2;
    const size = units * this.#lengths;
    if (ranges.length < size) ranges = new Uint16Array(2 * size);
    this.#at = ranges.fill(0, 0, size);
  }

  gains(start: number, end: number, value: number): boolean {
    const there = this.#at[start * this.#lengths + end - start]!;
    return there === 0 || value > this.all[there - 1]!.value + 1e-9;
  }

  add(piece: TextSegment): void {
    const range = piece.start * this.#lengths + piece.end - piece.start;
    const there = this.#at[range]!;
    if (there > 0) this.all[there - 1] = piece;
    else this.#at[range] = this.all.push(piece);
  }
}

/** Length of the common text at an offset of the text and of the name. */
function runAt({ query, cut, common }: Compared, i: number, e: number): number {
  // Mostly there is none.
  if (query.key.charCodeAt(i) !== cut.key.charCodeAt(e)) return 0;
  return commonRun(common, i, e);
}

/** @param torn - One of the two is inside a word of letters, which are met from their beginning on. */
function addMistaken(compared: Compared, i: number, e: number, torn: boolean): void {
  const { query, cut } = compared;
  const { key } = query;
  const head = runAt(compared, i, e);
  const after = i + head;
  if (head > 0 && !torn) {
    for (const [inText, inName] of GAPS) {
      const [next, at] = [after + inText, e + head + inName];
      const tail = runAt(compared, next, at);
      const value = mistakenValue(head + tail, inText === inName);
      if (tail === 0 || !gains(compared, i, next + tail, value)) continue;
      const met: Range[] = [
        [e, e + head],
        [at, at + tail],
      ];
      const piece = { start: i, end: next + tail, at: e, met, wrong: [after, next] as const };
      addPiece(compared, { ...piece, value }, inText === inName);
    }
  }
  if (!torn && swapped(key, after, cut.key, e + head)) {
    const to = e + head + 2 + runAt(compared, after + 2, e + head + 2);
    const end = i + to - e;
    const value = mistakenValue(to - e, false);
    if (gains(compared, i, end, value)) {
      const [met, wrong] = [[[e, to] as const], [after, after + 2] as const];
      addPiece(compared, { start: i, end, at: e, met, wrong, value }, false);
    }
  }
  // The first or the last character of a name is wrong.
  if (head < 2) return;
  const value = mistakenValue(head, true);
  const met = [[e, e + head] as const];
  if (e === 1 && query.cuts.has(i - 1) && gains(compared, i - 1, after, value)) {
    const piece = { start: i - 1, end: after, at: e, met, wrong: [i - 1, i] as const, value };
    addPiece(compared, piece, true);
  }
  if (torn || e + head + 1 !== cut.key.length || !query.cuts.has(after + 1)) return;
  const end = after + 1;
  if (!gains(compared, i, end, value)) return;
  addPiece(compared, { start: i, end, at: e, met, wrong: [after, end], value }, true);
}

/**
 * What a piece with a mistake in it is worth.
 *
 * @param right - Units that agree: two at least.
 * @param replaced - What is wrong stands in the place of a character of the name.
 */
function mistakenValue(right: number, replaced: boolean): number {
  return right * TEXT_VALUES.mistake + (replaced ? TEXT_VALUES.wrong : 0) - TEXT_VALUES.piece;
}

/** Whether a piece with a mistake in it is worth being made: most are not. */
function gains({ query, pieces }: Compared, start: number, end: number, value: number): boolean {
  if (!pieces.gains(start, end, value)) return false;
  const spaces = spacesBefore(query);
  return spaces[start] === spaces[end];
}

/** Adds a piece with a mistake in it. */
function addPiece(
  { query: { key }, pieces }: Compared,
  piece: Pick<TextSegment, 'start' | 'end' | 'at' | 'met' | 'value'> & { wrong: Range },
  replaced: boolean,
): void {
  // Another number is no mistake.
  if (replaced && hasNumber(key.slice(piece.wrong[0], piece.wrong[1]))) return;
  pieces.add({ ...piece, part: 'name', of: 0, aligned: false });
}

/** Of texts, which are compared with many names each: spaces before every offset. */
const spacesOf = new WeakMap<TextQuery, Uint16Array>();

function spacesBefore(query: TextQuery): Uint16Array {
  let spaces = spacesOf.get(query);
  if (spaces === undefined) {
    const { key } = query;
    spaces = new Uint16Array(key.length + 1);
    for (let i = 0; i < key.length; i++) spaces[i + 1] = spaces[i]! + spacesIn(key, i, i + 1);
    spacesOf.set(query, spaces);
  }
  return spaces;
}

const LETTER = /\p{Script=Latin}/u;
/** Letters that tell a word by its beginning. */
const WORD_BEGINNING = 4;

/** A piece that ends inside a word of letters, in the text or in the name, and is no beginning of both. */
function tearsLetters({ inside }: Compared, i: number, e: number, length: number): boolean {
  if (length >= WORD_BEGINNING) return false;
  return inside[0]?.[i + length] === 1 || inside[1]?.[e + length] === 1;
}

/** Of texts, which are compared with many names each. */
const insideTexts = new WeakMap<TextQuery, Uint8Array | null>();

function insideText(query: TextQuery): Uint8Array | null {
  let inside = insideTexts.get(query);
  if (inside === undefined) insideTexts.set(query, (inside = insideWords(query.key)));
  return inside;
}

/** 1 at every offset of a key that has Latin letters on both sides; null if it has no Latin letter. */
function insideWords(key: string): Uint8Array | null {
  if (!LETTER.test(key)) return null;
  const inside = new Uint8Array(key.length + 1);
  for (let i = 0, isAfter = false; i < key.length; i++) {
    const isLetter = isLatin(key, i);
    if (isAfter && isLetter) inside[i] = 1;
    isAfter = isLetter;
  }
  return inside;
}

function isLatin(key: string, at: number): boolean {
  const unit = key.charCodeAt(at);
  // Nearly all of them, without a regular expression for each.
  return unit < 0x80 ? (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a : LETTER.test(key[at]!);
}

/** Characters that are too much in the text or in the name where one is wrong, or too much, or missing. */
const GAPS: readonly [inText: number, inName: number][] = [
  [1, 1],
  [1, 0],
  [0, 1],
];

function swapped(a: string, i: number, b: string, e: number): boolean {
  return i + 1 < a.length && e + 1 < b.length && a[i] === b[e + 1] && a[i + 1] === b[e];
}

/** Whether two texts have a character in common. */
function haveCommon(a: string, b: string): boolean {
  for (const character of b) if (a.includes(character)) return true;
  return false;
}
