import type { PlaceKind } from '../../autocomplete/place.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import type { JsonLine } from '../json-value.ts';
import type { OpenFormat, SourceFile } from './format.ts';
import { geonamesLines } from './geonames-lines.ts';
import { localName, namesByPlace, type PlaceNames } from './geonames-names.ts';
import { refuseOthers } from './json.ts';

/** Columns of allCountries.txt and the files of countries. */
const COLUMNS = 19;

/** What a file of GeoNames has on its lines. */
type Role = 'places' | 'names' | 'areas' | 'countries';

/** Areas by code (TW, TW.04, TW.04.NWT), with what is known of those that are in no file of places. */
interface Areas {
  ids: Map<string, string>;
  made: Map<string, Record<string, unknown>>;
}

/**
 * Opens GeoNames files: allCountries.txt, a country's or cities15000.txt; beside them
 * alternateNamesV2.txt, admin1CodesASCII.txt, admin2Codes.txt and countryInfo.txt, told by their
 * content. Historical places are left out.
 *
 * Parents are the areas with a place's codes. Names of alternateNamesV2 in Chinese, Japanese, Korean
 * and English, or without a language, are kept in memory for the places of the files.
 *
 * @throws {OptionError} `GEONAMES_UNKNOWN` for a file that is none of these, or if none has places.
 * @see https://download.geonames.org/export/dump/readme.txt
 */
export const openGeonames: OpenFormat = (files, options) => {
  refuseOthers(options);
  const roles = new Map(files.map((file) => [file.path, roleOf(file)]));
  const having = (role: Role): string[] =>
    files.map(({ path }) => path).filter((path) => roles.get(path) === role);
  const places = having('places');
  if (places.length === 0) {
    const what = `None of ${quoteValue(files.map(({ path }) => path))} has places`;
    const hint = 'Give allCountries.txt, or the file of a country, as a source as well.';
    throw new OptionError('GEONAMES_UNKNOWN', what, hint);
  }
  let loaded: Promise<{ areas: Areas; names: PlaceNames }> | null = null;
  const load = (): NonNullable<typeof loaded> =>
    (loaded ??= Promise.all([
      readAreas(places, having('areas'), having('countries')),
      namesByPlace(places, having('names')),
    ]).then(([areas, names]) => ({ areas, names })));
  return Promise.resolve(
    new Map(
      places.map((path, i) => [
        path,
        (onRead) => recordsOf(path, { load, isFirst: i === 0 }, onRead),
      ]),
    ),
  );
};

/** Whether a line is one of a file of places. */
export function isGeonamesPlace(line: string): boolean {
  const cells = line.split('\t');
  return cells.length === COLUMNS && /^\d+$/.test(cells[0]!) && /^-?\d+(\.\d+)?$/.test(cells[4]!);
}

/** Whether a line begins as one of a file of places does: one that was cut off is told of with its line. */
function isCutPlace(cells: readonly string[]): boolean {
  const [id = '', , , , lat = '', lon = '', featureClass = ''] = cells;
  const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
  return /^\d+$/.test(id) && isNumber(lat) && isNumber(lon) && /^[AHLPRSTUV]$/.test(featureClass);
}

/** What a file has by its first lines; null if it is none of GeoNames. */
export function geonamesRole(head: Buffer): Role | null {
  const lines = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const line = lines.find((each) => each !== '' && !each.startsWith('#')) ?? '';
  const cells = line.split('\t');
  if (isGeonamesPlace(line) || isCutPlace(cells)) return 'places';
  if (cells.length >= 8 && cells.length <= 10 && cells.slice(0, 2).every((c) => /^\d+$/.test(c))) {
    return 'names';
  }
  if (cells.length === 4 && /^[A-Z]{2}(\.[^.]+){1,2}$/.test(cells[0]!)) return 'areas';
  if (/^[A-Z]{2}$/.test(cells[0]!) && /^[A-Z]{3}$/.test(cells[1] ?? '')) return 'countries';
  return null;
}

function roleOf({ path, head }: SourceFile): Role {
  const role = geonamesRole(head);
  if (role !== null) return role;
  const what = `${path} is no file of GeoNames that suoyin knows`;
  const hint =
    'Give allCountries.txt or the file of a country, alternateNamesV2.txt, admin1CodesASCII.txt, admin2Codes.txt, countryInfo.txt.';
  throw new OptionError('GEONAMES_UNKNOWN', what, hint);
}

async function readAreas(
  places: readonly string[],
  codes: readonly string[],
  countries: readonly string[],
): Promise<Areas> {
  const areas: Areas = { ids: new Map(), made: new Map() };
  for (const path of places) {
    for await (const { cells } of geonamesLines(path, COLUMNS)) {
      const code = cells && codeOfArea(cells);
      if (code && !areas.ids.has(code)) areas.ids.set(code, cells[0]!);
    }
  }
  const make = (code: string, id: string, record: Record<string, unknown>): void => {
    if (areas.ids.has(code)) return;
    areas.ids.set(code, id);
    areas.made.set(code, { id, ...record });
  };
  for (const path of countries) {
    for await (const { cells } of geonamesLines(path, 17)) {
      const [code, , , , name, , , population] = cells ?? [];
      if (!code) continue;
      make(code, cells![16]!, { name, kind: 'country', country: code, population });
    }
  }
  for (const path of codes) {
    for await (const { cells } of geonamesLines(path, 4)) {
      const [code, name, , id] = cells ?? [];
      if (!code) continue;
      const kind = code.split('.').length === 2 ? 'region' : 'city';
      make(code, id!, { name, kind, country: code.slice(0, 2) });
    }
  }
  return areas;
}

