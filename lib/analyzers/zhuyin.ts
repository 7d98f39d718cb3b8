import { ZHUYIN_BEGINNINGS, ZHUYIN_BY_PINYIN, ZHUYIN_SYLLABLES } from './syllables.ts';

/** Tone marks by tone number; the first tone has none. */
const TONE_MARKS = ['', '', 'ˊ', 'ˇ', 'ˋ', '˙'];

function toZhuyin(pinyin: string, toned: boolean): string {
  let key = '';
  for (const item of pinyin.split(' ')) {
    const tone = Number(item.at(-1));
    const zhuyin = tone >= 1 && tone <= 5 ? ZHUYIN_BY_PINYIN.get(item.slice(0, -1)) : undefined;
    if (zhuyin !== undefined) key += toned ? zhuyin + TONE_MARKS[tone] : zhuyin;
    else if (item !== '_') key += item;
  }
  return key;
}

/**
 * The zhuyin search key of a reading, without tones.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @example
 * zhuyinKey('ban3 qiao2 qu1'); // => 'ㄅㄢㄑㄧㄠㄑㄩ'
 */
export function zhuyinKey(pinyin: string): string {
  return toZhuyin(pinyin, false);
}

/**
 * The zhuyin of a reading with tones; each mark follows its syllable, as typed. The first tone has
 * no mark.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @example
 * zhuyinToned('ban3 qiao2 qu1'); // => 'ㄅㄢˇㄑㄧㄠˊㄑㄩ'
 */
export function zhuyinToned(pinyin: string): string {
  return toZhuyin(pinyin, true);
}

/**
 * Converts typed bopomofo to a prefix of `zhuyinKey`.
 *
 * @param typed - Bopomofo with or without tone marks, and digits of the name; spaces count as the first tone.
 * @returns `toned` is true if a tone other than the first was typed; null if the text contains
 *   anything else, or no bopomofo.
 * @example
 * zhuyinTyped('ㄅㄢˇㄑ'); // => { key: 'ㄅㄢㄑ', toned: true }
 */
export function zhuyinTyped(typed: string): { key: string; toned: boolean } | null {
  const key = typed.replace(/[\sˉˊˇˋ˙]/g, '');
  return /^[ㄅ-ㄩ\d]+$/.test(key) && /[ㄅ-ㄩ]/.test(key)
    ? { key, toned: /[ˊˇˋ˙]/.test(typed) }
    : null;
}

/**
 * Keys of the standard (大千) layout, the system default in Taiwan. The space bar types the first
 * tone.
 */
export const DACHEN_KEYS = '1qaz2wsxedcrfv5tgbyhnujm8ik,9ol.0p;/-';
export const DACHEN_ZHUYIN =
  'ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙㄧㄨㄩㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦ';
export const DACHEN_TONES: Record<string, string> = {
  '6': 'ˊ',
  '3': 'ˇ',
  '4': 'ˋ',
  '7': '˙',
  ' ': '',
};

/**
 * Decodes zhuyin that was typed on the 大千 layout with the input method switched off.
 *
 * @param typed - Every syllable but the last must end with its tone key (6 3 4 7 or a space), as
 *   the layout requires.
 * @returns Zhuyin with tone marks; null if the keys aren't valid syllables, optionally followed by
 *   the beginning of one.
 * @example
 * dachenToZhuyin('103ful6'); // => 'ㄅㄢˇㄑㄧㄠˊ'
 */
export function dachenToZhuyin(typed: string): string | null {
  let zhuyin = '';
  let syllable = '';
  for (const key of typed.toLowerCase()) {
    const letter = DACHEN_ZHUYIN[DACHEN_KEYS.indexOf(key)];
    const tone = DACHEN_TONES[key];
    if (letter !== undefined) {
      syllable += letter;
    } else if (tone !== undefined && ZHUYIN_SYLLABLES.has(syllable)) {
      zhuyin += syllable + tone;
      syllable = '';
    } else {
      return null;
    }
  }
  if (syllable !== '' && !ZHUYIN_BEGINNINGS.has(syllable)) return null;
  return zhuyin + syllable === '' ? null : zhuyin + syllable;
}
