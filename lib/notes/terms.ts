import { fold } from '../analyzers/fold.ts';
import type { TextContext } from '../autocomplete/text/terms.ts';
import { textWords } from '../autocomplete/text/terms.ts';
import { isStopWord } from './stop-words.ts';

/** Language of a text as far as cutting it into words needs to know. */
export type WordLanguage = 'zh' | 'ja' | 'other';

/** What is between words and in no word. */
const BETWEEN = /[^\p{L}\p{N}\p{M}\p{Co}ー々〆]+/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HAN = /\p{Script=Han}/u;
/** What is written without spaces, so that any two neighbours may be a word. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]$/u;
const HIRAGANA_PAIR = /^\p{Script=Hiragana}{2}$/u;

/** Where a syllable of folded Hangul begins: an initial that a vowel follows. */
const SYLLABLE = /[\u1100-\u1112](?=[\u1161-\u1175])/gu;
/** Syllables of a Korean word that it is found by without its ending. */
const STEM_SYLLABLES = [2, 3, 4] as const;

/** Characters cut at a time: dictionaries take longer than in proportion for more. */
const CLAUSE_MAX = 400;
/** Share of kana among Han and kana from which on a text as a whole is Japanese. */
const JAPANESE_SHARE = 0.1;

/**
 * The language of a text as a whole, for those of its paragraphs that do not tell.
 *
 * @param stated - BCP 47 tag of whoever wrote it.
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
 * A text as it is searched in: folded words with spaces between, a line for each clause. Cut by the
 * dictionary of each paragraph's own language, so a note may mix them; numbers and Latin words stay whole.
 *
 * @param language - Of the text as a whole: how a paragraph in Han characters alone is cut.
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

/** Runs of letters and digits of which none is too long to be cut; Latin words of one clause together. */
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

/** Terms of word lines, each with how often it is there. */
export interface TermCounts {
  counts: Map<string, number>;
  /** Words, for the length of a text. */
  length: number;
}

/**
 * The terms that word lines are found by: `w` and a whole word, but for stop words; `g` and two neighbouring
 * characters, whatever the dictionary says, so that what it cuts otherwise in a query is found as well; `p` and
 * the beginning of a Korean word, whose ending is grammar; `c` and a Han character, since 寺 alone is in no pair.
 *
 * @param lines - Of `wordLines`.
 * @param options - stopWords: stop words are terms, too. Default false.
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

/** Neighbouring unspaced characters of a clause, without those that are grammar only: です, ます. */
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

/** A clause without the spaces between unspaced characters, as a phrase is looked for in it. */
export function joinedLine(line: string): string {
  let joined = '';
  for (const word of line.split(' ')) {
    const [end, start] = [joined.at(-1) ?? '', word[0] ?? ''];
    const apart = joined !== '' && !(UNSPACED.test(end) && UNSPACED.test(start));
    joined += apart ? ` ${word}` : word;
  }
  return joined;
}
