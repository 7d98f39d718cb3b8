import { toRomaji } from 'wanakana';
import { fold } from './fold.ts';
import { numberReadings } from './spoken-numbers.ts';

/** A kana with the small kana after it. */
const MORA = /っ|[ぁ-ゖ][ぁぃぅぇぉゃゅょゎ]?/gu;

/** V sounds, which are written and typed with b as often as with v; and sounds that wanakana spells differently. */
const SPELLED_AS: Record<string, string> = {
  ゔ: 'ぶ',
  ゔぁ: 'ば',
  ゔぃ: 'び',
  ゔぇ: 'べ',
  ゔぉ: 'ぼ',
  ふぃ: 'ふい',
  ふぇ: 'ふえ',
  くぃ: 'くい',
  くぇ: 'くえ',
};

/** Cache of the romaji of morae; its size is bounded by the number of pairs of kana. */
const morae = new Map<string, string>();

function romajiOf(mora: string): string {
  let romaji = morae.get(mora);
  if (romaji === undefined) {
    romaji = toRomaji(SPELLED_AS[mora] ?? mora).replace(/[^a-z]/g, '');
    morae.set(mora, romaji);
  }
  return romaji;
}

/** Converts folded kana to letters; the rest of the text is kept. */
function spellKana(kana: string): string {
  let doubled = false;
  return kana.replace(MORA, (mora) => {
    if (mora === 'っ') {
      doubled = true;
      return '';
    }
    const romaji = romajiOf(mora);
    const double = doubled && /^[^aiueon]/.test(romaji) ? romaji.charAt(0) : '';
    doubled = false;
    return double + romaji;
  });
}

/**
 * Unifies all spellings: Kunrei consonants, the glide of きゃ as in きや (kiya), no long vowels, ん
 * always n.
 *
 * The rules turn every prefix of a spelling into a prefix of the result: sh to si, j to zi, ky to
 * kiy.
 */
function canonical(letters: string): string {
  return letters
    .replace(/m(?=[bpm])/g, 'n')
    .replace(/tc|cc/g, 'tc')
    .replace(/(?:sh|s(?=y))y?(?=[aueo])/g, 'sy')
    .replace(/(?:ch|c(?=y|$))y?(?=[aueo])/g, 'ty')
    .replace(/(?:j|d(?=y))y?(?=[aueo])/g, 'zy')
    .replace(/sh(?:i|$)/g, 'si')
    .replace(/c(?:hi|h$|$)/g, 'ti')
    .replace(/c(?=y)/g, 't')
    .replace(/jj/g, 'zj')
    .replace(/d(?=y)|j(?=y)/g, 'z')
    .replace(/ji|j$|di/g, 'zi')
    .replace(/dz?u/g, 'zu')
    .replace(/tsu?(?=[aiueo]|$)|tsu/g, 'tu')
    .replace(/ff/g, 'hf')
    .replace(/fu?/g, 'hu')
    .replace(/v/g, 'b')
    .replace(/([kg])w/g, '$1u')
    .replace(/w([ieo])/g, '$1')
    .replace(/n+/g, 'n')
    .replace(/([kstnhmrgzbp])y/g, '$1iy')
    .replace(/o[ou]+/g, 'o')
    .replace(/aa+|ii+|uu+|ee+/g, (vowels) => vowels.charAt(0));
}

/**
 * The search key of a kana reading: one romanisation to which Hepburn, Kunrei, Nihon-shiki and
 * keyboard spellings all convert.
 *
 * Not for display: はしもと and ハシモト become `hasimoto`, おおさか becomes `osaka`, しんじゅく
 * becomes `sinziyuku`.
 *
 * @param kana - Hiragana or katakana of any width. Letters and digits are kept, other characters
 *   dropped.
 * @example
 * romajiKey('とうきょう'); // => 'tokiyo'
 */
export function romajiKey(kana: string): string {
  return canonical(spellKana(fold(kana)).replace(/[^a-z0-9]/g, ''));
}

