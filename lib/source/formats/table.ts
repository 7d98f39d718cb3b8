import { OptionError, RecordError, quoteValue } from '../../errors.ts';
import { readBytes } from '../bytes.ts';
import { hasEscapes, isDump, readCopyRows } from '../copy-rows.ts';
import { type CsvRow, readCsvRows } from '../csv.ts';
import type { JsonLine } from '../json-value.ts';
import { decoded, decoderOf, encodingOf, likelyEncodings, markedEncoding } from '../text.ts';
import type { ColumnMapping } from './columns.ts';
import type { FormatOptions, OpenFormat, SourceFile } from './format.ts';
import { refuseOthers } from './json.ts';
import { isLikelyHeader, mappingFor } from './mapping.ts';

/** What columns are separated by. */
export const DELIMITERS: readonly string[] = Object.freeze([',', '\t', ';', '|']);

/** A byte-order mark. */
const MARK = /^\uFEFF/;
/** What stands in place of bytes that are no text. */
const REPLACEMENT = '\uFFFD';
/** The same, and what decoders make of characters that they don't know: private use; or NUL. */
const UNDECODED = /[\uFFFD\uE000-\uF8FF\0]/;

/** Opens tables with a header, their columns mapped to the fields of records. */
export const openTables: OpenFormat = async (files, options) => {
  refuseOthers(options, ['delimiter', 'encoding']);
  const opened = new Map<string, ReturnType<typeof reader>>();
  for (const file of files) opened.set(file.path, reader(await openTable(file, options)));
  return opened;
};

/** Opens tables as COPY of PostgreSQL writes them as text. */
export const openCopied: OpenFormat = async (files, options) => {
  refuseOthers(options, ['encoding']);
  const opened = new Map<string, ReturnType<typeof reader>>();
  for (const file of files) opened.set(file.path, reader(await openCopy(file, options)));
  return opened;
};

/** Opens tables whose columns are separated by tabs. */
export const openTabTables: OpenFormat = (files, options) =>
  openTables(files, { delimiter: '\t', ...options });

/** Reads the rows of a text. */
type RowsOf = (text: AsyncIterable<string>) => AsyncIterable<CsvRow>;

interface Table {
  path: string;
  encoding: string;
  rowsOf: RowsOf;
  headers: readonly string[];
  mapping: ColumnMapping;
  /** Rows before the first place: the header, and what Excel writes above it. */
  before: number;
}

async function openTable(file: SourceFile, options: FormatOptions): Promise<Table> {
  const { path, head } = file;
  const encoding = encodingFor(file, options.encoding);
  const begin = decoderOf(encoding).decode(head, { stream: true });
  checkEncoding(file, encoding, begin);
  const stated = statedDelimiter(begin);
  const delimiter =
    stated === null ? delimiterFor(path, begin, options.delimiter) : (options.delimiter ?? stated);
  if (delimiter === '\t' && hasEscapes(begin)) {
    options.onNote?.(
      `${path}: \\n, \\t and the like are taken as they stand; --format copy reads what COPY of PostgreSQL writes`,
    );
  }
  const rowsOf: RowsOf = (text) => readCsvRows(path, text, delimiter);
  return openRows({ path, encoding, rowsOf, before: stated === null ? 1 : 2 }, options);
}

function openCopy(file: SourceFile, options: FormatOptions): Promise<Table> {
  const { path, head } = file;
  const encoding = encodingFor(file, options.encoding);
  const begin = decoderOf(encoding).decode(head, { stream: true });
  checkEncoding(file, encoding, begin);
  const dumped = isDump(begin);
  const rowsOf: RowsOf = (text) => readCopyRows(path, text, { dumped });
  return openRows({ path, encoding, rowsOf, before: 1 }, options);
}

/** Reads the header and finds what its columns are. */
async function openRows(
  table: Omit<Table, 'headers' | 'mapping'>,
  options: FormatOptions,
): Promise<Table> {
  const { path, encoding, rowsOf, before } = table;
  let passed = 0;
  for await (const row of rowsOf(textOf(path, encoding))) {
    if (row.error) throw row.error;
    passed += 1;
    if (passed < before) continue;
    const headers = row.cells.map((cell) => cell.trim());
    while (headers.at(-1) === '') headers.pop();
    const twice = headers.find((header, i) => header !== '' && headers.indexOf(header) !== i);
    if (twice !== undefined) {
      const what = `${path} has two columns ${quoteValue(twice)}`;
      throw new OptionError('HEADER_INVALID', what, 'Rename one of them.');
    }
    const found = { ...table, headers };
    try {
      const rows = options.columns === undefined ? await firstRows(table, headers) : [];
      return { ...found, mapping: mappingFor(path, headers, options, { rows }) };
    } catch (error) {
      throw (await headerBelow(table, options)) ?? error;
    }
  }
  const hint = 'Give a header with the names of the columns, and a row for each place.';
  throw new OptionError('HEADER_INVALID', `${path} has no header`, hint);
}

