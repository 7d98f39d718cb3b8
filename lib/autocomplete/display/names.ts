import { zhVariantOf } from '../../analyzers/clauses.ts';
import { fold } from '../../analyzers/fold.ts';
import { toNewJapaneseForms } from '../../analyzers/variants.ts';
import { type CountryNames, cldrCountryNames } from '../geography/countries.ts';
import type { IndexedName, PlaceSource } from '../record/document.ts';
import { isSpokenIn, languageAndWider, withoutRegion } from '../record/name-language.ts';
import { HAN_ONLY } from '../record/scripts.ts';
import type { NameMatch } from '../suggest/match.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import { isInScriptOf, isOwnScript, isReadable } from './readable.ts';
import { languageOfUntagged } from './untagged.ts';

/** Scripts that readers of a language can read; used for names without a stated language. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  'zh-Hant': HAN_ONLY,
  'zh-Hans': HAN_ONLY,
  ja: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\d\s·・（）()-]+$/u,
  ko: /\p{Script=Hangul}/u,
};
const OTHER_SCRIPTS =
  /^[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;

/**
 * Whether a name is in the reader's language, whatever its region, or, if its language is not stated, may be: for
 * ranking. What is shown is decided by `officialName` and `displayName`.
 */
export function fitsReader(
  name: Pick<IndexedName, 'text' | 'language'>,
  language: ReaderLanguage,
): boolean {
  const base = withoutRegion(language);
  if (name.language === undefined) return (SCRIPTS[base] ?? OTHER_SCRIPTS).test(name.text);
  if (withoutRegion(name.language) === base) return true;
  if (!isChinese(name.language) || !isChinese(base)) return false;
  // 悉尼 is written alike in both scripts, whichever a record states it in.
  return name.language === 'zh' || isWrittenIn(name.text, base);
}

/** Bits of what `fitsReader` asks a text. */
const TRAITS = { han: 1, japanese: 2, korean: 4, other: 8, hans: 16, hant: 32 } as const;
/** How many bits `traitsOf` needs. */
export const TRAIT_BITS = 6;

/** All that `fitsReader` asks a text, in a number below 2^`TRAIT_BITS`. */
export function traitsOf(text: string): number {
  const variant = zhVariantOf(text);
  return (
    (HAN_ONLY.test(text) ? TRAITS.han : 0) |
    (SCRIPTS['ja']!.test(text) ? TRAITS.japanese : 0) |
    (SCRIPTS['ko']!.test(text) ? TRAITS.korean : 0) |
    (OTHER_SCRIPTS.test(text) ? TRAITS.other : 0) |
    (variant === null ? 0 : variant === 'Hans' ? TRAITS.hans : TRAITS.hant)
  );
}

/** As `fitsReader`, by the traits of a text. */
export function fitsReaderBy(
  traits: number,
  stated: string | undefined,
  language: ReaderLanguage,
): boolean {
  const base = withoutRegion(language);
  if (stated === undefined) return (traits & traitOfReader(base)) !== 0;
  if (withoutRegion(stated) === base) return true;
  if (!isChinese(stated) || !isChinese(base)) return false;
  if (stated === 'zh') return true;
  const written = traits & (TRAITS.hans | TRAITS.hant);
  if (written === 0) return true;
  return base === (written === TRAITS.hans ? 'zh-Hans' : 'zh-Hant');
}

function traitOfReader(base: string): number {
  if (base === 'zh-Hant' || base === 'zh-Hans') return TRAITS.han;
  if (base === 'ja') return TRAITS.japanese;
  return base === 'ko' ? TRAITS.korean : TRAITS.other;
}

/** A name that may be shown. */
type Name = Pick<IndexedName, 'text' | 'language' | 'kind' | 'made'>;

/** Whether a Chinese text has only characters of one script (zh-Hant, zh-Hans). */
function isWrittenIn(text: string, script: string): boolean {
  const variant = zhVariantOf(text);
  return variant === null || withoutRegion(`zh-${variant}`) === script;
}

/** Codes (TPE, SG) find a place but are not shown as names. */
const CODE = /^[A-Z0-9]{2,4}$/;

/**
 * A name as its reader writes it: to readers of Japanese, a Chinese one in Japanese forms (広東省 for 廣東省).
 *
 * @param name - To be shown, as `officialName` and the like return it.
 */
export function writtenFor<N extends Name>(name: N, language: ReaderLanguage): N {
  if (!isChinese(name.language) || withoutRegion(language) !== 'ja') return name;
  const text = toNewJapaneseForms(name.text);
  return text === name.text ? name : { ...name, text, made: true };
}

/** Whether an alias is a code of a country or airport. */
export function isCode({ text, kind }: Pick<IndexedName, 'text' | 'kind'>): boolean {
  return kind === 'colloquial' && CODE.test(text);
}

const isChinese = (language: string | undefined): boolean => language?.startsWith('zh') === true;

