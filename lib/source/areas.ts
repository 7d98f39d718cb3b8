import { fold } from '../analyzers/fold.ts';
import { cldrCountryNames } from '../autocomplete/geography/countries.ts';
import { countryCodeOf } from '../autocomplete/geography/country-codes.ts';
import type { PlaceKind } from '../autocomplete/place.ts';
import { RebuildError, quoteValue } from '../errors.ts';
import type { SourceLine } from './source.ts';

/** A container as a record names it: by id, or by a name that is looked up or added. */
interface NamedArea {
  id?: string;
  name?: string;
  kind?: PlaceKind;
}

/** An area of the source that may be meant by a name. */
interface KnownArea {
  id: string;
  kind: string;
  country: string | null;
  keys: ReadonlySet<string>;
  parent: string | null;
  parentKeys: readonly string[];
}

/** Areas that records name in the same way, and the first record that does. */
interface Wanted {
  country: string | null;
  chain: NamedArea[];
  count: number;
  file: string;
  line: number;
}

/** Something about a parent or a country that a person should look at. */
export interface AreaNote {
  code: 'PARENT_AMBIGUOUS' | 'PARENT_MADE' | 'PARENT_NOT_IN_SOURCE' | 'COUNTRY_FOUND';
  detail: string;
  /** Records that it concerns. */
  count: number;
  /** Where the first of them is. */
  file: string;
  line: number;
}

/** The areas that records name. */
export interface AreaBook {
  /** Records of the areas that the source lacks, containers first. */
  readonly made: readonly Record<string, unknown>[];
  /** What was noted while areas were looked up, once for each. */
  readonly notes: ReadonlyMap<string, AreaNote>;
  /** The record with `parent`, and without `parentName`. */
  resolved(record: Record<string, unknown>): Record<string, unknown>;
}

const AREAS: ReadonlySet<unknown> = new Set(['country', 'region', 'city', 'district', 'town']);

/** Whether a record names its parents instead of stating the id of one. */
export function namesParents(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'parentName');
}

/**
 * Looks up all areas that the records of a source name as `parentName`: a name or code, or several,
 * nearest first, as text or as `{ name, kind }` or `{ id }`.
 *
 * A name means the id that it is, else the area of that name in the record's country and in the wider
 * areas that are named with it. One that the source lacks is made, with a country above it. Where
 * several areas have the name, none is taken, and the next wider one is the parent.
 *
 * @param read - Reads the source from the beginning; called twice. Memory grows with the number of
 *   areas that are named.
 */
export async function areaBook(read: () => AsyncIterable<SourceLine>): Promise<AreaBook> {
  const wanted = new Map<string, Wanted>();
  const names = new Set<string>();
  const ids = new Set<string>();
  for await (const { value, file, line } of read()) {
    if (!namesParents(value)) continue;
    const { key, country, chain } = statedAreas(value);
    const before = wanted.get(key);
    if (before) before.count += 1;
    else wanted.set(key, { country, chain, count: 1, file, line });
    for (const { id, name } of chain) {
      if (id !== undefined) ids.add(id);
      if (name !== undefined) names.add(fold(name));
      if (name !== undefined) ids.add(name);
    }
  }
  const countries = new Set([...wanted.values()].flatMap(({ country }) => country ?? []));
  const known = await knownAreas(read, { names, ids, countries });
  const makers = maker(known);
  const parents = new Map<string, string | null>();
  for (const [key, each] of wanted) {
    parents.set(key, makers.parentOf(each));
  }
  return {
    made: makers.made,
    notes: makers.notes,
    resolved(record) {
      const { parentName: _, ...rest } = record;
      const { key, country } = statedAreas(record);
      const parent = parents.get(key);
      if (parent === undefined) throw changed(key);
      const own = idOf(rest);
      if (parent === null) return rest;
      if (own === parent) {
        const wider = known.countries.get(country ?? '');
        return wider === undefined || wider === parent ? rest : { ...rest, parent: wider };
      }
      return { ...rest, parent };
    },
  };
}

function changed(named: string): RebuildError {
  const what = `The source names ${named} as a parent, which it did not when it was read before`;
  const hint = 'Give records that stay the same while they are read, as in one snapshot.';
  return new RebuildError('SOURCE_CHANGED', what, hint, { stage: 'scan' });
}

interface Known {
  ids: ReadonlySet<string>;
  byName: ReadonlyMap<string, readonly KnownArea[]>;
  byId: ReadonlyMap<string, KnownArea>;
  countries: Map<string, string>;
}

