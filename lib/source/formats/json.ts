import { OptionError, RecordError, quoteValue } from '../../errors.ts';
import { readBytes } from '../bytes.ts';
import { readJsonElements } from '../json-elements.ts';
import { splitLines, tooLong } from '../json-lines.ts';
import { type JsonLine, parseJson } from '../json-value.ts';
import { asUtf8 } from '../text.ts';
import type { ColumnMapping } from './columns.ts';
import { columnMapping } from './columns.ts';
import type { FormatOptions, OpenFormat, ReadRecords } from './format.ts';

/** Values of a file with one on each line. */
export async function* jsonLinesOf(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const bytes of splitLines(asUtf8(readBytes(path, onRead)))) {
    line += 1;
    const parsed = bytes === null ? tooLong(line) : parseJson(bytes, { line, column: 1 });
    if (parsed) yield parsed;
  }
}

/** Elements of an array that is the file, or a member of the object that is the file. */
export function jsonElementsOf(
  path: string,
  member: string | null,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  return readJsonElements(path, asUtf8(readBytes(path, onRead)), member);
}

/** Opens JSON lines: records, or objects whose keys are mapped to fields. */
export const openJsonLines: OpenFormat = (files, options) =>
  openEach(files, options, (path) => (onRead) => jsonLinesOf(path, onRead));

/** Opens JSON arrays of records, or of objects whose keys are mapped to fields. */
export const openJsonArrays: OpenFormat = (files, options) =>
  openEach(files, options, (path) => (onRead) => jsonElementsOf(path, null, onRead));

async function openEach(
  files: Parameters<OpenFormat>[0],
  { columns, delimiter, encoding }: FormatOptions,
  readerOf: (path: string) => ReadRecords,
): Promise<Map<string, ReadRecords>> {
  refuseTableOptions({ delimiter, encoding });
  const opened = new Map<string, ReadRecords>();
  for (const { path } of files) {
    const read = readerOf(path);
    if (columns === undefined) opened.set(path, read);
    else {
      const mapping = columnMapping(columns, await keysOf(read(), asObject));
      opened.set(path, (onRead) => mapped(read(onRead), mapping));
    }
  }
  return opened;
}

/** @throws {OptionError} `OPTION_NOT_USED` where an option of tables is given for another format. */
export function refuseTableOptions({
  delimiter,
  encoding,
}: Pick<FormatOptions, 'delimiter' | 'encoding'>): void {
  const given = Object.entries({ delimiter, encoding });
  const [name] = given.find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  const what = `${name} is for tables, which this file is not`;
  throw new OptionError('OPTION_NOT_USED', what, `Leave ${name} out, or give --format csv.`);
}

/** Objects looked at to learn the keys that they have. */
const LOOKED_AT = 1000;

/** Keys of the first objects, in order of their first appearance. */
export async function keysOf(
  lines: AsyncIterable<JsonLine>,
  objectOf: (value: unknown) => Record<string, unknown> | null,
): Promise<string[]> {
  const keys = new Set<string>();
  let looked = 0;
  for await (const { value } of lines) {
    for (const key of Object.keys(objectOf(value) ?? {})) keys.add(key);
    looked += 1;
    if (looked >= LOOKED_AT) break;
  }
  return [...keys];
}

async function* mapped(
  lines: AsyncIterable<JsonLine>,
  mapping: ColumnMapping,
): AsyncGenerator<JsonLine> {
  for await (const line of lines) {
    const object = line.error ? null : asObject(line.value);
    if (line.error) yield line;
    else if (object) {
      yield {
        line: line.line,
        value: mapping.recordOf((key) => (Object.hasOwn(object, key) ? object[key] : undefined)),
      };
    } else yield { line: line.line, error: notAnObject(line.value, line.line) };
  }
}

/** An object whose keys can be looked up; null for anything else. */
export function asObject(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value as Record<string, unknown>;
}

/** The error for a value that should be an object. */
export function notAnObject(value: unknown, line: number): RecordError {
  const what = `Line ${line} has ${quoteValue(value)}, which is no object`;
  return new RecordError('RECORD_INVALID', what, 'Give one JSON object a place.', {
    field: null,
    value,
  });
}