function isShowable({ kind, text, language }: Name): boolean {
  return (
    kind !== 'historic' && kind !== 'misspelling' && language !== 'ja-Hira' && !CODE.test(text)
  );
}

/** Whether a name that states no language is in that of the reader, as far as can be told. */
function isDetectedAs(text: string, language: string, country: string | undefined): boolean {
  const detected = languageOfUntagged(text, country);
  const base = withoutRegion(language);
  // Thai, Cyrillic and the like: whoever writes the script reads the name.
  if (detected === null) return SCRIPTS[base] === undefined && isOwnScript(text, base);
  return withoutRegion(detected) === base || (detected === 'zh' && isChinese(base));
}

/** The names of a place in one language, as they may stand in for it: `stated` in the order of the record. */
function statedIn(names: readonly Name[], tag: string): Name | undefined {
  return (
    names.find((n) => n.kind === 'official' && n.language === tag && !n.made) ??
    names.find((n) => n.kind === 'official' && n.language === tag)
  );
}

/** The official name that is stated in the reader's language: by region, else without, else of another region. */
function ownOfficial(names: readonly Name[], language: string): Name | undefined {
  for (const tag of languageAndWider(language)) {
    const found = statedIn(names, tag);
    if (found) return found;
  }
  const base = withoutRegion(language);
  const elsewhere = names.find(
    (n) => n.kind === 'official' && n.language !== undefined && withoutRegion(n.language) === base,
  );
  return elsewhere ?? (isChinese(base) ? statedIn(names, 'zh') : undefined);
}

/** Languages whose names readers of Han take before a detected alias, best first. */
const OTHER_HAN: Readonly<Record<string, readonly string[]>> = {
  'zh-Hant': ['zh-Hans'],
  'zh-Hans': ['zh-Hant'],
  ja: ['zh-Hant', 'zh-Hans', 'zh'],
};
const HAN = /\p{Script=Han}/u;
/** Where places have names in Han characters of their own. */
const HAN_COUNTRIES: ReadonlySet<string> = new Set('TW HK MO CN SG JP KR KP'.split(' '));

/**
 * The best name for a reader: what is stated in the reader's language, by region first; an alias that is stated to be;
 * the local name if it may be; for readers of Han the names of their neighbours; an alias that is detected to be in the
 * language; English; whatever the reader can read; else the local name.
 *
 * @param names - The local official name first.
 * @param country - Of the place, to tell the language of untagged names.
 */
export function bestName<N extends Name>(
  names: readonly N[],
  language: ReaderLanguage,
  country: string | undefined,
): N {
  const local = names[0]!;
  const readable = (name: Name | undefined): name is N =>
    name !== undefined && isReadable(name.text, language);
  const own = ownOfficial(names, language);
  if (own !== undefined) return own as N;

  const base = withoutRegion(language);
  const shown = names.filter(isShowable);
  const aliases = shown.filter(({ kind }) => kind !== 'official');
  const tags = [...languageAndWider(language), ...(isChinese(base) ? ['zh'] : [])];
  const stated = aliases.find((n) => n.language !== undefined && tags.includes(n.language));
  if (readable(stated)) return stated;

  const untagged = local.language === undefined;
  // München, not Munich, to readers of German.
  if (untagged && isSpokenIn(country, base) && isInScriptOf(local.text, base)) return local;
  const isLocalOwn = untagged && (SCRIPTS[base]?.test(local.text) ?? isOwnScript(local.text, base));
  const detected = aliases.find(
    (n) => n.language === undefined && isDetectedAs(n.text, language, country),
  );
  // 巴黎 as the local name of a record is no Japanese, where パリ is there.
  if (isLocalOwn && (!detected || isDetectedAs(local.text, base, country))) return local;
  // A Chinese transcription (的黎波里) says nothing to readers of Japanese; a name that is written so at home does.
  const isAbroad = base === 'ja' && country !== undefined && !HAN_COUNTRIES.has(country);
  const neighbours = isAbroad ? [] : (OTHER_HAN[base] ?? []).map((tag) => ownOfficial(names, tag));
  const japanese = isChinese(base) ? statedIn(names, 'ja') : undefined;
  if (OTHER_HAN[base] && HAN.test(local.text)) {
    const neighbour = [...neighbours, untagged ? local : undefined, japanese].find(readable);
    if (neighbour) return neighbour;
  }
  const officials = shown.filter(({ kind }) => kind === 'official');
  return (
    [detected, ...neighbours, japanese, statedIn(names, 'en')].find(readable) ??
    officials.find(readable) ??
    aliases.find(readable) ??
    local
  );
}

/** Whether the reader's region has names of its own, which CLDR may know. */
function regionalName(
  code: string,
  language: ReaderLanguage,
  countryNames: CountryNames,
): string | null {
  const base = withoutRegion(language);
  if (base === language) return null;
  const name = countryNames.nameOf(code, language);
  return name === countryNames.nameOf(code, base) ? null : name;
}