/** The areas of a source that are wanted by name, code or country. */
async function knownAreas(
  read: () => AsyncIterable<SourceLine>,
  wanted: { names: ReadonlySet<string>; ids: ReadonlySet<string>; countries: ReadonlySet<string> },
): Promise<Known> {
  const ids = new Set<string>();
  const byName = new Map<string, KnownArea[]>();
  const byId = new Map<string, KnownArea>();
  const countries = new Map<string, string>();
  for await (const { value } of read()) {
    const record = (value ?? {}) as Record<string, unknown>;
    const id = idOf(record);
    if (id === null) continue;
    if (wanted.ids.has(id)) ids.add(id);
    if (!AREAS.has(record['kind'])) continue;
    const country = countryOf(record);
    if (record['kind'] === 'country' && country !== null && wanted.countries.has(country)) {
      if (!countries.has(country)) countries.set(country, id);
    }
    const keys = keysOf(record).filter((key) => wanted.names.has(key));
    if (keys.length === 0 || byId.has(id)) continue;
    const area: KnownArea = {
      id,
      kind: String(record['kind']),
      country,
      keys: new Set(keys),
      parent: idOf({ id: record['parent'] }),
      parentKeys: namesParents(record)
        ? statedAreas(record).chain.flatMap(({ name }) => (name === undefined ? [] : fold(name)))
        : [],
    };
    byId.set(id, area);
    for (const key of area.keys) byName.set(key, [...(byName.get(key) ?? []), area]);
  }
  return { ids, byName, byId, countries };
}

interface Maker {
  made: Record<string, unknown>[];
  notes: Map<string, AreaNote>;
  parentOf(wanted: Wanted): string | null;
}

function maker(known: Known): Maker {
  const made: Record<string, unknown>[] = [];
  const madeIds = new Set<string>();
  const notes = new Map<string, AreaNote>();
  const note = (code: AreaNote['code'], detail: string, { count, file, line }: Wanted): void => {
    const before = notes.get(`${code} ${detail}`);
    if (before) before.count += count;
    else notes.set(`${code} ${detail}`, { code, detail, count, file, line });
  };
  const make = (id: string, record: Record<string, unknown>): string => {
    if (!madeIds.has(id)) made.push({ id, ...record });
    madeIds.add(id);
    return id;
  };
  const countryId = (country: string): string => {
    const own = known.countries.get(country);
    if (own !== undefined) return own;
    known.countries.set(country, country);
    return make(country, countryRecord(country));
  };

  return {
    made,
    notes,
    parentOf(wanted) {
      const { country, chain } = wanted;
      const direct = chain.find(({ id }) => id !== undefined && known.ids.has(id));
      if (direct) return direct.id!;
      const named = chain.filter(({ name }) => name !== undefined);
      if (named.length === 0) {
        note('PARENT_NOT_IN_SOURCE', chain.map(({ id }) => id).join(', '), wanted);
        return null;
      }
      let parent: string | null = null;
      let outer: { id: string; key: string } | null = null;
      const path: string[] = country === null ? [] : [country];
      for (const { name, kind } of named.toReversed()) {
        if (known.ids.has(name!)) {
          outer = { id: name!, key: fold(name!) };
          parent = name!;
          continue;
        }
        const key = fold(name!);
        path.push(pathPart(name!));
        const found = matching(known, { key, country, kind, outer });
        if (found.length > 1) {
          const which = found.map(({ id }) => id).join(', ');
          note('PARENT_AMBIGUOUS', `${quoteValue(name)} may be ${which}`, wanted);
          break;
        }
        if (found[0]) parent = found[0].id;
        else {
          const above: string | null = parent ?? (country === null ? null : countryId(country));
          note('PARENT_MADE', name!, wanted);
          parent = make(path.join('/'), {
            name,
            kind: kind ?? kindOfName(name!, country) ?? 'city',
            ...(country === null ? {} : { country }),
            ...(above === null ? {} : { parent: above }),
          });
        }
        outer = { id: parent, key };
      }
      return parent ?? (country === null ? null : (known.countries.get(country) ?? null));
    },
  };
}

/** Areas of a name in a country, and in the wider area that is named with it. */
function matching(
  known: Known,
  of: {
    key: string;
    country: string | null;
    kind: PlaceKind | undefined;
    outer: { id: string; key: string } | null;
  },
): readonly KnownArea[] {
  const { key, country, kind, outer } = of;
  const named = (known.byName.get(key) ?? []).filter(
    (area) => country === null || area.country === null || area.country === country,
  );
  const within = outer ? named.filter((area) => isWithin(known, area, outer)) : named;
  if (within.length <= 1) return within;
  const ofKind = within.filter((area) => area.kind === kind);
  return ofKind.length === 1 ? ofKind : within;
}

