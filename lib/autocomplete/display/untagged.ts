import { detectByCharacters } from '../../analyzers/detect.ts';

/** Signs that tell the language of a name against the country of the place: 东京 as an alias in Japan is Chinese. */
const SURE: ReadonlySet<string> = new Set([
  ...['kana', 'bopomofo', 'repeat-mark', 'outside-jis', 'jis-only', 'mixed-forms'],
]);
const EAST_ASIAN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const HANGUL = /\p{Script=Hangul}/u;

const known = new Map<string, string | null>();
const KNOWN_LIMIT = 10_000;

/**
 * The language of a name whose record does not state it, by script and detector, with the country of the place as
 * prior: パリ is ja, 파리 ko, 巴黎 zh, 龍山 in Taiwan zh-Hant. Null where the script belongs to many languages.
 *
 * @param country - ISO 3166-1 code of the place.
 */
export function languageOfUntagged(text: string, country: string | undefined): string | null {
  const key = `${country ?? ''} ${text}`;
  let language = known.get(key);
  if (language === undefined) {
    if (known.size >= KNOWN_LIMIT) known.clear();
    language = EAST_ASIAN.test(text) ? detected(text, country) : null;
    known.set(key, language);
  }
  return language;
}

function detected(text: string, country: string | undefined): string | null {
  if (HANGUL.test(text)) return 'ko';
  const byText = detectByCharacters(text);
  const isSure = country === undefined || SURE.has(byText.reason);
  const { language, zhVariant } = isSure ? byText : detectByCharacters(text, { country });
  if (language === 'ja') return 'ja';
  if (language !== 'zh' && language !== 'both') return null;
  return zhVariant === null ? 'zh' : `zh-${zhVariant}`;
}
