import { fold } from '../../analyzers/fold.ts';
import {
  choseongKey,
  commonPinyinOf,
  initialsKey,
  pinyinKey,
  pinyinOf,
  spelledPinyinOf,
  zhuyinKey,
} from '../../analyzers/readings.ts';
import { romajiKeys } from '../../analyzers/romaji.ts';
import { spokenPinyin } from '../../analyzers/spoken-numbers.ts';
import { bestName } from '../display/names.ts';
import { checkOptions, type ListOption, OPTION_INVALID, type Spec } from '../../options.ts';
import type { NameKind, PlaceKind, PlaceName, PlaceRecord } from '../place.ts';
import { innerNames } from '../reading/inner-names.ts';
import { TEXT_CONTEXT_SPEC, type TextContext, textFields } from '../text/terms.ts';
import { descriptionFields, type IndexedDescription } from './descriptions.ts';
import { importanceOf, rankOf } from './importance.ts';
import { innerReadingOf, shortReadingOf } from './short-name.ts';
import { spellingsOf } from './spellings.ts';

/** One name as it is stored, with only what matching and display need. */
export interface IndexedName {
  text: string;
  language?: string;
  kind: NameKind;
  made?: true;
  /** Folded key of `text`; absent if it equals `text`. */
  key?: string;
  /**
   * Pinyin of Han text: one syllable with tone number per character, separated by spaces, as in
   * `ban3 qiao2 qu1`.
   */
  pinyin?: string;
  /** How a dictionary reads it, where the reading in the place is another; finds it at a lower rank. */
  commonPinyin?: string;
  /** Hiragana reading of Japanese text. */
  kana?: string;
  /** Jyutping of Han text in Hong Kong and Macau, as `zoeng1 gwan1 ou3`; only where it was asked for. */
  jyutping?: string;
}

/** A containing place, with the names that a label may show. */
export interface ParentRef {
  id: string;
  kind: PlaceKind;
  /** Official names by language tag; `local` is the name in the place's own language. */
  names: Record<string, string>;
  /**
   * Listed names that spell the beginning of the local name in other characters: 台北 for 臺北市.
   */
  variants?: string[];
  /** As that of a place, 0..1; decides between namesakes that are alike otherwise. */
  importance?: number;
}

/**
 * - `name`: folded whole names (Han in the folding form, Latin, hiragana, Hangul as jamo), and what is left of
 *   names that begin with their own container (左京区 of 京都市左京区)
 * - `inner`: ends of long names, from a word start on (故宮博物院 in 國立故宮博物院)
 * - `pinyin`: joined syllables without tones (banqiaoqu); `zhuyin`: joined zhuyin without tones;
 *   `initials`: first letters of the pinyin syllables
 * - `taiwan`: spellings in the romanisations of Taiwan but pinyin (chungli, jhongli)
 * - `choseong`: initials of Korean names (ㅅㅇ), as jamo
 * - `romaji`: canonical romaji of kana readings
 * - `tail`: whole Han names without their first character, to find names whose first character was
 *   mistyped
 */
export type KeyField =
  'name' | 'inner' | 'pinyin' | 'zhuyin' | 'initials' | 'taiwan' | 'choseong' | 'romaji' | 'tail';

/** Search keys of a document by field; all keys are folded. See `KeyField`. */
export type PlaceKeys = Record<KeyField, string[]>;

/** What is indexed for a place; the same on every engine. */
export interface PlaceDocument {
  id: string;
  kind: PlaceKind;
  granularity?: string;
  country?: string;
  location?: { lat: number; lon: number };
  /** How likely a reader means this place rather than a namesake, 0..1. */
  importance: number;
  /** How much of it was learned from use; absent for nothing. */
  learned?: number;
  /**
   * Sort key for engines: a safe integer >= 0, lower first; made of the importance and a hash of
   * the id.
   */
  rank: number;
  names: IndexedName[];
  /** Containers, nearest first. */
  parents: ParentRef[];
  /** Folded full and short names of all containers, for queries that contain parent and child. */
  within: string[];
  /** Categories, in the source's words. */
  categories?: string[];
  /** Words of names and categories for text search, Chinese and Japanese; see `textFields`. */
  zh: string[];
  ja: string[];
  /** Pairs of neighbouring characters of these, for text search without a dictionary. */
  grams: string[];
  keys: PlaceKeys;
  /** What is said of the place, with the words that it is judged by. */
  descriptions?: IndexedDescription[];
  /** What it is found by in these; see `descriptionFields`. */
  about?: string[];
}

