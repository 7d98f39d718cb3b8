import { fold, foldWithOffsets } from '../analyzers/fold.ts';
import { OPTION_INVALID, settle, type Spec } from '../options.ts';

/** How snippets are cut. */
export interface SnippetOptions {
  /** Fragments of a body at the most, 0..10. Default 2. */
  fragments?: number;
  /** UTF-16 code units of a fragment, about; 40..1000. Default 120. */
  fragmentLength?: number;
}

/** Options of snippets. */
export const SNIPPET_SPEC: Spec<SnippetOptions, 'fragments' | 'fragmentLength'> = {
  code: OPTION_INVALID,
  options: {
    fragments: { type: 'whole', min: 0, max: 10, default: 2, help: 'fragments at the most' },
    fragmentLength: {
      type: 'whole',
      min: 40,
      max: 1000,
      default: 120,
      help: 'UTF-16 code units of a fragment, about',
    },
  },
};

/** UTF-16 offsets, the end exclusive. */
export type Range = [start: number, end: number];

/** A piece of a text around what was found in it. */
export interface Fragment {
  text: string;
  /** UTF-16 offset of `text` in the whole. */
  at: number;
  /** In `text`, in order, apart from each other. */
  highlights: Range[];
}

/** Code units of the stretches that a text is looked through by. */
const STRETCH = 240;

/**
 * Where a text has what was asked for: the ranges of whole words and phrases, in order.
 *
 * @param wanted - Folded words and pairs of characters.
 */
export function highlightsOf(text: string, wanted: readonly string[]): Range[] {
  if (!wanted.some((value) => fold(text).includes(value))) return [];
  const { key, starts, ends } = foldWithOffsets(text);
  const ranges: Range[] = [];
  for (const value of wanted) {
    for (let at = key.indexOf(value); at >= 0; at = key.indexOf(value, at + 1)) {
      const end = at + value.length;
      if (isInsideWord(key, at, end)) continue;
      ranges.push([starts[at]!, ends[end - 1]!]);
    }
  }
  return merged(ranges);
}

/**
 * The pieces of a text that have most of what was asked for, in the order of the text. Cut between words, so
 * never inside a character; without a match the beginning.
 *
 * @param wanted - Folded words and pairs, each with how much it weighs.
 * @throws {OptionError} `OPTION_INVALID`.
 */
export function fragmentsOf(
  text: string,
  wanted: ReadonlyMap<string, number>,
  options: SnippetOptions = {},
): Fragment[] {
  const { fragments, fragmentLength } = settle(SNIPPET_SPEC, options);
  if (fragments === 0 || text.trim() === '') return [];
  const values = [...wanted.keys()];
  const best = stretchesOf(text)
    .map((stretch) => ({ ...stretch, weight: weightOf(stretch.text, wanted) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at);
  const found: Fragment[] = [];
  for (const { at, text: stretch } of best) {
    if (found.length === fragments) break;
    const ranges = highlightsOf(stretch, values);
    if (ranges.length === 0) continue;
    const densest = densestOf(ranges, fragmentLength);
    const middle = at + (densest[0] + densest[1]) / 2;
    const fragment = cutAround(text, middle, fragmentLength);
    const end = fragment.at + fragment.text.length;
    const apart = found.every(
      (other) => other.at >= end || other.at + other.text.length <= fragment.at,
    );
    if (apart) found.push({ ...fragment, highlights: highlightsOf(fragment.text, values) });
  }
  if (found.length === 0) {
    return [{ ...cutAround(text, 0, fragmentLength), highlights: [] }];
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Overlapping stretches, so that what stands across an end is whole in one of them. */
function stretchesOf(text: string): { at: number; text: string }[] {
  const stretches: { at: number; text: string }[] = [];
  for (let at = 0; at < text.length; at += STRETCH / 2) {
    stretches.push({ at, text: text.slice(at, at + STRETCH).toWellFormed() });
    if (at + STRETCH >= text.length) break;
  }
  return stretches;
}

function weightOf(stretch: string, wanted: ReadonlyMap<string, number>): number {
  const key = fold(stretch);
  let weight = 0;
  for (const [value, own] of wanted) if (key.includes(value)) weight += own;
  return weight;
}

/** The range that begins a stretch of the length with the most ranges, with the end of that stretch. */
function densestOf(ranges: readonly Range[], length: number): Range {
  let [best, most]: [Range, number] = [ranges[0]!, 0];
  for (const [start] of ranges) {
    const inside = ranges.filter(([from, to]) => from >= start && to <= start + length);
    if (inside.length > most) [best, most] = [[start, inside.at(-1)![1]], inside.length];
  }
  return best;
}

/** Words as ICU's dictionaries have them, for any mix of scripts. */
const SEGMENTER = new Intl.Segmenter('ja', { granularity: 'word' });

/** A piece of about a length around a place, without white space at its ends. */
function cutAround(text: string, middle: number, length: number): { text: string; at: number } {
  const from = Math.max(0, Math.min(Math.round(middle - length / 2), text.length - length));
  // ICU finds words by what is around them.
  const margin = 60;
  const low = Math.max(0, from - margin);
  const window = text.slice(low, from + length + margin);
  const bounds = Array.from(SEGMENTER.segment(window), ({ index }) => index);
  bounds.push(window.length);
  const start = from === 0 ? 0 : (bounds.find((bound) => bound >= from - low) ?? 0);
  const isEnd = from + length >= text.length;
  const stop = isEnd
    ? window.length
    : (bounds.findLast((bound) => bound > start && bound <= from - low + length) ??
      bounds.find((bound) => bound > start)!);
  const piece = window.slice(start, stop);
  const trimmed = piece.trimStart();
  return { text: trimmed.trimEnd(), at: low + start + (piece.length - trimmed.length) };
}

const SPACED = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\u1100-\u11ff]/u;

/** Whether a match begins or ends within a word that is written with spaces around it: `ear` in `year`. */
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
