import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { steadyClock } from '../../clock.ts';
import { type CatalogueEntry, entryNamed } from './catalogue.ts';
import { type FileSum, readPlaceFile, segmentIn, writePlaceFile } from './place-file.ts';
import { buildSegment, segmentRow, type SegmentRow, segmentRows } from './place-segment-build.ts';
import type { SegmentData } from './place-segment.ts';
import { PlaceView } from './place-view.ts';
import type { Database } from './sqlite.ts';
import { stateIn } from './state.ts';
import type { Store } from './store.ts';
import { threadPool } from '../thread-pool.ts';

/** Name of the folder beside the database. */
const FOLDER = 'generations';
/**
 * Up to this number of documents, a file is made in this thread; a larger one in another thread.
 */
const AT_ONCE = 5000;
/**
 * A file is made again when this number of documents, and this share of all, were written since.
 */
const REMAKE_FROM = 2000;
const REMAKE_SHARE = 0.02;
/**
 * If more documents than this were written since, the tables are searched until there is a new
 * file.
 */
const WRITTEN_MAX = 20_000;
/** Milliseconds between two attempts to make a file. */
const RETRY_MS = 60_000;
/** Milliseconds that a thread may take to make one. */
const MAKE_MS = 3_600_000;
/** How long tables are searched instead by what only reads. */
const UNTIL_MADE = 'until a process that writes, or suoyin check-file --fix, makes it again';

/** Entry of the database about the file of a generation. */
interface Noted extends FileSum {
  /** Number of the last change that is in it. */
  change: number;
  /** Changes up to this number have been removed. */
  forgotten: number;
}

type Made = Omit<Noted, 'forgotten'>;

/** A generation in memory. */
interface Held {
  /** Revision of the entry about its file. */
  revision: string;
  view: PlaceView;
  /** Number of the last change in the view. */
  change: number;
}

/** Settings of files of places. */
export interface PlaceFileSettings {
  /** Whether no files may be written. */
  readOnly: boolean;
  /** Whether files are read and places searched in memory. */
  resident: boolean;
  warn: (text: string) => void;
}

/**
 * Generations of places as typed arrays, in immutable files beside the database. Their content is
 * derived from the tables: a missing or damaged file is made again, and the tables are searched
 * meanwhile.
 */
export interface PlaceFiles {
  /** The places of a generation in memory, up to date; null if the tables have to be searched. */
  of(database: Database, entry: CatalogueEntry): PlaceView | null;
  /** Whether a view is still the current one of its generation. */
  holds(generation: string, view: PlaceView): boolean;
  /** Whether the file of some generation is being read. */
  isReading(): boolean;
  /** Makes the file of a generation. */
  make(generation: string): Promise<void>;
  /**
   * Reads the file of a generation. A missing or damaged one is made again; `damaged` reports the
   * latter.
   */
  check(entry: CatalogueEntry): Promise<void>;
  /** Names of the damaged files. */
  damaged(): string[];
  /** Removes the files of all generations but these, also those that a crash left behind. */
  keepOnly(generations: ReadonlySet<string>): void;
  /** Stops the files that are being made. */
  close(): Promise<void>;
}

/** Script of a thread that makes a file, beside this one. */
const SCRIPT: URL = new URL(
  import.meta.url.replace(/place-files(\.[jt]s)$/, 'place-file-thread$1'),
);

/** Call of a thread: the name of a generation. */
export type MakeCall = string;