/**
 * The official name for a reader, in the best available language, else the local one. A country that has no name in
 * the reader's language, or none of the reader's region, has that of `countryNames`.
 */
export function officialName(
  source: Pick<PlaceSource, 'names' | 'kind' | 'country'>,
  language: ReaderLanguage,
  countryNames: CountryNames = cldrCountryNames,
): IndexedName {
  const { names, country } = source;
  if (source.kind === 'country' && country !== undefined) {
    const own = ownOfficial(names, language);
    const text =
      own === undefined || own.made
        ? countryNames.nameOf(country, language)
        : own.language === language
          ? null
          : regionalName(country, language, countryNames);
    if (text !== null) {
      const stated = names.find((n) => n.text === text && n.language === language && !n.made);
      return stated ?? { text, language, kind: 'official' };
    }
  }
  let known = bests.get(names);
  if (!known) bests.set(names, (known = new Map<string, IndexedName>()));
  let best = known.get(language);
  if (!best) known.set(language, (best = bestName(names, language, country)));
  return best;
}

/** The best names of places by language, as long as their names are kept. */
const bests = new WeakMap<readonly IndexedName[], Map<string, IndexedName>>();

/**
 * The name to show. Of the names that match the input and that the reader can read, it prefers a
 * short or colloquial one, else the best match. If only other names match (a historic one, or one
 * in another language), it is the short name, else the official one.
 *
 * What the record states in the reader's language is never displaced by a name that states none or another one. An
 * alias without a stated language is shown only if it was typed completely.
 *
 * @param matches - Best first; only those with the same interpretation of the input as the first
 *   count.
 * @param official - As `officialName` returns it for the reader.
 */
export function displayName(
  source: PlaceSource,
  matches: readonly NameMatch[],
  reader: { language: ReaderLanguage; official: IndexedName },
): IndexedName {
  const { official } = reader;
  const best = matches[0];
  const met = matches
    .filter((m) => m.interpretation === best?.interpretation && m.agrees === best.agrees)
    .filter((m) => m.name === official || isShownTo(m.name, source, reader));
  const stated = met.filter((m) => isStated(m.name));
  const whole = stated.filter((m) => m.whole);
  const isOther = (m: NameMatch): boolean => m.name.kind !== 'official';
  const pick =
    whole.find(isOther) ??
    whole.find((m) => m.name === official) ??
    whole[0] ??
    met.find((m) => m.whole) ??
    stated.find(isOther) ??
    stated[0];
  if (pick) return pick.name;
  const short =
    official.kind === 'official' &&
    source.names.find((n) => n.kind === 'short' && n.language === official.language);
  return short && isShownTo(short, source, reader) ? short : official;
}

/** Whether a name that the input met may be shown in place of the official one. */
export function isShownTo(
  name: IndexedName,
  source: Pick<PlaceSource, 'names' | 'country'>,
  { language, official }: { language: ReaderLanguage; official: IndexedName },
): boolean {
  if (!isShowable(name) || !isReadable(name.text, language)) return false;
  const { kind, text } = name;
  if (name.language === undefined) {
    // A local name of unknown language gives way to one that is stated, and so does a mere variant of it.
    if (kind === 'short' && official.language === undefined) return true;
    const isTold = official.language !== undefined;
    if (isTold && (kind === 'official' || fold(text) === fold(official.text))) return false;
    return isDetectedAs(text, language, source.country);
  }
  // If the official name comes from another language, so may the short one.
  if (name.language === official.language) return kind === 'short' || isOwn(name, language);
  const isRegional = official.language === language || !hasNoneOfRegion(source, language);
  if (!isRegional && isLocalForm(name, language)) return true;
  return kind !== 'official' && isOwn(name, language);
}

function isOwn({ language: tag = '' }: Name, language: ReaderLanguage): boolean {
  return languageAndWider(language).includes(tag) || (tag === 'zh' && isChinese(language));
}

/** Hong Kong's readers have a region of their own, and the record has no names for it. */
function hasNoneOfRegion({ names }: Pick<PlaceSource, 'names'>, language: ReaderLanguage): boolean {
  const [own, ...wider] = languageAndWider(language);
  const regional = new Set([own, ...wider.slice(0, -1)]);
  return (
    wider.length > 0 && !names.some((n) => n.language !== undefined && regional.has(n.language))
  );
}

/** A Chinese name of another region that is written alike in the reader's script: 悉尼 in Hong Kong. */
function isLocalForm({ text, language: tag, made }: Name, language: ReaderLanguage): boolean {
  return !made && isChinese(tag) && isWrittenIn(text, withoutRegion(language));
}

/** Whether a name is more than an alias without a stated language. */
function isStated(name: IndexedName): boolean {
  return name.language !== undefined || name.kind !== 'colloquial';
}
