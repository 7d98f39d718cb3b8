import { Readable } from 'node:stream';
import type { CsvError, Info } from 'csv-parse';
import { RecordError, quoteValue } from '../errors.ts';
import { positionIn } from './json-value.ts';

/** A row of a table with the line that it begins on, from 1; or what is wrong in its place. */
export type CsvRow =
  | { line: number; cells: string[]; error?: never }
  | { line: number; error: RecordError; cells?: never };

/** Longest row, in characters: a quote that is never closed must not read the rest of the file. */
export const MAX_ROW: number = 1 << 20;

/** What csv-parse returns with `info` and `raw`. */
interface ParsedRow {
  record: string[];
  info: Info;
}

/**
 * Reads the rows of a table, quoted as RFC 4180 has it. Blank lines are left out; rows may differ in
 * length.
 *
 * @param path - Names the file in errors.
 * @returns A row with a quote inside an unquoted cell has the error `QUOTE_INVALID`.
 * @throws {RecordError} `ROW_TOO_LONG`, `QUOTE_NOT_CLOSED` or `QUOTE_INVALID`, with line and column of the quote:
 *   where the next row begins is unknown, so stop.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export async function* readCsvRows(
  path: string,
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRow> {
  const { parse } = await import('csv-parse');
  const skipped: CsvRow[] = [];
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW,
    on_skip(error, raw) {
      const row = faultOf(error!, raw ?? '', path);
      if (row.error.code !== 'QUOTE_INVALID' || isStructural(error!)) throw row.error;
      // A row with several such quotes comes again at each.
      if (skipped.at(-1)?.line !== row.line) skipped.push(row);
      return undefined;
    },
  });
  const source = Readable.from(withLineFeeds(text));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>) {
      const line = info.lines - record.reduce((sum, cell) => sum + lineFeeds(cell), 0);
      while (skipped.length > 0 && skipped[0]!.line < line) yield skipped.shift()!;
      yield { line, cells: record };
    }
  } finally {
    source.destroy();
  }
  yield* skipped;
}

function isStructural({ code }: CsvError): boolean {
  return code !== 'INVALID_OPENING_QUOTE';
}

function faultOf(error: CsvError, raw: string, path: string): { line: number; error: RecordError } {
  const { code, lines } = error as CsvError & { lines: number };
  // Blank lines before a row are in its raw text.
  const text = raw.replace(/^\n+/, '');
  const first = lines - lineFeeds(text.replace(/\n$/, ''));
  const at = (offset: number): { line: number; column: number } =>
    positionIn(text, offset, { line: first, column: 1 });
  const open = openQuoteIn(text);
  if (code === 'CSV_MAX_RECORD_SIZE' && open < 0) {
    return { line: first, error: rowTooLong(path, first) };
  }
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    const { line, column } = at(Math.max(0, open));
    const what = `The quote on line ${line}, column ${column} of ${path} is never closed`;
    const hint = 'Close it, or write a quote inside a quoted cell twice ("").';
    return {
      line: first,
      error: new RecordError('QUOTE_NOT_CLOSED', what, hint, { field: null, value: path }),
    };
  }
  const { line, column } = at(Math.max(0, text.length - 1));
  const shown = quoteValue(text.slice(-60));
  const hint =
    code === 'INVALID_OPENING_QUOTE'
      ? 'Put the whole cell into quotes, and write the quote in it twice ("").'
      : 'A quote before it may be missing or too many; one inside a quoted cell is written twice ("").';
  const where = `Line ${line}, column ${column} of ${path} has a quote that can't stand there`;
  const what = first === line ? where : `${where}; its row begins on line ${first}`;
  return {
    line: first,
    error: new RecordError('QUOTE_INVALID', `${what}: ${shown}`, hint, {
      field: null,
      value: text.slice(-200),
    }),
  };
}

/** The error for a row that does not end. */
export function rowTooLong(path: string, line: number): RecordError {
  const what = `Line ${line} of ${path} is longer than ${MAX_ROW} characters`;
  const hint = 'Give each place a row; a missing line feed joins them.';
  return new RecordError('ROW_TOO_LONG', what, hint, { field: null, value: path });
}

/** Offset of the quote that is open at the end of a row; -1 if none is. */
function openQuoteIn(text: string): number {
  let open = -1;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    open = open < 0 ? at : -1;
  }
  return open;
}

/** Carriage returns become line feeds: tables have either, or both. */
export async function* withLineFeeds(text: AsyncIterable<string>): AsyncGenerator<string> {
  let afterReturn = false;
  for await (const chunk of text) {
    const rest = afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    if (chunk !== '') afterReturn = chunk.endsWith('\r');
    if (rest !== '') yield rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }
}

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