export function placeFiles(store: Store, settings: PlaceFileSettings): PlaceFiles {
  const { readOnly, resident, warn } = settings;
  const folder = store.folder === null ? null : join(store.folder, FOLDER);
  const held = new Map<string, Held>();
  const bad = new Map<string, { revision: string; file: string; isOlder?: boolean }>();
  const reading = new Map<string, Promise<void>>();
  const making = new Map<string, Promise<void>>();
  const tried = new Map<string, number>();
  /** Generations that are known to have a table of changes. */
  const noting = new Set<string>();
  const state = stateIn(store);
  const stop = new AbortController();

  async function make(generation: string): Promise<void> {
    if (folder === null || !resident || readOnly) return;
    const { alias, documents } = await store.reading((database) =>
      entryNamed(database, generation),
    );
    const before = (await state.readState(alias, fileKey(generation)))?.value as Noted | undefined;
    const { data = null, ...made } =
      documents <= AT_ONCE
        ? await makePlaceFile(store, generation)
        : await makeInThread(store.folder!, generation, stop.signal);
    // Processes that still use the previous file need the changes since that file.
    const noted: Noted = { ...made, forgotten: before?.change ?? 0 };
    const revision = await state.writeState(alias, fileKey(generation), noted);
    if (data) hold(generation, { noted, revision: revision! }, data);
    await forgetChanges(store, generation, noted.forgotten);
    dropOld(folder, generation, [noted.file, before?.file]);
  }

  function makeLater({ name }: CatalogueEntry): void {
    if (readOnly || folder === null || making.has(name) || stop.signal.aborted) return;
    const last = tried.get(name);
    if (last !== undefined && steadyClock() - last < RETRY_MS) return;
    tried.set(name, steadyClock());
    const made = make(name)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) warn(`The file of ${name} could not be made: ${String(error)}`);
      })
      .finally(() => making.delete(name));
    making.set(name, made);
  }

  function hold(generation: string, { noted, revision }: Note, data: SegmentData): void {
    bad.delete(generation);
    held.set(generation, { revision, view: new PlaceView(data), change: noted.change });
  }

  async function read(entry: CatalogueEntry, { noted, revision }: Note): Promise<void> {
    const shared = await readPlaceFile(folder!, noted);
    const data = shared && segmentIn(shared);
    if (data) return hold(entry.name, { noted, revision }, data);
    bad.set(entry.name, { revision, file: noted.file, isOlder: shared !== null });
    const then = readOnly ? UNTIL_MADE : 'and it is made again';
    const what = shared ? 'of an older suoyin' : 'missing or damaged';
    warn(`File ${noted.file} is ${what}: tables are searched instead, ${then}`);
    makeLater(entry);
  }

  function readLater(entry: CatalogueEntry, note: Note): void {
    const { revision, noted } = note;
    if (reading.has(entry.name) || bad.get(entry.name)?.revision === revision) return;
    const done = read(entry, note)
      .catch((error: unknown) => {
        bad.set(entry.name, { revision, file: noted.file });
        warn(`File ${noted.file} could not be read: ${String(error)}`);
        makeLater(entry);
      })
      .finally(() => reading.delete(entry.name));
    reading.set(entry.name, done);
  }

  return {
    of(database, entry) {
      if (folder === null || !resident) return null;
      if (!noting.has(entry.name)) {
        if (!notesChanges(database, entry.number)) return null;
        noting.add(entry.name);
      }
      const note = noteOf(database, entry);
      if (note === null) {
        makeLater(entry);
        return null;
      }
      const holds = held.get(entry.name);
      if (holds?.revision !== note.revision) readLater(entry, note);
      if (!holds || holds.change < note.noted.forgotten) return null;
      follow(database, entry.number, holds);
      const { written } = holds.view;
      if (written >= Math.max(REMAKE_FROM, REMAKE_SHARE * entry.documents)) makeLater(entry);
      return written > WRITTEN_MAX ? null : holds.view;
    },

    holds: (generation, view) => held.get(generation)?.view === view,

    isReading: () => reading.size > 0,

    make,

    async check(entry) {
      if (folder === null || entry.state === 'building') return;
      const note = await store.reading((database) =>
        notesChanges(database, entry.number) ? noteOf(database, entry) : null,
      );
      const shared = note && (await readPlaceFile(folder, note.noted));
      if (note === null || (shared && segmentIn(shared))) return;
      const isThere = existsSync(join(folder, note.noted.file));
      await make(entry.name);
      // No damage: a missing file, as after a back-up of the database alone, and one of an older layout.
      if (isThere && shared === null)
        bad.set(entry.name, { revision: note.revision, file: note.noted.file });
    },

    damaged: () => [...bad.values()].filter(({ isOlder }) => !isOlder).map(({ file }) => file),

    keepOnly(generations) {
      for (const known of [held, bad]) {
        for (const name of known.keys()) if (!generations.has(name)) known.delete(name);
      }
      if (folder === null) return;
      for (const file of filesIn(folder)) {
        if (!generations.has(file.split('.')[0]!)) rmSync(join(folder, file), { force: true });
      }
    },

    async close() {
      stop.abort();
      await Promise.all([...reading.values(), ...making.values()]);
      held.clear();
    },
  };
}

