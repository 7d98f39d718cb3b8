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

/** A source in the form that documents store: a URL without user and password. */
export function sourceWithoutUser(source: string): string {
  if (hostOf(source) === null) return source;
  const url = new URL(source);
  if (url.username === '' && url.password === '') return source;
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * Reads the source of a picture: a path, a URL, or a record `{ source | url | path, id?, fields?
 * }`.
 *
 * The id defaults to the source as given, without a URL's user and password. Paths become absolute,
 * so that processes with another working directory find the file.
 *
 * @param given - The source; an error in its place is thrown.
 * @param fields - Stored with every picture; those of the record take precedence.
 * @throws {RecordError} `SOURCE_INVALID`.
 */
export function readSource(given: unknown, fields?: IngestSource['fields']): IngestSource {
  if (given instanceof SearchError) throw given;
  if (given instanceof URL) return sourceOf(given.href, undefined, fields);
  if (typeof given === 'string') return sourceOf(given, undefined, fields);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(null, given);
  const record = given as Record<string, unknown>;
  const key = RECORD_KEYS.find((name) => record[name] !== undefined && record[name] !== null);
  const source = key === undefined ? undefined : record[key];
  if (typeof source !== 'string') throw invalid(key ?? 'source', source);
  const { id, fields: own } = record;
  if (id !== undefined && (typeof id !== 'string' || id === '')) throw invalid('id', id);
  if (own !== undefined && (typeof own !== 'object' || own === null || Array.isArray(own))) {
    throw invalid('fields', own);
  }
  const merged = own || fields ? { ...fields, ...(own as IngestSource['fields']) } : undefined;
  return sourceOf(source, id, merged);
}

function sourceOf(
  source: string,
  id: string | undefined,
  fields: IngestSource['fields'],
): IngestSource {
  if (source.trim() === '' || source.includes('\0')) throw invalid('source', source);
  return {
    source: isUrl(source) ? source : pathOf(source),
    id: id ?? sourceWithoutUser(source),
    ...(fields ? { fields } : {}),
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

function invalid(field: string | null, value: unknown): Error {
  const hint = 'Give a path, a URL, or { source, id?, fields? }';
  return fieldError('SOURCE_INVALID', { field, value }, 'is not the source of a picture', hint);
}
