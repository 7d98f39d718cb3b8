import { OptionError, RebuildError, quoteValue } from '../errors.ts';
import { checkOptions, type Spec } from '../options.ts';
import { type AreaBook, areaBook, type AreaNote, namesParents } from './areas.ts';
import { readHead } from './bytes.ts';
import type { Columns } from './formats/columns.ts';
import { formatOf } from './formats/detect.ts';
import { FORMATS, type FormatName, type ReadRecords } from './formats/format.ts';
import { OPENERS } from './formats/formats.ts';
import type { JsonLine } from './json-value.ts';
import { readableFile } from './named-files.ts';
import { beginningOf, ENCODINGS } from './text.ts';

/** Files of records, and how to read them if their content does not show it. */
export interface PlaceFiles {
  /** Path, or several. Packed files (gzip, Zstandard, ZIP) are unpacked. */
  files: string | readonly string[];
  /** Default: detected by the content of each file. */
  format?: FormatName;
  /**
   * Which column, key or property is which field; default: by the headers, if they are names of
   * fields.
   */
  columns?: Columns;
  /** Take the fields that the words of the headers suggest. Default false: they are refused. */
  acceptColumns?: boolean;
  /** Of tables without a byte-order mark: `big5`, `gb18030`, `shift_jis` and so on. Default `utf-8`. */
  encoding?: string;
  /** Between the columns of a table. Default: what the header has most of `,`, tab, `;` and `|`. */
  delimiter?: string;
  /**
   * Keys that lead to the array of records in a JSON object, joined by dots: `data.items`. Such an
   * object is refused without it, since a part of its records may be elsewhere.
   */
  records?: string;
  /** Called with assumptions that were made, such as about columns. */
  onNote?: (note: string) => void;
}

/** Options of `PlaceFiles`. */
export const FILES_SPEC: Spec<PlaceFiles> = {
  code: 'SOURCE_INVALID',
  options: {
    files: {
      type: 'custom',
      wanted: 'a path, or several',
      fits: (value) => [value].flat().every((path) => typeof path === 'string' && path !== ''),
      required: true,
      flag: '--source <file>',
      repeats: true,
      help: 'records: JSON, a table, GeoJSON and more, packed or not',
    },
    format: {
      type: 'text',
      choices: FORMATS,
      otherwise: 'by their content',
      help: 'format of the files',
    },
    columns: {
      type: 'custom',
      wanted: 'name=HEADER,lat=HEADER or an object of headers by field',
      fits: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
      flag: '--columns <list>',
      help: "which column is which field: 'name=NAME,names.ja=和名,parent=市,lat=Y,lon=X'",
    },
    acceptColumns: {
      type: 'flag',
      flag: '--yes',
      help: 'take the columns that the headers suggest',
    },
    encoding: {
      type: 'text',
      flag: '--encoding <name>',
      otherwise: 'utf-8',
      help: `encoding of a table without a byte-order mark: ${ENCODINGS.join(', ')}`,
    },
    delimiter: {
      type: 'custom',
      wanted: 'one character',
      fits: (value) => typeof value === 'string' && value.length === 1 && !'"\r\n'.includes(value),
      flag: '--delimiter <char>',
      otherwise: 'by the header',
      text: { wanted: 'one character, or \\t', read: (text) => (text === '\\t' ? '\t' : text) },
      help: 'what is between the columns of a table',
    },
    records: {
      type: 'text',
      flag: '--records <keys>',
      help: 'where the records of a JSON object are: data.items',
    },
    onNote: { type: 'function', help: 'told of what was taken for granted' },
  },
};

/**
 * Where records come from: the path of a file (see `PlaceFiles` for the formats), several such paths,
 * files with how they are read, an array of records, or a function that returns a new iteration of the
 * records on every call, since a rebuild reads its source more than once.
 */
export type PlaceRecordSource =
  | string
  | readonly string[]
  | PlaceFiles
  | readonly object[]
  | (() => Iterable<unknown> | AsyncIterable<unknown>);

/** One record of a source or what is wrong in its place, with its file. */
export type SourceLine = JsonLine & { file: string };

/** An opened source; it can be read repeatedly. */
export interface RecordSource {
  /** Bytes of the files or records of the array; null if unknown. */
  readonly size: number | null;
  /** What was noted about parents that records name, once the source was read to its end. */
  readonly notes: readonly AreaNote[];
  /**
   * Reads the source once, from the beginning. Where records name their parents (`parentName`), the
   * first such reading reads the source twice more; see `areaBook`.
   *
   * @param onRead - Called with the amount read, in the unit of `size`.
   */
  lines(onRead?: (amount: number) => void): AsyncIterable<SourceLine>;
}

/**
 * Opens a source of records.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND` or `SOURCE_UNREADABLE` for a path, `FORMAT_UNKNOWN` for its
 *   content, `SOURCE_INVALID` for anything else, such as an iterator, which can be read only once;
 *   what the format needs, such as `COLUMNS_UNCONFIRMED`.
 */
