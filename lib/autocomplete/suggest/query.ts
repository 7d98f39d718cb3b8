import { DOUBLE_PINYIN_LAYOUTS, type DoublePinyinLayout } from '../../analyzers/double-pinyin.ts';
import { fold } from '../../analyzers/fold.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import { type ListOption, OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { PLACE_KINDS, type PlaceKind } from '../place.ts';
import type { KeySearch, GeoBox, PlaceFilter } from '../searches.ts';
import { type Interpretation, interpret } from './interpretations.ts';
import { languageOfInput, readerOf, type Reader, type ReaderLanguage } from './reader.ts';

/** Options of a query. */
export interface PlaceQueryOptions {
  /**
   * BCP 47 tag of the reader, for names and labels; places of its country come first. Default: by
   * the script of the input.
   */
  language?: ReaderLanguage;
  /** Countries whose places come first among namesakes (ISO codes). Default: by the language. */
  home?: readonly string[];
  /** Position of the reader or of the map, in WGS 84 degrees; nearer places come first. */
  near?: { lat: number; lon: number };
  /** Only places within this distance of `near`, in kilometres: over 0 up to 20000. */
  radiusKm?: number;
  /** Most suggestions, 1..100, default 10. */
  limit?: number;
  /** Only places of these countries (ISO codes). */
  countries?: readonly string[];
  /** Only places of these kinds. */
  kinds?: readonly PlaceKind[];
  /** Any string; each suggestion has it, so that an application can bill or log by session. */
  sessionToken?: string;
  /** Layout of double pinyin that the reader types: letters are also read in it. Default none. */
  doublePinyin?: DoublePinyinLayout;
  /**
   * Whether a city or the region of the same name around it comes first (大阪市 or 大阪府). Travellers
   * mean the city. In China and Korea plain names mean the province (吉林, 제주). Default `city`.
   */
  namesakes?: Namesakes;
  /** Adds to every suggestion the parts of its score. Default false. */
  explain?: boolean;
}

const NAMESAKES = ['city', 'region'] as const;
/** Which of two places with the same name comes first, if one contains the other. */
export type Namesakes = (typeof NAMESAKES)[number];

/** Most codes of countries: there are 249. */
const COUNTRIES_MAX = 250;

const countries = (help: string, otherwise: string): ListOption & { default?: undefined } => ({
  type: 'list',
  items: { type: 'text', pattern: /^[A-Za-z]{2}$/, wanted: 'codes such as TW and JP', help: '' },
  most: COUNTRIES_MAX,
  code: 'COUNTRIES_INVALID',
  otherwise,
  help,
});

/** Options of `placeQuery`. */
export const PLACE_QUERY_SPEC: Spec<PlaceQueryOptions, 'limit' | 'namesakes' | 'explain'> = {
  code: OPTION_INVALID,
  options: {
    language: {
      type: 'text',
      maxLength: 35,
      code: 'LANGUAGE_INVALID',
      otherwise: 'by the script typed',
      flag: '--language <tag>',
      help: 'language of the reader: zh-Hant, zh-Hans, ja, ko, en or any BCP 47 tag',
    },
    home: countries(
      'countries that come first among namesakes (ISO 3166-1 alpha-2)',
      'by the language',
    ),
    near: {
      type: 'position',
      code: 'NEAR_INVALID',
      help: 'latitude and longitude in degrees: nearer places first',
    },
    radiusKm: {
      type: 'number',
      over: 0,
      max: 20_000,
      code: 'RADIUS_INVALID',
      unit: 'km',
      help: 'only places within this distance of the position',
    },
    limit: {
      type: 'whole',
      min: 1,
      max: 100,
      code: 'LIMIT_INVALID',
      default: 10,
      help: 'most places',
    },
    countries: countries('only places of these countries (ISO 3166-1 alpha-2)', 'all'),
    kinds: {
      type: 'list',
      items: { type: 'text', choices: PLACE_KINDS, help: '' },
      most: PLACE_KINDS.length,
      code: 'KIND_INVALID',
      otherwise: 'all',
      help: 'only places of these kinds',
    },
    sessionToken: { type: 'text', maxLength: 128, help: 'returned with every suggestion' },
    doublePinyin: {
      type: 'text',
      choices: DOUBLE_PINYIN_LAYOUTS,
      otherwise: 'not typed',
      help: 'layout of double pinyin that the reader types',
    },
    namesakes: {
      type: 'text',
      choices: NAMESAKES,
      default: 'city',
      help: 'whether a city or the region of the same name around it comes first',
    },
    explain: { type: 'flag', default: false, help: 'adds the parts of each score' },
  },
};

/** Defaults and limits of a query. */
export const PLACE_QUERY_DEFAULTS: Readonly<{
  limit: number;
  maxLimit: number;
  maxLength: number;
  window: number;
  wideWindow: number;
}> = Object.freeze({
  /** Suggestions. */
  limit: PLACE_QUERY_SPEC.options.limit.default,
  maxLimit: 100,
  /** Longest text in UTF-16 code units; no name is longer. */
  maxLength: 256,
  /** Least number of documents that each key search fetches for the ranking. */
  window: 20,
  /** The same for searches whose matches only the ranking can judge. */
  wideWindow: 60,
});

