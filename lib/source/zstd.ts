import { RecordError } from '../errors.ts';

/** First bytes of a Zstandard frame (RFC 8878). */
export const ZSTD_MAGIC: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * Unpacks Zstandard data of a file.
 *
 * @param path - Names the file in errors.
 * @throws {RecordError} `TRUNCATED_ZSTD`, `CORRUPT_ZSTD`.
 */
export async function* unpackedZstd(
  path: string,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const { Decompress, ZstdErrorCode } = await import('fzstd');
  let unpacked: Buffer[] = [];
  const stream = new Decompress((data) => {
    // The library may use its buffer again, so what is handed on is copied.
    if (data.length > 0) unpacked.push(Buffer.from(data));
  });
  const take = (): Buffer[] => unpacked.splice(0);
  try {
    for await (const chunk of packed) {
      stream.push(chunk);
      yield* take();
    }
    stream.push(new Uint8Array(0), true);
    yield* take();
  } catch (cause) {
    if (!isZstdError(cause)) throw cause;
    const truncated = cause.code === ZstdErrorCode.UnexpectedEOF;
    throw new RecordError(
      truncated ? 'TRUNCATED_ZSTD' : 'CORRUPT_ZSTD',
      `${path} ${truncated ? 'ends in the middle of' : 'contains damaged'} Zstandard data (${cause.message})`,
      'Copy or download it again; check it with `zstd -t`.',
      { field: null, value: path, cause },
    );
  } finally {
    unpacked = [];
  }
}

/** Of the library: an error with a number as its code. */
function isZstdError(error: unknown): error is Error & { code: number } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'number';
}
