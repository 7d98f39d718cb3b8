import { DACHEN_KEYS, DACHEN_TONES, DACHEN_ZHUYIN, dachenToZhuyin } from './zhuyin.ts';

// Text that was typed while the keyboard was in the wrong mode. Layouts: KS X 5002 (두벌식), Korea's standard;
// 大千 (annex of CNS 11643), Taiwan; JIS X 6002 kana, Japan.

const KOREAN_KEYS = 'qwertasdfgzxcvQWERTyuiophjklbnmOP';
const KOREAN_JAMO = 'ㅂㅈㄷㄱㅅㅁㄴㅇㄹㅎㅋㅌㅊㅍㅃㅉㄸㄲㅆㅛㅕㅑㅐㅔㅗㅓㅏㅣㅠㅜㅡㅒㅖ';
const JAMO_BY_KEY = new Map(Array.from(KOREAN_KEYS, (key, i) => [key, KOREAN_JAMO[i]!]));

const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const VOWELS = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';
const FINALS = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ';
/** Letters that take two keys. */
const COMPOUNDS: Readonly<Record<string, string>> = {
  ㅗㅏ: 'ㅘ', ㅗㅐ: 'ㅙ', ㅗㅣ: 'ㅚ', ㅜㅓ: 'ㅝ', ㅜㅔ: 'ㅞ', ㅜㅣ: 'ㅟ', ㅡㅣ: 'ㅢ',
  ㄱㅅ: 'ㄳ', ㄴㅈ: 'ㄵ', ㄴㅎ: 'ㄶ', ㄹㄱ: 'ㄺ', ㄹㅁ: 'ㄻ', ㄹㅂ: 'ㄼ', ㄹㅅ: 'ㄽ', ㄹㅌ: 'ㄾ', ㄹㅍ: 'ㄿ', ㄹㅎ: 'ㅀ', ㅂㅅ: 'ㅄ',
}; // prettier-ignore
const PARTS = new Map(Object.entries(COMPOUNDS).map(([parts, letter]) => [letter, parts]));

const isVowel = (jamo: string | undefined): boolean => jamo !== undefined && VOWELS.includes(jamo);
const isConsonant = (jamo: string | undefined): boolean =>
  jamo !== undefined && INITIALS.includes(jamo);

/** Joins the jamo of one word into syllables; one consonant may remain at the end. Null if that is impossible. */
function syllablesOf(jamo: readonly string[]): string | null {
  let word = '';
  let at = 0;
  while (at < jamo.length) {
    const initial = jamo[at]!;
    if (!isConsonant(initial)) return null;
    if (at === jamo.length - 1) return word === '' ? null : word + initial;
    let vowel = jamo[at + 1]!;
    if (!isVowel(vowel)) return null;
    at += 2;
    const joined = COMPOUNDS[vowel + (jamo[at] ?? '')];
    if (joined !== undefined) {
      vowel = joined;
      at += 1;
    }
    // A consonant before a vowel begins the next syllable.
    let final = ' ';
    if (isConsonant(jamo[at]) && !isVowel(jamo[at + 1]) && FINALS.includes(jamo[at]!)) {
      final = jamo[at]!;
      at += 1;
      const both = COMPOUNDS[final + (jamo[at] ?? '')];
      if (both !== undefined && !isVowel(jamo[at + 1])) {
        final = both;
        at += 1;
      }
    }
    const code = (INITIALS.indexOf(initial) * 21 + VOWELS.indexOf(vowel)) * 28;
    word += String.fromCharCode(0xac00 + code + FINALS.indexOf(final));
  }
  return word;
}

/** Fewest keys that are read as Hangul, since any two letters make a syllable. */
const KOREAN_LEAST = 3;

/**
 * Recovers Hangul that was typed on a Korean keyboard in English mode.
 *
 * @param typed - Letters; a capital is the key with shift. Words of digits stay.
 * @returns Null if a word is not all syllables. A consonant may remain at its end, since it may begin the next one.
 * @example
 * englishToHangul('tjdnf'); // => '서울'
 */
export function englishToHangul(typed: string): string | null {
  const words: string[] = [];
  let letters = 0;
  for (const word of typed.trim().split(/\s+/)) {
    if (/^\d+$/.test(word)) {
      words.push(word);
      continue;
    }
    const jamo = Array.from(
      word,
      (key) => JAMO_BY_KEY.get(key) ?? JAMO_BY_KEY.get(key.toLowerCase()),
    );
    if (jamo.some((letter) => letter === undefined)) return null;
    const syllables = syllablesOf(jamo as string[]);
    if (syllables === null) return null;
    letters += jamo.length;
    words.push(syllables);
  }
  return letters < KOREAN_LEAST ? null : words.join(' ');
}

