import { TextDecoder } from 'node:util';
import { OptionError, quoteValue } from '../errors.ts';
import { big5Decoder } from './big5.ts';

/** Encodings that tables come in, as `TextDecoder` names them. */
export const ENCODINGS: readonly string[] = Object.freeze([
  'utf-8',
  'utf-16le',
  'utf-16be',
  'big5',
  'gb18030',
  'shift_jis',
  'euc-jp',
  'euc-kr',
]);

/** Byte-order marks; GB 18030 has one, too. */
const MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
];

/** The encoding that a byte-order mark states; null without one. */
export function markedEncoding(head: Buffer): string | null {
  return MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0] ?? null;
}

/** Stands before each value of a JSON text sequence (RFC 8142). */
export const RECORD_SEPARATOR = '\u001e';

/** The beginning of a file that is UTF-8 or has a byte-order mark, from its first character on. */
export function beginningOf(head: Buffer): string {
  const text = new TextDecoder(markedEncoding(head) ?? 'utf-8').decode(head, { stream: true });
  const trimmed = text.trimStart();
  return trimmed.startsWith(RECORD_SEPARATOR) ? trimmed.slice(1).trimStart() : trimmed;
}

/**
 * The name of an encoding as `TextDecoder` has it: `Big5-HKSCS` is `big5`.
 *
 * @throws {OptionError} `ENCODING_INVALID` if this Node.js does not know it.
 */
export function encodingOf(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch (cause) {
    const what = `This Node.js knows no encoding ${quoteValue(name)}`;
    const hint = `Use one of ${ENCODINGS.join(', ')}, or convert the file (\`iconv -t utf-8\`).`;
    throw new OptionError('ENCODING_INVALID', what, hint, { cause });
  }
}

/** Turns bytes into text; those that are none become U+FFFD. */
export interface StreamDecoder {
  /** @param options.stream - More will follow, so that a character may be cut off at the end. */
  decode(bytes?: Buffer, options?: { stream?: boolean }): string;
}

/** @param encoding - As `encodingOf` returns it. */
export function decoderOf(encoding: string): StreamDecoder {
  return encoding === 'big5' ? big5Decoder() : new TextDecoder(encoding);
}

/**
 * Decodes text. Bytes that are no text in the encoding become U+FFFD, which the caller looks for.
 *
 * @param encoding - Used where there is no byte-order mark; default UTF-8.
 */
export async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding?: string,
): AsyncGenerator<string> {
  let decoder: StreamDecoder | null = null;
  for await (const chunk of chunks) {
    decoder ??= decoderOf(markedEncoding(chunk) ?? encoding ?? 'utf-8');
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder) yield decoder.decode();
}

/** Bytes of text as UTF-8: UTF-16 with a byte-order mark is converted, the rest is passed on. */
export async function* asUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | null | undefined;
  for await (const chunk of chunks) {
    const marked = decoder === undefined ? markedEncoding(chunk) : null;
    decoder ??= marked?.startsWith('utf-16') ? new TextDecoder(marked) : null;
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  }
  if (decoder) yield Buffer.from(decoder.decode());
}

/** What the beginning of a file reads like in each encoding that it may be in, without faults. */
export function likelyEncodings(head: Buffer): { encoding: string; text: string }[] {
  return ENCODINGS.flatMap((encoding) => {
    // Without a mark, any bytes are UTF-16 of some kind.
    if (encoding.startsWith('utf-16') && !hasZeroBytes(head)) return [];
    const text = decoderOf(encoding).decode(head, { stream: true });
    return /[\p{Cc}\uFFFD]/u.test(text.replace(/[\t\r\n]/g, '')) ? [] : [{ encoding, text }];
  });
}

/** Whether a head looks like UTF-16: text in ASCII and digits has a zero in every other byte. */
export function hasZeroBytes(head: Buffer): boolean {
  return head.subarray(0, 4096).includes(0);
}
