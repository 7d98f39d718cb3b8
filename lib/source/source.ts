import { stat } from 'node:fs/promises';
import { OptionError, RebuildError, quoteValue } from '../errors.ts';
import { type JsonLine, readJsonLines } from './json-lines.ts';

/**
 * Where records come from: the path of a JSON lines file (gzipped or not), several such paths, an
 * array of records, or a function that returns a new iteration of the records on every call, since
 * a rebuild reads its source more than once.
 */
export type PlaceRecordSource =
  | string
  | readonly string[]
  | readonly object[]
  | (() => Iterable<unknown> | AsyncIterable<unknown>);

/** One line of a source, with its file. */
export type SourceLine = JsonLine & { file: string };

/** An opened source; it can be read repeatedly. */
export interface RecordSource {
  /** Bytes of the files or records of the array; null if unknown. */
  readonly size: number | null;
  /**
   * Reads the source once, from the beginning.
   *
   * @param onRead - Called with the amount read, in the unit of `size`.
   */
  lines(onRead?: (amount: number) => void): AsyncIterable<SourceLine>;
}

/**
 * Opens a source of records.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND` or `SOURCE_UNREADABLE` for a path, `SOURCE_INVALID` for
 *   anything else, such as an iterator, which can be read only once.
 */
export async function openSource(source: PlaceRecordSource): Promise<RecordSource> {
  if (typeof source === 'string') return openFiles([source]);
  if (Array.isArray(source)) {
    if (source.length > 0 && source.every((path) => typeof path === 'string')) {
      return openFiles(source);
    }
    return { size: source.length, lines: (onRead) => fromCode('(array)', source, onRead) };
  }
  if (typeof source === 'function') {
    return { size: null, lines: (onRead) => fromCode('(function)', source(), onRead) };
  }
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

async function openFiles(paths: readonly string[]): Promise<RecordSource> {
  const files = await Promise.all(paths.map(fileState));
  return {
    size: files.reduce((sum, file) => sum + file.size, 0),
    async *lines(onRead) {
      for (const file of files) yield* fileLines(file, onRead);
    },
  };
}

async function* fileLines(
  opened: OpenedFile,
  onRead?: (bytes: number) => void,
): AsyncGenerator<SourceLine> {
  const file = opened.path;
  for await (const line of readJsonLines(file, onRead)) yield { ...line, file };
  const now = await fileState(file);
  if (now.size !== opened.size || now.modified !== opened.modified) {
    throw new RebuildError(
      'SOURCE_CHANGED',
      `${file} was changed while it was read`,
      'Write a new file and rename it over the old one, then rebuild.',
      { stage: 'scan' },
    );
  }
}

async function fileState(path: string): Promise<OpenedFile> {
  try {
    const state = await stat(path);
    if (!state.isDirectory()) return { path, size: state.size, modified: state.mtimeMs };
  } catch (cause) {
    const what = `There is no file ${path}`;
    throw new OptionError('SOURCE_NOT_FOUND', what, 'Check the path.', { cause });
  }
  throw new OptionError('SOURCE_UNREADABLE', `${path} is a folder`, 'Name the file in it.');
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
