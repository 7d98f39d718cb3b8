import { fold } from '../analyzers/fold.ts';
import { pinyinKey, pinyinOf, pinyinTyped } from '../analyzers/pinyin.ts';
import { romajiKeys, romajiTyped } from '../analyzers/romaji.ts';

/** Sources of readings. */
export interface ReadingContext {
  /** UTF-16 offsets at which words of a text start. */
  textStarts?: (text: string, language: 'zh' | 'ja') => readonly number[];
  /** The hiragana reading of Japanese text; null if unknown. */
  kana?: (text: string) => string | null;
}

const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const KANA_ONLY = /^[\p{Script=Hiragana}\p{Script=Katakana}ー・\d\s]+$/u;
const LATIN_ONLY = /^[\p{Script=Latin}\p{M}\d\s'’-]+$/u;

/** Most neighbouring words that are read together: 清水寺 is two words. */
const WORDS_MAX = 4;
/** Most Han or kana characters at the beginning of a title that are read. */
const READ_MAX = 60;

/**
 * Readings of the words of a title, and of neighbouring words together. Each begins with a letter:
 * `k` hiragana, `m` romaji in the form of `romajiKey`, `y` pinyin without tones.
 */
export function titleReadings(title: string, context: ReadingContext): string[] {
  const text = title.slice(0, READ_MAX);
  if (!HAN.test(text) && !KANA.test(text)) return [];
  const readings = new Set<string>();
  for (const run of runsOf(text, context)) {
    const isRead = HAN.test(run) || KANA.test(run);
    if (!isRead) continue;
    const kana = context.kana?.(run) ?? (KANA_ONLY.test(run) ? run : null);
    if (kana !== null) {
      readings.add(`k${fold(kana)}`);
      for (const romaji of romajiKeys(kana)) readings.add(`m${romaji}`);
    }
    if (!KANA.test(run)) readings.add(`y${pinyinKey(pinyinOf(run))}`);
  }
  return [...readings];
}

/**
 * The readings that a typed text may stand for, in the form of `titleReadings`; `[]` if it is not one.
 */
export function typedReadings(text: string): string[] {
  if (KANA_ONLY.test(text) && KANA.test(text)) return [`k${fold(text)}`];
  if (!LATIN_ONLY.test(text)) return [];
  const letters = fold(text).replaceAll(' ', '');
  const found: string[] = [];
  const romaji = romajiTyped(letters);
  if (romaji !== null) found.push(`m${romaji}`);
  const pinyin = pinyinTyped(letters);
  if (pinyin !== null) found.push(`y${pinyin}`);
  return found;
}

function runsOf(text: string, { textStarts }: ReadingContext): Set<string> {
  const runs = new Set<string>();
  for (const piece of text.split(/[^\p{L}\p{N}\p{M}ー々〆]+/u)) {
    if (piece === '') continue;
    for (const language of ['zh', 'ja'] as const) {
      const starts = [...(textStarts?.(piece, language) ?? [0]), piece.length];
      for (let from = 0; from + 1 < starts.length; from++) {
        const last = Math.min(starts.length - 1, from + WORDS_MAX);
        for (let to = from + 1; to <= last; to++) runs.add(piece.slice(starts[from], starts[to]));
      }
    }
    runs.add(piece);
  }
  return runs;
}