/** Rows looked at to learn what the columns are. */
const LOOKED_AT = 1000;

/** The first rows that can be read, by header; what is wrong with others is told when they are read. */
async function firstRows(
  { path, encoding, rowsOf, before }: Omit<Table, 'headers' | 'mapping'>,
  headers: readonly string[],
): Promise<((header: string) => unknown)[]> {
  const rows: ((header: string) => unknown)[] = [];
  let passed = 0;
  try {
    for await (const { cells } of rowsOf(textOf(path, encoding))) {
      passed += 1;
      if (passed > before && cells?.length === headers.length) {
        rows.push((header) => valueOf(cells[headers.indexOf(header)]!.trim()));
      }
      if (passed === before + LOOKED_AT) break;
    }
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
  }
  return rows;
}

/** Rows below the first that may be the header, under a title. */
const TITLE_ROWS = 5;

/** Tells of a header that stands below a title, where the first line is none; null if none of the next lines is one. */
async function headerBelow(
  { path, encoding, rowsOf, before }: Omit<Table, 'headers' | 'mapping'>,
  { columns }: FormatOptions,
): Promise<OptionError | null> {
  let passed = 0;
  for await (const row of rowsOf(textOf(path, encoding))) {
    if (row.error || passed === before + TITLE_ROWS) return null;
    passed += 1;
    const cells = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
    if (passed > before && isLikelyHeader(cells, columns)) {
      const what = `The first line of ${path} is not the names of the columns; line ${row.line} looks like it: ${quoteValue(cells)}`;
      return new OptionError('HEADER_INVALID', what, 'Remove the lines above it.');
    }
  }
  return null;
}

function textOf(
  path: string,
  encoding: string,
  onRead?: (bytes: number) => void,
): AsyncIterable<string> {
  return decoded(readBytes(path, { onRead }), encoding);
}

function reader(table: Table): (onRead?: (bytes: number) => void) => AsyncIterable<JsonLine> {
  return (onRead) => readTable(table, onRead);
}

async function* readTable(
  { path, encoding, rowsOf, headers, mapping, before }: Table,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  const at = new Map(headers.map((header, i) => [header, i]));
  let passed = 0;
  for await (const row of rowsOf(textOf(path, encoding, onRead))) {
    const { line } = row;
    if (passed < before) passed += 1;
    else if (row.error) yield { line, error: row.error };
    else {
      const { cells } = row;
      while (cells.length > headers.length && cells.at(-1)!.trim() === '') cells.pop();
      const error = faultOf(cells, { line, headers, encoding });
      if (error) yield { line, error };
      else if (cells.some((cell) => cell.trim() !== '')) {
        yield { line, value: mapping.recordOf((header) => valueOf(cells[at.get(header)!]!)) };
      }
    }
  }
}

/** What databases write for NULL; MySQL and PostgreSQL `\\N`. */
const NULLS: ReadonlySet<string> = new Set(['\\N', 'NULL', 'null']);
/** What spreadsheets show for a formula that failed. */
const FORMULA_FAILED = /^#(?:N\/A|NAME\?|DIV\/0!|(?:REF|VALUE|NULL|NUM|SPILL|CALC)!)$/;

function valueOf(cell: string): string {
  return NULLS.has(cell) ? '' : cell;
}

