import { saysNothing } from './no-value.ts';

/** What a direction gives. */
interface Direction {
  axis: 'lat' | 'lon';
  sign: 1 | -1;
}

/** First characters of directions, with what they give. */
const MEANINGS: readonly (readonly [firsts: string, Direction])[] = [
  ['N北북', { axis: 'lat', sign: 1 }],
  ['S南남', { axis: 'lat', sign: -1 }],
  ['E東东동', { axis: 'lon', sign: 1 }],
  ['W西서', { axis: 'lon', sign: -1 }],
];
const DIRECTIONS: ReadonlyMap<string, Direction> = new Map(
  MEANINGS.flatMap(([firsts, meant]) => [...firsts].map((first) => [first, meant] as const)),
);

/** 25°06'35"N, 北緯25度6分35秒, 25.1098°, 25,1098: what is not a plain number. */
const ANGLE =
  /^([NSEW]|[北南][緯纬]|[東东西][經经経]|[북남]위|[동서]경)?\s*([+-]?)(\d{1,3}(?:[.,]\d+)?)\s*(?:[°º˚度도]\s*(?:(\d{1,3}(?:[.,]\d+)?)\s*['’′分분]\s*(?:(\d{1,3}(?:[.,]\d+)?)\s*(?:(?:["”″秒초]|''|’’|′′)\s*)?)?)?)?([NSEW]|[北南][緯纬]|[東东西][經经経]|[북남]위|[동서]경)?$/iu;

/** Words for no coordinate that may be names, such as Nan of Thailand. */
const NO_COORDINATE = new Set(['na', 'none', 'nil', 'null', 'nan', 'unknown', 'tbd']);

/** Whether a text says that there is no coordinate: 無, N/A, -. */
export function isNoCoordinate(value: unknown): boolean {
  if (saysNothing(value)) return true;
  return typeof value === 'string' && NO_COORDINATE.has(halfWidth(value).trim().toLowerCase());
}

/**
 * Reads a latitude or longitude as people write it: in degrees, minutes and seconds, with a
 * direction, or with a decimal comma.
 *
 * @returns Degrees, rounded to 7 decimal places (1 cm); null for anything else, such as a direction of
 *   the other axis.
 */
export function readDegrees(text: string, axis: 'lat' | 'lon'): number | null {
  const found = ANGLE.exec(halfWidth(text).trim());
  if (!found) return null;
  const [, before, sign, degrees, minutes, seconds, after] = found;
  const direction = before ?? after;
  if (before !== undefined && after !== undefined) return null;
  const parts = [degrees, minutes, seconds].map((part) => Number((part ?? '0').replace(',', '.')));
  const [whole, sixtieths, rest] = parts as [number, number, number];
  const isSplit = minutes !== undefined;
  if (sixtieths >= 60 || rest >= 60 || (isSplit && !Number.isInteger(whole))) return null;
  if (seconds !== undefined && !Number.isInteger(sixtieths)) return null;
  const size = whole + sixtieths / 60 + rest / 3600;
  const meant = DIRECTIONS.get(direction?.charAt(0).toUpperCase() ?? '');
  if (meant && (meant.axis !== axis || sign !== '')) return null;
  const signed = (meant?.sign ?? (sign === '-' ? -1 : 1)) * size;
  return Number(signed.toFixed(7));
}

function halfWidth(text: string): string {
  return text
    .replace(/[！-～]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('−', '-');
}
