import iconv from 'iconv-lite';
import type { StreamDecoder } from './text.ts';

/** Below it no byte is the second one of a character; from `FIRST` on it is the first one. */
const SECOND = 0x40;
const FIRST = 0x81;

/**
 * Decodes Big5 as the Encoding Standard has it, with the characters of Hong Kong (HKSCS); the
 * decoder of Node.js has none of these.
 *
 * @see https://encoding.spec.whatwg.org/#big5
 */
export function big5Decoder(): StreamDecoder {
  let cut: Buffer = Buffer.alloc(0);
  return {
    decode(bytes, { stream = false } = {}) {
      const all = bytes ? Buffer.concat([cut, bytes]) : cut;
      // The stream of iconv-lite loses a character where one of two code points is cut in the middle.
      const end = stream ? wholeLength(all) : all.length;
      cut = all.subarray(end);
      return iconv.decode(all.subarray(0, end), 'big5-hkscs');
    },
  };
}

/** Length without a character that is cut at the end. */
function wholeLength(bytes: Buffer): number {
  let at = bytes.length;
  while (at > 0 && bytes[at - 1]! >= SECOND) at -= 1;
  while (at < bytes.length) at += bytes[at]! >= FIRST ? 2 : 1;
  return at > bytes.length ? bytes.length - 1 : bytes.length;
}
