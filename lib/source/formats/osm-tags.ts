import type { PlaceKind } from '../../autocomplete/place.ts';

/** Tags of an element. */
export type Tags = Readonly<Record<string, unknown>>;

/** What is taken from the tags of an element. */
type TaggedRecord = Record<string, unknown> & { name: string };

/** Kinds by the value of `place`. */
const PLACES: Readonly<Record<string, PlaceKind>> = {
  country: 'country',
  state: 'region',
  province: 'region',
  region: 'region',
  prefecture: 'region',
  county: 'city',
  city: 'city',
  municipality: 'city',
  borough: 'district',
  district: 'district',
  suburb: 'district',
  town: 'town',
  village: 'town',
};
/** Values of `place` below villages and suburbs; they rank below administrative namesakes. */
const SETTLEMENTS = new Set([
  ...['hamlet', 'isolated_dwelling', 'locality', 'farm', 'allotments'],
  ...['neighbourhood', 'quarter', 'city_block'],
]);
/** Kinds by `admin_level`. Levels differ by country; these fit TW, JP, CN, HK and KR best. */
const LEVELS: Readonly<Record<string, PlaceKind>> = {
  2: 'country',
  3: 'region',
  4: 'region',
  5: 'city',
  6: 'city',
  7: 'city',
  8: 'district',
  9: 'town',
  10: 'town',
};
const STATIONS = new Set(['station', 'halt', 'tram_stop', 'stop_position']);
/** Keys whose values are categories. */
const CATEGORY_KEYS = [
  ...['amenity', 'tourism', 'shop', 'leisure', 'historic', 'natural', 'railway', 'aeroway'],
  ...['man_made', 'office', 'healthcare', 'craft'],
];
const ALIAS_KINDS: Readonly<Record<string, string>> = {
  alt_name: 'colloquial',
  loc_name: 'colloquial',
  nickname: 'colloquial',
  reg_name: 'colloquial',
  nat_name: 'colloquial',
  int_name: 'colloquial',
  short_name: 'short',
  official_name: 'official',
  old_name: 'historic',
};
const MAX_CATEGORIES = 20;

/**
 * The record of an element by its tags; null if it has no name.
 *
 * `name:ja`, `alt_name` and the like become names and aliases, `place`, `admin_level` and `railway`
 * the kind, `amenity`, `tourism` and the like categories.
 *
 * @see https://wiki.openstreetmap.org/wiki/Names
 */
export function recordOfTags(tags: Tags): TaggedRecord | null {
  const names: Record<string, string> = {};
  const descriptions: Record<string, string> = {};
  const aliases: object[] = [];
  for (const [key, value] of Object.entries(tags)) {
    if (typeof value !== 'string' || value.trim() === '') continue;
    const [base, language] = splitKey(key);
    if (base === 'name' && language !== null) names[language] = value;
    if (base === 'description' && language !== null) descriptions[language] = value;
    const kind = Object.hasOwn(ALIAS_KINDS, base) ? ALIAS_KINDS[base] : undefined;
    if (kind === undefined) continue;
    for (const name of value.split(';').map((part) => part.trim())) {
      if (name !== '') aliases.push({ name, kind, ...(language === null ? {} : { language }) });
    }
  }
  const name = nameOf(tags['name'], names);
  if (name === null) return null;
  const country = countryOf(tags);
  const record: TaggedRecord = { name };
  if (Object.keys(names).length > 0) record['names'] = names;
  if (aliases.length > 0) record['aliases'] = aliases;
  const stated = textOf(tags['description']).trim();
  if (Object.keys(descriptions).length > 0) record['description'] = descriptions;
  else if (stated !== '') record['description'] = stated;
  Object.assign(record, kindOf(tags, name, country));
  if (country !== null) record['country'] = country;
  const population = Number(textOf(tags['population']).replace(/[ ,]/g, '') || NaN);
  if (Number.isFinite(population) && population >= 0) record['population'] = population;
  const categories = CATEGORY_KEYS.flatMap((key) => {
    const value = tags[key];
    return typeof value === 'string' && value !== 'yes' ? value.split(';') : [];
  }).map((category) => category.trim().replaceAll('_', ' '));
  const distinct = [...new Set(categories)].filter((category) => category !== '');
  if (distinct.length > 0) record['categories'] = distinct.slice(0, MAX_CATEGORIES);
  return record;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `name:zh_pinyin` as its base and the language of its value; null if it states none. */
function splitKey(key: string): [base: string, language: string | null] {
  const at = key.indexOf(':');
  if (at < 0) return [key, null];
  const suffix = key.slice(at + 1);
  // Not name:etymology or name:left, nor a date: name:1900-1950.
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]+)*$/i.test(suffix)) return [key, null];
  return [key.slice(0, at), suffix];
}

function nameOf(stated: unknown, names: Readonly<Record<string, string>>): string | null {
  if (typeof stated !== 'string' || stated.trim() === '') {
    const [first] = ['zh-Hant', 'zh', 'ja', 'ko', 'zh-Hans', 'en'].flatMap((l) => names[l] ?? []);
    return first ?? Object.values(names)[0] ?? null;
  }
  // In Hong Kong and Macau a name is 旺角 Mong Kok; each language has its own as well.
  const parts = Object.values(names);
  const whole = parts.find((name) => {
    const rest = stated.startsWith(name)
      ? stated.slice(name.length).replace(/^[\s/(（-]+/u, '')
      : '';
    return rest !== '' && rest !== stated && parts.includes(withoutBracket(rest));
  });
  return whole ?? stated.trim();
}

function withoutBracket(text: string): string {
  return /[)）]$/u.test(text) ? text.slice(0, -1).trimEnd() : text;
}

function kindOf(tags: Tags, name: string, country: string | null): object {
  const { place, railway, boundary } = tags;
  if (typeof railway === 'string' && STATIONS.has(railway)) return { kind: 'station' };
  if (tags['public_transport'] === 'station') return { kind: 'station' };
  if (boundary === 'administrative') {
    const kind = LEVELS[String(tags['admin_level'])];
    const isTaiwan = country === 'TW' || String(tags['ISO3166-2']).startsWith('TW-');
    // Counties and cities of Taiwan are what its people write after a place, as cities elsewhere.
    if (kind === 'region' && isTaiwan) return { kind: 'city' };
    if (kind === 'city' && isTaiwan && /[區鄉鎮]$/u.test(name)) return { kind: 'district' };
    if (kind) return { kind };
  }
  if (typeof place !== 'string') return {};
  if (SETTLEMENTS.has(place)) return { kind: 'town', granularity: 'settlement' };
  return Object.hasOwn(PLACES, place) ? { kind: PLACES[place] } : {};
}

function countryOf(tags: Tags): string | null {
  const keys = ['ISO3166-1:alpha2', 'ISO3166-1', 'addr:country', 'is_in:country_code'];
  const stated = keys.map((key) => tags[key]).find((value) => typeof value === 'string');
  return typeof stated === 'string' && /^[a-z]{2}$/i.test(stated) ? stated.toUpperCase() : null;
}
