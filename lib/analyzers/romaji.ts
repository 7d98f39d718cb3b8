import { toRomaji } from 'wanakana';
import { fold } from './fold.ts';

/** A kana with the small kana behind it. */
const MORA = /っ|[ぁ-ゖ][ぁぃぅぇぉゃゅょゎ]?/gu;

/** Written and typed with b as often as with v. */
const V_SOUNDS: Record<string, string> = {
  ゔ: 'ぶ',
  ゔぁ: 'ば',
  ゔぃ: 'び',
  ゔぇ: 'べ',
  ゔぉ: 'ぼ',
};

/** Romaji of morae met so far: bounded by the pairs of kana. */
const morae = new Map<string, string>();

function romajiOf(mora: string): string {
  let romaji = morae.get(mora);
  if (romaji === undefined) {
    romaji = toRomaji(V_SOUNDS[mora] ?? mora).replace(/[^a-z]/g, '');
    morae.set(mora, romaji);
  }
  return romaji;
}

/** Folded kana in letters; the rest of the text is kept. */
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
 * Every spelling to one: Kunrei consonants, the glide of きゃ as in きや (kiya), no long vowels, ん always n.
 *
 * Written so that each beginning of a spelling leads to a beginning of the result: sh to si, j to zi, ky to kiy.
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
    .replace(/w([ieo])/g, '$1')
    .replace(/n+/g, 'n')
    .replace(/([kstnhmrgzbp])y/g, '$1iy')
    .replace(/o[ou]+/g, 'o')
    .replace(/aa+|ii+|uu+|ee+/g, (vowels) => vowels.charAt(0));
}

/**
 * The search key of a kana reading, in one romanisation that Hepburn, Kunrei, Nihon-shiki and keyboard spellings meet.
 *
 * Not for display: はしもと and ハシモト give `hasimoto`, おおさか gives `osaka`, しんじゅく gives `sinziyuku`.
 *
 * @param kana - Hiragana or katakana of any width; other characters but letters and digits are dropped.
 * @example
 * romajiKey('とうきょう'); // => 'tokiyo'
 */
export function romajiKey(kana: string): string {
  return canonical(spellKana(fold(kana)).replace(/[^a-z0-9]/g, ''));
}

/**
 * Syllables and, at the end, the beginning of one, in canonical letters.
 *
 * n is always a part of its own, before a vowel too: with `na` as a second way to read n and a, a text
 * of k times `na` would be tried in 2^k ways.
 */
const SYLLABLES =
  /^(?:(?:kk?|ss?|tt?|hh?|rr?|gg?|zz?|dd?|bb?|pp?|[myw])?[aiueo]|n)*(?:kk?|ss?|tt?|hh?|rr?|gg?|zz?|dd?|bb?|pp?|[myw])?$/;

/** Longer than any long vowel or ん of Japanese. Without a bound, two hundred a would be one あ. */
const OVERLONG = /[ou]{13}|a{7}|i{7}|u{7}|e{7}|n{7}/;

/** Vowels at an offset, where an h behind them lengthens an o among them: the ooh of ooh, not of ooha, is o. */
function withoutLongH(vowels: string, at: number, letters: string): string {
  const next = letters.charAt(at + vowels.length);
  const isLong = vowels.endsWith('h') && !/[aiueo]/.test(next);
  const long = isLong ? vowels.indexOf('o') : -1;
  return long < 0 ? vowels : vowels.slice(0, long + 1);
}

/**
 * What has been typed as the beginning of a `romajiKey`.
 *
 * Letters that are not yet a syllable are turned into what all their continuations share: `sh` into `si`. An m at the
 * end is taken for the beginning of ま: where it may be the ん of `shimbashi`, ask for `shimb`, `shimm` and `shimp` too.
 *
 * @param typed - Kana, Latin letters, or kana and then letters not yet committed (しんj); case, accents, apostrophes,
 *   hyphens and spaces don't matter.
 * @returns The key prefix, perhaps `''`; null where it can't be the beginning of Japanese (a vowel
 *   of seven letters neither), or holds another script.
 * @example
 * romajiTyped('しんj'); // => 'sinzi'
 * romajiTyped('ōsaka'); // => 'osaka'
 */
export function romajiTyped(typed: string): string | null {
  const text = fold(typed).replaceAll(' ', '');
  const parts = /^([ぁ-ゖー]*)([a-z]*)$/u.exec(text);
  if (!parts || text === '' || /[lqx]|^v$/.test(text)) return null;
  const [, kana = '', latin = ''] = parts;
  // Ohtani, Ohyama: h behind o is a long vowel unless a vowel follows, in letters only.
  const letters = spellKana(kana).replaceAll('ー', '') + latin;
  if (OVERLONG.test(letters) || /ー{3}|っ{3}/u.test(kana)) return null;
  const spelled = kana === '' ? latin.replace(/[ou]+h?/g, withoutLongH) : letters;
  const key = canonical(spelled);
  return SYLLABLES.test(key) ? key : null;
}

/**
 * The key prefixes of what was typed where the m at its end is an ん (shim of shimbashi), with each letter that may
 * follow; none where it ends in no such m.
 */
export function romajiNasal(typed: string): string[] {
  if (!/[^mnん\s]m$/.test(fold(typed))) return [];
  return ['b', 'm', 'p'].flatMap((next) => romajiTyped(typed + next) ?? []);
}