function isWithin(known: Known, area: KnownArea, outer: { id: string; key: string }): boolean {
  if (area.parentKeys.includes(outer.key)) return true;
  const seen = new Set<string>();
  for (let id = area.parent; id !== null && !seen.has(id);) {
    if (id === outer.id) return true;
    seen.add(id);
    id = known.byId.get(id)?.parent ?? null;
  }
  return false;
}

/**
 * The id of a record that has none: country, areas and name, as in `TW/新北市/九份老街`. The same record
 * has it at every reading, and an area of that name the same when it is made.
 */
export function pathOf(record: Record<string, unknown>): string {
  const { country, chain } = statedAreas(record);
  const areas = chain.flatMap(({ name }) => (name === undefined ? [] : [pathPart(name)])).reverse();
  const name = typeof record['name'] === 'string' ? pathPart(record['name']) : '';
  return [...(country === null ? [] : [country]), ...areas, name].join('/');
}

/** A name as a part of an id: the same for spelling variants; of Hangul, folding leaves only letters. */
function pathPart(name: string): string {
  return /\p{Script=Hangul}/u.test(name) ? name.normalize('NFKC').trim() : fold(name);
}

function statedAreas(record: Record<string, unknown>): {
  key: string;
  country: string | null;
  chain: NamedArea[];
} {
  const country = countryOf(record);
  const chain = [record['parentName']].flat().flatMap((each): NamedArea[] => {
    if (typeof each === 'string' || typeof each === 'number') {
      const name = String(each).trim();
      return name === '' ? [] : [{ name }];
    }
    const { id, name, kind } = (each ?? {}) as { id?: unknown; name?: unknown; kind?: unknown };
    const area: NamedArea = {};
    if (typeof id === 'string' || typeof id === 'number') area.id = String(id);
    if (typeof name === 'string' && name.trim() !== '') area.name = name.trim();
    if (AREAS.has(kind)) area.kind = kind as PlaceKind;
    return area.id === undefined && area.name === undefined ? [] : [area];
  });
  return { key: JSON.stringify([country, chain]), country, chain };
}

function countryOf(record: Record<string, unknown>): string | null {
  const stated = record['country'];
  if (typeof stated !== 'string' || stated.trim() === '') return null;
  return countryCodeOf(stated) ?? stated.trim().toUpperCase();
}

function idOf(record: Record<string, unknown>): string | null {
  const { id } = record;
  return typeof id === 'string' ? id : typeof id === 'number' ? String(id) : null;
}

/** Folded names and aliases of a record as it was given. */
function keysOf(record: Record<string, unknown>): string[] {
  const { name, names, aliases } = record;
  const textOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? (value as { name?: unknown }).name : value;
  const all: unknown[] = [
    name,
    ...Object.values(names ?? {}).map(textOf),
    ...(Array.isArray(aliases) ? aliases.map(textOf) : []),
  ];
  return all.flatMap((text) => (typeof text === 'string' && text !== '' ? [fold(text)] : []));
}

/** Languages in which a made country is named. */
const COUNTRY_LANGUAGES = ['zh-Hant', 'zh-Hans', 'ja', 'ko', 'en'];
const LOCAL: Readonly<Record<string, string>> = {
  TW: 'zh-Hant',
  HK: 'zh-Hant',
  MO: 'zh-Hant',
  CN: 'zh-Hans',
  SG: 'en',
  JP: 'ja',
  KR: 'ko',
  KP: 'ko',
};

/** A record of a country, named in the languages that are read here. */
export function countryRecord(code: string): Record<string, unknown> {
  const names = Object.fromEntries(
    COUNTRY_LANGUAGES.flatMap((language) => {
      const name = cldrCountryNames.nameOf(code, language);
      return name === null ? [] : [[language, name]];
    }),
  );
  const name = names[LOCAL[code] ?? 'en'] ?? code;
  return { name, names, kind: 'country', country: code };
}

/** The kind of area by the ending of its name; null if that does not show it. */
export function kindOfName(name: string, country: string | null): PlaceKind | null {
  if (/(?:省|都|道|府|県|州|자치도|도)$/u.test(name)) return 'region';
  if (/(?:縣|县|市|특별시|광역시|시)$/u.test(name)) return 'city';
  // Wards of Tokyo and the special cities are where a city would be only in Tokyo.
  if (/(?:區|区|구)$/u.test(name)) return 'district';
  if (/(?:鄉|乡|鎮|镇|町|村|읍|면|동)$/u.test(name)) return country === 'JP' ? 'city' : 'town';
  return null;
}
