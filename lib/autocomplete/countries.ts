import type { ReaderLanguage } from './reader.ts';

/** How a host names countries, and which places show one at all. */
export interface CountryNames {
  /** Name of a country (ISO 3166-1 alpha-2) for a reader; null shows none. */
  nameOf(code: string, language: ReaderLanguage): string | null;
}

const byLanguage = new Map<string, Intl.DisplayNames>();

/**
 * Country names as CLDR has them, in their short form (香港 rather than 中國香港特別行政區).
 *
 * A host with a policy of its own passes its own `CountryNames` to `suggestionsFrom`.
 *
 * @see https://cldr.unicode.org/translation/displaynames/countryregion-territory-names
 */
export const cldrCountryNames: CountryNames = {
  nameOf(code, language) {
    let names = byLanguage.get(language);
    if (!names) {
      names = new Intl.DisplayNames([language], {
        type: 'region',
        style: 'short',
        fallback: 'none',
      });
      byLanguage.set(language, names);
    }
    return names.of(code) ?? null;
  },
};
