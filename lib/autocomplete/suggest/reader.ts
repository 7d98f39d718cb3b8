import { OptionError, quoteValue } from '../../errors.ts';
import { nameLanguage } from '../record/name-language.ts';

/**
 * Languages of labels and names, with a region if it is not the likely one (zh-Hant-HK, en-GB).
 * Any other tag is accepted and falls back to names that the reader can read.
 */
export type ReaderLanguage = 'zh-Hant' | 'zh-Hans' | 'ja' | 'ko' | 'en' | (string & {});

/** A reader: the language of names and labels, and the countries whose namesakes come first. */
export interface Reader {
  language: ReaderLanguage;
  home: readonly string[];
}

const cache = new Map<string, Reader>();

/**
 * Country codes that are often given as a language; as language codes (Twi, Kanuri) they are
 * unlikely here.
 */
const COUNTRIES: Readonly<Record<string, string>> = {
  jp: 'ja',
  tw: 'zh-TW',
  cn: 'zh-CN',
  hk: 'zh-HK',
  mo: 'zh-MO',
  kr: 'ko',
};

/**
 * The reader behind a language tag, by CLDR's likely subtags: `zh-TW` reads zh-Hant at home in TW,
 * `zh-HK` zh-Hant-HK in HK, `zh` zh-Hans in CN, `ja` is at home in JP, `ko` in KR.
 *
 * A country's code is taken for what its people read (`jp`, `tw`, `cn`, `hk`, `kr`), and `_` for
 * `-`. English is at home in a country only where the tag says so (`en-SG`).
 *
 * @throws {OptionError} `LANGUAGE_INVALID` if it is not a BCP 47 tag.
 * @see https://unicode.org/reports/tr35/#Likely_Subtags
 */
export function readerOf(tag: string): Reader {
  const known = cache.get(tag);
  if (known) return known;
  let locale: Intl.Locale;
  try {
    locale = new Intl.Locale(COUNTRIES[tag.toLowerCase()] ?? tag.replaceAll('_', '-'));
  } catch (cause) {
    const hint = 'Use a BCP 47 tag such as zh-Hant, zh-Hans, ja, ko or en.';
    throw new OptionError('LANGUAGE_INVALID', `language ${quoteValue(tag)} is not a tag`, hint, {
      cause,
    });
  }
  const { language, script, region } = locale.maximize();
  const home = ['zh', 'ja', 'ko'].includes(language) ? region : locale.region;
  const reader: Reader = {
    language: nameLanguage(
      language === 'zh'
        ? [language, script ?? 'Hans', region].filter(Boolean).join('-')
        : locale.baseName,
    ),
    home: home === undefined ? [] : [home],
  };
  if (cache.size < 1000) cache.set(tag, reader);
  return reader;
}

/** The default language of an answer, by the script of the input. */
export function languageOfInput(text: string): ReaderLanguage {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  if (/[\p{Script=Han}\p{Script=Bopomofo}]/u.test(text)) return 'zh-Hant';
  return 'en';
}
