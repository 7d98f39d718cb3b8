import { constants, isUtf8 } from 'node:buffer';
import { RecordError, quoteValue } from '../errors.ts';
import { readBytes } from './bytes.ts';

/** One GeoJSON feature with unchecked parts. */
export interface RawFeature {
  type: 'Feature';
  properties: unknown;
  geometry: unknown;
}

/**
 * Reads the features of a GeoJSON FeatureCollection, gzipped or not.
 *
 * The file is parsed as a whole, so it must fit into V8's longest string (512 MiB), and needs
 * several times its size in memory while it is read.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 * @throws {RecordError} `TRUNCATED_GZIP`, `CORRUPT_GZIP`, `INVALID_UTF8`, `MALFORMED_JSON`,
 *   `FILE_TOO_LONG`, `NOT_A_COLLECTION`, and `NOT_A_FEATURE` with the position, counted from 1.
 */
export async function readGeojsonFeatures(path: string): Promise<RawFeature[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path)) {
    length += chunk.length;
    if (length > constants.MAX_STRING_LENGTH) {
      const what = `${path} is longer than ${constants.MAX_STRING_LENGTH} bytes`;
      throw new RecordError('FILE_TOO_LONG', what, 'Simplify the outlines.', {
        field: null,
        value: path,
      });
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) {
    const what = `${path} is not valid UTF-8`;
    throw new RecordError('INVALID_UTF8', what, 'Convert the file to UTF-8.', {
      field: null,
      value: path,
    });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const what = `${path} is not JSON`;
    const hint = `Give one GeoJSON FeatureCollection (${(cause as Error).message}).`;
    throw new RecordError('MALFORMED_JSON', what, hint, { field: null, value: path, cause });
  }
  const collection = parsed as { type?: unknown; features?: unknown } | null;
  if (collection?.type !== 'FeatureCollection' || !Array.isArray(collection.features)) {
    const what = `${path} is not a GeoJSON FeatureCollection but ${quoteValue(collection?.type)}`;
    throw new RecordError('NOT_A_COLLECTION', what, 'Wrap the features in one.', {
      field: 'type',
      value: collection?.type,
    });
  }
  collection.features.forEach((feature: unknown, i) => {
    if ((feature as { type?: unknown } | null)?.type === 'Feature') return;
    const what = `Feature ${i + 1} of ${path} is ${quoteValue(feature)}`;
    throw new RecordError('NOT_A_FEATURE', what, 'Give objects of type Feature.', {
      field: null,
      value: feature,
    });
  });
  return collection.features as RawFeature[];
}