/**
 * Recovers English that was typed on a Korean keyboard in Hangul mode.
 *
 * @param typed - Hangul and spaces.
 * @example
 * hangulToEnglish('새됴ㅐ'); // => 'tokyo'
 */
export function hangulToEnglish(typed: string): string | null {
  let letters = '';
  for (const character of typed.normalize('NFC').trim()) {
    const code = character.charCodeAt(0) - 0xac00;
    const isSyllable = code >= 0 && code < 11172;
    const jamo = isSyllable
      ? INITIALS[Math.floor(code / 588)]! +
        VOWELS[Math.floor(code / 28) % 21]! +
        FINALS[code % 28]!.trim()
      : character;
    if (!isSyllable && !/[ㄱ-ㅣ\s]/u.test(character)) return null;
    for (const letter of jamo) {
      for (const part of PARTS.get(letter) ?? letter) {
        letters += /\s/.test(part) ? ' ' : KOREAN_KEYS[KOREAN_JAMO.indexOf(part)]!;
      }
    }
  }
  return letters.length < KOREAN_LEAST ? null : letters;
}

/**
 * Recovers English that was typed on a Taiwanese keyboard (大千) in zhuyin mode.
 *
 * @param typed - Bopomofo, tone marks and spaces.
 * @returns Null for anything else, or if a key without a letter was pressed.
 * @example
 * zhuyinToEnglish('ㄔㄟㄜㄗㄟ'); // => 'tokyo'
 */
export function zhuyinToEnglish(typed: string): string | null {
  let letters = '';
  for (const character of typed.trim()) {
    if (character === ' ' || character === '\u3000') {
      letters += ' ';
      continue;
    }
    const at = DACHEN_ZHUYIN.indexOf(character);
    const tone = Object.entries(DACHEN_TONES).find(([, mark]) => mark === character);
    const key = at >= 0 ? DACHEN_KEYS[at]! : tone?.[0];
    if (key === undefined) return null;
    letters += key;
  }
  return /^[a-z][a-z ]{2,}$/.test(letters) ? letters : null;
}

const KANA_KEYS = "1234567890-^qwertyuiopasdfghjkl;:]zxcvbnm,./\\#$%&'()EZ~";
const KANA_LETTERS =
  'ぬふあうえおやゆよわほへたていすかんなにらせちとしはきくまのりれけむつさそひこみもねるめろぁぅぇぉゃゅょぃっを';
const KANA_BY_KEY = new Map(Array.from(KANA_KEYS, (key, i) => [key, KANA_LETTERS[i]!]));
const VOICING: Readonly<Record<string, string>> = { '@': '\u3099', '[': '\u309a' };

/**
 * Recovers kana that was typed with the kana keys of a Japanese keyboard while the input method was off.
 *
 * @param typed - Any keys; a space stays.
 * @returns Null if a key has no kana.
 * @example
 * englishToKana('d2@7'); // => 'しぶや'
 */
export function englishToKana(typed: string): string | null {
  let kana = '';
  for (const key of typed.trim()) {
    const letter = VOICING[key] ?? KANA_BY_KEY.get(key) ?? KANA_BY_KEY.get(key.toLowerCase());
    if (letter === undefined && key !== ' ') return null;
    kana += letter ?? ' ';
  }
  const composed = kana.normalize('NFC');
  return /^[ぁ-ゖー ]{2,}$/u.test(composed) ? composed : null;
}

/**
 * What a text means if the keyboard was in the wrong mode, likeliest first.
 *
 * @param typed - As typed.
 * @param language - Of the reader. Only readers of Japanese may mean kana, since every letter key has one.
 * @returns At most two texts; mostly `[]`.
 */
export function otherModes(typed: string, language: string): string[] {
  const found = [
    englishToHangul(typed),
    dachenToZhuyin(typed.trim().toLowerCase()),
    hangulToEnglish(typed),
    zhuyinToEnglish(typed),
    language === 'ja' ? englishToKana(typed) : null,
  ];
  return found.filter((text) => text !== null).slice(0, MODES);
}

const MODES = 2;