/** A query: what to look up, in which order, and how to judge hits. */
export interface PlaceQuery {
  text: string;
  /** Folding key of `text`. */
  key: string;
  reader: Reader;
  limit: number;
  near?: { lat: number; lon: number };
  radiusKm?: number;
  filter: PlaceFilter;
  /** Each pass is looked up only if the earlier ones found nothing good enough. */
  passes: readonly (readonly Interpretation[])[];
  sessionToken?: string;
  doublePinyin?: DoublePinyinLayout;
  namesakes: Namesakes;
  explain: boolean;
}

/**
 * Reads input as one name: all its interpretations (name, reading, uncommitted input, typing
 * mistake), in passes from the most to the least literal. See `readQuery` for texts of several
 * parts.
 *
 * @param text - Anything; blank or over-long text is a query without passes, and finds nothing.
 * @throws {OptionError} `LIMIT_INVALID`, `LANGUAGE_INVALID`, `NEAR_INVALID`, `RADIUS_INVALID`,
 *   `COUNTRIES_INVALID`, `KIND_INVALID`, `OPTION_INVALID` or `OPTION_UNKNOWN`.
 * @example
 * placeQuery('板橋', { language: 'zh-Hant' }).passes[0][0];
 * // => { state: 'literal', field: 'name', value: '板桥', match: 'prefix' }
 */
export function placeQuery(text: string, options: PlaceQueryOptions = {}): PlaceQuery {
  const { limit, namesakes, explain, ...given } = settle(PLACE_QUERY_SPEC, options);
  const usable = text.length <= PLACE_QUERY_DEFAULTS.maxLength;
  const key = usable ? fold(text) : '';
  const reader = readerOf(given.language ?? languageOfInput(text));
  const home = given.home?.map(upperCase) ?? reader.home;
  const query: PlaceQuery = {
    text,
    key,
    reader: { language: reader.language, home },
    limit,
    filter: filterOf(given),
    passes: key === '' ? [] : interpret(text, key, reader.language),
    namesakes,
    explain,
  };
  const { near, radiusKm, sessionToken, doublePinyin } = given;
  if (near) query.near = { lat: near.lat, lon: near.lon };
  if (radiusKm !== undefined) query.radiusKm = radiusKm;
  if (sessionToken !== undefined) query.sessionToken = sessionToken;
  if (doublePinyin !== undefined) query.doublePinyin = doublePinyin;
  return query;
}

/** Radius around `near`, in kilometres, of the additional search for near places. */
const NEAR_KM = 60;

/**
 * The key searches of one pass: each interpretation everywhere, then again at home and near.
 * Otherwise, for a short prefix, more important places elsewhere would crowd these out.
 */
export function passSearches(query: PlaceQuery, pass: readonly Interpretation[]): KeySearch[] {
  const scopes = scopesOf(query);
  const limit = Math.max(PLACE_QUERY_DEFAULTS.window, query.limit);
  const searches: KeySearch[] = [];
  for (const { field, value, match, state, tail } of pass) {
    // What engines can't judge is chosen from more documents.
    const wide = state === 'edit' || tail !== undefined;
    for (const scope of scopes) {
      const search: KeySearch = {
        field,
        value,
        match,
        ...scope,
        limit: wide ? Math.max(limit, PLACE_QUERY_DEFAULTS.wideWindow) : limit,
      };
      if (match === 'prefix') searches.push({ ...search, match: 'whole' });
      searches.push(search);
    }
  }
  return searches;
}

/** The scopes of searches: everywhere, at the reader's home, and near. */
export function scopesOf(query: PlaceQuery): Pick<KeySearch, 'countries' | 'box'>[] {
  const scopes: Pick<KeySearch, 'countries' | 'box'>[] = [{}];
  if (query.reader.home.length > 0 && !query.filter.countries) {
    scopes.push({ countries: query.reader.home });
  }
  if (query.near && query.radiusKm === undefined) {
    scopes.push({ box: boxAround(query.near, NEAR_KM) });
  }
  return scopes;
}

function filterOf(options: PlaceQueryOptions): PlaceFilter {
  const { near, radiusKm, countries, kinds } = options;
  const filter: PlaceFilter = {};
  if (countries) filter.countries = countries.map(upperCase);
  if (kinds) filter.kinds = kinds;
  if (radiusKm === undefined) return filter;
  if (!near) {
    const what = `radiusKm ${quoteValue(radiusKm)} has no near`;
    throw new OptionError('RADIUS_INVALID', what, 'Give near together with radiusKm.');
  }
  filter.box = boxAround(near, radiusKm);
  return filter;
}

function upperCase(code: string): string {
  return code.toUpperCase();
}

/** Mean length of a degree of latitude in kilometres. */
const KM_PER_DEGREE = 111.2;

function boxAround(point: { lat: number; lon: number }, km: number): GeoBox {
  const dLat = km / KM_PER_DEGREE;
  const south = Math.max(-90, point.lat - dLat);
  const north = Math.min(90, point.lat + dLat);
  const narrowest = Math.cos((Math.max(Math.abs(south), Math.abs(north)) * Math.PI) / 180);
  const dLon = narrowest > 0.01 ? dLat / narrowest : 180;
  if (dLon >= 180) return { south, north, west: -180, east: 180 };
  const wrap = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;
  return { south, north, west: wrap(point.lon - dLon), east: wrap(point.lon + dLon) };
}
