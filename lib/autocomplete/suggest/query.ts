import { fold } from '../../analyzers/fold.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import type { PlaceKind } from '../place.ts';
import type { KeySearch, GeoBox, PlaceFilter } from '../searches.ts';
import { type Interpretation, interpret } from './interpretations.ts';
import { languageOfInput, readerOf, type Reader, type ReaderLanguage } from './reader.ts';

/** What a caller may say about a query. Everything is optional. */
export interface PlaceQueryOptions {
  /** BCP 47 tag of the reader: names and labels come in it, and its country comes first. Default: by the script typed. */
  language?: ReaderLanguage;
  /** Countries whose places come first among namesakes (ISO codes). Default: by the language. */
  home?: readonly string[];
  /** Where the reader is or looks, WGS 84 degrees: nearer places come first. */
  near?: { lat: number; lon: number };
  /** Only places within so many kilometres of `near`, 0 < radiusKm <= 20000. */
  radiusKm?: number;
  /** Suggestions at the most, 1..100, default 10. */
  limit?: number;
  /** Only places of these countries (ISO codes). */
  countries?: readonly string[];
  /** Only places of these kinds. */
  kinds?: readonly PlaceKind[];
  /** Any string; comes back in the answer's suggestions so that a host can bill or log by session. */
  sessionToken?: string;
  /** Adds to every suggestion how its score came about. */
  explain?: boolean;
}

/** Defaults and limits of a query. */
export const PLACE_QUERY_DEFAULTS: Readonly<{
  limit: number;
  maxLimit: number;
  maxLength: number;
  window: number;
  wideWindow: number;
}> = Object.freeze({
  /** Suggestions. */
  limit: 10,
  maxLimit: 100,
  /** UTF-16 code units of typed text that are looked at; no name is longer. */
  maxLength: 256,
  /** Documents that each key search brings at least, for the ranking to choose from. */
  window: 20,
  /** The same where only the ranking can tell which of them are meant. */
  wideWindow: 60,
});

/** A typed query: what to look up, in which order, and how to judge what comes back. */
export interface PlaceQuery {
  text: string;
  /** Folding key of `text`. */
  key: string;
  reader: Reader;
  limit: number;
  near?: { lat: number; lon: number };
  radiusKm?: number;
  filter: PlaceFilter;
  /** Each pass is looked up only where the ones before found nothing good enough. */
  passes: readonly (readonly Interpretation[])[];
  sessionToken?: string;
  explain: boolean;
}

/**
 * Reads what was typed: every way it may be meant (name, reading, uncommitted input, parent and
 * child, typo), in passes from the most to the least literal.
 *
 * @param text - Anything; blank or over-long text is a query without passes, and finds nothing.
 * @throws {OptionError} `LIMIT_INVALID`, `LANGUAGE_INVALID`, `NEAR_INVALID`, `RADIUS_INVALID` or
 *   `COUNTRIES_INVALID`.
 * @example
 * placeQuery('板橋', { language: 'zh-Hant' }).passes[0][0];
 * // => { state: 'literal', field: 'name', value: '板桥', match: 'prefix' }
 */
export function placeQuery(text: string, options: PlaceQueryOptions = {}): PlaceQuery {
  const limit = options.limit ?? PLACE_QUERY_DEFAULTS.limit;
  if (!Number.isInteger(limit) || limit < 1 || limit > PLACE_QUERY_DEFAULTS.maxLimit) {
    const hint = `Use a whole number from 1 to ${PLACE_QUERY_DEFAULTS.maxLimit}.`;
    throw new OptionError('LIMIT_INVALID', `limit ${quoteValue(limit)} is out of range`, hint);
  }
  const usable = text.length <= PLACE_QUERY_DEFAULTS.maxLength;
  const key = usable ? fold(text) : '';
  const reader = readerOf(options.language ?? languageOfInput(text));
  const home = options.home === undefined ? reader.home : countryCodes('home', options.home);
  const query: PlaceQuery = {
    text,
    key,
    reader: { language: reader.language, home },
    limit,
    filter: filterOf(options),
    passes: key === '' ? [] : interpret(text, key, reader.language),
    explain: options.explain ?? false,
  };
  if (options.near) query.near = { lat: options.near.lat, lon: options.near.lon };
  if (options.radiusKm !== undefined) query.radiusKm = options.radiusKm;
  if (options.sessionToken !== undefined) query.sessionToken = options.sessionToken;
  return query;
}

/** Kilometres around `near` in which places are looked for on top of the most important ones. */
const NEAR_KM = 60;

/**
 * The key searches of one pass: each interpretation everywhere, then again among the places at home
 * and near, so that these are not crowded out of a short prefix by more important ones elsewhere.
 */
export function passSearches(query: PlaceQuery, pass: readonly Interpretation[]): KeySearch[] {
  const scopes: Pick<KeySearch, 'countries' | 'box'>[] = [{}];
  if (query.reader.home.length > 0 && !query.filter.countries) {
    scopes.push({ countries: query.reader.home });
  }
  if (query.near && query.radiusKm === undefined) {
    scopes.push({ box: boxAround(query.near, NEAR_KM) });
  }
  const limit = Math.max(PLACE_QUERY_DEFAULTS.window, query.limit);
  const searches: KeySearch[] = [];
  for (const { field, value, match, within, state, tail, partial } of pass) {
    // What engines can't judge is picked from more documents.
    const wide = state === 'edit' || partial || tail !== undefined;
    for (const scope of scopes) {
      const search: KeySearch = {
        field,
        value,
        match,
        ...scope,
        limit: wide ? Math.max(limit, PLACE_QUERY_DEFAULTS.wideWindow) : limit,
      };
      if (within !== undefined && !partial) search.within = within;
      if (match === 'prefix') searches.push({ ...search, match: 'whole' });
      searches.push(search);
    }
  }
  return searches;
}

function filterOf(options: PlaceQueryOptions): PlaceFilter {
  const filter: PlaceFilter = {};
  if (options.countries) filter.countries = countryCodes('countries', options.countries);
  if (options.kinds) filter.kinds = options.kinds;
  const { near, radiusKm } = options;
  if (near && !(Math.abs(near.lat) <= 90 && Math.abs(near.lon) <= 180)) {
    const hint = 'Give { lat, lon } in degrees: lat -90..90, lon -180..180.';
    throw new OptionError('NEAR_INVALID', `near ${quoteValue(near)} is not a position`, hint);
  }
  if (radiusKm !== undefined) {
    if (!near || !(radiusKm > 0 && radiusKm <= 20000)) {
      const hint = 'Give near together with a radiusKm over 0, up to 20000.';
      throw new OptionError(
        'RADIUS_INVALID',
        `radiusKm ${quoteValue(radiusKm)} can't be used`,
        hint,
      );
    }
    filter.box = boxAround(near, radiusKm);
  }
  return filter;
}

function countryCodes(option: string, codes: readonly string[]): string[] {
  return codes.map((code) => {
    if (/^[a-z]{2}$/i.test(code)) return code.toUpperCase();
    const hint = 'Use ISO 3166-1 alpha-2 codes such as TW and JP.';
    throw new OptionError('COUNTRIES_INVALID', `${option} holds ${quoteValue(code)}`, hint);
  });
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