/** Key of the state entry about the file, which is removed with all state of the generation. */
function fileKey(generation: string): string {
  return `${generation}/file`;
}

/** The entry about a file, with its revision. */
interface Note {
  noted: Noted;
  revision: string;
}

function noteOf(database: Database, { alias, name }: CatalogueEntry): Note | null {
  const row = database
    .sql('select value, revision from state where alias = ? and key = ?')
    .row(alias, fileKey(name));
  if (!row) return null;
  return { noted: JSON.parse(row[0] as string) as Noted, revision: row[1] as string };
}

/**
 * Whether the generation has a table of changes. The layout of an older suoyin has none, and a
 * read-only process does not upgrade it.
 */
function notesChanges(database: Database, number: number): boolean {
  const row = database
    .sql(`select count(*) from sqlite_schema where name in ('state', ?)`)
    .row(`g${number}_change`);
  return row![0] === 2;
}

async function forgetChanges(store: Store, generation: string, change: number): Promise<void> {
  await store.writing((database) => {
    const { number } = entryNamed(database, generation);
    database.sql(`delete from g${number}_change where change <= ?`).run(change);
  });
}

function lastChange(database: Database, number: number): number {
  const row = database.sql(`select coalesce(max(change), 0) from g${number}_change`).row();
  return row![0] as number;
}

/** Adds to the view what was written since its last change. */
function follow(database: Database, number: number, held: Held): void {
  const rows = database
    .sql(`select change, rank from g${number}_change where change > ? order by change`)
    .rows(held.change) as [change: number, rank: number][];
  if (rows.length === 0) return;
  const changes = new Map<number, SegmentRow | null>();
  for (const [, rank] of rows) {
    if (!changes.has(rank)) changes.set(rank, segmentRow(database, number, rank));
  }
  held.view.change(changes);
  held.change = rows.at(-1)![0];
}

/** Makes the file of a generation in this thread. */
export async function makePlaceFile(
  store: Store,
  generation: string,
): Promise<Made & { data: SegmentData }> {
  const folder = join(store.folder!, FOLDER);
  return store.reading((database) => {
    const { number } = entryNamed(database, generation);
    const change = lastChange(database, number);
    const data = buildSegment(segmentRows(database, number));
    return { ...writePlaceFile(folder, generation, data), change, data };
  });
}

async function makeInThread(
  dataDir: string,
  generation: string,
  signal: AbortSignal,
): Promise<Made & { data?: undefined }> {
  const pool = threadPool<MakeCall>(SCRIPT, { count: 1, data: { dataDir }, limitMs: MAKE_MS });
  try {
    return await pool.ask<Made>(generation, { signal });
  } finally {
    await pool.close(signal.aborted ? 0 : undefined);
  }
}

function dropOld(folder: string, generation: string, kept: readonly unknown[]): void {
  for (const file of filesIn(folder)) {
    const isOld = file.startsWith(`${generation}.`) && !kept.includes(file);
    if (isOld) rmSync(join(folder, file), { force: true });
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
