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
  /**
   * Language that the record states for the name: a BCP 47 tag such as `ja` or `zh-Hant`. `und`, `mul`, `mis` and `zxx`
   * say nothing.
   */
  language?: string;
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
      flag: '--country <code>',
      wanted: 'an ISO 3166-1 alpha-2 code such as JP',
      help: 'where the place is (ISO 3166-1 alpha-2)',
    },
    region: { type: 'text', help: 'where it is (ISO 3166-2)' },
    language: {
      type: 'text',
      pattern: /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*$/,
      flag: '--language <tag>',
      wanted: 'a BCP 47 tag such as ja or zh-Hant',
      help: 'language that the record states for the name (BCP 47)',
    },
    names: {
      type: 'object',
      each: { type: 'text', help: '' },
      help: 'other names of the same place, by language',
    },
  },
};

/**
 * What a hint says. `names`: the same name is stated in `language`. `language`, `country`: the record states one.
 * `odds`: log-odds of Japanese to add to those of the characters.
 */
export type Hinted =
  | { by: 'names'; language: 'zh' | 'ja' | 'both' }
  | { by: 'language'; language: 'zh' | 'ja' | 'other' }
  | { by: 'country'; language: 'zh' | 'ja' | 'both' }
  | { by: 'odds'; odds: number };

const CHINESE_COUNTRIES = new Set(['TW', 'CN', 'HK', 'MO', 'SG']);
/** ISO 639-3 codes of Chinese and of the languages that it comprises. */
const CHINESE_LANGUAGES = new Set(
  'zh zho chi cmn yue nan wuu hak gan hsn cdo cjy cpx czh czo mnp lzh'.split(' '),
);
const JAPANESE_LANGUAGES = new Set(['ja', 'jpn']);
/** Tags that say that the language is unknown, mixed or none. */
const NO_LANGUAGES = new Set(['und', 'mul', 'mis', 'zxx']);

/** Log-odds if the place has another written name in a language: this name is then seldom in that language. */
const OTHER_NAME_ODDS = 2.5;

function stated(tag: string): 'zh' | 'ja' | 'other' | null {
  const language = tag.split(/[-_]/)[0]!.toLowerCase();
  if (CHINESE_LANGUAGES.has(language)) return 'zh';
  if (JAPANESE_LANGUAGES.has(language)) return 'ja';
  return NO_LANGUAGES.has(language) ? null : 'other';
}

/** What a hint says about a name in NFC; null if it says nothing. */
export function hinted(name: string, hint: NameHint): Hinted | null {
  const equal = { zh: false, ja: false };
  const other = { zh: false, ja: false };
  for (const [tag, text] of Object.entries(hint.names ?? {})) {
    const language = stated(tag);
    if (language !== 'zh' && language !== 'ja') continue;
    if (text.normalize('NFC') === name) equal[language] = true;
    // A reading in kana or Latin letters does not count as another written name.
    else if (/\p{Script=Han}/u.test(text)) other[language] = true;
  }
  if (equal.zh || equal.ja) {
    return { by: 'names', language: equal.zh && equal.ja ? 'both' : equal.zh ? 'zh' : 'ja' };
  }
  const language = hint.language === undefined ? null : stated(hint.language);
  if (language !== null) return { by: 'language', language };
  const country = (hint.country ?? hint.region?.slice(0, 2))?.toUpperCase();
  if (country === 'JP') return { by: 'country', language: 'ja' };
  if (country !== undefined && CHINESE_COUNTRIES.has(country)) {
    return { by: 'country', language: 'zh' };
  }
  // Chinese and Japanese readers both write Korean places in Han characters.
  if (country === 'KR' || country === 'KP') return { by: 'country', language: 'both' };
  if (other.zh !== other.ja) {
    return { by: 'odds', odds: other.zh ? OTHER_NAME_ODDS : -OTHER_NAME_ODDS };
  }
  return null;
}
