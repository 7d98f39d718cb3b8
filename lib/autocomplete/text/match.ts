import { fold } from '../../analyzers/fold.ts';
import type { IndexedName } from '../record/document.ts';
import type { TextSource } from '../searches.ts';
import { nameSegments } from './name-pieces.ts';
import type { TextQuery } from './query.ts';
import {
  commonRun,
  commonRuns,
  type Cut,
  segmentOf,
  spacesIn,
  TEXT_VALUES,
  type TextPart,
  type TextSegment,
  worthOf,
} from './segments.ts';

/** How a place matches a text, by one of its names. */
export interface TextMatch {
  /** Null if only a category matched. */
  name: IndexedName | null;
  segments: readonly TextSegment[];
  /**
   * Share of the text that the place accounts for, 0..1; less for pieces that cut through words.
   */
  coverage: number;
  /** Share of the name that is in the text, 0..1. */
  share: number;
  /**
   * Present if a whole name matched, with the text read in parts (see `coverOf`); otherwise pieces
   * matched.
   */
  read?: {
    /** The value of the `Cover`. */
    value: number;
    /**
     * Whether a container or kind is named beside it; then no place with only pieces of the text
     * is meant.
     */
    sure: boolean;
    /** Whether a container is named beside it. */
    inside: boolean;
    /** Whether a part of it is taken for a mistake. */
    guess: boolean;
  };
}

/** Folded words for kinds of places. */
const KIND_WORDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  station: ['火车站', '车站', '駅', '站', 'station'],
};

/** The cached judgement of a place, since several searches of a query may find it. */
interface Judged {
  /** See `coverageMost`. */
  most?: number;
  parts?: JudgedParts;
  plain?: TextMatch | null;
  mistaken?: TextMatch | null;
}

interface JudgedParts {
  cutsByKey: ReadonlyMap<string, Set<number>>;
  /** Of the names that were compared. */
  cuts: Map<string, Cut>;
  /** Pieces that are independent of names. */
  shared: readonly TextSegment[];
}

/** Places that were judged for a text. */
const judged = new WeakMap<TextQuery, Map<TextSource, Judged>>();

/**
 * The best way to find a text in a place: pieces in one of its names, its categories, its
 * containers.
 *
 * @param mistakes - Whether pieces of a name may have one wrong, missing, extra or swapped
 *   character.
 * @returns Null if neither a name nor a category matches.
 */
export function matchText(
  query: TextQuery,
  source: TextSource,
  mistakes: boolean,
): TextMatch | null {
  const known = judgedOf(query, source);
  const how = mistakes ? 'mistaken' : 'plain';
  const found = known[how];
  if (found !== undefined) return found;
  known.parts ??= partsOf(query, source);
  return (known[how] = judge(query, source, known.parts, mistakes));
}

function judgedOf(query: TextQuery, source: TextSource): Judged {
  let bySource = judged.get(query);
  if (!bySource) judged.set(query, (bySource = new Map<TextSource, Judged>()));
  let known = bySource.get(source);
  if (!known) bySource.set(source, (known = {}));
  return known;
}

function partsOf(query: TextQuery, source: TextSource): JudgedParts {
  const cutsByKey = cutsIn(source);
  return { cutsByKey, cuts: new Map(), shared: sharedSegments(query, source, cutsByKey) };
}

function judge(
  query: TextQuery,
  source: TextSource,
  { cutsByKey, cuts, shared }: JudgedParts,
  mistakes: boolean,
): TextMatch | null {
  let best: TextMatch | null = null;
  const keys = new Set<string>();
  for (const name of [null, ...source.names]) {
    if (name?.kind === 'misspelling') continue;
    let own: TextSegment[] = [];
    if (name !== null) {
      const key = name.key ?? name.text;
      // Names with the same key are judged once.
      if (keys.size === keys.add(key).size) continue;
      let cut = cuts.get(key);
      if (!cut) cuts.set(key, (cut = cutOf(key, cutsByKey)));
      own = nameSegments(query, cut, mistakes);
      if (own.length === 0) continue;
    }
    const match = bestCover(query, name, [...own, ...shared]);
    if (match && (!best || isBetter(match, best))) best = match;
  }
  return best;
}

