import type { IndexedName, PlaceSource } from '../record/document.ts';
import { HAN_ONLY } from '../record/scripts.ts';
import type { NameMatch } from '../suggest/match.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';

/** Stands for the local name if its language is not stated and it is in the reader's script. */
export const UNSTATED = 'local';

/** Which names to show, best first, if there is none in the reader's language. */
const FALLBACK: Readonly<Record<string, readonly string[]>> = {
  'zh-Hant': ['zh-Hant', 'zh', 'zh-Hans', UNSTATED, 'ja'],
  'zh-Hans': ['zh-Hans', 'zh', 'zh-Hant', UNSTATED, 'ja'],
  ja: ['ja', UNSTATED, 'zh-Hant', 'zh-Hans', 'zh'],
  ko: ['ko', UNSTATED, 'en'],
};

/** Languages in which to look for names, best first; may include `UNSTATED`. */
export function nameLanguages(language: ReaderLanguage): readonly string[] {
  return FALLBACK[language] ?? [language, 'en'];
}

/** Scripts that readers of a language can read; used for names without a stated language. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  'zh-Hant': HAN_ONLY,
  'zh-Hans': HAN_ONLY,
  ja: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\d\s·・（）()-]+$/u,
  ko: /\p{Script=Hangul}/u,
};
const OTHER_SCRIPTS =
  /^[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;

/** Whether a name is in the reader's language, or, if its language is not stated, may be. */
export function fitsReader(
  name: Pick<IndexedName, 'text' | 'language'>,
  language: ReaderLanguage,
): boolean {
  if (name.language !== undefined) {
    return name.language === language || (name.language === 'zh' && language.startsWith('zh'));
  }
  return (SCRIPTS[language] ?? OTHER_SCRIPTS).test(name.text);
}

/** The official name for a reader, in the best available language, else the local one. */
export function officialName(source: PlaceSource, language: ReaderLanguage): IndexedName {
  const local = source.names[0]!;
  for (const wanted of nameLanguages(language)) {
    const found =
      wanted === UNSTATED
        ? local.language === undefined && fitsReader(local, language) && local
        : source.names.find((n) => n.kind === 'official' && n.language === wanted);
    if (found) return found;
  }
  return local;
}

/** Codes (TPE, SG) find a place but are not shown as names. */
const CODE = /^[A-Z0-9]{2,4}$/;

/**
 * The name to show. Of the names that match the input and that the reader can read, it prefers a
 * short or colloquial one, else the best match. If only other names match (a historic one, or one
 * in another language), it is the short name, else the official one.
 *
 * An alias without a stated language is shown only if it was typed completely.
 *
 * @param matches - Best first; only those with the same interpretation of the input as the first
 *   count.
 */
export function displayName(
  source: PlaceSource,
  matches: readonly NameMatch[],
  language: ReaderLanguage,
): IndexedName {
  const official = officialName(source, language);
  const best = matches[0];
  const met = matches
    .filter((m) => m.interpretation === best?.interpretation && m.agrees === best.agrees)
    .filter((m) => m.name === official || isShown(m.name, official, language));
  const stated = met.filter((m) => isStated(m.name));
  const whole = stated.filter((m) => m.whole);
  const isOther = (m: NameMatch): boolean => m.name.kind !== 'official';
  const pick =
    whole.find(isOther) ??
    whole[0] ??
    met.find((m) => m.whole) ??
    stated.find(isOther) ??
    stated[0];
  if (pick) return pick.name;
  const short = source.names.find((n) => n.kind === 'short' && n.language === official.language);
  return short && isShown(short, official, language) ? short : official;
}

/** Names in these scripts belong to a known language; Latin ones may belong to any. */
const HAN_OR_HANGUL = /\p{Script=Han}|\p{Script=Hangul}/u;

function isShown(name: IndexedName, official: IndexedName, language: ReaderLanguage): boolean {
  const { text, kind } = name;
  if (kind === 'historic' || kind === 'misspelling' || CODE.test(text)) return false;
  // If the official name comes from another language, so may the short one.
  if (kind === 'short' && name.language === official.language && fitsReader({ text }, language)) {
    return true;
  }
  return (isStated(name) || HAN_OR_HANGUL.test(text)) && fitsReader(name, language);
}

/** Whether a name is more than an alias without a stated language. */
function isStated(name: IndexedName): boolean {
  return name.language !== undefined || name.kind !== 'colloquial';
}
