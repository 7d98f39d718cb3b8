import { HAN_TARGETS } from './variants.ts';

/** Folding key with the place in the text that each UTF-16 unit of the key came from. */
export interface FoldedText {
  key: string;
  /** UTF-16 offset in the text, one an element of `key`. */
  starts: number[];
  /** UTF-16 offset in the text, past the end; one an element of `key`. */
  ends: number[];
}

const IGNORABLE = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;
const WHITE_SPACE = /^[\t-\r\x85\s]$/u;
const MARK = /^\p{M}$/u;
const KEPT = /^[\p{L}\p{N}\p{Co}\p{Cn}]$/u;
const LATIN = /^\p{Script=Latin}$/u;
const HAN = /^\p{Script=Han}$/u;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}〆ー]$/u;

/** Straight, curly, modifier-letter and prime apostrophes, grave and acute accents used as one. */
const APOSTROPHES = new Set("'‘’‛ʹʻʼʽˈ´`′＇｀");

/** Latin letters that have no decomposition. */
const LATIN_LETTERS: Record<string, string> = {
  ß: 'ss', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', æ: 'ae', œ: 'oe', ħ: 'h', ı: 'i', ĸ: 'k', ŋ: 'n', ŧ: 't', ƀ: 'b',
  ɓ: 'b', ƈ: 'c', ɖ: 'd', ɗ: 'd', ə: 'e', ɛ: 'e', ɠ: 'g', ɨ: 'i', ɩ: 'i', ƙ: 'k', ɲ: 'n', ɔ: 'o', ɵ: 'o', ʉ: 'u', ʊ: 'u', ʋ: 'v', ƴ: 'y', ƶ: 'z',
}; // prettier-ignore

/** Modern finals and their clusters as initials, compound vowels as typed: a syllable under way is a prefix of what follows. */
const JAMO = new Map<string, string>();
{
  const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
  const initial = (letters: string): string =>
    Array.from(letters, (letter) => String.fromCharCode(0x1100 + initials.indexOf(letter))).join('');
  const finals = 'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ');
  finals.forEach((letters, index) => JAMO.set(String.fromCharCode(0x11a8 + index), initial(letters)));
  const vowels = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';
  const vowel = (letter: string): string => String.fromCharCode(0x1161 + vowels.indexOf(letter));
  for (const compound of ['ㅘㅗㅏ', 'ㅙㅗㅐ', 'ㅚㅗㅣ', 'ㅝㅜㅓ', 'ㅞㅜㅔ', 'ㅟㅜㅣ', 'ㅢㅡㅣ']) {
    const [from = '', ...parts] = Array.from(compound, vowel);
    JAMO.set(from, parts.join(''));
  }
}

const DAKUTEN = '\u3099';
const HANDAKUTEN = '\u309a';

/** Smaller or standalone forms that NFKD leaves or would take apart, before anything else. */
const SINGLES: Record<string, string> = {
  '゛': DAKUTEN, '゜': HANDAKUTEN, 'ヶ': 'が', 'ゖ': 'が', 'ヵ': 'か', 'ゕ': 'か', '〻': '々', ς: 'σ',
}; // prettier-ignore

const SPACE = ' ';
/** Between two Han characters, or after one at the end of the key, all of these are the counter 箇. */
const COUNTER_KANA = new Set('がけか');
const COUNTER = '个';

/** One code point in the letters of the key; marks stay, spaces and what becomes one are a space. */
function expand(character: string, depth = 0): string {
  if (WHITE_SPACE.test(character)) return SPACE;
  if (APOSTROPHES.has(character) || IGNORABLE.test(character)) return '';
  const single = SINGLES[character];
  if (single !== undefined) return single;
  const normal = character.normalize('NFKD');
  if (normal !== character) return depth > 4 ? '' : Array.from(normal, (part) => expand(part, depth + 1)).join('');
  if (MARK.test(character)) return character;
  if (!KEPT.test(character)) return SPACE;
  const lower = character.toLowerCase();
  if (lower !== character) return depth > 4 ? lower : Array.from(lower, (part) => expand(part, depth + 1)).join('');
  const code = character.charCodeAt(0);
  if (code >= 0x30a1 && code <= 0x30fe && code !== 0x30fb && code !== 0x30fc) {
    return expand(String.fromCharCode(code - 0x60), depth + 1);
  }
  return LATIN_LETTERS[character] ?? JAMO.get(character) ?? HAN_TARGETS.get(character) ?? character;
}