export async function openSource(source: PlaceRecordSource): Promise<RecordSource> {
  if (typeof source === 'string') return openFiles({ files: source });
  if (Array.isArray(source)) {
    if (source.length > 0 && source.every((path) => typeof path === 'string')) {
      return openFiles({ files: source });
    }
    return withParents(source.length, (onRead) => fromCode('(array)', source, onRead));
  }
  if (typeof source === 'function') {
    return withParents(null, (onRead) => fromCode('(function)', source(), onRead));
  }
  if (typeof source === 'object' && source !== null && 'files' in source) return openFiles(source);
  throw new OptionError(
    'SOURCE_INVALID',
    `The source ${quoteValue(source)} can't be read more than once`,
    'Give a path, an array, or a function that returns an iterable.',
  );
}

interface OpenedFile {
  path: string;
  size: number;
  modified: number;
}

/** Bytes examined to detect the format. */
const HEAD_BYTES = 1 << 16;

async function openFiles(given: PlaceFiles): Promise<RecordSource> {
  checkOptions(FILES_SPEC, given);
  const paths = [given.files].flat();
  const files = paths.map(fileState);
  const readers = await readersOf(paths, given);
  return withParents(
    files.reduce((sum, file) => sum + file.size, 0),
    async function* (onRead) {
      for (const file of files) {
        const read = readers.get(file.path);
        if (read) yield* fileLines(file, read, onRead);
      }
    },
  );
}

async function readersOf(
  paths: readonly string[],
  { files: _, format, ...options }: PlaceFiles,
): Promise<Map<string, ReadRecords>> {
  const byFormat = new Map<FormatName, { path: string; head: Buffer }[]>();
  for (const path of new Set(paths)) {
    const file = { path, head: await readHead(path, HEAD_BYTES) };
    if (beginningOf(file.head) === '') options.onNote?.(`${path} is empty`);
    const of = format ?? (options.records === undefined ? formatOf(file) : 'json');
    byFormat.set(of, [...(byFormat.get(of) ?? []), file]);
  }
  const readers = new Map<string, ReadRecords>();
  for (const [name, files] of byFormat) {
    for (const [path, read] of await OPENERS[name](files, options)) readers.set(path, read);
  }
  return readers;
}

async function* fileLines(
  opened: OpenedFile,
  read: ReadRecords,
  onRead?: (bytes: number) => void,
): AsyncGenerator<SourceLine> {
  const file = opened.path;
  for await (const line of read(onRead)) yield { ...line, file };
  const now = fileState(file);
  if (now.size !== opened.size || now.modified !== opened.modified) {
    throw new RebuildError(
      'SOURCE_CHANGED',
      `${file} was changed while it was read`,
      'Write a new file and rename it over the old one, then rebuild.',
      { stage: 'scan' },
    );
  }
}

/**
 * Replaces names of parents by ids; areas that the source lacks come before the first record that
 * names them.
 */
function withParents(size: number | null, read: RecordSource['lines']): RecordSource {
  let looked: Promise<AreaBook> | null = null;
  let book: AreaBook | null = null;
  return {
    size,
    get notes() {
      return [...(book?.notes.values() ?? [])];
    },
    async *lines(onRead) {
      let passed = 0;
      let told = 0;
      if (!looked) {
        let names = false;
        const tell = (amount: number): void => {
          told += amount;
          onRead?.(amount);
        };
        for await (const line of read(tell)) {
          names = namesParents(line.value);
          if (names) break;
          passed += 1;
          yield line;
        }
        if (!names) return;
        // This reading has ended before the next begins: a cursor of a database can't be read twice at once.
        looked ??= areaBook(() => read());
      }
      book = await looked;
      let isFirst = true;
      let at = 0;
      const rest = onRead && afterThe(told, onRead);
      for await (const line of read(rest)) {
        at += 1;
        if (at <= passed) continue;
        if (!namesParents(line.value)) {
          yield line;
          continue;
        }
        const { file } = line;
        if (isFirst) for (const value of book.made) yield { file, line: line.line, value };
        isFirst = false;
        yield { file, line: line.line, value: book.resolved(line.value) };
      }
    },
  };
}

/** Reports amounts beyond those already reported. */
function afterThe(told: number, onRead: (amount: number) => void): (amount: number) => void {
  let again = told;
  return (amount) => {
    const known = Math.min(again, amount);
    again -= known;
    if (amount > known) onRead(amount - known);
  };
}

function fileState(path: string): OpenedFile {
  const { size, mtimeMs } = readableFile(path);
  return { path, size, modified: mtimeMs };
}

async function* fromCode(
  file: string,
  values: Iterable<unknown> | AsyncIterable<unknown>,
  onRead?: (records: number) => void,
): AsyncGenerator<SourceLine> {
  let line = 0;
  for await (const value of values) {
    line += 1;
    onRead?.(1);
    yield { file, line, value };
  }
}
