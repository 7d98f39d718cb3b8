import { fold } from '../../analyzers/fold.ts';
import { cldrCountryNames, type CountryNames } from '../geography/countries.ts';
import type { PlaceKind } from '../place.ts';
import type { IndexedName, ParentRef, PlaceSource } from '../record/document.ts';
import { withoutRegion } from '../record/name-language.ts';
import { shortNameOf } from '../record/short-name.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import { type LabelPreset, type LabelStyles, styleFor } from './label-styles.ts';
import { bestName, writtenFor } from './names.ts';
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
  /**
   * If a parent was typed in one of its listed spellings (台北), the label shows that spelling; `within` are folded. Where a
   * word for a station was typed, the label of one has it as well.
   */
  typed: { text: string; within?: readonly string[]; hasKind?: boolean };
  detail: LabelDetail;
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** Default: `LABEL_STYLES`. */
  labelStyles?: LabelStyles | LabelPreset;
}

/** Texts whose keys are kept: most labels have the same containers. */
const KEPT = 20_000;
const keys = new Map<string, string>();

/** `fold`, for texts that come again and again. */
function keyOf(text: string): string {
  let key = keys.get(text);
  if (key === undefined) {
    if (keys.size >= KEPT) keys.clear();
    keys.set(text, (key = fold(text)));
  }
  return key;
}

/** What a reader can't tell apart: labels that differ in accents, case, width or variants only. */
export function labelKey(label: string): string {
  return keyOf(label);
}

/** Whether short labels remain as they are, whatever other rows follow: no two are equal, and none is of a region. */
export function standApart<Row extends { label: string }>(
  rows: readonly Row[],
  kindOf: (row: Row) => PlaceKind,
): boolean {
  if (rows.some((row) => kindOf(row) === 'region')) return false;
  return new Set(rows.map(({ label }) => labelKey(label))).size === rows.length;
}

/**
 * Makes the short labels of rows tell what they are. Of rows whose labels a reader could not tell apart the best keeps the
 * short form, and the others get what tells them apart; but a region does not keep it beside a city of its name. Some may
 * remain equal nevertheless.
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
  const { language, home = [], typed, detail, countryNames, labelStyles } = options;
  // What a host brings of its own, and what was typed of containers, is for one query.
  if (countryNames || labelStyles || (typed.within && typed.within.length > 0)) {
    return makeLabel(source, name, options);
  }
  let known = labels.get(source.names);
  if (!known) labels.set(source.names, (known = new Map<string, string>()));
  const asked = `${detail} ${typed.hasKind === true} ${language} ${home.join()} ${name}`;
  let label = known.get(asked);
  if (label === undefined) known.set(asked, (label = makeLabel(source, name, options)));
  return label;
}

/** Labels of places, as long as their names are kept. */
const labels = new WeakMap<readonly IndexedName[], Map<string, string>>();

function makeLabel(source: PlaceSource, name: string, options: LabelOptions): string {
  const { language, countryNames = cldrCountryNames } = options;
  const style = styleFor(language, options.labelStyles);
  const detail = style.names === 'official' ? 'full' : options.detail;
  const parents = partsOf(source, name, { ...options, detail });
  const isPlain = options.detail === 'short' && !options.typed.hasKind;
  const called = isPlain ? name : withKind(name, source, language);
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
    const key = keyOf(part);
    return !seen.has(key) && seen.add(key);
  });
}

/** Names of the containers that a label shows, nearest first. */
function partsOf(source: PlaceSource, name: string, options: LabelOptions): string[] {
  const { language, typed, detail } = options;
  const shownOf = (parent: ParentRef): Shown => shownParentName(parent, source, language, typed);
  const all = source.parents.filter(({ kind }) => kind !== 'country');
  if (detail === 'full') return all.map((parent) => shownOf(parent).text);
  const shown = new Map(all.map((parent) => [parent, shownOf(parent)]));
  const candidates = all.filter((parent) => shown.get(parent)!.isReadable);
  const region = candidates.find(({ kind }) => kind === 'region');
  const nearest = shownParent(source, candidates);
  const isRepeated = (parent: ParentRef): boolean =>
    repeats(source, name, { parent, shown: shown.get(parent)!, detail });
  const first = [nearest, region].find((parent) => parent !== undefined && !isRepeated(parent));
  const parts = first ? [first] : [];
  if (detail === 'region' && region && first !== region && !isRepeated(region)) parts.push(region);
  return parts.map((parent) => shown.get(parent)!.text);
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

/** The name of a container as a label shows it. */
interface Shown {
  text: string;
  /** Folded. */
  key: string;
  /** Folded short name, else the key. */
  stem: string;
  isReadable: boolean;
}

/** Made once for each language and country, as long as the container is kept. */
const officials = new WeakMap<ParentRef, Map<string, Shown>>();

function shownParentName(
  parent: ParentRef,
  { country }: PlaceSource,
  language: ReaderLanguage,
  typed: LabelOptions['typed'],
): Shown {
  let known = officials.get(parent);
  if (!known) officials.set(parent, (known = new Map<string, Shown>()));
  const reader = country === undefined ? language : `${language} ${country}`;
  let official = known.get(reader);
  if (!official) {
    const { text } = writtenFor(bestName(namesOf(parent), language, country), language);
    known.set(reader, (official = shownAs(text, parent, country, language)));
  }
  if (!parent.variants || !typed.within || typed.within.length === 0) return official;
  const asTyped = parent.variants.find(
    (variant) => typed.text.includes(variant) && typed.within?.includes(keyOf(variant)),
  );
  return asTyped === undefined || official.text.includes(asTyped)
    ? official
    : shownAs(asTyped, parent, country, language);
}

function shownAs(
  text: string,
  { kind }: ParentRef,
  country: string | undefined,
  language: ReaderLanguage,
): Shown {
  const stem = stemOf(text, kind, country);
  return { text, key: keyOf(text), stem, isReadable: isReadable(text, language) };
}

const stems = new Map<string, string>();

/** The folded short name of a text, else its key. */
function stemOf(text: string, kind: PlaceKind, country: string | undefined): string {
  const name = `${kind} ${country ?? ''} ${text}`;
  let stem = stems.get(name);
  if (stem === undefined) {
    if (stems.size >= KEPT) stems.clear();
    stems.set(name, (stem = keyOf(shortNameOf(text, kind, country) ?? text)));
  }
  return stem;
}

/** Whether a container is called as the place is, in the reader's language or as it is shown. */
function repeats(
  source: PlaceSource,
  name: string,
  { parent, shown, detail }: { parent: ParentRef; shown: Shown; detail: LabelDetail },
): boolean {
  const { key, stem } = shown;
  if (key === keyOf(name)) return true;
  if (source.names.some((own) => own.kind === 'official' && (own.key ?? own.text) === key)) {
    return true;
  }
  if (detail !== 'short' && parent.kind === 'region') return false;
  const { country } = source;
  if (stemOf(name, source.kind, country) === stem) return true;
  return source.names.some(({ text, key: own = text, kind }) => {
    if (kind === 'historic' || kind === 'misspelling' || !own.startsWith(stem)) return false;
    return own === stem || stemOf(text, source.kind, country) === stem;
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
