import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Engine, WriteOutcome } from '../engines/engine.ts';
import { RecordError } from '../errors.ts';
import { steadyClock } from '../clock.ts';
import { idTerm, type NoteDocument, sourceTerm, withSources } from '../notes/document.ts';
import { type CheckedNote, readNote } from '../notes/note.ts';
import type { NoteHit } from '../notes/searches.ts';
import { OPTION_INVALID, SIGNAL, type Spec } from '../options.ts';
import type { FoundNote } from '../source/note-files.ts';
import { pagesOf } from '../source/pages.ts';

/** Options of `NoteIndex.add`. */
export interface NoteAddOptions {
  /** Removes notes whose files were in the given folders and are gone. Default false. */
  prune?: boolean;
  signal?: AbortSignal;
  /** Called after every batch. */
  onProgress?: (soFar: Readonly<NoteAddResult>) => void;
}

/** Options of `NoteIndex.add`. */
export const NOTE_ADD_SPEC: Spec<NoteAddOptions, 'prune'> = {
  code: OPTION_INVALID,
  options: {
    prune: {
      type: 'flag',
      default: false,
      help: 'removes notes whose files were in the given folders and are gone',
    },
    signal: SIGNAL,
    onProgress: { type: 'function', help: 'called after every batch' },
  },
};

/** Counts of everything that was found. */
export interface NoteAddResult {
  added: number;
  changed: number;
  unchanged: number;
  /** Number of removed notes, whose text is in no file any more. */
  removed: number;
  failed: number;
  /** The first failures, at most 20. */
  faults: { source: string; code: string; message: string }[];
  /** Number of skipped files of other kinds, by extension. */
  skipped: Record<string, number>;
  /** What was skipped, such as a missing dictionary. */
  warnings: readonly string[];
  /** Fields that notes do not have, each with the number of records that had it. */
  unknownFields: Record<string, number>;
  seconds: number;
}

/** The index that notes are added to. */
interface Into {
  engine: Engine;
  alias: string;
  remake: (note: CheckedNote) => NoteDocument;
  write: (documents: readonly NoteDocument[]) => Promise<WriteOutcome[]>;
  remove: (ids: readonly string[]) => Promise<WriteOutcome[]>;
}

const BATCH = 100;
const FAULTS = 20;
/** Matches a source that is not a path. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Adds notes, a batch at a time, and writes only what has changed. A kill between batches loses
 * nothing: the same call resumes.
 *
 * @param options - folders: folders that the notes come from, for `prune`. warnings: those of the
 *   dictionaries.
 */
export async function takeIn(
  found: AsyncIterable<FoundNote>,
  into: Into,
  options: NoteAddOptions & { folders: readonly string[]; warnings: readonly string[] },
): Promise<NoteAddResult> {
  const began = steadyClock();
  const result: NoteAddResult = {
    added: 0,
    changed: 0,
    unchanged: 0,
    removed: 0,
    failed: 0,
    faults: [],
    skipped: {},
    warnings: options.warnings,
    unknownFields: {},
    seconds: 0,
  };
  const seen: Seen = { sources: new Set(), unread: new Set() };
  for await (const page of pagesOf(found, BATCH)) {
    options.signal?.throwIfAborted();
    await takeBatch(readBatch(page, seen, result), into, result);
    result.seconds = (steadyClock() - began) / 1000;
    options.onProgress?.(result);
  }
  if (options.prune) await prune(seen, into, options.folders, result);
  result.seconds = (steadyClock() - began) / 1000;
  return result;
}

function failed(result: NoteAddResult, source: string, code: string, message: string): void {
  result.failed += 1;
  if (result.faults.length < FAULTS) result.faults.push({ source, code, message });
}

/** What a run has come across. */
interface Seen {
  sources: Set<string>;
  /** Files and folders that could not be read, so that nobody knows what is in them. */
  unread: Set<string>;
}

/** The readable notes of a batch; the same text in two files is one note with both sources. */
function readBatch(
  page: readonly FoundNote[],
  seen: Seen,
  result: NoteAddResult,
): { note: CheckedNote; source: string }[] {
  return page.flatMap((found) => {
    const { source } = found;
    seen.sources.add(source);
    if ('skipped' in found) {
      const kind = found.skipped;
      result.skipped[kind] = (result.skipped[kind] ?? 0) + 1;
      return [];
    }
    try {
      if ('error' in found) throw found.error;
      const note = readNote(found.note, (field) => {
        result.unknownFields[field] = (result.unknownFields[field] ?? 0) + 1;
      });
      for (const stated of note.sources) seen.sources.add(stated);
      return [{ note, source }];
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      if ('error' in found) seen.unread.add(source);
      failed(result, source, error.code, error.message);
      return [];
    }
  });
}