/** The last place of `coverageMost` that has each UTF-16 unit; a server may count more than 2^32 of them. */
const places = new Float64Array(2 ** 16);
let place = 0;

/** Most that a character is worth: a piece with a wrong one has two right ones at least. */
const MOST_OF_UNIT = Math.max(1, TEXT_VALUES.mistake + TEXT_VALUES.wrong / 2);

/**
 * No less than the coverage of any match, with mistakes or without: the share of the text's
 * characters that the place has at all.
 */
export function coverageMost(query: TextQuery, source: TextSource): number {
  const known = judgedOf(query, source);
  return (known.most ??= shareMet(query.key, source) * MOST_OF_UNIT);
}

/** Share of a text's characters that a place has. */
function shareMet(key: string, source: TextSource): number {
  place += 1;
  const mark = (text: string): void => {
    for (let i = 0; i < text.length; i++) places[text.charCodeAt(i)] = place;
  };
  for (const name of source.names) mark(name.key ?? name.text);
  for (const category of source.categories ?? []) mark(foldedCategory(category));
  for (const word of [...source.within, ...(KIND_WORDS[source.kind] ?? [])]) {
    if (key.includes(word)) mark(word);
  }
  let units = 0;
  let met = 0;
  for (let i = 0; i < key.length; i++) {
    if (key[i] === ' ') continue;
    units += 1;
    if (places[key.charCodeAt(i)] === place) met += 1;
  }
  return units === 0 ? 0 : met / units;
}

/** Folded categories, of which there are few. */
const foldedCategories = new Map<string, string>();
const CATEGORIES_KEPT = 1000;

function foldedCategory(category: string): string {
  let folded = foldedCategories.get(category);
  if (folded !== undefined) return folded;
  folded = fold(category);
  if (foldedCategories.size >= CATEGORIES_KEPT) foldedCategories.clear();
  foldedCategories.set(category, folded);
  return folded;
}

/** Like `matchText`, but containers alone, or nothing, also count as a match. */
export function matchAround(query: TextQuery, source: TextSource): TextMatch {
  const match = matchText(query, source, false);
  if (match) return match;
  const segments = bestPath(query, sharedSegments(query, source, new Map()));
  return { name: null, segments, coverage: coverageOf(query, segments), share: 0 };
}

/** Whether the first match covers more of the text, or as much with more of the name. */
export function isBetter(a: TextMatch, b: TextMatch): boolean {
  return a.coverage - b.coverage > 1e-9 || (b.coverage - a.coverage < 1e-9 && a.share > b.share);
}

/** Of places, which engines keep from search to search. */
const cutsOf = new WeakMap<TextSource, ReadonlyMap<string, Set<number>>>();

