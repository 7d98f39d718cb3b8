import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { RecordError, quoteValue } from '../errors.ts';

/** First bytes of a ZIP file with an entry. */
export const ZIP_MAGIC: readonly number[] = [0x50, 0x4b, 0x03, 0x04];

/** Files beside the data in the ZIP files that data are published in. */
const BESIDE =
  /(?:^|\/)(?:readme|licen[cs]e|copying|\.|__macosx\/)[^/]*(?:\/|$)|\/$|\.(?:md|pdf)$/i;

/**
 * Unpacks the one data file of a ZIP file; read-me files and licences beside it don't count.
 *
 * @throws {RecordError} `ZIP_AMBIGUOUS` if there is no or more than one data file, `CORRUPT_ZIP`.
 */
export async function* unzipped(path: string): AsyncGenerator<Buffer> {
  const { openPromise } = await import('yauzl');
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      if (!BESIDE.test(entry.fileName)) entries.push(entry);
    }
    const [entry, ...others] = entries;
    if (!entry || others.length > 0) throw ambiguous(path, entries);
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    const what = `${path} is a ZIP file that can't be read (${(cause as Error).message})`;
    const hint = 'Copy or download it again; check it with `unzip -t`.';
    throw new RecordError('CORRUPT_ZIP', what, hint, { field: null, value: path, cause });
  } finally {
    zip?.close();
  }
}

function ambiguous(path: string, entries: readonly Entry[]): RecordError {
  const names = entries.map(({ fileName }) => fileName);
  const holds = names.length === 0 ? 'no data file' : `${names.length} files: ${quoteValue(names)}`;
  const hint = names.some((name) => name === 'xl/workbook.xml' || name === 'mimetype')
    ? 'It is a workbook, of Excel or LibreOffice: save it as "CSV UTF-8".'
    : names.some((name) => name.endsWith('.shp'))
      ? 'It is a shapefile. Unpack and convert it: `ogr2ogr -f GeoJSON -t_srs EPSG:4326 new.geojson FILE.shp`.'
      : 'Unpack it, and name the files that are meant.';
  return new RecordError('ZIP_AMBIGUOUS', `${path} has ${holds}`, hint, {
    field: null,
    value: path,
  });
}
