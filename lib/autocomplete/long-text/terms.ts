import { fold } from '../../analyzers/fold.ts';
import type { TextContext } from '../text/terms.ts';
import { textWords } from '../text/terms.ts';
import { isStopWord } from './stop-words.ts';

/** Language of a text, as far as segmentation into words needs it. */
export type WordLanguage = 'zh' | 'ja' | 'other';

/** Characters between words. */
const BETWEEN = /[^\p{L}\p{N}\p{M}\p{Co}ー々〆]+/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HAN = /\p{Script=Han}/u;
/** Characters of scripts without spaces, of which any two neighbours may be a word. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]$/u;
const HIRAGANA_PAIR = /^\p{Script=Hiragana}{2}$/u;

/** Where a syllable of folded Hangul begins: an initial that a vowel follows. */
const SYLLABLE = /[\u1100-\u1112](?=[\u1161-\u1175])/gu;
/** Lengths in syllables of the stems by which a Korean word is found without its ending. */
const STEM_SYLLABLES = [2, 3, 4] as const;

/**
 * Most characters segmented at a time, since the time of dictionaries grows faster than the
 * length.
 */
const CLAUSE_MAX = 400;
/** Share of kana among Han and kana from which a whole text counts as Japanese. */
const JAPANESE_SHARE = 0.1;

/**
 * The language of a whole text, for paragraphs whose own language is unclear.
 *
 * @param stated - BCP 47 tag stated by the writer.
 */
export function languageOfText(text: string, stated: string | null): WordLanguage {
  if (stated?.startsWith('zh')) return 'zh';
  if (stated?.startsWith('ja')) return 'ja';
  if (stated !== null) return 'other';
  let kana = 0;
  let han = 0;
  for (const character of text.slice(0, 20_000)) {
    if (KANA.test(character)) kana++;
    else if (HAN.test(character)) han++;
  }
  return kana > JAPANESE_SHARE * (kana + han) ? 'ja' : 'zh';
}

/**
 * The searchable form of a text: folded words separated by spaces, a line for each clause. Each
 * paragraph is segmented by the dictionary of its own language, so a note may mix languages;
 * numbers and Latin words stay whole.
 *
 * @param language - Language of the whole text, which decides how a paragraph of Han characters
 *   alone is segmented.
 * @example
 * wordLines('我愛京都。清水寺へ行く', 'ja', context); // => '我 爱 京都\n清水寺 へ 行 く'
 */
export function wordLines(text: string, language: WordLanguage, context: TextContext): string {
  const lines: string[] = [];
  for (const paragraph of text.split(/\n+/u)) {
    const own = KANA.test(paragraph) ? 'ja' : language;
    for (const clause of clausesOf(paragraph)) {
      const words = wordsOfClause(clause, own, context).join(' ');
      if (words !== '') lines.push(words);
    }
  }
  return lines.join('\n');
}

/**
 * Runs of letters and digits short enough for segmentation; Latin words of a clause stay together.
 */
function clausesOf(paragraph: string): string[] {
  const clauses: string[] = [];
  for (const sentence of paragraph.split(/[。．！？!?；;：:，、,…]/u)) {
    for (let at = 0; at < sentence.length; at += CLAUSE_MAX) {
      clauses.push(sentence.slice(at, at + CLAUSE_MAX));
    }
  }
  return clauses;
}

function wordsOfClause(clause: string, language: WordLanguage, context: TextContext): string[] {
  const words: string[] = [];
  for (const piece of clause.split(BETWEEN)) {
    if (piece === '') continue;
    if (!HAN.test(piece) && !KANA.test(piece)) {
      const key = fold(piece);
      if (key !== '') words.push(...key.split(' '));
    } else {
      words.push(...textWords(piece, language === 'ja' ? 'ja' : 'zh', context));
    }
  }
  return words;
}

/** Terms of word lines, with their frequencies. */
export interface TermCounts {
  counts: Map<string, number>;
  /** Number of words, the length of a text. */
  length: number;
}

/**
 * The terms that word lines are found by: `w` and a whole word, but for stop words; `g` and two
 * neighbouring characters, whatever the dictionary says, so that what it cuts otherwise in a query
 * is found as well; `p` and the beginning of a Korean word, whose ending is grammar; `c` and a Han
 * character, since 寺 alone is in no pair.
 *
 * @param lines - Of `wordLines`.
 * @param options - stopWords: whether stop words are terms too. Default false.
 */
export function termCounts(
  lines: string,
  { stopWords = false }: { stopWords?: boolean } = {},
): TermCounts {
  const counts = new Map<string, number>();
  const add = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);
  let length = 0;
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const words = line.split(' ');
    length += words.length;
    for (const word of words) {
      if (stopWords || isTermWord(word)) add(`w${word}`);
      for (const stem of stemsOf(word)) add(`p${stem}`);
    }
    for (const pair of pairsOf(words)) add(`g${pair}`);
    for (const character of line) if (HAN.test(character)) add(`c${character}`);
  }
  return { counts, length };
}

/** Whether a word is a term of its own: one and two unspaced characters are terms already. */
export function isTermWord(word: string): boolean {
  if (isStopWord(word)) return false;
  const [first, second, third] = Array.from(word);
  if (third !== undefined) return true;
  return second === undefined
    ? !HAN.test(first ?? '')
    : !(UNSPACED.test(first!) && UNSPACED.test(second));
}

/** Whether a word is one Han character. */
export function isHanCharacter(word: string): boolean {
  return HAN.test(word) && Array.from(word).length === 1;
}

/** Beginnings of a folded Korean word, of two to four syllables; none of any other. */
export function stemsOf(word: string): string[] {
  const starts = Array.from(word.matchAll(SYLLABLE), ({ index }) => index);
  const lengths = STEM_SYLLABLES.filter((count) => count <= starts.length);
  return lengths.map((count) => word.slice(0, starts[count] ?? word.length));
}

/**
 * Pairs of neighbouring unspaced characters of a clause, without those that are only grammar: です,
 * ます.
 */
export function* pairsOf(words: readonly string[]): Generator<string> {
  let last = '';
  for (const word of words) {
    for (const character of word) {
      const unspaced = UNSPACED.test(character);
      const pair = last + character;
      if (unspaced && last !== '' && !HIRAGANA_PAIR.test(pair)) yield pair;
      last = unspaced ? character : '';
    }
  }
}

/** Marks the UTF-16 code units of scripts without spaces; filled at the first use. */
let unspaced: Uint8Array | null = null;

function isUnspacedUnit(unit: number): boolean {
  unspaced ??= Uint8Array.from({ length: 0x10000 }, (_, code) =>
    UNSPACED.test(String.fromCharCode(code)) ? 1 : 0,
  );
  return unspaced[unit] === 1;
}

/** Word lines without spaces between unspaced characters, for the search of phrases. */
export function joinedLine(lines: string): string {
  let joined = '';
  let from = 0;
  for (let at = lines.indexOf(' '); at >= 0; at = lines.indexOf(' ', at + 1)) {
    if (!isUnspacedUnit(lines.charCodeAt(at - 1)) || !isUnspacedUnit(lines.charCodeAt(at + 1))) {
      continue;
    }
    joined += lines.slice(from, at);
    from = at + 1;
  }
  return joined + lines.slice(from);
}
