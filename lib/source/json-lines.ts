import { RecordError } from '../errors.ts';
import { readBytes, type ReadOptions } from './bytes.ts';
import { type JsonLine, parseJson } from './json-value.ts';

/** Longest line of a JSON lines file, in bytes; a place with a thousand names has about 100 kB. */
export const MAX_LINE_BYTES: number = 8 << 20;

const NEWLINE = 0x0a;

/**
 * Reads the values of a JSON lines file, packed or not, in order; skips blank lines.
 *
 * A bad line is yielded with its error, so that reading continues; an unreadable file throws.
 *
 * @returns Lines with `error` `MALFORMED_JSON`, `INVALID_UTF8`, `LINE_TOO_LONG` (over 8 MiB) or
 *   `FORBIDDEN_KEY` (`__proto__`, or `constructor` with a `prototype`), else with `value`.
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 * @throws {RecordError} As `readBytes`.
 */
export async function* readJsonLines(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const bytes of splitLines(readBytes(path, options))) {
    line += 1;
    const parsed = bytes === null ? tooLong(line) : parseJson(bytes, { line, column: 1 });
    if (parsed) yield parsed;
  }
}

/**
 * Reads the lines of a text file, gzipped or not.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function* readTextLines(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<{ line: number; text: string }> {
  let line = 0;
  for await (const bytes of splitLines(readBytes(path, options))) {
    line += 1;
    yield { line, text: (bytes ?? Buffer.alloc(0)).toString('utf8').replace(/^\uFEFF|\r$/g, '') };
  }
}

/** Lines without their newline; null for a line that is too long. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
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

/** The error for a line that is too long. */
export function tooLong(line: number): JsonLine {
  const what = `Line ${line} is longer than ${MAX_LINE_BYTES} bytes`;
  const hint = 'Give one record a line; a missing newline joins records.';
  return {
    line,
    error: new RecordError('LINE_TOO_LONG', what, hint, { field: null, value: null }),
  };
}
