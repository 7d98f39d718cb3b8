import { fold } from '../../analyzers/fold.ts';
import { cldrCountryNames, type CountryNames } from '../geography/countries.ts';
import type { PlaceKind } from '../place.ts';
import type { IndexedName, ParentRef, PlaceSource } from '../record/document.ts';
import { withoutRegion } from '../record/name-language.ts';
import { shortNameOf } from '../record/short-name.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import { type LabelPreset, type LabelStyles, styleFor } from './label-styles.ts';
import { bestName } from './names.ts';
import { isReadable } from './readable.ts';

/**
 * How much a label tells, least first: the name that was meant and its city; the official name, of a station
 * with a word for one; with the region as well; with all containers.
 */
const DETAILS = ['short', 'official', 'region', 'full'] as const;
export type LabelDetail = (typeof DETAILS)[number];

export interface LabelOptions {
  language: ReaderLanguage;
  /** ISO codes of the reader's countries. */
  home?: readonly string[];
  /** If a parent was typed in one of its listed spellings (台北), the label shows that spelling; `within` are folded. */
  typed: { text: string; within?: readonly string[] };
  detail: LabelDetail;
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** Default: `LABEL_STYLES`. */
  labelStyles?: LabelStyles | LabelPreset;
}

/** What a reader can't tell apart: labels that differ in accents, case, width or variants only. */
export function labelKey(label: string): string {
  return fold(label);
}

/**
 * Labels every row. Of rows whose labels a reader could not tell apart the best keeps the short form, and the others get
 * what tells them apart; but a region does not keep it beside a city of its name. Some may remain equal nevertheless.
 *
 * @param rows - Best first.
 */
export function labelApart<Row extends { label: string }>(
  rows: readonly Row[],
  labelOf: (row: Row, detail: LabelDetail) => string,
  kindOf: (row: Row) => PlaceKind,
): void {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    row.label = labelOf(row, 'short');
    const key = labelKey(row.label);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const taken = new Set(groups.keys());
  const open = new Set<Row>();
  for (const group of groups.values()) {
    const [best, ...others] = group;
    for (const row of others) open.add(row);
    if (others.length > 0 && kindOf(best!) === 'region') open.add(best!);
  }
  for (const row of rows) {
    if (!open.has(row)) continue;
    for (const detail of DETAILS.slice(1)) {
      row.label = labelOf(row, detail);
      const key = labelKey(row.label);
      if (taken.has(key)) continue;
      taken.add(key);
      break;
    }
  }
}

/**
 * Makes the label of a suggestion: name, parent city (else region), country.
 *
 * A part that repeats another one is omitted, even if they differ in the administrative suffix (大阪, 大阪府, 日本
 * becomes 大阪, 日本), and so is what the name begins with (京都市左京区); the region stands in for a city whose name
 * repeats that of the place (恩施, 湖北省, 中国). With detail `official`, a region is omitted for an exact repeat only; `full`
 * names every container.
 *
 * @param name - The name to show, short or official.
 */
export function placeLabel(source: PlaceSource, name: string, options: LabelOptions): string {
  const { language, countryNames = cldrCountryNames } = options;
  const style = styleFor(language, options.labelStyles);
  const detail = style.names === 'official' ? 'full' : options.detail;
  const parents = partsOf(source, name, { ...options, detail });
  const called = options.detail === 'short' ? name : withKind(name, source, language);
  const own = withoutFront(called, parents, source);
  const parts = [own, ...parents];
  if (isCountryShown(source, style.country, options.home)) {
    const country = countryNames.nameOf(source.country!, language);
    if (country !== null) parts.push(country);
  }
  const kept = unique(parts.filter((part) => part !== ''));
  if (style.order === 'wide-first') kept.reverse();
  return kept.reduce((label, part) => label + (style.separator || gap(label, part)) + part);
}

/** Between parts that nothing separates: letters of Latin script need a space. */
function gap(before: string, after: string): string {
  const latin = /[\p{Script=Latin}\d]/u;
  return latin.test(before.at(-1)!) && latin.test(after.charAt(0)) ? ' ' : '';
}

function isCountryShown(
  { country, kind }: PlaceSource,
  shown: 'always' | 'abroad' | 'never' = 'always',
  home: readonly string[] = [],
): boolean {
  if (country === undefined || kind === 'country' || shown === 'never') return false;
  return shown === 'always' || !home.includes(country);
}

/** The first of parts that a reader would take for the same. */
function unique(parts: readonly string[]): string[] {
  const seen = new Set<string>();
  return parts.filter((part) => {
    const key = fold(part);
    return !seen.has(key) && seen.add(key);
  });
}

