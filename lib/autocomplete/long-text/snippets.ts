import { fold, foldWithOffsets } from '../../analyzers/fold.ts';
import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';

/** Options of snippets. */
export interface SnippetOptions {
  /** Most fragments of a body, 0..10. Default 2. */
  fragments?: number;
  /** Approximate length of a fragment in UTF-16 code units, 40..1000. Default 120. */
  fragmentLength?: number;
}

/** Options of snippets. */
export const SNIPPET_SPEC: Spec<SnippetOptions, 'fragments' | 'fragmentLength'> = {
  code: OPTION_INVALID,
  options: {
    fragments: { type: 'whole', min: 0, max: 10, default: 2, help: 'most fragments' },
    fragmentLength: {
      type: 'whole',
      min: 40,
      max: 1000,
      default: 120,
      help: 'approximate length of a fragment in UTF-16 code units',
    },
  },
};

/** UTF-16 offsets, the end exclusive. */
export type Range = [start: number, end: number];

/** A piece of a text around what was found in it. */
export interface Fragment {
  text: string;
  /** UTF-16 offset of `text` in the whole text. */
  at: number;
  /** Ranges of `text`, in order, without overlap. */
  highlights: Range[];
}

/** Length in code units of the stretches in which a text is examined. */
const STRETCH = 240;
/** Length in code units up to which fragments are cut from a text. */
const SHOWN_MAX = 200_000;

/** What to mark in texts. */
export interface Marks {
  weights: readonly number[];
  occurrences: Occurrences;
}

/**
 * Prepares to mark texts.
 *
 * @param wanted - Folded words and pairs of characters, with weights.
 */
export function marksOf(wanted: ReadonlyMap<string, number>): Marks {
  return { weights: [...wanted.values()], occurrences: occurrencesOf([...wanted.keys()]) };
}

/** The ranges of a text that match: whole words and phrases, in order. */
export function highlightsOf(text: string, marks: Marks): Range[] {
  return weightOf(text, marks) === 0 ? [] : rangesOf(text, marks);
}

function rangesOf(text: string, marks: Marks): Range[] {
  const { key, starts, ends } = foldWithOffsets(text);
  const ranges: Range[] = [];
  marks.occurrences(key, (at, _, end) => {
    if (!isInsideWord(key, at, end)) ranges.push([starts[at]!, ends[end - 1]!]);
  });
  return merged(ranges);
}

/**
 * The fragments of a text that match best, in the order of the text. They are cut between words,
 * so never inside a character; without a match the beginning is returned.
 *
 * @throws {OptionError} `OPTION_INVALID`.
 */
export function fragmentsOf(text: string, marks: Marks, options: SnippetOptions = {}): Fragment[] {
  const { fragments, fragmentLength } = settle(SNIPPET_SPEC, options);
  if (fragments === 0 || text.trim() === '') return [];
  const best = stretchesOf(text.slice(0, SHOWN_MAX))
    .map((stretch) => ({ ...stretch, weight: weightOf(stretch.text, marks) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
  const found: Fragment[] = [];
  const isApart = ([from, to]: Range): boolean =>
    found.every(({ at, text: other }) => at >= to || at + other.length <= from);
  for (const { at, text: stretch } of best) {
    if (found.length === fragments) break;
    const ranges = rangesOf(stretch, marks);
    if (ranges.length === 0) continue;
    const densest = densestOf(ranges, fragmentLength);
    const from = startAround(text, at + (densest[0] + densest[1]) / 2, fragmentLength);
    // Checked before cutting, which is slower; the end of a word moves a cut by only a few
    // characters.
    if (!isApart([from + MARGIN, from + fragmentLength - MARGIN])) continue;
    const fragment = cutAt(text, from, fragmentLength);
    if (!isApart([fragment.at, fragment.at + fragment.text.length])) continue;
    found.push({ ...fragment, highlights: rangesOf(fragment.text, marks) });
  }
  if (found.length === 0) return [{ ...cutAt(text, 0, fragmentLength), highlights: [] }];
  return found.sort((a, b) => a.at - b.at);
}

/** Overlapping stretches, so that a match across an end is complete in one of them. */
function stretchesOf(text: string): { at: number; text: string }[] {
  const stretches: { at: number; text: string }[] = [];
  for (let at = 0; at < text.length; at += STRETCH / 2) {
    stretches.push({ at, text: text.slice(at, at + STRETCH).toWellFormed() });
    if (at + STRETCH >= text.length) break;
  }
  return stretches;
}

/** Sum of the weights of everything wanted in a text, each once. */
function weightOf(text: string, { weights, occurrences }: Marks): number {
  const met = new Set<number>();
  occurrences(fold(text), (_, which) => met.add(which));
  let weight = 0;
  for (const which of met) weight += weights[which]!;
  return weight;
}

/**
 * The first range of the stretch of this length with the most ranges, and the end of that stretch.
 */
function densestOf(ranges: readonly Range[], length: number): Range {
  let [best, most]: [Range, number] = [ranges[0]!, 0];
  for (const [start] of ranges) {
    const inside = ranges.filter(([from, to]) => from >= start && to <= start + length);
    if (inside.length > most) [best, most] = [[start, inside.at(-1)![1]], inside.length];
  }
  return best;
}

/** Words by ICU's dictionaries, for any mix of scripts. */
const SEGMENTER = new Intl.Segmenter('ja', { granularity: 'word' });

/** ICU finds words by their context: code units examined on both sides of a cut. */
const MARGIN = 20;
/** Code units in which most words end. */
const REACH = 40;

/** Start of a piece of a length around a position. */
function startAround(text: string, middle: number, length: number): number {
  return Math.max(0, Math.min(Math.round(middle - length / 2), text.length - length));
}

/** A piece of about a length, without white space at its ends. */
function cutAt(text: string, from: number, length: number): { text: string; at: number } {
  const end = from + length;
  const startIn = (reach: number): number | undefined =>
    boundsIn(text, from - MARGIN, from + reach).find((bound) => bound >= from);
  const start = from === 0 ? 0 : (startIn(REACH) ?? startIn(length + REACH) ?? from);
  const stopIn = (reach: number): number | undefined =>
    boundsIn(text, end - reach, end + MARGIN).findLast((bound) => bound > start && bound <= end);
  const stop = end >= text.length ? text.length : (stopIn(REACH) ?? stopIn(length) ?? end);
  const piece = text.slice(start, stop);
  const trimmed = piece.trimStart();
  return { text: trimmed.trimEnd(), at: start + (piece.length - trimmed.length) };
}

/**
 * Boundaries of words between two positions of a text, without the positions themselves, which may
 * be inside a word.
 */
function boundsIn(text: string, from: number, to: number): number[] {
  const low = Math.max(0, from);
  const window = text.slice(low, to);
  const bounds = Array.from(SEGMENTER.segment(window), ({ index }) => low + index);
  if (low > 0) bounds.shift();
  if (to >= text.length) bounds.push(text.length);
  return bounds;
}

const SPACED = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\u1100-\u11ff]/u;

/** Whether a match begins or ends inside a word of a spaced script: `ear` in `year`. */
function isInsideWord(key: string, start: number, end: number): boolean {
  const joins = (a: string, b: string): boolean =>
    SPACED.test(a) && SPACED.test(b) && !UNSPACED.test(a) && !UNSPACED.test(b);
  return joins(key[start - 1] ?? ' ', key[start]!) || joins(key[end - 1]!, key[end] ?? ' ');
}

function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}
