import { RecordError, quoteValue } from '../errors.ts';
import { type JsonLine, parseJson, type Position } from './json-value.ts';

/** Longest element, in bytes: an outline of a large country has several MB. */
export const MAX_ELEMENT_BYTES: number = 64 << 20;

const [QUOTE, BACKSLASH, COMMA, COLON, NEWLINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Reads the elements of an array in a JSON file one by one, so that memory does not grow with it.
 *
 * @param member - Member of the file's object that is the array; null if the array is the file.
 * @param path - Names the file in errors.
 * @returns Elements with the line that each begins on; one that is not JSON or longer than 64 MiB has
 *   an `error` (see `parseJson`, `ELEMENT_TOO_LONG`), and reading continues.
 * @throws {RecordError} `TRUNCATED_JSON` where the file ends within, `MALFORMED_JSON` where brackets
 *   don't match or the array is missing, each with line and column.
 */
export async function* readJsonElements(
  path: string,
  chunks: AsyncIterable<Buffer>,
  member: string | null,
): AsyncGenerator<JsonLine> {
  const splitter = new ElementSplitter(path, member);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  splitter.end();
}

/** Finds the elements by their brackets and quotes alone; each is parsed when it is whole. */
class ElementSplitter {
  readonly #path: string;
  readonly #member: string | null;
  /** Depth at which elements are separated. */
  readonly #depth: number;
  readonly #open: { bracket: number; at: Position }[] = [];
  #inString = false;
  #escaped = false;
  #line = 1;
  /** Bytes before the current line, and before the current chunk. */
  #lineStart = 0;
  #chunkStart = 0;
  /** Within the array; `done` after it. */
  #state: 'before' | 'within' | 'done' = 'before';
  /** Text of the last string at depth 1, which is the key before a colon. */
  #key: Buffer[] | null = null;
  #lastString = '';
  #lastKey = '';
  #element: Buffer[] = [];
  #elementBytes = 0;
  #elementAt: Position | null = null;

  constructor(path: string, member: string | null) {
    this.#path = path;
    this.#member = member;
    this.#depth = member === null ? 1 : 2;
  }

  *push(chunk: Buffer): Generator<JsonLine> {
    let at = 0;
    while (this.#chunkStart + at < 3 && chunk[at] === BYTE_ORDER_MARK[this.#chunkStart + at])
      at += 1;
    let start = this.#state === 'within' ? 0 : -1;
    let keyStart = this.#key ? 0 : -1;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) {
        this.#line += 1;
        this.#lineStart = this.#chunkStart + at + 1;
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#key) {
            this.#lastString = Buffer.concat([
              ...this.#key,
              chunk.subarray(keyStart, at),
            ]).toString();
            this.#key = null;
          }
        }
        continue;
      }
      if (SPACE.has(byte)) continue;
      if (this.#state === 'done' && this.#open.length === 0) throw this.#stray(at, 'goes on');
      if (byte === QUOTE) {
        this.#begin(at);
        this.#inString = true;
        if (this.#state === 'before' && this.#open.length === 1) {
          this.#key = [];
          keyStart = at + 1;
        }
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.#begin(at);
        this.#open.push({ bracket: byte, at: this.#position(at) });
        if (this.#beginsArray(byte)) {
          this.#state = 'within';
          start = at + 1;
        } else if (this.#open.length === 1 && this.#state === 'before') this.#checkTop(byte, at);
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        const opened = this.#open.pop();
        if (opened?.bracket !== (byte === CLOSE_ARRAY ? OPEN_ARRAY : OPEN_OBJECT)) {
          throw this.#stray(at, 'has a bracket that closes nothing');
        }
        if (this.#state === 'within' && this.#open.length === this.#depth - 1) {
          yield* this.#finish(chunk.subarray(start, at), true);
          this.#state = 'done';
        }
      } else if (byte === COMMA && this.#state === 'within' && this.#open.length === this.#depth) {
        yield* this.#finish(chunk.subarray(start, at), false);
        start = at + 1;
      } else if (byte === COLON && this.#open.length === 1) {
        this.#lastKey = this.#lastString;
      } else {
        this.#begin(at);
        if (this.#open.length === 0) throw this.#stray(at, 'is not a JSON array');
      }
    }
    if (this.#state === 'within') this.#keep(chunk.subarray(start));
    if (this.#key) this.#key.push(chunk.subarray(keyStart));
    this.#chunkStart += chunk.length;
  }

  /** @throws {RecordError} Where the file ends within, or has no array. */
  end(): void {
    const innermost = this.#elementAt ?? this.#open.at(-1)?.at;
    if (innermost || this.#inString) {
      const { line, column } = innermost ?? { line: this.#line, column: 1 };
      const what = `${this.#path} ends within what begins on line ${line}, column ${column}`;
      const hint = 'The file is cut off, or a bracket or quote is missing there.';
      throw new RecordError('TRUNCATED_JSON', what, hint, { field: null, value: this.#path });
    }
    if (this.#state === 'before') {
      const wanted =
        this.#member === null ? 'JSON array' : `array ${quoteValue(this.#member)} in it`;
      const what = `${this.#path} has no ${wanted}`;
      const hint = 'Check the file, or name its --format.';
      throw new RecordError('MALFORMED_JSON', what, hint, { field: null, value: this.#path });
    }
  }

  #beginsArray(byte: number): boolean {
    if (this.#state !== 'before' || byte !== OPEN_ARRAY || this.#open.length !== this.#depth) {
      return false;
    }
    return this.#member === null || this.#lastKey === this.#member;
  }

  #checkTop(byte: number, at: number): void {
    const wanted = this.#member === null ? OPEN_ARRAY : OPEN_OBJECT;
    if (byte !== wanted) {
      throw this.#stray(at, `is not a JSON ${wanted === OPEN_ARRAY ? 'array' : 'object'}`);
    }
  }

  /** Notes where an element begins. */
  #begin(at: number): void {
    if (this.#state === 'within' && this.#open.length === this.#depth) {
      this.#elementAt ??= this.#position(at);
    }
  }

  /** In bytes; equal to UTF-16 units where the line is ASCII up to there. */
  #position(at: number): Position {
    return { line: this.#line, column: this.#chunkStart + at - this.#lineStart + 1 };
  }

  #keep(bytes: Buffer): void {
    this.#elementBytes += bytes.length;
    if (this.#elementBytes <= MAX_ELEMENT_BYTES) this.#element.push(bytes);
  }

  /** @param isLast - An empty array, or one with a comma at its end, has no element there. */
  *#finish(bytes: Buffer, isLast: boolean): Generator<JsonLine> {
    this.#keep(bytes);
    const at = this.#elementAt ?? { line: this.#line, column: 1 };
    const [length, parts] = [this.#elementBytes, this.#element];
    this.#element = [];
    this.#elementBytes = 0;
    this.#elementAt = null;
    if (length > MAX_ELEMENT_BYTES) {
      const what = `What begins on line ${at.line} is longer than ${MAX_ELEMENT_BYTES} bytes`;
      const hint = 'Give one record an element; a missing bracket joins records.';
      yield {
        line: at.line,
        error: new RecordError('ELEMENT_TOO_LONG', what, hint, { field: null, value: null }),
      };
      return;
    }
    const whole = Buffer.concat(parts);
    const text = whole.subarray(whole.findIndex((byte) => !SPACE.has(byte)));
    const parsed = parseJson(text, at);
    if (parsed) yield parsed;
    else if (!isLast) {
      const what = `Line ${at.line} has a comma without an element before it`;
      const error = new RecordError('MALFORMED_JSON', what, 'Remove it.', {
        field: null,
        value: null,
      });
      yield { line: at.line, error };
    }
  }

  #stray(at: number, what: string): RecordError {
    const { line, column } = this.#position(at);
    const where = `${this.#path} ${what} on line ${line}, column ${column}`;
    const hint =
      what === 'goes on'
        ? 'Only one JSON value may stand in the file; JSON lines want --format jsonl.'
        : 'Check the brackets before it, or name the --format.';
    return new RecordError('MALFORMED_JSON', where, hint, { field: null, value: this.#path });
  }
}
