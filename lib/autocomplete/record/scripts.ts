import { withoutQuotedKana, zhVariantOf } from '../../analyzers/clauses.ts';
import { toScript, toTraditional } from '../../analyzers/variants.ts';
import type { PlaceName } from '../place.ts';
import { withoutRegion } from './name-language.ts';

type ChineseScript = 'zh-Hant' | 'zh-Hans';

/** Language of local names by country; only languages that can be recognised by their script. */
const LOCAL_LANGUAGES: Readonly<Record<string, ChineseScript | 'ja' | 'ko'>> = {
  TW: 'zh-Hant',
  HK: 'zh-Hant',
  MO: 'zh-Hant',
  CN: 'zh-Hans',
  SG: 'zh-Hans',
  JP: 'ja',
  KR: 'ko',
  KP: 'ko',
};
/** The same with the region, where its names differ from those of the country that is the likely one. */
const LOCAL_TAGS: Readonly<Record<string, string>> = {
  HK: 'zh-Hant-HK',
  MO: 'zh-Hant-MO',
  SG: 'zh-Hans-SG',
};
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HAN = /\p{Script=Han}/u;
const HANGUL = /\p{Script=Hangul}/u;
const BOPOMOFO = /\p{Script=Bopomofo}/u;

/**
 * Languages that a local name may be in, likeliest first; none if it is not in the script of its
 * country. In TW, 日月潭 is zh-Hant or zh, 龙山寺 is zh-Hans, Taipei 101 is none. As in `detectLanguage`, only kana outside
 * of quotation marks and bopomofo overrule the country.
 */
export function localLanguages(text: string, country: string | undefined): string[] {
  const language = LOCAL_LANGUAGES[country ?? ''];
  const [han, hangul] = [HAN.test(text), HANGUL.test(text)];
  const kana = KANA.test(text) && KANA.test(withoutQuotedKana(text));
  if (language === undefined) return [];
  if (language === 'ko') return hangul ? [language] : [];
  if (language === 'ja') return (han || kana) && !hangul && !BOPOMOFO.test(text) ? [language] : [];
  if (!han || kana || hangul) return [];
  const variant = zhVariantOf(text)?.slice(0, 4);
  return [...(variant === undefined ? [] : [`zh-${variant}`]), language, 'zh'];
}

/**
 * Removes the local official name from the names of a record and returns it. Its language is that
 * of the country, even if other languages have the same name, unless the record states another name
 * in that language.
 *
 * @param names - Modified: the returned name is removed if present.
 */
export function takeLocalName(
  names: PlaceName[],
  text: string,
  country: string | undefined,
): PlaceName {
  const official = names.filter(({ kind }) => kind === 'official');
  const equal = official.filter((name) => name.text === text);
  const take = (name: PlaceName | undefined): PlaceName | undefined =>
    name && names.splice(names.indexOf(name), 1)[0];
  const languages = localLanguages(text, country);
  const regional = languages.length > 0 ? LOCAL_TAGS[country ?? ''] : undefined;
  for (const language of [...(regional === undefined ? [] : [regional]), ...languages]) {
    const own = take(equal.find((name) => name.language === language));
    if (own) return own;
  }
  const [language] = languages;
  const rivals = languages.includes('zh') ? [language, 'zh'] : [language];
  const isStated = (tag: string | undefined): boolean =>
    official.some((name) => name.language === tag);
  if (language === undefined || rivals.some(isStated)) {
    const other = take(equal[0]);
    if (other || regional === undefined || isStated(regional) || isComposed(text, official)) {
      return other ?? { text, kind: 'official' };
    }
    return { text, language: regional, kind: 'official' };
  }
  take(equal.find((name) => name.language === undefined));
  return { text, language, kind: 'official' };
}

const LATIN = /\p{Script=Latin}/u;

/** Whether a text is a stated name beside another one in Latin letters: 銅鑼灣 Causeway Bay. */
function isComposed(text: string, stated: readonly PlaceName[]): boolean {
  return LATIN.test(text) && stated.some((n) => HAN_ONLY.test(n.text) && text.includes(n.text));
}

/** A name in Han characters, with digits and punctuation. */
export const HAN_ONLY: RegExp = /^[\p{Script=Han}\d\s·・（）()-]+$/u;

/**
 * Adds the official name in the Chinese scripts that are missing, marked `made`. A stated name is
 * never replaced, nor is another form added to it, so 臺 and 台 stay as stated.
 *
 * @param names - Not modified.
 * @param country - ISO code. In Japan, the Japanese name is converted to Chinese characters if no
 *   Chinese name is stated.
 */
export function withBothScripts(
  names: readonly PlaceName[],
  country: string | undefined,
): PlaceName[] {
  const statedAs = (fits: (language: string) => boolean): string | undefined =>
    names.find((name) => name.kind === 'official' && fits(name.language ?? ''))?.text;
  // Where none is stated for the script, one of a region stands in.
  const stated = (language: string): string | undefined =>
    statedAs((tag) => tag === language) ?? statedAs((tag) => withoutRegion(tag) === language);
  let [hant, hans] = [stated('zh-Hant'), stated('zh-Hans')];
  if ((hant ?? stated('zh')) !== undefined && (hans ?? stated('zh')) !== undefined) {
    return [...names];
  }
  if (hant === undefined && hans === undefined) {
    const japanese = country === 'JP' ? stated('ja') : undefined;
    if (japanese === undefined || !HAN_ONLY.test(japanese)) return [...names];
    hant = toTraditional(japanese);
  }
  hant ??= toScript(hans!, 'zh-Hant');
  hans ??= toScript(hant, 'zh-Hans');
  const made = (text: string, language: ChineseScript): PlaceName[] =>
    stated(language) === undefined ? [{ text, language, kind: 'official', made: true }] : [];
  return [...names, ...made(hant, 'zh-Hant'), ...made(hans, 'zh-Hans')];
}
