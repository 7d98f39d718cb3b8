import { fieldError } from '../../errors.ts';
import { nameLanguage } from './name-language.ts';
import type { RecordFaults } from './record-faults.ts';

const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;
const HAN = /\p{Script=Han}/u;
const HAN_OR_HANGUL = /[\p{Script=Han}\p{Script=Hangul}]/u;

/** Tags by what is written for them; lower case, with hyphens. */
const OTHERWISE: Readonly<Record<string, string>> = {
  jp: 'ja',
  jpn: 'ja',
  japanese: 'ja',
  日文: 'ja',
  日本語: 'ja',
  kor: 'ko',
  korean: 'ko',
  韓文: 'ko',
  한국어: 'ko',
  eng: 'en',
  english: 'en',
  英文: 'en',
  zho: 'zh',
  chi: 'zh',
  chinese: 'zh',
  中文: 'zh',
  cht: 'zh-Hant',
  zht: 'zh-Hant',
  'zh-traditional': 'zh-Hant',
  繁體中文: 'zh-Hant',
  繁中: 'zh-Hant',
  chs: 'zh-Hans',
  zhs: 'zh-Hans',
  'zh-simplified': 'zh-Hans',
  简体中文: 'zh-Hans',
  简中: 'zh-Hans',
  'ja-kana': 'ja-Hira',
  'ja-hrkt': 'ja-Hira',
  'ja-hira': 'ja-Hira',
  'ja-rm': 'ja-Latn',
  'ja-romaji': 'ja-Latn',
  'ko-rm': 'ko-Latn',
  'zh-pinyin': 'zh-Latn-pinyin',
};
/** Codes of countries that are other languages (Twi, Kanuri, Sardinian), which have no Han or Hangul. */
const COUNTRIES: Readonly<Record<string, readonly [RegExp, string]>> = {
  tw: [HAN, 'zh-Hant'],
  hk: [HAN, 'zh-Hant'],
  mo: [HAN, 'zh-Hant'],
  tc: [HAN, 'zh-Hant'],
  cn: [HAN, 'zh-Hans'],
  sc: [HAN, 'zh-Hans'],
  kr: [HAN_OR_HANGUL, 'ko'],
};

let languages: Intl.DisplayNames | null = null;

/**
 * The language of a name by the tag that a record states.
 *
 * @param text - The name, which tells the country TW from the language tw (Twi).
 * @throws {RecordError} `LANGUAGE_INVALID` if it is no tag, nor a word that is known for one.
 */
export function languageOfName(
  field: string,
  tag: unknown,
  text: string,
  faults: RecordFaults,
): string {
  if (typeof tag !== 'string') throw invalid(field, tag);
  const plain = tag.trim().replaceAll('_', '-');
  const key = plain.toLowerCase();
  const [pattern, ofCountry] = COUNTRIES[key] ?? [];
  const meant =
    pattern?.test(text) === true
      ? ofCountry!
      : Object.hasOwn(OTHERWISE, key)
        ? OTHERWISE[key]!
        : plain;
  if (!LANGUAGE_TAG.test(meant)) throw invalid(field, tag);
  if (meant.toLowerCase() !== tag.toLowerCase())
    faults.warn('LANGUAGE_CORRECTED', field, tag, meant);
  else if (!isLanguage(meant)) faults.warn('LANGUAGE_UNKNOWN', field, tag);
  return nameLanguage(meant);
}

const known = new Map<string, boolean>();

function isLanguage(tag: string): boolean {
  const [language = ''] = tag.toLowerCase().split('-');
  let answer = known.get(language);
  if (answer === undefined) {
    languages ??= new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    answer = languages.of(language) !== undefined;
    if (known.size < 1000) known.set(language, answer);
  }
  return answer;
}

function invalid(field: string, tag: unknown): Error {
  const hint = 'Use a BCP 47 tag such as zh-Hant, zh-Hans, ja, ja-Hira or en';
  return fieldError('LANGUAGE_INVALID', { field, value: tag }, 'is not a language tag', hint);
}
