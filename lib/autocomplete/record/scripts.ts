import { zhVariantOf } from '../../analyzers/clauses.ts';
import { toScript, toTraditional } from '../../analyzers/variants.ts';
import type { PlaceName } from '../place.ts';

type ChineseScript = 'zh-Hant' | 'zh-Hans';

/** Language of local names by country; only those that can be told by their writing. */
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
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HAN = /\p{Script=Han}/u;
const HANGUL = /\p{Script=Hangul}/u;

/**
 * Languages that a country's own name may be stated in, likeliest first; none where it is not written
 * as such names are: 日月潭 in TW is zh-Hant or zh, 龙山寺 zh-Hans, Taipei 101 nothing.
 */
function localLanguages(text: string, country: string | undefined): string[] {
  const language = LOCAL_LANGUAGES[country ?? ''];
  const [han, kana, hangul] = [HAN.test(text), KANA.test(text), HANGUL.test(text)];
  if (language === undefined) return [];
  if (language === 'ko') return hangul ? [language] : [];
  if (language === 'ja') return (han || kana) && !hangul ? [language] : [];
  if (!han || kana || hangul) return [];
  const variant = zhVariantOf(text);
  return [...(variant === null ? [] : [`zh-${variant}`]), language, 'zh'];
}

/**
 * Takes the local official name out of the names of a record. It is in the language of its country,
 * whoever else calls the place the same, unless the record states another name in that language.
 *
 * @param names - Loses the name that is returned, where it holds it.
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
  for (const language of languages) {
    const own = take(equal.find((name) => name.language === language));
    if (own) return own;
  }
  const [language] = languages;
  const rivals = languages.includes('zh') ? [language, 'zh'] : [language];
  if (language === undefined || official.some((name) => rivals.includes(name.language))) {
    return take(equal[0]) ?? { text, kind: 'official' };
  }
  take(equal.find((name) => name.language === undefined));
  return { text, language, kind: 'official' };
}

/** A name in Han, with the digits and marks that stand among it. */
export const HAN_ONLY: RegExp = /^[\p{Script=Han}\d\s·・（）()-]+$/u;

/**
 * Names with the official one in the Chinese scripts that they lack, marked `made`. What a source states in a script is never replaced nor joined by another form,
 * so 臺 and 台 stay as they are stated.
 *
 * @param names - Not mutated.
 * @param country - ISO code: in Japan, the Japanese name is turned into Chinese characters where no Chinese one is stated.
 */
export function withBothScripts(
  names: readonly PlaceName[],
  country: string | undefined,
): PlaceName[] {
  const stated = (language: string): string | undefined =>
    names.find((name) => name.kind === 'official' && name.language === language)?.text;
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
