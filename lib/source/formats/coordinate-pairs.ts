import { isOutsideCountry } from '../../autocomplete/geography/country-boxes.ts';
import { countryCodeOf } from '../../autocomplete/geography/country-codes.ts';
import { isNoCoordinate, readDegrees } from '../../autocomplete/record/degrees.ts';

/** `lat` and `lon` as they stand in a column that has both. */
export type PairOrder = readonly ['lat', 'lon'] | readonly ['lon', 'lat'];

/** A column that has both coordinates. */
export interface PairColumn {
  header: string;
  /** Null where nothing tells it. */
  order: PairOrder | null;
  /** One of its cells. */
  example: string;
}

/** What the first rows of a table say; see `pairColumn`. */
export interface Sample {
  /** The value of a column in each row, '' or undefined for none. */
  rows: readonly ((header: string) => unknown)[];
}

const ORDERS: readonly [PairOrder, PairOrder] = [
  ['lat', 'lon'],
  ['lon', 'lat'],
];
/** What may be between two coordinates; a direction may be there, too. */
const SEPARATOR = /[\s,，;；、/|]+/gu;
const DIRECTION = /[NSEW]|[北南][緯纬]|[東东西][經经経]|[북남]위|[동서]경/giu;
const WKT = /^(?:SRID=\d+;)?POINT ?Z? ?\(([^()]*)\)$/iu;
/** Longest cell that is looked at, in characters. */
const MOST = 100;

/**
 * The two coordinates of a cell, in their order: `25.031, 121.51`, `(25.031 121.51)`, `POINT(121.51 25.031)`,
 * 25°06'35"N 121°50'42"E, or an array of two; null for anything else, and where it could be cut in several places.
 */
export function pairIn(value: unknown): readonly [unknown, unknown] | null {
  if (Array.isArray(value)) return value.length === 2 ? [value[0], value[1]] : null;
  if (typeof value !== 'string' || value.length > MOST) return null;
  const text = value.trim().replaceAll(/\s/gu, ' ');
  const wkt = WKT.exec(text)?.[1]!.trim().split(' ');
  if (wkt) return wkt.length >= 2 ? [wkt[0]!, wkt[1]!] : null;
  const bare = text.replace(/^[([（]|[)\]）]$/gu, '').replace(DIRECTION, ' $& ');
  let found: readonly [string, string] | null = null;
  for (const { 0: cut, index } of bare.matchAll(SEPARATOR)) {
    const parts = [bare.slice(0, index).trim(), bare.slice(index + cut.length).trim()] as const;
    if (!parts.every(isCoordinate) || found?.[0] === parts[0]) continue;
    if (found) return null;
    found = parts;
  }
  return found;
}

/** One of two coordinates in a cell. A cell with other than two is all of it the first, and refused. */
export function coordinateIn(value: unknown, at: number): unknown {
  const pair = pairIn(value);
  return pair ? pair[at] : at === 0 ? value : undefined;
}

const LAT = /lat|緯|纬|위/iu;
const LON = /lon|lng|經|经|経|경/iu;
const BOTH = /座標|坐标|坐標|coord|location|position|geo|gps|point|wkt|位置|좌표/iu;

/** Whether a header may be that of a column with both coordinates: 座標, 經緯度, lat,lon, location. */
export function isPairHeader(header: string): boolean {
  const words = header.normalize('NFKC');
  return BOTH.test(words) || (LAT.test(words) && LON.test(words));
}

/** As coordinates are written and other numbers are not: three decimals, degrees, a direction, a point. */
const IS_EXACT = /\d[.,]\d{3}|[°º˚度도(]|[NSEW]/iu;

/**
 * The column in which nearly all cells are two coordinates, and their order: by what only one order makes possible
 * on Earth or in the country of the row, else by the header, else longitude first for `POINT(...)`, which has it so.
 *
 * @param headers - Of the columns that may be meant.
 * @param country - Header of the country; null if there is none.
 */
export function pairColumn(
  headers: readonly string[],
  { rows }: Sample,
  country: string | null,
): PairColumn | null {
  const known = headers.filter(isPairHeader);
  for (const header of [...known, ...headers.filter((each) => !known.includes(each))]) {
    const given = rows
      .map((valueOf) => ({ cell: valueOf(header), of: country === null ? '' : valueOf(country) }))
      .filter(({ cell }) => cell !== undefined && cell !== '' && !isNoCoordinate(cell));
    const pairs = given.flatMap(({ cell, of }) => {
      const pair = pairIn(cell);
      const fits = pair && ORDERS.map((order) => fitsIn(order, pair, of));
      const isMeant = known.includes(header) || IS_EXACT.test(String(cell));
      return fits?.includes(true) && isMeant ? [{ cell: String(cell), fits }] : [];
    });
    if (pairs.length === 0 || !isMost(pairs.length, given.length)) continue;
    return { header, order: orderOf(header, pairs), example: pairs[0]!.cell };
  }
  return null;
}

/** Of rows that agree; the others are told of when they are read. */
function isMost(count: number, all: number): boolean {
  return count * 10 >= all * 9;
}

function orderOf(
  header: string,
  pairs: readonly { cell: string; fits: readonly boolean[] }[],
): PairOrder | null {
  const votes = ORDERS.map((_, at) => pairs.filter(({ fits }) => fits[at] && !fits[1 - at]).length);
  const sum = votes[0]! + votes[1]!;
  if (sum > 0) return ORDERS.find((_, at) => isMost(votes[at]!, sum)) ?? null;
  // 經緯度 is the common word for both, in any order.
  const words = header.normalize('NFKC').replace(/[經经経][緯纬]|경위/gu, '');
  const [lat, lon] = [words.search(LAT), words.search(LON)];
  if (lat >= 0 && lon >= 0) return ORDERS[lat < lon ? 0 : 1];
  return pairs.every(({ cell }) => /POINT/iu.test(cell)) ? ORDERS[1] : null;
}

function fitsIn(order: PairOrder, pair: readonly [unknown, unknown], country: unknown): boolean {
  const lat = degreesOf('lat', pair[order.indexOf('lat')]);
  const lon = degreesOf('lon', pair[order.indexOf('lon')]);
  if (lat === null || lon === null) return false;
  const code = typeof country === 'string' ? countryCodeOf(country) : null;
  return code === null || !isOutsideCountry(code, { lat, lon });
}

/** A coordinate as a record may have it, in degrees; null for what is none on Earth. */
export function degreesOf(axis: 'lat' | 'lon', value: unknown): number | null {
  const degrees =
    typeof value === 'number' ? value : typeof value === 'string' ? readDegrees(value, axis) : null;
  return degrees !== null && Math.abs(degrees) <= (axis === 'lat' ? 90 : 180) ? degrees : null;
}

/** Whether a text is a coordinate, of whatever axis, or a number that is none in degrees. */
function isCoordinate(text: string): boolean {
  return (
    /^[+-]?\d+(?:\.\d+)?$/.test(text) ||
    readDegrees(text, 'lat') !== null ||
    readDegrees(text, 'lon') !== null
  );
}