/** Names of the containers that a label shows, nearest first. */
function partsOf(source: PlaceSource, name: string, options: LabelOptions): string[] {
  const { language, typed, detail } = options;
  const nameOf = (parent: ParentRef): string => parentName(parent, source, language, typed);
  const all = source.parents.filter(({ kind }) => kind !== 'country');
  if (detail === 'full') return all.map(nameOf);
  const candidates = all.filter((parent) => isReadable(nameOf(parent), language));
  const region = candidates.find(({ kind }) => kind === 'region');
  const nearest = shownParent(source, candidates);
  const isRepeated = (parent: ParentRef): boolean =>
    repeats(source, name, { parent, shown: nameOf(parent), detail });
  const shown = [nearest, region].find((parent) => parent !== undefined && !isRepeated(parent));
  const parts = shown ? [shown] : [];
  if (detail === 'region' && region && shown !== region && !isRepeated(region)) parts.push(region);
  return parts.map(nameOf);
}

/**
 * The parent city, else the region. The wards of Tokyo are cities in law only; people say Tokyo.
 */
function shownParent(source: PlaceSource, parents: readonly ParentRef[]): ParentRef | undefined {
  const region = parents.find((p) => p.kind === 'region');
  const city = parents.find((p) => p.kind === 'city');
  if (city && !(region && isWard(city))) return city;
  return region ?? (source.kind === 'region' ? undefined : parents[0]);
}

function isWard(place: ParentRef): boolean {
  return /[区區]$/u.test(place.names['local'] ?? '');
}

/** The names of a container as those of a place: the local one first, without a language where none is stated. */
function namesOf({ names, id }: ParentRef): IndexedName[] {
  const { local = id, ...stated } = names;
  const tagged = Object.entries(stated).map(([language, text]): IndexedName => ({
    text,
    language,
    kind: 'official',
  }));
  const language = Object.keys(stated).find((tag) => stated[tag] === local);
  return [
    { text: local, kind: 'official', ...(language !== undefined && { language }) },
    ...tagged,
  ];
}

function parentName(
  parent: ParentRef,
  { country }: PlaceSource,
  language: ReaderLanguage,
  typed: LabelOptions['typed'],
): string {
  const official = bestName(namesOf(parent), language, country).text;
  const asTyped = parent.variants?.find(
    (variant) => typed.text.includes(variant) && typed.within?.includes(fold(variant)),
  );
  return asTyped === undefined || official.includes(asTyped) ? official : asTyped;
}

/** Whether a container is called as the place is, in the reader's language or as it is shown. */
function repeats(
  source: PlaceSource,
  name: string,
  { parent, shown, detail }: { parent: ParentRef; shown: string; detail: LabelDetail },
): boolean {
  const key = fold(shown);
  if (key === fold(name)) return true;
  if (source.names.some((own) => own.kind === 'official' && (own.key ?? own.text) === key)) {
    return true;
  }
  if (detail !== 'short' && parent.kind === 'region') return false;
  const stemOf = (text: string, kind: PlaceKind): string =>
    fold(shortNameOf(text, kind, source.country) ?? text);
  const stem = stemOf(shown, parent.kind);
  if (stemOf(name, source.kind) === stem) return true;
  return source.names.some(({ text, key: own = text, kind }) => {
    if (kind === 'historic' || kind === 'misspelling' || !own.startsWith(stem)) return false;
    return own === stem || stemOf(text, source.kind) === stem;
  });
}

/** Areas whose official names hold those of others; a tower of Tokyo (東京タワー) is no tower in Tokyo. */
const COMPOUND: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['city', 'district', 'town']);
const HAN_OR_HANGUL = /^[\p{Script=Han}\p{Script=Hangul}]/u;

/** A name without the official name of the city in front of it, which the label names anyway: 左京区, 京都市. */
function withoutFront(name: string, parents: readonly string[], source: PlaceSource): string {
  if (!COMPOUND.has(source.kind) || !HAN_OR_HANGUL.test(name)) return name;
  // A county of Japan has no office and is no part of a label.
  const { country } = source;
  const inner = country === 'JP' ? shortNameOf(name, source.kind, country) : null;
  if (inner !== null && /[町村]$/u.test(inner) && name.endsWith(inner)) return inner;
  const front = parents.find(
    (parent) =>
      name.startsWith(parent) &&
      name.length > parent.length + 1 &&
      shortNameOf(parent, 'city', source.country) !== null,
  );
  return front === undefined ? name : name.slice(front.length).trimStart();
}

/** Words for a station, where the name of one is that of its place. */
const STATION: Readonly<Record<string, string>> = {
  'zh-Hant': '車站',
  'zh-Hans': '站',
  ja: '駅',
  ko: '역',
};
const STATION_NAMED = /(?:站|駅|驛|역|station)$/iu;

function withKind(name: string, { kind }: PlaceSource, language: ReaderLanguage): string {
  if (kind !== 'station' || STATION_NAMED.test(name)) return name;
  return name + (STATION[withoutRegion(language)] ?? ' Station');
}
