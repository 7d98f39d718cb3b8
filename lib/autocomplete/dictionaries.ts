import { loadCantonese } from '../analyzers/cantonese.ts';
import { loadChinese } from '../analyzers/chinese.ts';
import { fold } from '../analyzers/fold.ts';
import { loadJapanese } from '../analyzers/japanese.ts';
import { isChineseWord } from '../analyzers/tokens.ts';
import { toTraditional } from '../analyzers/variants.ts';
import { MissingDependencyError } from '../errors.ts';
import type { PlaceRecord } from './place.ts';
import { isDescribedIn } from './record/descriptions.ts';
import type { DocumentContext } from './record/document.ts';

/** Where readings of Japanese names without a stated one come from. */
export type ReadingSource = 'data' | 'dictionary';

/** The dictionaries for making documents, and warnings about missing ones. */
export interface Dictionaries {
  context: DocumentContext;
  warnings: string[];
}

const HAN = /\p{Script=Han}/u;
const HAN_ONLY = /^\p{Script=Han}+$/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

/** Whether a name or description has Chinese words, so that the Chinese dictionary is needed. */
export function hasHanName({ names, descriptions }: PlaceRecord): boolean {
  return names.some(({ text }) => HAN.test(text)) || isDescribedIn(descriptions, 'zh');
}

/**
 * Whether a name or description is Japanese, so that the Japanese dictionary is needed for its words and its
 * reading.
 */
export function isJapanese({ country, names, descriptions }: PlaceRecord): boolean {
  const named = names.some(
    ({ text, language }) =>
      language === 'ja' || (language === undefined && country === 'JP' && HAN.test(text)),
  );
  return named || isDescribedIn(descriptions, 'ja');
}

/**
 * Loads the needed dictionaries; a missing one is skipped and reported in `warnings`, but for the Cantonese one, which is
 * only loaded where somebody asks for it.
 *
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if `cantonese` is needed and can't be loaded.
 */
export async function loadDictionaries(needed: {
  chinese: boolean;
  japanese: boolean;
  cantonese?: boolean;
}): Promise<Dictionaries> {
  const context: DocumentContext = {};
  const warnings: string[] = [];
  if (needed.chinese) {
    try {
      // Gives the same words as nodejieba in a sixth of the time and a quarter of the memory.
      const chinese = await loadChinese({ prefer: '@node-rs/jieba' });
      const starts = (text: string): number[] => withoutKanaTails(text, chinese.wordStarts(text));
      context.wordStarts = starts;
      context.textStarts = starts;
      context.chineseForm = (name): string | null =>
        HAN_ONLY.test(name) && isChineseWord(fold(name), chinese) ? toTraditional(name) : null;
    } catch (error) {
      warnings.push(`names are found by their beginning only: ${missing(error)}`);
    }
  }
  if (needed.japanese) {
    try {
      const japanese = await loadJapanese();
      context.kana = (text) => japanese.reading(text);
      const chinese = context.textStarts;
      context.textStarts = (text, language): readonly number[] =>
        language === 'ja' ? japanese.wordStarts(text) : (chinese?.(text, language) ?? []);
      const inner = context.wordStarts;
      context.wordStarts = (text, language): readonly number[] => {
        const starts = inner?.(text, language) ?? [];
        return language === 'ja' ? [...new Set([...starts, ...japanese.wordStarts(text)])] : starts;
      };
    } catch (error) {
      warnings.push(`Japanese names without a stated reading get none: ${missing(error)}`);
    }
  }
  if (needed.cantonese) context.jyutping = await loadCantonese();
  return { context, warnings };
}

/** A Chinese dictionary splits kana one by one; only the first of a run starts a word. */
function withoutKanaTails(text: string, starts: readonly number[]): number[] {
  return starts.filter((at) => !(KANA.test(text.charAt(at)) && KANA.test(text.charAt(at - 1))));
}

function missing(error: unknown): string {
  if (error instanceof MissingDependencyError) return error.message;
  throw error;
}
