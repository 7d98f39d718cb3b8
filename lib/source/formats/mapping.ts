import { OptionError, quoteValue } from '../../errors.ts';
import {
  type ColumnMapping,
  type Columns,
  columnMapping,
  headersIn,
  proposeColumns,
} from './columns.ts';
import type { FormatOptions } from './format.ts';

/**
 * The mapping of a file's columns: as it was given, or as the headers tell.
 *
 * @throws {OptionError} `COLUMNS_UNCONFIRMED` with the mapping that the headers suggest, where they
 *   are not the names of fields; `COLUMNS_NEEDED` where they suggest no name. See `columnMapping`.
 */
export function mappingFor(
  path: string,
  headers: readonly string[],
  { columns, acceptColumns, onNote }: FormatOptions,
): ColumnMapping {
  if (columns !== undefined) return columnMapping(columns, headers);
  const proposal = proposeColumns(headers);
  if (proposal === null) {
    const what = `No column of ${path} is known to be a name: ${quoteValue(headers)}`;
    const hint =
      'The first line has to be the names of the columns. If it is, say which is what: ' +
      "--columns 'name=HEADER,lat=HEADER,lon=HEADER'.";
    throw new OptionError('COLUMNS_NEEDED', what, hint);
  }
  const { unused } = proposal;
  const rest = unused.length === 0 ? '' : `; ${unused.join(', ')} would not be used`;
  if (!proposal.certain && !acceptColumns) {
    const what = `The columns of ${path} look like --columns '${proposal.columns}'${rest}`;
    const nowhere = /(?:^|,)country=/.test(proposal.columns)
      ? ''
      : ' No header is the country: if it is one for all, add it, as in country==TW; --boundaries tell it by the point.';
    const hint = `If that is right, give that, or --yes; else change it.${nowhere}`;
    throw new OptionError('COLUMNS_UNCONFIRMED', what, hint);
  }
  if (!proposal.certain) onNote?.(`${path}: --columns '${proposal.columns}'${rest}`);
  return columnMapping(proposal.columns, headers);
}

/** Whether cells are the header that the columns are of; without these, two or more words for fields. */
export function isLikelyHeader(cells: readonly string[], columns: Columns | undefined): boolean {
  if (columns !== undefined) {
    const named = headersIn(columns);
    return named.length > 0 && named.every((header) => cells.includes(header));
  }
  const proposal = proposeColumns(cells);
  return proposal !== null && cells.length - proposal.unused.length >= 2;
}
