import { RecordError, quoteValue } from '../errors.ts';
import { type JsonLine, parseJson, type Position } from './json-value.ts';
import { RECORD_SEPARATOR } from './text.ts';

/** Longest element, in bytes: an outline of a large country has several MB. */
export const MAX_ELEMENT_BYTES: number = 64 << 20;

const [QUOTE, BACKSLASH, COMMA, COLON, NEWLINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const SEPARATOR = RECORD_SEPARATOR.charCodeAt(0);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** Longest key or text that is looked at, in bytes. */
const MAX_TEXT_BYTES = 1 << 12;

/** What is read of a JSON file. */
export interface WantedElements {
  /**
   * Keys that lead to the array, as in `data.items`; empty if the array is the file, null for objects
   * one after the other.
   */
  at: string | null;
  /** Told of each text that the outermost object has outside the array, if it is not too long. */
  onText?: (key: string, text: string) => void;
}

/**
 * Reads the elements of an array in a JSON file one by one, so that memory does not grow with it.
 *
 * @param path - Names the file in errors.
 * @returns Elements with the line that each begins on; one that is not JSON or longer than 64 MiB has
 *   an `error` (see `parseJson`, `ELEMENT_TOO_LONG`), and reading continues.
 * @throws {RecordError} `TRUNCATED_JSON` where the file ends within, `MALFORMED_JSON` where brackets
 *   don't match or the array is missing, each with line and column.
 */
export async function* readJsonElements(
  path: string,
  chunks: AsyncIterable<Buffer>,
  wanted: WantedElements,
): AsyncGenerator<JsonLine> {
  const splitter = new ElementSplitter(path, wanted);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  splitter.end();
}

const START: Position = { line: 1, column: 1 };

function quoted(bytes: Buffer): Buffer {
  const quote = Buffer.of(QUOTE);
  return Buffer.concat([quote, bytes, quote]);
}

/** Finds the elements by their brackets and quotes alone; each is parsed when it is whole. */
class ElementSplitter {
  readonly #path: string;
  readonly #wanted: WantedElements;
  /** Depth at which elements are separated, once they begin. */
  #depth = 0;
  readonly #open: { bracket: number; at: Position }[] = [];
  #inString = false;
  #escaped = false;
  #line = 1;
  /** Bytes before the current line, with those of it that are no UTF-16 unit; and before the current chunk. */
  #lineStart = 0;
  #chunkStart = 0;
  /** Within the array; `done` after it. */
  #state: 'before' | 'within' | 'done' = 'before';
  /** The string being read outside the elements; `#last` is the one before, the key before a colon. */
  #string: Buffer[] | null = null;
  #last = '';
  /** Whether a string would be the value of the last key. */
  #isValue = false;
  /** The last key of each open object. */
  #keys: string[] = [];
  #element: Buffer[] = [];
  #elementBytes = 0;
  #elementAt: Position | null = null;

  constructor(path: string, wanted: WantedElements) {
    this.#path = path;
    this.#wanted = wanted;
    if (wanted.at === null) this.#state = 'within';
  }

  *push(chunk: Buffer): Generator<JsonLine> {
    let at = 0;
    while (this.#chunkStart + at < 3 && chunk[at] === BYTE_ORDER_MARK[this.#chunkStart + at]) {
      at += 1;
      this.#lineStart += 1;
    }
    let start = this.#state === 'within' ? 0 : -1;
    let stringStart = this.#string ? 0 : -1;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) {
        this.#line += 1;
        this.#lineStart = this.#chunkStart + at + 1;
      } else if (byte >= 0x80) {
        // Columns are UTF-16 units: a character of 2 or 3 bytes is one, of 4 bytes two.
        this.#lineStart += (byte & 0xc0) === 0x80 ? 1 : byte >= 0xf0 ? -1 : 0;
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#string) this.#endString(chunk.subarray(stringStart, at));
        }
        continue;
      }
      if (SPACE.has(byte)) continue;
      if (this.#state === 'done' && this.#open.length === 0) throw this.#stray(at, 'goes on');
      if (byte === QUOTE) {
        this.#begin(at);
        this.#inString = true;
        if (this.#state !== 'within') {
          this.#string = [];
          stringStart = at + 1;
        }
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.#begin(at);
        this.#open.push({ bracket: byte, at: this.#position(at) });
        this.#isValue = false;
        if (this.#beginsArray(byte)) {
          this.#state = 'within';
          this.#depth = this.#open.length;
          start = at + 1;
        } else if (this.#open.length === 1 && this.#state === 'before') this.#checkTop(byte, at);
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        const opened = this.#open.pop();
        if (opened?.bracket !== (byte === CLOSE_ARRAY ? OPEN_ARRAY : OPEN_OBJECT)) {
          throw this.#stray(at, 'has a bracket that closes nothing');
        }
        this.#keys.length = Math.min(this.#keys.length, this.#open.length);
        this.#isValue = false;
        if (this.#isSequence && this.#open.length === 0) {
          yield* this.#finish(chunk.subarray(start, at + 1), true);
          start = at + 1;
        } else if (this.#state === 'within' && this.#open.length === this.#depth - 1) {
          yield* this.#finish(chunk.subarray(start, at), true);
          this.#state = 'done';
        }
      } else if (this.#isSequence && this.#open.length === 0) {
        if (byte !== SEPARATOR) throw this.#stray(at, 'is not a JSON object');
        start = at + 1;
      } else if (byte === COMMA && this.#state === 'within' && this.#open.length === this.#depth) {
        yield* this.#finish(chunk.subarray(start, at), false);
        start = at + 1;
      } else if (byte === COMMA) {
        this.#isValue = false;
      } else if (byte === COLON && this.#state !== 'within') {
        this.#keys[this.#open.length - 1] = this.#last;
        this.#isValue = true;
      } else {
        this.#begin(at);
        if (this.#open.length === 0) throw this.#stray(at, 'is not a JSON array');
      }
    }
    if (this.#state === 'within') this.#keep(chunk.subarray(start));
    if (this.#string) this.#keepString(chunk.subarray(stringStart));
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
      const { at } = this.#wanted;
      const wanted = at === '' ? 'JSON array' : `array ${quoteValue(at)} in it`;
      const what = `${this.#path} has no ${wanted}`;
      const hint = 'Check the file, or name its --format.';
      throw new RecordError('MALFORMED_JSON', what, hint, { field: null, value: this.#path });
    }
  }

  #beginsArray(byte: number): boolean {
    if (this.#state !== 'before' || byte !== OPEN_ARRAY) return false;
    // Arrays around it have no key.
    const keys = this.#keys.slice(0, this.#open.length - 1);
    return keys.length === this.#open.length - 1 && keys.join('.') === this.#wanted.at;
  }

  get #isSequence(): boolean {
    return this.#wanted.at === null;
  }

  #keepString(bytes: Buffer): void {
    const kept = this.#string!.reduce((sum, { length }) => sum + length, 0);
    if (kept <= MAX_TEXT_BYTES) this.#string!.push(bytes.subarray(0, MAX_TEXT_BYTES + 1));
  }

  /** Notes a string outside the elements, which is a key, or the value of the last one. */
  #endString(bytes: Buffer): void {
    this.#keepString(bytes);
    const raw = Buffer.concat(this.#string!);
    this.#string = null;
    const parsed = raw.length > MAX_TEXT_BYTES ? null : parseJson(quoted(raw), START);
    const text = typeof parsed?.value === 'string' ? parsed.value : '';
    if (!this.#isValue) this.#last = text;
    else if (this.#open.length === 1) this.#wanted.onText?.(this.#keys[0]!, text);
  }

  #checkTop(byte: number, at: number): void {
    const wanted = this.#wanted.at === '' ? OPEN_ARRAY : OPEN_OBJECT;
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
