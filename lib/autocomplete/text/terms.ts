import { fold, foldWithOffsets } from '../../analyzers/fold.ts';
import { OPTION_INVALID, type Spec } from '../../options.ts';
import type { PlaceName, PlaceRecord } from '../place.ts';

/** What is written without spaces, so that any two neighbours may be a word. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]$/u;

/** Between the two characters of a gap term; no folded text holds it. */
const GAP = '_';

/** Terms of a folded text, for search without a dictionary. */
export interface TextGrams {
  /** Neighbouring characters of text without spaces; whole words of other scripts. */
  pairs: string[];
  /** Characters with one between them: they stay where that one is wrong, missing or too much. */
  gaps: string[];
}

/**
 * The terms that a folded text is found by where no dictionary knows its words.
 *
 * @param key - From `fold`.
 * @example
 * textGrams('清水寺'); // => { pairs: ['清水', '水寺'], gaps: ['清_寺'] }
 */
export function textGrams(key: string): TextGrams {
  const grams: TextGrams = { pairs: [], gaps: [] };
  for (const run of runsOf(key)) {
    if (!UNSPACED.test(run[0]!)) {
      grams.pairs.push(run.join(''));
      continue;
    }
    for (let at = 0; at + 1 < run.length; at++) {
      grams.pairs.push(run[at]! + run[at + 1]!);
      if (at + 2 < run.length) grams.gaps.push(run[at]! + GAP + run[at + 2]!);
    }
    if (run.length === 1) grams.pairs.push(run[0]!);
  }
  return grams;
}

/** Pairs as gaps and gaps as pairs: how a text with one character too many or too few meets the other. */
export function crossedGrams({ pairs, gaps }: TextGrams): string[] {
  const crossed = gaps.map((gap) => gap.replace(GAP, ''));
  for (const pair of pairs) {
    const [first, second, ...more] = Array.from(pair);
    if (second !== undefined && more.length === 0 && UNSPACED.test(first!)) {
      crossed.push(first! + GAP + second);
    }
  }
  return crossed;
}

function runsOf(key: string): string[][] {
  const runs: string[][] = [];
  let joined = false;
  let unspaced = false;
  for (const character of key) {
    const isSpace = character === ' ';
    const isUnspaced = UNSPACED.test(character);
    if (!isSpace) {
      if (joined && isUnspaced === unspaced) runs.at(-1)!.push(character);
      else runs.push([character]);
    }
    joined = !isSpace;
    unspaced = isUnspaced;
  }
  return runs;
}

/** What text search needs to know about words. */
export interface TextContext {
  /** UTF-16 offsets at which words of a text start, 0 included, for readers of either language. */
  textStarts?: (text: string, language: 'zh' | 'ja') => readonly number[];
  /** Chinese form of a Japanese name that is a Chinese word or well-known name as well, else null. */
  chineseForm?: (name: string) => string | null;
}

/** How text is cut into words. */
export const TEXT_CONTEXT_SPEC: Spec<TextContext> = {
  code: OPTION_INVALID,
  options: {
    textStarts: { type: 'function', help: 'offsets at which the words of a text start' },
    chineseForm: { type: 'function', help: 'the Chinese form of a Japanese name' },
  },
};

/** The fields of a document that text search looks in. */
export interface TextFields {
  /** Words of the names and categories for Chinese readers, one entry a name, spaces between. */
  zh: string[];
  /** The same for Japanese readers. */
  ja: string[];
  /** Grams of all names and categories; see `textGrams`. */
  grams: string[];
}

const HAN = /\p{Script=Han}/u;
const HAN_OR_KANA = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * What text search finds a place by.
 *
 * A Japanese name that Chinese readers know as a word goes into `zh` in its Chinese form as well.
 */
export function textFields(record: PlaceRecord, context: TextContext): TextFields {
  const zh = new Set<string>();
  const ja = new Set<string>();
  const grams = new Set<string>();
  const add = (field: Set<string>, text: string, language: 'zh' | 'ja'): void => {
    const words = textWords(text, language, context).join(' ');
    if (words !== '') field.add(words);
  };
  const addGrams = (text: string): void => {
    const { pairs, gaps } = textGrams(fold(text));
    for (const gram of [...pairs, ...gaps]) grams.add(gram);
  };
  for (const name of record.names) {
    if (name.kind !== 'misspelling') addGrams(name.text);
    const field = fieldOf(name, record.country);
    if (field === 'zh') add(zh, name.text, 'zh');
    if (field !== 'ja') continue;
    add(ja, name.text, 'ja');
    const chinese = context.chineseForm?.(name.text) ?? null;
    if (chinese !== null) add(zh, chinese, 'zh');
  }
  for (const category of record.categories ?? []) {
    addGrams(category);
    if (!HAN_OR_KANA.test(category)) continue;
    add(zh, category, 'zh');
    add(ja, category, 'ja');
  }
  return { zh: [...zh], ja: [...ja], grams: [...grams] };
}

/**
 * Folded words of a text, in order; the whole text where nobody can tell its words.
 *
 * Cut after folding: what a character becomes may hang on its neighbours.
 */
export function textWords(text: string, language: 'zh' | 'ja', context: TextContext): string[] {
  const starts = new Set(context.textStarts?.(text, language));
  const { key, starts: origins } = foldWithOffsets(text);
  const words: string[] = [];
  let from = 0;
  for (let at = 1; at <= key.length; at++) {
    if (at < key.length && !(starts.has(origins[at]!) && origins[at] !== origins[at - 1])) continue;
    for (const word of key.slice(from, at).split(' ')) words.push(word);
    from = at;
  }
  return words.filter((word) => word !== '');
}

function fieldOf(name: PlaceName, country: string | undefined): 'zh' | 'ja' | null {
  if (name.made || name.kind === 'misspelling') return null;
  const language = name.language ?? (HAN.test(name.text) && country === 'JP' ? 'ja' : '');
  if (language.startsWith('zh')) return 'zh';
  if (language.startsWith('ja')) return 'ja';
  return language === '' && HAN.test(name.text) ? 'zh' : null;
}