/** Kana of foreign sounds, and kana whose romaji is what people type for them: ti, which is ち, and not thi. */
const FOREIGN: Readonly<Record<string, string>> = {
  てぃ: 'ち',
  でぃ: 'ぢ',
  とぅ: 'つ',
  どぅ: 'づ',
  てゅ: 'ちゅ',
  でゅ: 'じゅ',
  すぃ: 'し',
  ずぃ: 'じ',
  うぃ: 'い',
  うぇ: 'え',
  うぉ: 'お',
};

/**
 * The keys of a kana reading that typed letters may begin: `romajiKey` first, then the keys with numbers as spoken and
 * with the sounds of foreign words as letters spell them (di for でぃずにー).
 *
 * @param kana - As for `romajiKey`.
 * @returns At most eight, without duplicates.
 */
export function romajiKeys(kana: string): string[] {
  const readings = numberReadings(fold(kana));
  const spelled = readings.map((reading) =>
    reading.replace(/[てでとどすずう][ぃぅぇぉゅ]/g, (mora) => FOREIGN[mora] ?? mora),
  );
  return [...new Set([...readings, ...spelled].map(romajiKey))];
}

/**
 * Complete syllables, digits, and a letter before a digit (B1), optionally followed by the beginning of a syllable.
 *
 * n is always an element of its own, even before a vowel. If `na` were a second way to match n and
 * a, matching k times `na` would take 2^k steps.
 */
const SYLLABLES =
  /^(?:(?:kk?|ss?|tt?|hh?|rr?|gg?|zz?|dd?|bb?|pp?|[myw])?[aiueo]|[n\d]|[b-df-hj-mp-tv-z]\d)*(?:kk?|ss?|tt?|hh?|rr?|gg?|zz?|dd?|bb?|pp?|[myw])?$/;

/**
 * Longer than any long vowel or ん in Japanese. Without this bound, two hundred a would match one
 * あ.
 */
const OVERLONG = /[ou]{13}|a{7}|i{7}|u{7}|e{7}|n{7}/;

/**
 * Removes what follows an o that is lengthened by h: ooh becomes o unless a vowel follows, as in
 * ooha.
 */
function withoutLongH(vowels: string, at: number, letters: string): string {
  const next = letters.charAt(at + vowels.length);
  const isLong = vowels.endsWith('h') && !/[aiueo]/.test(next);
  const long = isLong ? vowels.indexOf('o') : -1;
  return long < 0 ? vowels : vowels.slice(0, long + 1);
}

/**
 * Converts typed text to a prefix of `romajiKey`.
 *
 * Letters that are not yet a syllable become the prefix that all their continuations share: `sh`
 * becomes `si`. An m at the end counts as the beginning of ま; since it may also be the ん of
 * `shimbashi`, look up `romajiNasal` as well.
 *
 * @param typed - Kana, Latin letters, or both (しんj, where letters are not yet committed), and digits of the name. Case,
 *   accents, apostrophes, hyphens and spaces are ignored.
 * @returns The key prefix, possibly `''`; null if the text can't be the beginning of Japanese
 *   (which includes a vowel of seven letters), contains another script, or only digits.
 * @example
 * romajiTyped('しんj'); // => 'sinzi'
 * romajiTyped('ōsaka'); // => 'osaka'
 */
export function romajiTyped(typed: string): string | null {
  const text = fold(typed).replaceAll(' ', '');
  if (!/^[ぁ-ゖーa-z\d]*$/u.test(text) || /^\d*$|[lqx]|^v$/.test(text)) return null;
  const isLatin = /^[a-z\d]*$/.test(text);
  // Ohtani, Ohyama: in Latin letters, h after o marks a long vowel unless a vowel follows.
  const letters = spellKana(text).replaceAll('ー', '');
  if (OVERLONG.test(letters) || /ー{3}|っ{3}/u.test(text)) return null;
  const spelled = isLatin ? letters.replace(/[ou]+h?/g, withoutLongH) : letters;
  const key = canonical(spelled);
  return SYLLABLES.test(key) ? key : null;
}

/**
 * The key prefixes for input whose final m is an ん (shim in shimbashi), one for each letter that may
 * follow; `[]` if the input does not end in such an m.
 */
export function romajiNasal(typed: string): string[] {
  if (!/[^mnん\s]m$/.test(fold(typed))) return [];
  return ['b', 'm', 'p'].flatMap((next) => romajiTyped(typed + next) ?? []);
}
