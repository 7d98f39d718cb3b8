import type { IndexedName, PlaceSource } from './document.ts';
import type { NameMatch } from './match.ts';
import type { ReaderLanguage } from './reader.ts';

/** Where a language has no name: which names its readers can read next best. `local` is the place's own. */
const FALLBACK: Readonly<Record<string, readonly string[]>> = {
  'zh-Hant': ['zh-Hant', 'zh', 'zh-Hans', 'ja'],
  'zh-Hans': ['zh-Hans', 'zh', 'zh-Hant', 'ja'],
  ja: ['ja', 'zh-Hant', 'zh-Hans', 'zh'],
  ko: ['ko', 'en'],
};

/** Languages to look for names in, best first. */
export function nameLanguages(language: ReaderLanguage): readonly string[] {
  return FALLBACK[language] ?? [language, 'en'];
}

/** Scripts that a reader reads; a name without a stated language is judged by them. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  'zh-Hant': /^[\p{Script=Han}\d\s·・（）()-]+$/u,
  'zh-Hans': /^[\p{Script=Han}\d\s·・（）()-]+$/u,
  ja: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\d\s·・（）()-]+$/u,
  ko: /\p{Script=Hangul}/u,
};
const OTHER_SCRIPTS =
  /^[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;

/** Whether a name is in the reader's language, or may be where its language is not stated. */
export function fitsReader(name: IndexedName, language: ReaderLanguage): boolean {
  if (name.language !== undefined) {
    return name.language === language || (name.language === 'zh' && language.startsWith('zh'));
  }
  return (SCRIPTS[language] ?? OTHER_SCRIPTS).test(name.text);
}

/** The official name for a reader: in the best language there is, else the local one. */
export function officialName(source: PlaceSource, language: ReaderLanguage): IndexedName {
  for (const wanted of nameLanguages(language)) {
    const found = source.names.find((n) => n.kind === 'official' && n.language === wanted);
    if (found) return found;
  }
  return source.names[0]!;
}

/** Codes (TPE, SG) find a place but are no names to show. */
const CODE = /^[A-Z0-9]{2,4}$/;

/**
 * The name to show: of the reader's names that the input met, the short or colloquial one where
 * several did, else the best; where it met only others (a reading, a historic name, another language),
 * the short name, else the official one.
 *
 * @param matches - Best first.
 */
export function displayName(
  source: PlaceSource,
  matches: readonly { match: NameMatch; score: number }[],
  query: { reader: { language: ReaderLanguage } },
): IndexedName {
  const { language } = query.reader;
  const official = officialName(source, language);
  const showable = (name: IndexedName): boolean =>
    name.kind !== 'historic' &&
    name.kind !== 'misspelling' &&
    !CODE.test(name.text) &&
    (name === official || fitsReader(name, language));
  const met = matches.filter(({ match }) => showable(match.name));
  const short = met.find(({ match }) => match.name.kind === 'short');
  const best = short ?? met[0];
  if (best) return best.match.name;
  return (
    source.names.find(
      (n) => n.kind === 'short' && n.language === official.language && showable(n),
    ) ?? official
  );
}