function cutsIn(source: TextSource): ReadonlyMap<string, Set<number>> {
  let cuts = cutsOf.get(source);
  if (!cuts) cutsOf.set(source, (cuts = wordCuts([...source.zh, ...source.ja])));
  return cuts;
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

function cutOf(key: string, cutsByKey: ReadonlyMap<string, Set<number>>): Cut {
  const known = cutsByKey.get(key);
  if (known) return { key, cuts: known };
  const cuts = new Set([0, key.length]);
  for (const { index } of key.matchAll(/ /g)) cuts.add(index).add(index + 1);
  return { key, cuts };
}

/** Pieces that are independent of names. */
function sharedSegments(
  query: TextQuery,
  source: TextSource,
  cutsByKey: ReadonlyMap<string, Set<number>>,
): TextSegment[] {
  const found: TextSegment[] = [];
  const { key } = query;
  (source.categories ?? []).forEach((category, of) => {
    const folded = foldedCategory(category);
    const cut = { key: folded, cuts: cutsByKey.get(folded) ?? new Set([0, folded.length]) };
    const common = commonRuns(key, folded);
    for (let i = 0; i < key.length; i++) {
      for (let e = 0; e < folded.length; e++) {
        const length = commonRun(common, i, e);
        if (length < Math.min(2, folded.length)) continue;
        const span = { start: i, at: e, length };
        found.push(
          segmentOf({ part: 'category', of }, span, worthOf('category', query, cut, span)),
        );
      }
    }
  });
  const whole = (part: TextPart, word: string, of: number): void => {
    for (let i = key.indexOf(word); i >= 0; i = key.indexOf(word, i + 1)) {
      const cut = { key: word, cuts: new Set([0, word.length]) };
      const span = { start: i, at: 0, length: word.length };
      found.push(segmentOf({ part, of }, span, worthOf(part, query, cut, span)));
    }
  };
  source.within.forEach((container, of) => {
    if (container.length > 1) whole('container', container, of);
  });
  for (const word of KIND_WORDS[source.kind] ?? []) whole('kind', word, 0);
  return found;
}

/** The combination of pieces with the highest sum; each part of the text counts once. */
function bestCover(
  query: TextQuery,
  name: IndexedName | null,
  segments: readonly TextSegment[],
): TextMatch | null {
  return matchOf(query, name, bestPath(query, segments));
}

/** Arrays that `bestPath` uses again: it is asked for hundreds of names a text. */
const scratches = [0, 1, 2].map(() => new Int32Array(256));
let worths = new Float64Array(256);

function scratch(which: 0 | 1 | 2, length: number): Int32Array {
  if (scratches[which]!.length < length) scratches[which] = new Int32Array(2 * length);
  return scratches[which]!;
}

function bestPath({ key }: TextQuery, segments: readonly TextSegment[]): TextSegment[] {
  if (segments.length === 0) return [];
  // Chains of segments that begin at the same unit, in their order.
  const first = scratch(0, key.length).fill(-1, 0, key.length);
  const next = scratch(1, segments.length);
  for (let n = segments.length - 1; n >= 0; n--) {
    const { start, value } = segments[n]!;
    if (value <= 0) continue;
    next[n] = first[start]!;
    first[start] = n;
  }
  if (worths.length <= key.length) worths = new Float64Array(2 * key.length);
  const worth = worths;
  worth[key.length] = 0;
  const chosen = scratch(2, key.length).fill(-1, 0, key.length);
  for (let i = key.length - 1; i >= 0; i--) {
    worth[i] = worth[i + 1]!;
    for (let n = first[i]!; n >= 0; n = next[n]!) {
      const { value, end } = segments[n]!;
      const sum = value + worth[end]!;
      if (sum <= worth[i]! + 1e-9) continue;
      worth[i] = sum;
      chosen[i] = n;
    }
  }
  const path: TextSegment[] = [];
  for (let i = 0; i < key.length;) {
    const segment = segments[chosen[i]!];
    if (segment) path.push(segment);
    i = segment ? segment.end : i + 1;
  }
  return path;
}

function coverageOf({ key }: Pick<TextQuery, 'key'>, path: readonly TextSegment[]): number {
  const length = key.length - spacesIn(key, 0, key.length);
  const worth = path.reduce((sum, { value }) => sum + value + TEXT_VALUES.piece, 0);
  return Math.min(1, worth / length);
}

/** The match that pieces add up to; null if none is of a name or category. */
export function matchOf(
  query: Pick<TextQuery, 'key'>,
  name: IndexedName | null,
  path: readonly TextSegment[],
): TextMatch | null {
  const hasName = path.some(({ part }) => part === 'name');
  if (!hasName && !path.some(({ part }) => part === 'category')) return null;
  if (name !== null && !hasName) return null;
  return {
    name,
    segments: path,
    coverage: coverageOf(query, path),
    share: name === null ? 0 : shareOf(name, path),
  };
}

function shareOf(name: IndexedName, path: readonly TextSegment[]): number {
  const key = name.key ?? name.text;
  let count = 0;
  for (const met of metUnits(key, path)) count += met;
  return count / key.length;
}

/** 1 for every unit of a name that a piece agrees with. */
export function metUnits(key: string, path: readonly TextSegment[]): Uint8Array {
  const met = new Uint8Array(key.length);
  for (const { part, met: pieces } of path) {
    if (part === 'name') for (const [start, end] of pieces) met.fill(1, start, end);
  }
  return met;
}