/** What a hit carries: a document without the fields that only the engine needs. */
export type PlaceSource = Omit<
  PlaceDocument,
  'zh' | 'ja' | 'grams' | 'keys' | 'descriptions' | 'about'
>;

/** A source as an object of its own, whatever it is read from. */
export function plainSource(source: PlaceSource): PlaceSource {
  const { id, kind, importance, rank, names, parents, within } = source;
  const { granularity, country, location, learned, categories } = source;
  return {
    id,
    kind,
    importance,
    rank,
    names,
    parents,
    within,
    ...(granularity !== undefined && { granularity }),
    ...(country !== undefined && { country }),
    ...(location !== undefined && { location }),
    ...(learned !== undefined && { learned }),
    ...(categories !== undefined && { categories }),
  };
}

/** What is needed to make a document, besides its record. */
export interface DocumentContext extends TextContext {
  /** Containers, nearest first, as `resolveParents` returns them. Default none. */
  parents?: readonly PlaceRecord[];
  /**
   * Returns the UTF-16 offsets at which the words of a name start. Without it, names are found by
   * their beginning only.
   */
  wordStarts?: (text: string, language: string) => readonly number[];
  /** Returns the hiragana reading of a Japanese name without a stated one; null if unknown. */
  kana?: (text: string) => string | null;
  /** Returns the Jyutping of a name in Hong Kong or Macau; null if unknown. Without it they are not found by it. */
  jyutping?: (text: string) => string | null;
}

const PARENTS: ListOption & { default?: undefined } = {
  type: 'list',
  items: { type: 'object', like: ['id', 'name', 'kind'], wanted: 'a record', help: '' },
  otherwise: 'none',
  help: 'containers, nearest first',
};

/** What is needed to make a document, beside its record. */
export const DOCUMENT_SPEC: Spec<DocumentContext> = {
  code: OPTION_INVALID,
  options: {
    parents: PARENTS,
    wordStarts: { type: 'function', help: 'offsets at which the words of a name start' },
    kana: { type: 'function', help: 'the hiragana reading of a Japanese name' },
    jyutping: { type: 'function', help: 'the Jyutping of a name in Hong Kong or Macau' },
    ...TEXT_CONTEXT_SPEC.options,
  },
};

