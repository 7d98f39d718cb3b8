import type { JsonLine } from '../json-value.ts';
import type { Columns } from './columns.ts';

/** Formats that records are read from. */
export type FormatName =
  'jsonl' | 'json' | 'csv' | 'tsv' | 'copy' | 'geojson' | 'geonames' | 'photon' | 'osm' | 'wof';

/** Every format, in the order of the documentation. */
export const FORMATS: readonly FormatName[] = Object.freeze([
  'jsonl',
  'json',
  'csv',
  'tsv',
  'copy',
  'geojson',
  'geonames',
  'photon',
  'osm',
  'wof',
] as const);

/** How files are read, beside their format. */
export interface FormatOptions {
  columns?: Columns | undefined;
  acceptColumns?: boolean | undefined;
  encoding?: string | undefined;
  delimiter?: string | undefined;
  records?: string | undefined;
  /** Told of what is taken for granted, such as the columns. */
  onNote?: ((note: string) => void) | undefined;
}

/** A file of a source, and the beginning of what is in it, unpacked. */
export interface SourceFile {
  path: string;
  head: Buffer;
}

/**
 * The records of an opened file, or what is wrong in their place. Every call reads from the beginning.
 *
 * @param onRead - Called with the number of bytes read from the file, before decompression.
 */
export type ReadRecords = (onRead?: (bytes: number) => void) => AsyncIterable<JsonLine>;

/**
 * Opens the files of one format.
 *
 * @returns For each file that has records how they are read; files beside them, such as names of
 *   another file's places, have none.
 */
export type OpenFormat = (
  files: readonly SourceFile[],
  options: FormatOptions,
) => Promise<Map<string, ReadRecords>>;