function faultOf(
  cells: readonly string[],
  { line, headers, encoding }: { line: number; headers: readonly string[]; encoding: string },
): RecordError | null {
  const undecoded = cells.findIndex((cell) => UNDECODED.test(cell));
  if (undecoded >= 0) {
    const value = cells[undecoded]!;
    const where = `Line ${line}, column ${undecoded + 1} (${headers[undecoded] ?? 'without a header'})`;
    const what = `${where} is not valid ${encoding}: ${quoteValue(value.slice(0, 60))}`;
    const hint = 'The file may mix encodings, or be no text there; save it anew, in UTF-8.';
    return new RecordError('INVALID_TEXT', what, hint, {
      field: headers[undecoded] ?? null,
      value,
    });
  }
  const failed = cells.findIndex((cell) => FORMULA_FAILED.test(cell));
  if (failed >= 0) {
    const where = `Line ${line}, column ${failed + 1} (${headers[failed] ?? 'without a header'})`;
    const what = `${where} is ${cells[failed]!}, a formula that failed`;
    const hint = 'Correct it in the spreadsheet, and save the file again.';
    const field = headers[failed] ?? null;
    return new RecordError('FORMULA_FAILED', what, hint, { field, value: cells[failed] });
  }
  if (cells.length > 1 && headers.every((header, i) => cells[i]?.replace(MARK, '') === header)) {
    const what = `Line ${line} is the header again`;
    const hint =
      'Files that were joined have it; remove it, and see that their columns are the same.';
    return new RecordError('HEADER_REPEATED', what, hint, { field: null, value: cells });
  }
  if (cells.length === headers.length) return null;
  const column = Math.min(cells.length, headers.length) + 1;
  const first =
    cells.length < headers.length
      ? `column ${column} (${headers[column - 1]}) is missing`
      : `column ${column} has no header`;
  const what = `Line ${line} has ${cells.length} columns, the header ${headers.length}; ${first}`;
  const hint = 'A delimiter or quote is missing, or too many.';
  return new RecordError('COLUMNS_DIFFER', what, hint, { field: null, value: cells });
}

function encodingFor({ head }: SourceFile, stated: string | undefined): string {
  return markedEncoding(head) ?? (stated === undefined ? 'utf-8' : encodingOf(stated));
}

/** Refuses an encoding in which most lines that are not ASCII can't be read. */
function checkEncoding({ path, head }: SourceFile, encoding: string, text: string): void {
  const lines = text.split(/\r\n?|\n/).filter((line) => /[^\0-\x7f]|\0/.test(line));
  const bad = lines.filter((line) => line.includes(REPLACEMENT) || line.includes('\0'));
  if (bad.length * 2 <= lines.length || bad.length === 0) return;
  const shown = likelyEncodings(head)
    .filter((each) => each.encoding !== encoding)
    .map((each) => `--encoding ${each.encoding} reads ${quoteValue(firstForeign(each.text))}`);
  const where = `${path} is not ${encoding}, from line ${lineOf(text, bad[0]!)} on`;
  const hint =
    shown.length === 0
      ? 'Convert it to UTF-8 (`iconv -t utf-8`).'
      : `Give the one that is right: ${shown.join('; ')}.`;
  throw new OptionError('ENCODING_UNKNOWN', where, hint);
}

function lineOf(text: string, line: string): number {
  return text.slice(0, text.indexOf(line)).split(/\r\n?|\n/).length;
}

/** The beginning of the first line that shows an encoding. */
function firstForeign(text: string): string {
  const line = text.split(/\r\n?|\n/).find((each) => /[^\0-\x7f]/.test(each)) ?? text;
  return Array.from(line).slice(0, 20).join('');
}

/** @throws {OptionError} `DELIMITER_INVALID` where the header is one column with it, and several with another. */
function delimiterFor(path: string, text: string, stated: string | undefined): string {
  const header = headerOf(text);
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: countOf(header, delimiter) }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  if (stated === undefined) return best.delimiter;
  if (best.count > 0 && countOf(header, stated) === 0) {
    const what = `The header of ${path} is one column with ${quoteValue(stated)}`;
    const hint = `${quoteValue(best.delimiter)} separates ${best.count + 1} columns: ${quoteValue(header.slice(0, 60))}.`;
    throw new OptionError('DELIMITER_INVALID', what, hint);
  }
  return stated;
}

/** What Excel writes above a header: `sep=;`. Null without it. */
function statedDelimiter(text: string): string | null {
  return /^\uFEFF?\s*sep=(.)\r?\n/i.exec(text)?.[1] ?? null;
}

/** The first line that is not blank, without what is quoted. */
export function headerOf(text: string): string {
  const line = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .find((each) => each.trim() !== '');
  return (line ?? '').replace(/"[^"]*"/g, '""');
}

/** How often a delimiter stands in a line. */
export function countOf(line: string, delimiter: string): number {
  return line.split(delimiter).length - 1;
}
