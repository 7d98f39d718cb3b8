import type { ReaderLanguage } from '../suggest/reader.ts';

/** How a host names countries, and which places show one at all. */
export interface CountryNames {
  /** Name of a country (ISO 3166-1 alpha-2) for a reader; null shows none. */
  nameOf(code: string, language: ReaderLanguage): string | null;
}

/** Places whose long name in CLDR is a legal phrase (中國香港特別行政區); their short one is what people say. */
const SHORT: ReadonlySet<string> = new Set(['HK', 'MO', 'PS']);

const byLanguage = new Map<string, Intl.DisplayNames>();

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
 * Country names as CLDR has them: 台灣, 日本, United States, and 香港 rather than its long form.
 *
 * A host with a policy of its own passes its own `CountryNames` to `suggestionsFrom`.
 *
 * @see https://cldr.unicode.org/translation/displaynames/countryregion-territory-names
 */
export const cldrCountryNames: CountryNames = {
  nameOf(code, language) {
    return namesFor(language, SHORT.has(code) ? 'short' : 'long').of(code) ?? null;
  },
};