async function* recordsOf(
  path: string,
  from: { load: () => Promise<{ areas: Areas; names: PlaceNames }>; isFirst: boolean },
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  const { areas, names } = await from.load();
  if (from.isFirst) {
    for (const [code, record] of areas.made) {
      const parent = parentOf(areas, code.split('.').slice(0, -1), String(record['id']));
      const own = names.of(Number(record['id']));
      yield { line: 0, value: { ...withNames(record, own), ...parent } };
    }
  }
  for await (const { line, cells, error } of geonamesLines(path, COLUMNS, onRead)) {
    if (error) yield { line, error };
    else {
      const value = recordOf(cells, areas, names);
      if (value) yield { line, value };
    }
  }
}

function recordOf(
  cells: readonly string[],
  areas: Areas,
  names: PlaceNames,
): Record<string, unknown> | null {
  const [id = '', name, , alternates = '', lat, lon, featureClass = '', code = '', country = ''] =
    cells;
  if (/H$/.test(code) && /^(?:ADM|PCL|PPL|PRSH)/.test(code)) return null;
  const record: Record<string, unknown> = { id, name };
  // Text that is no number is told of when the record is read.
  if (lat !== '' && lon !== '') Object.assign(record, { lat: degrees(lat), lon: degrees(lon) });
  Object.assign(record, kindOf(featureClass, code, Number(cells[14])));
  if (country !== '') record['country'] = country;
  if (Number(cells[14]) > 0) record['population'] = Number(cells[14]);
  const own = names.of(Number(id));
  const listed = new Set(own.map((each) => each.name));
  const aliases = alternates.split(',').filter((alias) => alias !== '' && !listed.has(alias));
  const area = codeOfArea(cells);
  const codes = area === null ? codesOf(cells) : area.split('.').slice(0, -1);
  return { ...withNames({ ...record, aliases }, own), ...parentOf(areas, codes, id) };
}

function degrees(text = ''): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

/** The record with its names; the local one is `name`, and GeoNames' own is English then. */
function withNames(
  record: Record<string, unknown>,
  own: ReturnType<PlaceNames['of']>,
): Record<string, unknown> {
  const names: Record<string, string> = {};
  const aliases: unknown[] = [];
  for (const { name, language, kind, isPreferred } of own) {
    const official = kind === undefined && language !== undefined;
    if (official && (names[language] === undefined || isPreferred)) {
      if (names[language] !== undefined) aliases.push({ name: names[language], language });
      names[language] = name;
    } else aliases.push({ name, language, kind });
  }
  const local = localName(names, record['country']);
  const main = String(record['name']);
  if (local !== null && local !== main && /^\p{Script=Latin}/u.test(main)) names['en'] ??= main;
  const unlisted = Array.isArray(record['aliases']) ? (record['aliases'] as unknown[]) : [];
  return { ...record, name: local ?? main, names, aliases: [...aliases, ...unlisted] };
}

/** The nearest area that is known with the beginning of some codes. */
function parentOf(areas: Areas, codes: readonly string[], self: string): { parent?: string } {
  for (let length = codes.length; length > 0; length -= 1) {
    const id = areas.ids.get(codes.slice(0, length).join('.'));
    if (id !== undefined && id !== self) return { parent: id };
  }
  return {};
}

/** Country and admin codes, from wide to narrow, as far as they are given. */
function codesOf(cells: readonly string[]): string[] {
  const codes = [cells[8]!, ...cells.slice(10, 14)];
  const end = codes.findIndex((code, i) => code === '' || (i === 1 && code === '00'));
  return end < 0 ? codes : codes.slice(0, end);
}

/** The code of an area; null for other places. */
function codeOfArea(cells: readonly string[]): string | null {
  const [country, feature] = [cells[8]!, cells[7]!];
  if (/^(?:PCL[A-GI-Z]*|TERR)$/.test(feature)) return country === '' ? null : country;
  const level = /^ADM([1-4])$/.exec(feature)?.[1];
  if (level === undefined) return null;
  const codes = codesOf(cells);
  return codes.length > Number(level) ? codes.slice(0, Number(level) + 1).join('.') : null;
}

const AREA_KINDS: Readonly<Record<string, PlaceKind>> = {
  ADM1: 'region',
  ADM2: 'city',
  ADM3: 'district',
  ADM4: 'town',
  ADM5: 'town',
  ADMD: 'district',
};
/** Inhabitants from which on a populated place is a city. */
const CITY = 100_000;
/** Populated places that are parts of others or hardly any. */
const SMALL = new Set(['PPLX', 'PPLL', 'PPLQ', 'PPLW', 'PPLF', 'ADM5']);

function kindOf(featureClass: string, code: string, population: number): Record<string, unknown> {
  const small = SMALL.has(code) ? { granularity: 'settlement' } : {};
  if (featureClass === 'A') {
    if (/^(?:PCL|TERR)/.test(code)) return { kind: 'country' };
    return { kind: AREA_KINDS[code] ?? 'town', ...small };
  }
  if (featureClass === 'P') {
    const isCity = /^PPL[ACG]/.test(code) && !/^PPLA[3-5]$/.test(code);
    return { kind: isCity || population >= CITY ? 'city' : 'town', ...small };
  }
  return /^(?:RSTN|RSTP|MTRO|TRAM|STNR)$/.test(code) ? { kind: 'station' } : {};
}
