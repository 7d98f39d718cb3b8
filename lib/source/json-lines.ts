import { isUtf8 } from 'node:buffer';
import { RecordError, quoteValue } from '../errors.ts';
import { readBytes } from './bytes.ts';

/** Longest line of a JSON lines file, in bytes; a place with a thousand names has about 100 kB. */
export const MAX_LINE_BYTES: number = 8 << 20;

const NEWLINE = 0x0a;

/**
 * One line of a file: its value, or the error that it has. `line` counts from 1 and includes blank
 * lines.
 */
export type JsonLine =
  | { line: number; value: unknown; error?: never }
  | { line: number; error: RecordError; value?: never };

/**
 * Reads the values of a JSON lines file, gzipped or not, in order; skips blank lines.
 *
 * A bad line is yielded with its error, so that reading continues; an unreadable file throws.
 *
 * @param onRead - Called with the number of bytes read from the file, before decompression.
 * @returns Lines with `error` `MALFORMED_JSON`, `INVALID_UTF8`, `LINE_TOO_LONG` (over 8 MiB) or
 *   `FORBIDDEN_KEY` (`__proto__`, or `constructor` with a `prototype`), else with `value`.
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 * @throws {RecordError} `TRUNCATED_GZIP`, `CORRUPT_GZIP`.
 */
export async function* readJsonLines(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const bytes of splitLines(readBytes(path, onRead))) {
    line += 1;
    const parsed = bytes === null ? tooLong(line) : parseLine(bytes, line);
    if (parsed) yield parsed;
  }
}

/**
 * Reads the lines of a text file, gzipped or not.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function* readTextLines(path: string): AsyncGenerator<{ line: number; text: string }> {
  let line = 0;
  for await (const bytes of splitLines(readBytes(path))) {
    line += 1;
    yield { line, text: (bytes ?? Buffer.alloc(0)).toString('utf8').replace(/^\uFEFF|\r$/g, '') };
  }
}

/** Lines without their newline; null for a line that is too long. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const take = (last: Buffer): Buffer | null => {
    const bytes = pendingBytes + last.length;
    const whole = pendingBytes === 0 ? last : Buffer.concat([...pending, last]);
    pending = [];
    pendingBytes = 0;
    return bytes > MAX_LINE_BYTES ? null : whole;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    // Once a line is too long, its further bytes are only counted.
    if (pendingBytes <= MAX_LINE_BYTES && rest.length > 0) pending.push(rest);
    pendingBytes += rest.length;
  }
  if (pendingBytes > 0) yield take(Buffer.alloc(0));
}

function parseLine(bytes: Buffer, line: number): JsonLine | null {
  if (!isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    const what = `Line ${line} is not valid UTF-8: ${quoteValue(text.slice(0, 60))}`;
    const hint = 'Convert the file to UTF-8 (`iconv -t utf-8`).';
    return {
      line,
      error: new RecordError('INVALID_UTF8', what, hint, {
        field: null,
        value: text.slice(0, 200),
      }),
    };
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const what = `Line ${line} is not JSON: ${quoteValue(text.slice(0, 60))}`;
    const hint = `Give one JSON value a line (${(cause as Error).message}).`;
    const options = { cause };
    return {
      line,
      error: new RecordError('MALFORMED_JSON', what, hint, {
        field: null,
        value: text.slice(0, 200),
        ...options,
      }),
    };
  }
  const key = mayHoldForbiddenKey(text) ? forbiddenKey(value) : null;
  if (key !== null) {
    const what = `Line ${line} has the key ${quoteValue(key)}`;
    const hint = 'Remove it: such keys can change objects of the program that reads them.';
    return {
      line,
      error: new RecordError('FORBIDDEN_KEY', what, hint, {
        field: key,
        value: text.slice(0, 200),
      }),
    };
  }
  return { line, value };
}

/** A cheap test of the text. Escapes can hide a key from it, so they count as suspicious, too. */
function mayHoldForbiddenKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u00');
}

function forbiddenKey(value: unknown): string | null {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return '__proto__';
    if (Object.hasOwn(next, 'constructor')) {
      const inner = (next as Record<string, unknown>)['constructor'];
      if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')) {
        return 'constructor.prototype';
      }
    }
    for (const child of Object.values(next)) open.push(child);
  }
  return null;
}

function tooLong(line: number): JsonLine {
  const what = `Line ${line} is longer than ${MAX_LINE_BYTES} bytes`;
  const hint = 'Give one record a line; a missing newline joins records.';
  return {
    line,
    error: new RecordError('LINE_TOO_LONG', what, hint, { field: null, value: null }),
  };
}
