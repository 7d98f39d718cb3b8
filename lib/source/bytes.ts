import { createReadStream } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { OptionError, RecordError } from '../errors.ts';

/** First bytes of a gzip file (RFC 1952). */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Bytes per read. */
const READ_BYTES = 1 << 18;

/**
 * Reads the bytes of a file, and decompresses them if the file begins like gzip, whatever its name.
 *
 * @param path - A file, or a pipe such as `/dev/stdin`.
 * @param onRead - Called with the number of bytes read from the file, before decompression.
 * @throws {OptionError} `SOURCE_NOT_FOUND` if there is no such file, `SOURCE_UNREADABLE` if it
 *   can't be opened or read.
 * @throws {RecordError} `TRUNCATED_GZIP` or `CORRUPT_GZIP`: the rest of the file is lost, so stop.
 */
export async function* readBytes(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const file = readFile(path, onRead);
  const first = await file.next();
  if (first.done) return;
  const packed = GZIP_MAGIC.every((byte, i) => first.value[i] === byte);
  const whole = joined(first.value, file);
  if (packed) yield* unpacked(path, whole);
  else yield* whole;
}

async function* readFile(path: string, onRead?: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
      onRead?.((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OptionError(
      missing ? 'SOURCE_NOT_FOUND' : 'SOURCE_UNREADABLE',
      missing ? `There is no file ${path}` : `${path} can't be read`,
      missing ? 'Check the path.' : `Check what it is and who may read it: ${String(cause)}`,
      { cause },
    );
  }
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* unpacked(path: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  // An error on either side destroys `gunzip` with that error, which the loop below then throws.
  pipeline(Readable.from(packed), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof OptionError) throw cause;
    const truncated = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    throw new RecordError(
      truncated ? 'TRUNCATED_GZIP' : 'CORRUPT_GZIP',
      `${path} ${truncated ? 'ends in the middle of its gzip data' : 'contains damaged gzip data'}`,
      'Copy or download it again; check it with `gzip -t`.',
      { field: null, value: path, cause },
    );
  }
}
