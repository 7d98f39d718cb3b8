import { fold } from './fold.ts';

const SYLLABLES_FROM = 0xac00;
const SYLLABLES_TO = 0xd7a3;
const INITIALS_FROM = 0x1100;
/** Syllables per initial: 21 vowels, each with one of 27 finals or none. */
const PER_INITIAL = 588;
const SYLLABLE = /[가-힣]/u;

/**
 * The initials of a Korean name, which people type for short: ㅅㅇ for 서울. Letters and digits of other scripts stay.
 *
 * @returns In the jamo of folding keys; null for a name without Hangul syllables.
 * @example
 * choseongKey('서울') === fold('ㅅㅇ'); // => true
 */
export function choseongKey(text: string): string | null {
  const composed = text.normalize('NFC');
  if (!SYLLABLE.test(composed)) return null;
  let key = '';
  for (const character of composed) {
    const code = character.charCodeAt(0);
    const isSyllable = code >= SYLLABLES_FROM && code <= SYLLABLES_TO;
    key += isSyllable
      ? String.fromCharCode(INITIALS_FROM + Math.floor((code - SYLLABLES_FROM) / PER_INITIAL))
      : fold(character);
  }
  return key.replaceAll(' ', '');
}

/**
 * Converts typed initials to a prefix of `choseongKey`.
 *
 * @param typed - At least two Hangul consonants; spaces and digits are allowed.
 * @returns Null for anything else, including syllables, since these are the beginning of a name itself.
 */
export function choseongTyped(typed: string): string | null {
  const key = fold(typed).replaceAll(' ', '');
  if (!/^[\u1100-\u1112\d]*$/.test(key)) return null;
  return key.replace(/\d/g, '').length >= 2 ? key : null;
}
