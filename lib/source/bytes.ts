import { createReadStream } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { OptionError, RecordError } from '../errors.ts';
import { readableFile, unreadable } from './named-files.ts';
import { ZIP_MAGIC, unzipped } from './zip.ts';
import { ZSTD_MAGIC, unpackedZstd } from './zstd.ts';

/** First bytes of a gzip file (RFC 1952). */
const GZIP_MAGIC: readonly number[] = [0x1f, 0x8b];

/** Bytes per read. */
const READ_BYTES = 1 << 18;

/** How a file is read. */
export interface ReadOptions {
  /** Called with the number of bytes read from the file, before decompression. */
  onRead?: ((bytes: number) => void) | undefined;
  /**
   * It is read once, so that a pipe that is open already, such as `/dev/stdin`, will do; it can't
   * be ZIP. Default false.
   */
  pipe?: boolean;
}

/**
 * Reads the bytes of a file, and decompresses them if the file begins like gzip, Zstandard or ZIP,
 * whatever its name.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND` if there is no such file, `SOURCE_UNREADABLE` if it
 *   can't be opened or read, or is no regular file.
 * @throws {RecordError} `TRUNCATED_GZIP`, `CORRUPT_GZIP`, `TRUNCATED_ZSTD`, `CORRUPT_ZSTD` or
 *   `CORRUPT_ZIP`: the rest of the file is lost, so stop. `ZIP_AMBIGUOUS`.
 */
export async function* readBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const file = readFile(path, options);
  const first = await file.next();
  if (first.done) return;
  const beginsLike = (magic: readonly number[]): boolean =>
    magic.every((byte, i) => first.value[i] === byte);
  if (beginsLike(ZIP_MAGIC)) {
    await file.return(undefined);
    readableFile(path);
    yield* unzipped(path);
    return;
  }
  const whole = joined(first.value, file);
  if (beginsLike(GZIP_MAGIC)) yield* unpacked(path, whole);
  else if (beginsLike(ZSTD_MAGIC)) yield* unpackedZstd(path, whole);
  else yield* whole;
}

/** The first bytes of a file as `readBytes` returns them; fewer only where it ends before. */
export async function readHead(path: string, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of readBytes(path)) {
    chunks.push(chunk);
    read += chunk.length;
    if (read >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

async function* readFile(
  path: string,
  { onRead, pipe = false }: ReadOptions,
): AsyncGenerator<Buffer> {
  readableFile(path, { pipe });
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
      onRead?.((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw unreadable(path, cause);
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
