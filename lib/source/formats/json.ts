import { OptionError, RecordError, quoteValue } from '../../errors.ts';
import { readBytes } from '../bytes.ts';
import { readJsonElements, type WantedElements } from '../json-elements.ts';
import { splitLines, tooLong } from '../json-lines.ts';
import { outlineOf } from '../json-outline.ts';
import { type JsonLine, parseJson } from '../json-value.ts';
import { asUtf8, beginningOf, RECORD_SEPARATOR } from '../text.ts';
import { type ColumnMapping, columnMapping, type Columns, headersIn } from './columns.ts';
import type { FormatOptions, OpenFormat, ReadRecords, SourceFile } from './format.ts';

/** Values of a file with one on each line. */
export async function* jsonLinesOf(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const bytes of splitLines(asUtf8(readBytes(path, { onRead })))) {
    line += 1;
    const isMarked = bytes?.[0] === RECORD_SEPARATOR.charCodeAt(0);
    const value = isMarked ? bytes.subarray(1) : bytes;
    const parsed = value === null ? tooLong(line) : parseJson(value, { line, column: 1 });
    if (parsed) yield parsed;
  }
}

/** Elements of an array that is the file or in it, or objects one after the other. */
export function jsonElementsOf(
  path: string,
  wanted: WantedElements,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  return readJsonElements(path, asUtf8(readBytes(path, { onRead })), wanted);
}

/** Opens JSON lines: records, or objects whose keys are mapped to fields. */
export const openJsonLines: OpenFormat = (files, options) => {
  refuseOthers(options);
  return openEach(
    files,
    options,
    ({ path }) =>
      (onRead) =>
        jsonLinesOf(path, onRead),
  );
};

/**
 * Opens JSON: an array of records, or of objects whose keys are mapped to fields, that is the file or
 * a member of it; or such objects one after the other.
 */
export const openJson: OpenFormat = (files, options) => {
  refuseOthers(options, ['records']);
  return openEach(files, options, (file) => {
    const at = placeOfRecords(file, options);
    return (onRead) => jsonElementsOf(file.path, { at }, onRead);
  });
};

/** @throws {OptionError} `RECORDS_NESTED` where an object has the array in it and nobody said which. */
function placeOfRecords({ path, head }: SourceFile, options: FormatOptions): string | null {
  if (options.records !== undefined) return options.records;
  const text = beginningOf(head);
  if (text.startsWith('[')) return '';
  const arrays = nestedArrays(text, options.columns);
  if (arrays.length === 0) return null;
  const what = `${path} is an object with ${arrays.length === 1 ? 'an array' : 'arrays'} in it, no record`;
  const hint = `Say where its records are: ${arrays.map((at) => `--records ${at}`).join(', or ')}.`;
  throw new OptionError('RECORDS_NESTED', what, hint);
}

/** Where an object that is no record itself has arrays of objects. */
export function nestedArrays(text: string, columns: Columns = {}): string[] {
  const { keys, arrays } = outlineOf(text);
  const ofRecord = ['id', 'name', 'names', ...headersIn(columns)];
  return keys.some((key) => ofRecord.includes(key)) ? [] : arrays;
}

async function openEach(
  files: Parameters<OpenFormat>[0],
  { columns }: FormatOptions,
  readerOf: (file: SourceFile) => ReadRecords,
): Promise<Map<string, ReadRecords>> {
  const opened = new Map<string, ReadRecords>();
  for (const file of files) {
    const read = readerOf(file);
    if (columns === undefined) opened.set(file.path, read);
    else {
      const mapping = columnMapping(columns, await keysOf(read(), asObject));
      opened.set(file.path, (onRead) => mapped(read(onRead), mapping));
    }
  }
  return opened;
}

/** What each option that not all formats take is for. */
const USES = {
  delimiter: ['tables', 'csv'],
  encoding: ['tables', 'csv'],
  records: ['JSON with the records in it', 'json'],
} as const;

/**
 * @param taken - Options that the format takes.
 * @throws {OptionError} `OPTION_NOT_USED` where one of the others is given.
 */
export function refuseOthers(
  options: FormatOptions,
  taken: readonly (keyof typeof USES)[] = [],
): void {
  for (const [name, [use, format]] of Object.entries(USES)) {
    const key = name as keyof typeof USES;
    if (options[key] === undefined || taken.includes(key)) continue;
    const what = `${name} is for ${use}, which this file is not`;
    throw new OptionError(
      'OPTION_NOT_USED',
      what,
      `Leave ${name} out, or give --format ${format}.`,
    );
  }
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
