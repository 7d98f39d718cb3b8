import type { ReaderLanguage } from '../suggest/reader.ts';

/** How an application names countries, and whether labels show them. */
export interface CountryNames {
  /** Name of a country (ISO 3166-1 alpha-2) for a reader; null to show none. */
  nameOf(code: string, language: ReaderLanguage): string | null;
}

/**
 * Places whose long name in CLDR is a legal phrase (中國香港特別行政區); people use the short one.
 */
const SHORT: ReadonlySet<string> = new Set(['HK', 'MO', 'PS']);

const byLanguage = new Map<string, Intl.DisplayNames>();
/** Names asked for before, by code, by language: both are few. */
const known = new Map<ReaderLanguage, Map<string, string | null>>();
const LANGUAGES_MAX = 200;

function namesFor(language: ReaderLanguage, style: 'long' | 'short'): Intl.DisplayNames {
  const key = `${language} ${style}`;
  let names = byLanguage.get(key);
  if (!names) {
    names = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
    byLanguage.set(key, names);
  }
  return names;
}

/**
 * Country names from CLDR: 台灣, 日本, United States, and 香港 rather than its long form.
 *
 * Applications with their own policy pass their own `CountryNames`.
 *
 * @see https://cldr.unicode.org/translation/displaynames/countryregion-territory-names
 */
export const cldrCountryNames: CountryNames = {
  nameOf(code, language) {
    let names = known.get(language);
    if (!names) {
      names = new Map();
      if (known.size < LANGUAGES_MAX) known.set(language, names);
    }
    let name = names.get(code);
    if (name === undefined) {
      name = namesFor(language, SHORT.has(code) ? 'short' : 'long').of(code) ?? null;
      names.set(code, name);
    }
    return name;
  },
};
