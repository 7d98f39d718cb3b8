import { fold } from '../../analyzers/fold.ts';
import type { IndexedName } from '../record/document.ts';
import { hasNumber } from '../reading/numbers.ts';
import type { TextSource } from '../searches.ts';
import type { TextQuery } from './query.ts';

/** What a piece of the text stands for. */
export type TextPart = 'name' | 'category' | 'container' | 'kind';

type Range = readonly [start: number, end: number];

/** A piece of the text that a place has. Offsets are UTF-16 units of folded text, ends excluded. */
export interface TextSegment {
  part: TextPart;
  /** In the key of the query. */
  start: number;
  end: number;
  /** In the key of the name or category; 0 for a container. */
  at: number;
  /** Which category or container it is, in their order in the document. */
  of: number;
  /** Pieces that agree, in the key of the name: two where one character is wrong. */
  met: readonly Range[];
  /** The piece begins and ends where words do, in the text and in the name. */
  aligned: boolean;
  value: number;
  /** In the key of the query: what is wrong, or too much; empty where something is missing. */
  wrong?: Range;
}

/** How a place answers a text, by one of its names. */
export interface TextMatch {
  /** Null where no name was met, but a category. */
  name: IndexedName | null;
  segments: readonly TextSegment[];
  /** Share of the text that the place has, 0..1; less for pieces across words. */
  coverage: number;
  /** Share of the name that the text has, 0..1. */
  share: number;
  /** Met by a whole name, as parts of the text are read (see `coverOf`); else by pieces. */
  read?: {
    /** As `Cover` has it. */
    value: number;
    /** A container or a kind was named beside it: nothing that has only pieces of the text is meant rather. */
    sure: boolean;
    /** A container was named beside it. */
    inside: boolean;
  };
}

/** Worth of a character of each part, before what is taken off. */
const TEXT_VALUES = Object.freeze({
  name: 1,
  category: 0.92,
  container: 0.95,
  kind: 0.9,
  /** Times this where a piece cuts through a word, of the text or of the name. */
  across: 0.85,
  /** Times this for one character that is no word. */
  single: 0.35,
  /** Times this where a character is wrong, missing or too much. */
  mistake: 0.85,
  /** The character that stands in the place of another. */
  wrong: 0.35,
  /** Taken off every piece, so that few long ones win. */
  piece: 0.1,
});

/** Words that say what a place is, folded. */
const KIND_WORDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  station: ['火车站', '车站', '駅', '站', 'station'],
};

/** A folded text of a document with the offsets at which its words start and end. */
interface Cut {
  key: string;
  cuts: ReadonlySet<number>;
}

/**
 * The best way to find a text in a place: pieces in one of its names, its categories, its containers.
 *
 * @param mistakes - Pieces of a name may have one character wrong, missing, too much, or swapped.
 * @returns Null where it meets neither a name nor a category.
 */
export function matchText(
  query: TextQuery,
  source: TextSource,
  mistakes: boolean,
): TextMatch | null {
  const cutsByKey = wordCuts([...source.zh, ...source.ja]);
  const shared = sharedSegments(query, source, cutsByKey);
  let best: TextMatch | null = null;
  for (const name of [null, ...source.names]) {
    if (name?.kind === 'misspelling') continue;
    const own = name === null ? [] : nameSegments(query, cutOf(name, cutsByKey), mistakes);
    if (name !== null && own.length === 0) continue;
    const match = bestCover(query, name, [...own, ...shared]);
    if (match && (!best || isBetter(match, best))) best = match;
  }
  return best;
}

/** The place has more of the text, or as much by more of its name. */
export function isBetter(a: TextMatch, b: TextMatch): boolean {
  return a.coverage - b.coverage > 1e-9 || (b.coverage - a.coverage < 1e-9 && a.share > b.share);
}

/** Word offsets by key, spaces left out as they are between words in Han. */
function wordCuts(entries: readonly string[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const entry of entries) {
    const words = entry.split(' ');
    const key = words.join('');
    const cuts = found.get(key) ?? new Set([0]);
    let at = 0;
    for (const word of words) cuts.add((at += word.length));
    found.set(key, cuts);
  }
  return found;
}

function cutOf(name: IndexedName, cutsByKey: ReadonlyMap<string, Set<number>>): Cut {
  const key = name.key ?? name.text;
  const known = cutsByKey.get(key);
  if (known) return { key, cuts: known };
  const cuts = new Set([0, key.length]);
  for (const { index } of key.matchAll(/ /g)) cuts.add(index).add(index + 1);
  return { key, cuts };
}