async function takeBatch(
  batch: readonly { note: CheckedNote; source: string }[],
  into: Into,
  result: NoteAddResult,
): Promise<void> {
  if (batch.length === 0) return;
  const wanted = new Map<string, NoteDocument>();
  for (const { note } of batch) {
    const document = into.remake(note);
    const twin = wanted.get(document.id);
    // Every found note is counted, also the same text again, or another one with the same id.
    if (twin) result[twin.hash === document.hash ? 'unchanged' : 'changed'] += 1;
    const sources = new Set([...(twin?.sources ?? []), ...document.sources]);
    wanted.set(document.id, sources.size > 1 ? withSources(document, [...sources]) : document);
  }
  // The source that a record states is not a file that contains nothing else.
  const files = batch.flatMap(({ note, source }) =>
    note.sources.includes(source) ? [source] : [],
  );
  const there = await thereFor([...wanted.keys()], files, into);
  const writes: NoteDocument[] = [];
  for (const document of wanted.values()) {
    const former = there.get(document.id);
    const sources = new Set([...(former?.sources ?? []), ...document.sources]);
    const next =
      sources.size > document.sources.length ? withSources(document, [...sources]) : document;
    if (former && isSame(former, next)) result.unchanged += 1;
    else writes.push(next);
  }
  const stale = [...there.values()].filter(({ id }) => !wanted.has(id));
  const leaving = await withoutSources(stale, new Set(files), into);
  const outcomes = await into.write([...writes, ...leaving.kept]);
  outcomes.forEach(({ id, status, reason }, i) => {
    if (status >= 300 && status !== 409)
      failed(result, id, 'REFUSED', reason ?? `status ${status}`);
    else if (i >= writes.length) return;
    else if (status === 201) result.added += 1;
    // A newer version was written meanwhile.
    else if (status === 409) result.unchanged += 1;
    else result.changed += 1;
  });
  await removeNotes(leaving.gone, into, result);
}

/** Indexed notes with one of the ids, or from one of the files, by id. */
async function thereFor(
  ids: readonly string[],
  files: readonly string[],
  { engine, alias }: Into,
): Promise<Map<string, NoteHit>> {
  const any = [...ids.map(idTerm), ...files.map(sourceTerm)];
  const hits = await engine.findNotes(alias, { terms: [], filter: { any }, limit: 10 * BATCH });
  return new Map(hits.map((hit) => [hit.id, hit]));
}

async function removeNotes(
  ids: readonly string[],
  { remove }: Into,
  result: NoteAddResult,
): Promise<void> {
  for (const { id, status, reason } of ids.length > 0 ? await remove(ids) : []) {
    if (status < 300) result.removed += 1;
    // 404: already removed. 409: written again meanwhile.
    else if (status !== 404 && status !== 409) {
      failed(result, id, 'REFUSED', reason ?? `status ${status}`);
    }
  }
}

function isSame(former: NoteHit, next: NoteDocument): boolean {
  const { body: _, terms: __, rank: ___, ...wanted } = next;
  const { body: ____, rank: _____, ...there } = former;
  return isDeepStrictEqual(there, wanted);
}

/**
 * Notes that some sources no longer contain: each with its remaining sources, and the ids of those
 * without any.
 */
async function withoutSources(
  notes: readonly NoteHit[],
  given: ReadonlySet<string>,
  { engine, alias }: Into,
): Promise<{ kept: NoteDocument[]; gone: string[] }> {
  const kept: NoteDocument[] = [];
  const gone: string[] = [];
  for (const { id, sources } of notes) {
    const left = sources.filter((source) => !given.has(source));
    if (left.length === sources.length) continue;
    const document = left.length > 0 ? await engine.get<NoteDocument>(alias, id) : null;
    if (document) kept.push(withSources(document, left));
    else gone.push(id);
  }
  return { kept, gone };
}

/** Removes notes if all their sources are in the folders, and none was seen or is below what could not be read. */
async function prune(
  { sources: read, unread }: Seen,
  into: Into,
  folders: readonly string[],
  result: NoteAddResult,
): Promise<void> {
  const isBelow = (source: string, tops: Iterable<string>): boolean =>
    !ADDRESS.test(source) && [...tops].some((top) => !relative(top, source).startsWith('..'));
  const isGone = (source: string): boolean =>
    isBelow(source, folders) && !read.has(source) && !isBelow(source, unread);
  const gone: string[] = [];
  for await (const { id, sources } of into.engine.scan<NoteDocument>(into.alias)) {
    if (sources.length > 0 && sources.every(isGone)) gone.push(id);
  }
  for (let at = 0; at < gone.length; at += BATCH) {
    await removeNotes(gone.slice(at, at + BATCH), into, result);
  }
}
