import type * as Hyparquet from 'hyparquet';
import { MissingDependencyError, OptionError, quoteValue } from '../../errors.ts';

/** Rows that are read at a time. */
const ROWS = 2000;

/**
 * Yields the rows of a Parquet file from this one on, as objects by column. Reads uncompressed files and those
 * compressed with Snappy.
 *
 * @throws {MissingDependencyError} `PARQUET_MISSING` if the optional package hyparquet is not installed.
 * @throws {OptionError} `VECTORS_UNREADABLE`.
 */
export async function* readParquet(
  path: string,
  from: number,
): AsyncGenerator<Record<string, unknown>> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await loadHyparquet();
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const rows = Number(metadata.num_rows);
    for (let rowStart = from; rowStart < rows; rowStart += ROWS) {
      const rowEnd = Math.min(rows, rowStart + ROWS);
      yield* await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    }
  } catch (cause) {
    const what = `${quoteValue(path)} can't be read: ${(cause as Error).message}`;
    const hint =
      'Save it uncompressed or with Snappy, with the columns id and vector (a list of numbers).';
    throw new OptionError('VECTORS_UNREADABLE', what, hint, { cause });
  }
}

async function loadHyparquet(): Promise<
  Pick<typeof Hyparquet, 'asyncBufferFromFile' | 'parquetMetadataAsync' | 'parquetReadObjects'>
> {
  try {
    return await import('hyparquet');
  } catch (cause) {
    const hint = 'Install it: npm install hyparquet. Or give JSON lines or .npy.';
    const what = 'Parquet files are read by hyparquet, which cannot be loaded';
    throw new MissingDependencyError('PARQUET_MISSING', what, hint, { cause });
  }
}