/** A text and a name, with what they have in common. */
interface Compared {
  query: TextQuery;
  cut: Cut;
  /** See `commonRuns`. */
  common: Uint8Array;
}

function nameSegments(query: TextQuery, cut: Cut, mistakes: boolean): TextSegment[] {
  const found: TextSegment[] = [];
  const { key } = query;
  const compared: Compared = { query, cut, common: commonRuns(key, cut.key) };
  for (let i = 0; i < key.length; i++) {
    const begins = query.cuts.has(i);
    for (let e = 0; e < cut.key.length; e++) {
      const longest = runAt(compared, i, e);
      if (longest === 0 && !(mistakes && e === 0 && begins)) continue;
      for (let length = longest; length >= 1; length--) {
        // Of the ways to end early only those at a word are worth a look.
        if (length < longest && !query.cuts.has(i + length)) continue;
        if (tearsLetters(compared, i, e, length)) continue;
        found.push(segmentOf({ part: 'name', of: 0 }, query, cut, { start: i, at: e, length }));
      }
      if (mistakes) addMistaken(compared, i, e, found);
    }
  }
  return found;
}

/** Length of the common text at an offset of the text and of the name. */
function runAt({ cut, common }: Compared, i: number, e: number): number {
  return e < cut.key.length ? (common[i * (cut.key.length + 1) + e] ?? 0) : 0;
}

function addMistaken(compared: Compared, i: number, e: number, found: TextSegment[]): void {
  const { query, cut } = compared;
  const { key } = query;
  const head = runAt(compared, i, e);
  const after = i + head;
  const first: Range = [e, e + head];
  if (head > 0) {
    for (const [inText, inName] of GAPS) {
      const [next, at] = [after + inText, e + head + inName];
      const tail = runAt(compared, next, at);
      if (tail === 0) continue;
      const met: Range[] = [first, [at, at + tail]];
      const wrong: Range = [after, next];
      addPiece(key, { start: i, end: next + tail, at: e, met, wrong }, inText === inName, found);
    }
  }
  if (swapped(key, after, cut.key, e + head)) {
    const to = e + head + 2 + runAt(compared, after + 2, e + head + 2);
    const end = i + to - e;
    const wrong: Range = [after, after + 2];
    addPiece(key, { start: i, end, at: e, met: [[e, to]], wrong }, false, found);
  }
  // The first or the last character of a name is wrong.
  if (head === 0) return;
  const met = [first];
  if (e === 1 && query.cuts.has(i - 1)) {
    addPiece(key, { start: i - 1, end: after, at: e, met, wrong: [i - 1, i] }, true, found);
  }
  if (e + head + 1 === cut.key.length && query.cuts.has(after + 1)) {
    const end = after + 1;
    addPiece(key, { start: i, end, at: e, met, wrong: [after, end] }, true, found);
  }
}

/**
 * Adds a piece with a mistake in it, where enough of it is right.
 *
 * @param replaced - What is wrong stands in the place of a character of the name.
 */
function addPiece(
  key: string,
  piece: Pick<TextSegment, 'start' | 'end' | 'at' | 'met'> & { wrong: Range },
  replaced: boolean,
  found: TextSegment[],
): void {
  const { start, end, met, wrong } = piece;
  let right = 0;
  for (const [from, to] of met) right += to - from;
  if (right < 2) return;
  const space = key.indexOf(' ', start);
  if (space >= 0 && space < end) return;
  // Another number is no mistake.
  if (replaced && hasNumber(key.slice(wrong[0], wrong[1]))) return;
  const value =
    right * TEXT_VALUES.mistake + (replaced ? TEXT_VALUES.wrong : 0) - TEXT_VALUES.piece;
  found.push({ ...piece, part: 'name', of: 0, aligned: false, value });
}

const LETTER = /^\p{Script=Latin}$/u;
/** Letters that tell a word by its beginning. */
const WORD_BEGINNING = 4;

/** A piece that begins or ends inside a word of letters, in the text or in the name, and is no beginning of both. */
function tearsLetters({ query, cut }: Compared, i: number, e: number, length: number): boolean {
  if (isInsideWord(query.key, i) || isInsideWord(cut.key, e)) return true;
  if (length >= WORD_BEGINNING) return false;
  return isInsideWord(query.key, i + length) || isInsideWord(cut.key, e + length);
}

function isInsideWord(key: string, offset: number): boolean {
  return LETTER.test(key[offset - 1] ?? '') && LETTER.test(key[offset] ?? '');
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

/** Length of the common text that starts at each pair of offsets, as rows of `b.length + 1`. */
function commonRuns(a: string, b: string): Uint8Array {
  const width = b.length + 1;
  const runs = new Uint8Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let e = b.length - 1; e >= 0; e--) {
      if (a[i] === b[e]) runs[i * width + e] = Math.min(255, runs[(i + 1) * width + e + 1]! + 1);
    }
  }
  return runs;
}

