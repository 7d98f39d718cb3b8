import { loadChinese } from '../analyzers/chinese.ts';
import { loadJapanese } from '../analyzers/japanese.ts';
import type { DocumentContext } from '../autocomplete/document.ts';
import type { PlaceRecord } from '../autocomplete/record.ts';
import { MissingDependencyError } from '../errors.ts';

/** Where readings of Japanese names that list none come from. */
export type ReadingSource = 'data' | 'dictionary';

/** What documents are made with, and what is missing for that. */
export interface Dictionaries {
  context: DocumentContext;
  warnings: string[];
}

const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

/** A name is in Han characters, so that its words must be looked up. */
export function hasHanName(record: PlaceRecord): boolean {
  return record.names.some(({ text }) => HAN.test(text));
}

/** A Japanese place has a name in Han characters and no reading. */
export function lacksReading(record: PlaceRecord): boolean {
  const { country, name, names } = record;
  return country === 'JP' && HAN.test(name) && !names.some((n) => n.language === 'ja-Hira');
}

/** Loads the dictionaries that are needed; one that is not installed is done without and told. */
export async function loadDictionaries(needed: {
  chinese: boolean;
  japanese: boolean;
}): Promise<Dictionaries> {
  const context: DocumentContext = {};
  const warnings: string[] = [];
  if (needed.chinese) {
    try {
      // The same words as from nodejieba, in a sixth of the time and a quarter of the memory.
      const chinese = await loadChinese({ prefer: '@node-rs/jieba' });
      context.wordStarts = (text) => withoutKanaTails(text, chinese.wordStarts(text));
    } catch (error) {
      warnings.push(`names are found by their beginning only: ${missing(error)}`);
    }
  }
  if (needed.japanese) {
    try {
      const japanese = await loadJapanese();
      context.kana = (text) => japanese.reading(text);
    } catch (error) {
      warnings.push(`Japanese names without a stated reading get none: ${missing(error)}`);
    }
  }
  return { context, warnings };
}

/** Kana are no words of a Chinese dictionary and come one by one: only the first of a run starts one. */
function withoutKanaTails(text: string, starts: readonly number[]): number[] {
  return starts.filter((at) => !(KANA.test(text.charAt(at)) && KANA.test(text.charAt(at - 1))));
}

function missing(error: unknown): string {
  if (error instanceof MissingDependencyError) return error.message;
  throw error;
}
