import { countriesAround } from '../../autocomplete/geography/country-boxes.ts';
import { localLanguages } from '../../autocomplete/record/scripts.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import {
  type ColumnMapping,
  type Columns,
  columnMapping,
  headersIn,
  proposeColumns,
} from './columns.ts';
import { degreesOf, isPairHeader, type Sample } from './coordinate-pairs.ts';
import type { FormatOptions } from './format.ts';

/** A position in degrees. */
interface Point {
  lat: number;
  lon: number;
}

/**
 * The mapping of a file's columns: as it was given, or as the headers and the first rows tell.
 *
 * @param sample - The first rows, and where they are, unless it is a column that tells.
 * @throws {OptionError} `COLUMNS_UNCONFIRMED` with the mapping that is suggested, where the headers
 *   are not the names of fields, or where the order of two coordinates in a column is not known; `COLUMNS_NEEDED`
 *   where they suggest no name. See `columnMapping`.
 */
export function mappingFor(
  path: string,
  headers: readonly string[],
  { columns, acceptColumns, onNote }: FormatOptions,
  sample: Sample & { points?: readonly Point[] } = { rows: [] },
): ColumnMapping {
  if (columns !== undefined) return columnMapping(columns, headers);
  const proposal = proposeColumns(headers, sample);
  if (proposal === null) {
    const what = `No column of ${path} is known to be a name: ${quoteValue(headers)}`;
    const hint =
      'The first line has to be the names of the columns. If it is, say which is what: ' +
      "--columns 'name=HEADER,lat=HEADER,lon=HEADER'.";
    throw new OptionError('COLUMNS_NEEDED', what, hint);
  }
  const { unused, undecided } = proposal;
  const rest = unused.length === 0 ? '' : `; ${unused.join(', ')} would not be used`;
  const mapping = columnMapping(proposal.columns, headers);
  const country = mapping.fields.has('country') ? '' : withoutCountry(mapping, sample);
  if (undecided || (!proposal.certain && !acceptColumns)) {
    const what = `The columns of ${path} look like --columns '${proposal.columns}'${rest}`;
    const order = undecided
      ? `Which of the two coordinates in ${undecided.header} is the latitude can't be told of ${quoteValue(undecided.example)}: if it is the first, give that; else swap lat and lon in it.`
      : 'If that is right, give that, or --yes; else change it.';
    throw new OptionError('COLUMNS_UNCONFIRMED', what, `${order}${country}`);
  }
  if (!proposal.certain)
    onNote?.(`${path}: --columns '${proposal.columns}'${rest}${country && `.${country}`}`);
  return mapping;
}

/** What to do where no header is the country, with those that the points and names of the first rows are of. */
function withoutCountry(
  mapping: ColumnMapping,
  { rows, points }: Sample & { points?: readonly Point[] },
): string {
  const records = rows.map((valueOf) => mapping.recordOf(valueOf));
  const names = records.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const codes = likelyCountries(points ?? records.flatMap(pointOf), names);
  const which =
    codes.length === 0
      ? 'as country==CODE with its code of ISO 3166-1 (TW, JP, HK, CN)'
      : `as ${codes.map((code) => `country==${code}`).join(' or ')}, by the first rows`;
  return ` No header is the country: if it is one for all, add it, ${which}; --boundaries tell it by the point.`;
}

function pointOf(record: Record<string, unknown>): Point[] {
  const [lat, lon] = [degreesOf('lat', record['lat']), degreesOf('lon', record['lon'])];
  return lat === null || lon === null ? [] : [{ lat, lon }];
}

/** Countries that are told, at most. */
const TOLD = 3;

/** Countries around the points, less those in whose language fewer of the names can be; the smallest first. */
function likelyCountries(points: readonly Point[], names: readonly string[]): string[] {
  const around = countriesAround(points).map((code) => {
    const language = [...localLanguages('山', code), ...localLanguages('산', code)][0];
    const own = names.filter((name) => localLanguages(name, code)[0] === language);
    return { code, count: language === undefined ? 0 : own.length };
  });
  const most = Math.max(0, ...around.map(({ count }) => count));
  return around.flatMap(({ code, count }) => (count === most ? [code] : [])).slice(0, TOLD);
}

/** Whether cells are the header that the columns are of; without these, two or more words for fields. */
export function isLikelyHeader(cells: readonly string[], columns: Columns | undefined): boolean {
  if (columns !== undefined) {
    const named = headersIn(columns);
    return named.length > 0 && named.every((header) => cells.includes(header));
  }
  const proposal = proposeColumns(cells);
  if (proposal === null) return false;
  const unknown = proposal.unused.filter((header) => !isPairHeader(header));
  return cells.length - unknown.length >= 2;
}
