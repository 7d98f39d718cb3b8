import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFault } from '../../errors.ts';
import { writableFile } from '../../source/named-files.ts';
import { publicSource, publicText } from '../fetch/fetch-error.ts';
import { hostOf, type IngestSource, isUrl, storedSource } from '../source.ts';

/** A picture that could not be indexed. Its JSON line can be given to an ingest again. */
export interface FailedPicture {
  /** URL (without user, password and query) or path. */
  source: string;
  id: string | null;
  /** The fields that were to be stored with it. */
  fields?: IngestSource['fields'];
  code: string;
  message: string;
  /** How often it was tried. */
  attempts: number;
}

/** Failed pictures of a run, written to a file as they occur. */
export interface FailedPictures {
  readonly count: number;
  /** The first ones, at most 20. */
  readonly first: readonly FailedPicture[];
  /** Path of the file; null if none was requested or nothing failed. */
  readonly path: string | null;
  add(
    failed: {
      source: string;
      id: string | null;
      attempts: number;
      fields?: IngestSource['fields'];
    },
    error: { code: string; message: string },
  ): void;
  close(): void;
}

const KEPT = 20;

/**
 * Collects failed pictures in a JSON lines file, readable by its owner only. Several processes may
 * append to one file.
 *
 * @param path - Null to keep only the count and the first ones.
 */
export function collectFailedPictures(path: string | null): FailedPictures {
  if (path !== null) writableFile(path);
  const first: FailedPicture[] = [];
  let file: number | null = null;
  let count = 0;
  return {
    get count(): number {
      return count;
    },
    get path(): string | null {
      return count === 0 ? null : path;
    },
    first,
    add({ source, id, attempts, fields }, { code, message }): void {
      const shown = id === null ? null : sourceToShow(id);
      // A message may quote the record, including a URL with a password or a signature.
      const text = publicText(message);
      const failed: FailedPicture = {
        ...{ source: sourceToShow(source), id: shown },
        ...(fields ? { fields } : {}),
        ...{ code, message: text, attempts },
      };
      count += 1;
      if (first.length < KEPT) first.push(failed);
      if (path === null) return;
      try {
        if (file === null) {
          mkdirSync(dirname(path), { recursive: true });
          file = openSync(path, 'a', 0o600);
        }
        writeSync(file, `${JSON.stringify(failed)}\n`);
      } catch (error) {
        throw writeFault(error, path);
      }
    },
    close(): void {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/**
 * The whole source, so that it can be ingested again, without the parts of a URL that may be
 * secret.
 */
function sourceToShow(source: string): string {
  if (hostOf(source) === null) return isUrl(source) ? publicSource(source) : source;
  const url = new URL(storedSource(source, { keepQuery: true }));
  url.hash = '';
  if (url.search !== '') url.search = '?...';
  return url.href;
}
