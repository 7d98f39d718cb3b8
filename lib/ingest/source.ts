import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { fieldError, SearchError } from '../errors.ts';
import type { FieldValue } from '../knn/document.ts';

/** A picture to ingest: where it is, and what is stored with it. */
export interface IngestSource {
  /** An http or https URL, or an absolute path. */
  source: string;
  /** Id of the document. */
  id: string;
  /** If omitted, a picture that is already indexed keeps its fields. */
  fields?: Readonly<Record<string, FieldValue>>;
  /** Describe it again even if its bytes have not changed. */
  again?: true;
  /** The query of the URL is part of the name of the picture; see `storedSource`. */
  keepQuery?: true;
}

/** What the sources of an ingest have in common. */
export interface SourceOptions {
  fields?: IngestSource['fields'] | undefined;
  keepQuery?: boolean | undefined;
}

/** A file that was skipped, since it is not a source. */
export class PassedOver {
  readonly path: string;
  /** What it is: a format, an extension, `hidden`, ... */
  readonly kind: string;

  constructor(path: string, kind: string) {
    this.path = path;
    this.kind = kind;
  }
}

const URL_LIKE = /^https?:/i;
const RECORD_KEYS = ['source', 'url', 'path'] as const;

/** Whether a source is fetched rather than read from a file. */
export function isUrl(source: string): boolean {
  return URL_LIKE.test(source);
}

/** Host and port that a source is fetched from; null for files and invalid URLs. */
export function hostOf(source: string): string | null {
  return isUrl(source) && URL.canParse(source) ? new URL(source).host : null;
}

/**
 * A source in the form that documents store, and that ids are made of: a URL without user and password, and
 * without its query, which may be a signature.
 *
 * @param options - keepQuery: it is part of the name of the picture. Default false.
 */
export function storedSource(source: string, options: { keepQuery?: boolean } = {}): string {
  if (hostOf(source) === null) return source;
  const url = new URL(source);
  const query = options.keepQuery === true ? '' : url.search;
  if (url.username === '' && url.password === '' && query === '') return source;
  url.username = '';
  url.password = '';
  if (query !== '') url.search = '';
  return url.href;
}

/** Whether `storedSource` leaves out a query, so that other pictures may get the same id. */
export function losesQuery(source: string, options: { keepQuery?: boolean }): boolean {
  return options.keepQuery !== true && hostOf(source) !== null && new URL(source).search !== '';
}

/**
 * Reads the source of a picture: a path, a URL, or a record `{ source | url | path, id?, fields?
 * }`.
 *
 * The id defaults to the source as it is stored, see `storedSource`. Paths become absolute, so that
 * processes with another working directory find the file.
 *
 * @param given - The source; an error in its place is thrown.
 * @param options - fields: stored with every picture; those of the record take precedence. keepQuery: ids
 *   keep the query of a URL.
 * @throws {RecordError} `SOURCE_INVALID`.
 */
export function readSource(given: unknown, options: SourceOptions = {}): IngestSource {
  const { fields } = options;
  if (given instanceof SearchError) throw given;
  if (given instanceof URL) return sourceOf(given.href, options);
  if (typeof given === 'string') return sourceOf(given, options);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(null, given);
  const record = given as Record<string, unknown>;
  const key = RECORD_KEYS.find((name) => record[name] !== undefined && record[name] !== null);
  const source = key === undefined ? undefined : record[key];
  if (typeof source !== 'string') throw invalid(key ?? 'source', source);
  const { id, fields: own, vector } = record;
  if (vector !== undefined) {
    const hint = 'Vectors of your own go in by ingestVectors or add, or by a model with embed';
    const what = 'is not taken from a list of sources';
    throw fieldError('SOURCE_INVALID', { field: 'vector', value: vector }, what, hint);
  }
  if (id !== undefined && (typeof id !== 'string' || id === '')) throw invalid('id', id);
  if (own !== undefined && (typeof own !== 'object' || own === null || Array.isArray(own))) {
    throw invalid('fields', own);
  }
  const merged = own || fields ? { ...fields, ...(own as IngestSource['fields']) } : undefined;
  return sourceOf(source, { ...options, id, fields: merged });
}

function sourceOf(
  source: string,
  { id, fields, keepQuery = false }: SourceOptions & { id?: string | undefined },
): IngestSource {
  if (source.trim() === '' || source.includes('\0')) throw invalid('source', source);
  return {
    source: isUrl(source) ? source : pathOf(source),
    id: id ?? storedSource(source, { keepQuery }),
    ...(fields ? { fields } : {}),
    ...(keepQuery && isUrl(source) ? { keepQuery } : {}),
  };
}

function pathOf(source: string): string {
  if (!/^file:/i.test(source)) return resolve(source);
  try {
    return fileURLToPath(source);
  } catch {
    throw invalid('source', source);
  }
}

function hasUrl(value: unknown): boolean {
  try {
    return /https?:/i.test(typeof value === 'string' ? value : JSON.stringify(value));
  } catch {
    return false;
  }
}

function invalid(field: string | null, value: unknown): Error {
  const hint = 'Give a path, a URL, or { source, id?, fields? }';
  // An address may contain a password, so none of it is quoted.
  const shown = hasUrl(value) ? 'an address in something else' : value;
  return fieldError(
    'SOURCE_INVALID',
    { field, value: shown },
    'is not the source of a picture',
    hint,
  );
}
