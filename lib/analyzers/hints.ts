import { OPTION_INVALID, type Spec } from '../options.ts';

/** What is known about a name besides its characters. */
export interface NameHint {
  /** Country of the place: ISO 3166-1 alpha-2 code. */
  country?: string;
  /**
   * Region of the place: ISO 3166-2 code such as `JP-13`. Its country is used if `country` is not
   * given.
   */
  region?: string;
  /** Other names of the same place, by language tag. */
  names?: Record<string, string>;
}

/** What a hint may say. */
export const HINT_SPEC: Spec<NameHint> = {
  code: OPTION_INVALID,
  options: {
    country: {
      type: 'text',
      pattern: /^[A-Za-z]{2}$/,
      wanted: 'an ISO 3166-1 alpha-2 code such as JP',
      help: 'where the place is (ISO 3166-1 alpha-2)',
    },
    region: { type: 'text', help: 'where it is (ISO 3166-2)' },
    names: {
      type: 'object',
      each: { type: 'text', help: '' },
      help: 'other names of the same place, by language',
    },
  },
};

/** A stated language, or log-odds of Japanese to add to those of the characters. */
export type Hinted =
  { language: 'zh' | 'ja' | 'both' } | { odds: number; reason: 'hint-country' | 'hint-names' };

const CHINESE_COUNTRIES = new Set(['TW', 'CN', 'HK', 'MO', 'SG']);

/** Larger than the log-odds that the model may set against it. */
const COUNTRY_ODDS = 7;
/** If the place has another written name in a language, this name is seldom in that language. */
const OTHER_NAME_ODDS = 2.5;

/** What a hint says about a name; null if it says nothing. */
export function hinted(name: string, hint: NameHint): Hinted | null {
  const equal = { zh: false, ja: false };
  const other = { zh: false, ja: false };
  for (const [tag, text] of Object.entries(hint.names ?? {})) {
    const language = /^(?:zh|ja)\b/i.exec(tag)?.[0].toLowerCase() as 'zh' | 'ja' | undefined;
    if (language === undefined) continue;
    if (text.normalize('NFC') === name) equal[language] = true;
    // A reading in kana or Latin letters does not count as another written name.
    else if (/\p{Script=Han}/u.test(text)) other[language] = true;
  }
  if (equal.zh || equal.ja) {
    return { language: equal.zh && equal.ja ? 'both' : equal.zh ? 'zh' : 'ja' };
  }
  const country = (hint.country ?? hint.region?.slice(0, 2))?.toUpperCase();
  if (country === 'JP') return { odds: COUNTRY_ODDS, reason: 'hint-country' };
  if (country !== undefined && CHINESE_COUNTRIES.has(country)) {
    return { odds: -COUNTRY_ODDS, reason: 'hint-country' };
  }
  if (other.zh !== other.ja) {
    return { odds: other.zh ? OTHER_NAME_ODDS : -OTHER_NAME_ODDS, reason: 'hint-names' };
  }
  return null;
}
