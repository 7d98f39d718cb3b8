import { basename } from 'node:path';
import { fieldError, OptionError, quoteValue, RecordError } from '../../errors.ts';
import type { FieldValue, ImageContent } from '../../knn/document.ts';
import { readJsonLines, readTextLines } from '../../source/json-lines.ts';
import { readableFile } from '../../source/named-files.ts';
import { openNpy } from './npy.ts';
import { readParquet } from './parquet.ts';

/** A vector in a file, with what to store beside it. */
export interface VectorRecord {
  id: string;
  content: ImageContent;
  source?: string;
  fields?: Readonly<Record<string, FieldValue>>;
}

/** A row of a file, counted from 1, with its record or the reason why it has none. */
export type VectorRow = { row: number } & ({ record: VectorRecord } | { error: RecordError });

/** Names of files that hold vectors. */
const FILE = /\.(?:npy|parquet|jsonl(?:\.gz|\.zst)?)$/i;

/** Whether a name is that of a file that may hold vectors. */
export function isVectorFile(name: string): boolean {
  return FILE.test(name);
}

/** What a record may contain besides its vector: hashes and facts of the picture. */
const CONTENT = [
  'sha256',
  'blockhash',
  'dctHash',
  'bytes',
  'format',
  'width',
  'height',
  'color',
  'quality',
] as const;

/**
 * Yields the vectors of a file: JSON lines `{ id, vector, fields?, source?, sha256?, dctHash?, ... }`, compressed or
 * not; Parquet with such columns; or a `.npy` matrix, whose rows have the ids `<file name>#<row>` or those of
 * `ids`.
 *
 * @param options - from: rows to skip. length: numbers per vector. ids: file with one id per line, for the rows of
 *   a `.npy`.
 * @throws {OptionError} `VECTORS_UNREADABLE`, `VECTOR_INVALID` for a matrix of other vectors,
 *   `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function* readVectors(
  path: string,
  options: { from: number; length: number; ids: string | null },
): AsyncGenerator<VectorRow> {
  const { from, ids } = options;
  readableFile(path);
  const lower = path.toLowerCase();
  if (lower.endsWith('.npy')) {
    yield* rowsOfNpy(path, options);
    return;
  }
  if (ids !== null) {
    const hint = 'Leave --ids out: JSON lines and Parquet state the id of each vector.';
    throw new OptionError(
      'VECTORS_UNREADABLE',
      `ids go with a .npy, not with ${quoteValue(path)}`,
      hint,
    );
  }
  let row = 0;
  if (lower.endsWith('.parquet')) {
    row = from;
    for await (const value of readParquet(path, from)) yield rowOf(++row, value);
    return;
  }
  for await (const { value, error } of readJsonLines(path)) {
    row += 1;
    if (row > from) yield error ? { row, error } : rowOf(row, value);
  }
}

async function* rowsOfNpy(
  path: string,
  { from, length, ids }: { from: number; length: number; ids: string | null },
): AsyncGenerator<VectorRow> {
  const file = await openNpy(path);
  try {
    if (file.length !== length) {
      const what = `${quoteValue(path)} has ${file.length} numbers a row`;
      throw new OptionError('VECTOR_INVALID', what, `The index takes ${length}.`);
    }
    const names = ids === null ? null : await idsOf(ids, file.rows);
    let row = from;
    for await (const vector of file.from(from)) {
      const id = names?.[row] ?? `${basename(path)}#${row}`;
      row += 1;
      yield { row, record: { id, content: { vector } } };
    }
  } finally {
    await file.close();
  }
}

async function idsOf(path: string, rows: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { text } of readTextLines(path)) ids.push(text.trim());
  if (ids.at(-1) === '') ids.pop();
  if (ids.length === rows) return ids;
  const what = `${quoteValue(path)} has ${ids.length} ids for ${rows} rows`;
  throw new OptionError('VECTORS_UNREADABLE', what, 'Give an id a line, in the order of the rows.');
}

function rowOf(row: number, value: unknown): VectorRow {
  try {
    return { row, record: recordOf(value) };
  } catch (error) {
    if (error instanceof RecordError) return { row, error };
    throw error;
  }
}

function recordOf(value: unknown): VectorRecord {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const { id, source, fields } = given;
  const named = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
  if (typeof named !== 'string') throw invalid('id', id, 'Give each vector an id');
  const vector = numbersOf(given['vector']);
  if (vector === null) {
    throw invalid(
      'vector',
      given['vector'],
      'Give a list of numbers: { "id": ..., "vector": [...] }',
    );
  }
  if (source !== undefined && source !== null && typeof source !== 'string') {
    throw invalid('source', source, 'Give a path or an address as text');
  }
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  if (fields !== undefined && fields !== null && !isObject) {
    throw invalid('fields', fields, 'Give an object of names and values');
  }
  const content: Record<string, unknown> = { vector };
  for (const name of CONTENT) {
    const fact = given[name];
    if (fact !== undefined && fact !== null) content[name] = plain(fact);
  }
  return {
    id: named,
    content,
    ...(typeof source === 'string' ? { source } : {}),
    ...(isObject ? { fields: fields as Record<string, FieldValue> } : {}),
  };
}

/** A list of numbers; null for anything else. Whether they fit the index is checked when they go in. */
export function numbersOf(value: unknown): number[] | null {
  const list: unknown[] | null = Array.isArray(value)
    ? (value as unknown[])
    : ArrayBuffer.isView(value)
      ? Array.from(value as unknown as ArrayLike<unknown>)
      : null;
  if (list === null || list.length === 0) return null;
  const numbers = list.map(plain);
  return numbers.every((one) => typeof one === 'number') ? numbers : null;
}

/** Whole numbers of Parquet are `bigint`. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function invalid(field: string, value: unknown, hint: string): RecordError {
  return fieldError('VECTOR_INVALID', { field, value }, "can't be used", hint);
}