function segmentOf(
  { part, of }: { part: TextPart; of: number },
  query: TextQuery,
  { key, cuts }: Cut,
  { start, at, length }: { start: number; at: number; length: number },
): TextSegment {
  const end = start + length;
  const text = query.key.slice(start, end);
  const aligned =
    query.cuts.has(start) && query.cuts.has(end) && cuts.has(at) && cuts.has(at + length);
  let value = TEXT_VALUES[part] * text.replaceAll(' ', '').length;
  if (!aligned) value *= TEXT_VALUES.across;
  if (length === 1 && !(aligned || key.length === 1)) value *= TEXT_VALUES.single;
  value -= TEXT_VALUES.piece;
  return { part, start, end, at, of, met: [[at, at + length]], aligned, value };
}

/** Pieces that do not hang on a name. */
function sharedSegments(
  query: TextQuery,
  source: TextSource,
  cutsByKey: ReadonlyMap<string, Set<number>>,
): TextSegment[] {
  const found: TextSegment[] = [];
  const { key } = query;
  (source.categories ?? []).forEach((category, of) => {
    const folded = fold(category);
    const cut = { key: folded, cuts: cutsByKey.get(folded) ?? new Set([0, folded.length]) };
    const common = commonRuns(key, folded);
    for (let i = 0; i < key.length; i++) {
      for (let e = 0; e < folded.length; e++) {
        const length = common[i * (folded.length + 1) + e]!;
        if (length < Math.min(2, folded.length)) continue;
        found.push(segmentOf({ part: 'category', of }, query, cut, { start: i, at: e, length }));
      }
    }
  });
  const whole = (part: TextPart, word: string, of: number): void => {
    for (let i = key.indexOf(word); i >= 0; i = key.indexOf(word, i + 1)) {
      const cut = { key: word, cuts: new Set([0, word.length]) };
      const segment = segmentOf({ part, of }, query, cut, { start: i, at: 0, length: word.length });
      found.push(segment);
    }
  };
  source.within.forEach((container, of) => {
    if (container.length > 1) whole('container', container, of);
  });
  for (const word of KIND_WORDS[source.kind] ?? []) whole('kind', word, 0);
  return found;
}

/** The way through the text that adds up to the most; each piece of the text counts once. */
function bestCover(
  query: TextQuery,
  name: IndexedName | null,
  segments: readonly TextSegment[],
): TextMatch | null {
  const { key } = query;
  const starting = new Map<number, TextSegment[]>();
  for (const segment of segments) {
    if (segment.value <= 0) continue;
    const there = starting.get(segment.start);
    if (there) there.push(segment);
    else starting.set(segment.start, [segment]);
  }
  const worth = new Float64Array(key.length + 1);
  const chosen: (TextSegment | null)[] = [];
  for (let i = key.length - 1; i >= 0; i--) {
    worth[i] = worth[i + 1]!;
    chosen[i] = null;
    for (const segment of starting.get(i) ?? []) {
      const value = segment.value + worth[segment.end]!;
      if (value > worth[i]! + 1e-9) {
        worth[i] = value;
        chosen[i] = segment;
      }
    }
  }
  const path: TextSegment[] = [];
  for (let i = 0; i < key.length;) {
    const segment = chosen[i] ?? null;
    if (segment) path.push(segment);
    i = segment ? segment.end : i + 1;
  }
  return matchOf(query, name, path);
}

/** What pieces add up to; null where they are of neither a name nor a category. */
export function matchOf(
  query: Pick<TextQuery, 'key'>,
  name: IndexedName | null,
  path: readonly TextSegment[],
): TextMatch | null {
  const hasName = path.some(({ part }) => part === 'name');
  if (!hasName && !path.some(({ part }) => part === 'category')) return null;
  if (name !== null && !hasName) return null;
  const length = query.key.replaceAll(' ', '').length;
  const worth = path.reduce((sum, { value }) => sum + value + TEXT_VALUES.piece, 0);
  return {
    name,
    segments: path,
    coverage: Math.min(1, worth / length),
    share: name === null ? 0 : shareOf(name, path),
  };
}

function shareOf(name: IndexedName, path: readonly TextSegment[]): number {
  const met = new Set<number>();
  for (const { part, met: pieces } of path) {
    if (part !== 'name') continue;
    for (const [start, end] of pieces) for (let i = start; i < end; i++) met.add(i);
  }
  return met.size / (name.key ?? name.text).length;
}