const HAN = /\p{Script=Han}/u;
const LATIN = /^\p{Script=Latin}[\p{Script=Latin}\p{M}\s'’ʼ-]*$/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Names with shorter keys, in UTF-16 code units, get no `inner` keys. */
const INNER_MIN = 4;

/**
 * Makes the document of a place: its names with readings, its parents, and every key that finds it.
 *
 * @param record - As `readPlaceRecord` returns it; not mutated.
 * @returns The same document for every engine. A reading in kana (`ja-Hira`) becomes the `kana` of
 *   the Japanese names that it belongs to.
 * @example
 * toPlaceDocument(readPlaceRecord({ id: 'tw', name: '臺北市', kind: 'city' })).keys.name;
 * // => ['台北市', '台北']
 */
export function toPlaceDocument(record: PlaceRecord, context: DocumentContext = {}): PlaceDocument {
  checkOptions(DOCUMENT_SPEC, context);
  const parents = context.parents ?? [];
  const names = indexedNames(record, context);
  const refs = parents.map(parentRefOf);
  const importance = importanceOf(record);
  const country = record.country ?? parents.find((p) => p.country !== undefined)?.country;
  const texts = context.wordStarts ? { textStarts: context.wordStarts, ...context } : context;
  const document: PlaceDocument = {
    id: record.id,
    kind: record.kind,
    importance,
    rank: rankOf(importance, record.id),
    names,
    parents: refs,
    within: unique(parents.flatMap(withinKeys)),
    ...textFields(record, texts),
    ...descriptionFields(record.descriptions ?? [], texts),
    keys: keysOf(names, country, context, innerNames({ kind: record.kind, names, parents: refs })),
  };
  if (record.learned !== undefined) document.learned = record.learned;
  if (record.categories) document.categories = [...record.categories];
  if (record.granularity !== undefined) document.granularity = record.granularity;
  if (record.location) document.location = { ...record.location };
  if (country !== undefined) document.country = country;
  return document;
}

/** The names of a place as they are stored, with their keys and readings. */
export function indexedNames(record: PlaceRecord, context: DocumentContext): IndexedName[] {
  const reading = record.names.find((n) => n.language === 'ja-Hira')?.text;
  const local = record.names[0]!;
  const latin = record.names.map(({ text }) => text).filter((text) => LATIN.test(text));
  return withCode(record).map((name) => {
    const indexed: IndexedName = { ...name };
    const key = fold(name.text);
    if (key !== name.text) indexed.key = key;
    if (HAN.test(name.text)) {
      Object.assign(
        indexed,
        readingsOf(name.text, MANDARIN.has(record.country ?? '') ? latin : []),
      );
      const japanese =
        name.language === 'ja' ||
        (name.language === undefined && record.country === 'JP' && name.kind !== 'colloquial');
      const kana = japanese ? kanaOf(name, { local, reading }, record, context) : null;
      if (kana !== null) indexed.kana = kana;
      const isCantonese = CANTONESE.has(record.country ?? '') && !japanese;
      const jyutping = isCantonese ? (context.jyutping?.(name.text) ?? null) : null;
      if (jyutping !== null) indexed.jyutping = jyutping;
    } else if (KANA.test(name.text)) {
      indexed.kana = key;
    }
    return indexed;
  });
}

/** Where Jyutping is typed. */
const CANTONESE: ReadonlySet<string> = new Set(['HK', 'MO']);

/** Countries where Latin names of places are mostly pinyin. */
const MANDARIN: ReadonlySet<string> = new Set(['CN', 'TW']);

/** @param latin - Latin names of the place, by which a character of several readings is read. */
function readingsOf(
  text: string,
  latin: readonly string[],
): Pick<IndexedName, 'pinyin' | 'commonPinyin'> {
  const pinyin = pinyinOf(text);
  const spelled = spelledPinyinOf(text, pinyin, latin);
  if (spelled !== null) return { pinyin: spelled, commonPinyin: pinyin };
  const common = commonPinyinOf(text);
  return common === null ? { pinyin } : { pinyin, commonPinyin: common };
}

/** Adds the ISO code to the names of a country, so that it is found by it. */
function withCode({ names, kind, country }: PlaceRecord): readonly PlaceName[] {
  if (kind !== 'country' || country === undefined) return names;
  if (names.some(({ text }) => text === country)) return names;
  return [...names, { text: country, kind: 'colloquial', made: true }];
}

function kanaOf(
  name: PlaceName,
  { local, reading }: { local: PlaceName; reading: string | undefined },
  record: PlaceRecord,
  context: DocumentContext,
): string | null {
  if (reading !== undefined && name.kind === 'official') return fold(reading);
  if (reading !== undefined && name.kind === 'short' && local.text.startsWith(name.text)) {
    const short = shortReadingOf(local.text, reading);
    if (short !== null) return fold(short);
  }
  if (reading !== undefined && name.kind === 'short' && local.text.endsWith(name.text)) {
    const inner = innerReadingOf(local.text.slice(0, -name.text.length), reading);
    if (inner !== null) return fold(inner);
  }
  if (reading !== undefined || record.country !== 'JP') return null;
  const found = context.kana?.(name.text) ?? null;
  return found === null ? null : fold(found);
}

function keysOf(
  names: readonly IndexedName[],
  country: string | undefined,
  context: DocumentContext,
  inside: readonly string[],
): PlaceKeys {
  const sets: Record<KeyField, Set<string>> = {
    name: new Set(),
    inner: new Set(),
    pinyin: new Set(),
    zhuyin: new Set(),
    initials: new Set(),
    taiwan: new Set(),
    choseong: new Set(),
    romaji: new Set(),
    tail: new Set(),
  };
  for (const name of names) {
    const key = name.key ?? name.text;
    if (key === '') continue;
    sets.name.add(key);
    for (const inner of innerKeys(name, key, context)) sets.inner.add(inner);
    if (HAN.test(key) && key.length >= 3) sets.tail.add(tailOf(key));
    for (const pinyin of [name.pinyin ?? '', name.commonPinyin ?? ''].flatMap(spokenPinyin)) {
      sets.pinyin.add(pinyinKey(pinyin));
      sets.zhuyin.add(zhuyinKey(pinyin));
      sets.initials.add(initialsKey(pinyin));
    }
    for (const [spelled] of spellingsOf(name, country)) sets.taiwan.add(spelled);
    const choseong = choseongKey(name.text);
    if (choseong !== null) sets.choseong.add(choseong);
    for (const romaji of name.kana ? romajiKeys(name.kana) : []) sets.romaji.add(romaji);
  }
  for (const key of inside) sets.name.add(key);
  return Object.fromEntries(
    Object.entries(sets).map(([field, set]) => [field, [...set].filter((k) => k !== '')]),
  ) as PlaceKeys;
}

/** A key without its first character. */
export function tailOf(key: string): string {
  return key.slice(key.codePointAt(0)! > 0xffff ? 2 : 1);
}

function innerKeys(name: IndexedName, key: string, context: DocumentContext): string[] {
  if (key.length < INNER_MIN) return [];
  if (!HAN.test(name.text)) {
    return [...key.matchAll(/ (?=\S\S)/g)].map((space) => key.slice(space.index + 1));
  }
  const starts = context.wordStarts?.(name.text, name.language ?? 'zh') ?? [];
  return starts
    .filter((start) => start > 0)
    .map((start) => fold(name.text.slice(start)))
    .filter((inner) => inner.length >= 2);
}

/** Languages in which a container may be named by an alias. */
const ALIASED = ['zh-Hant', 'zh-Hans', 'ja', 'ko', 'en'];

const parentRefs = new WeakMap<PlaceRecord, ParentRef>();

/** Made once, as long as the record is kept. */
function parentRefOf(parent: PlaceRecord): ParentRef {
  let ref = parentRefs.get(parent);
  if (!ref) parentRefs.set(parent, (ref = parentRef(parent)));
  return ref;
}

function parentRef(parent: PlaceRecord): ParentRef {
  const names: Record<string, string> = { local: parent.name };
  for (const name of parent.names) {
    const { language, kind, text } = name;
    if (kind === 'official' && language !== undefined && language !== 'ja-Hira') {
      names[language] ??= text;
    }
  }
  // Aliases that are all that readers of a language have.
  for (const language of ALIASED) {
    if (names[language] !== undefined) continue;
    const { kind, text } = bestName(parent.names, language, parent.country);
    if (kind !== 'official') names[language] = text;
  }
  const ref: ParentRef = {
    id: parent.id,
    kind: parent.kind,
    names,
    importance: importanceOf(parent),
  };
  const local = fold(parent.name);
  const variants = parent.names
    .filter(({ kind, text }) => (kind === 'short' || kind === 'colloquial') && HAN.test(text))
    .filter(({ text }) => !parent.name.includes(text) && local.startsWith(fold(text)));
  if (variants.length > 0) ref.variants = unique(variants.map((n) => n.text));
  return ref;
}

/**
 * Keys of a container in queries that contain parent and child: all its names except misspellings
 * and aliases without Han characters.
 */
function withinKeys(parent: PlaceRecord): string[] {
  return parent.names
    .filter((n) => n.kind !== 'misspelling' && (n.kind !== 'colloquial' || HAN.test(n.text)))
    .map((n) => fold(n.text))
    .filter((key) => key !== '');
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
