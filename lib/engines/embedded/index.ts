import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';

import type { PlaceSource } from '../../autocomplete/record/document.ts';
import type { PlaceHit } from '../../autocomplete/searches.ts';
import { EngineError, quoteValue } from '../../errors.ts';
import type { VectorSpace } from '../../knn/space.ts';
import { settle } from '../../options.ts';
import { batchedStream } from '../batched-stream.ts';
import type { Engine, IndexDocument, WriteOperation, WriteOutcome } from '../engine.ts';
import { writeBatch } from './documents.ts';
import { tablesOf } from './feature-tables.ts';
import {
  addGeneration,
  aliasStates,
  indexBodyOf,
  type CatalogueEntry,
  entries,
  entryNamed,
  generationOf,
  moveAlias,
  removeGeneration,
} from './generations.ts';
import { buildGraph, dropGraphs, graphsOf, openGraph, type VectorGraph } from './graph.ts';
import { findByHash, findNearest } from './image-search.ts';
import { spaceOf, viewCount, viewsAfter } from './image-tables.ts';
import { EMBEDDED_SPEC, type EmbeddedOptions } from './options.ts';
import { findAllRanks } from './place-search.ts';
import { FILE_VERSION, prepareSchema } from './schema.ts';
import { searchThreads, type SearchThreads } from './search-threads.ts';
import { inTransaction, openSqlite, wrapHandle, type Database } from './sqlite.ts';
import { stateEntries, stateEntry, writeStateEntry } from './state.ts';
import { findTexts } from './text-search.ts';
import { loadVectors } from './vectors.ts';

export type { EmbeddedOptions } from './options.ts';
export type { SqliteHandle } from './sqlite.ts';

/** Sources of hits kept parsed, at most. */
const CACHED_SOURCES = 20000;
/** Documents read at a time by `scan`. */
const SCAN_PAGE = 500;
/** Vectors from which on a search is worth a thread; below it takes some 2 ms. */
const THREADED_FROM = 20_000;
/** Vectors that go into a graph at a time. */
const GRAPH_PAGE = 5000;

/**
 * An engine in this process on one SQLite file: no server, durable, one writer at a time, any number
 * of reading processes. Opens on first use.
 *
 * A batch is one transaction: after a crash it is there whole or not at all. The swap of an alias is
 * one row in a transaction, so that readers see the old generation or the new one, complete.
 *
 * @throws {OptionError} `OPTION_UNKNOWN`, `OPTION_INVALID`.
 * @throws {EngineError} From its methods: `INDEX_NOT_FOUND`, `INDEX_IN_USE`, `ALIAS_MOVED`,
 *   `ALIAS_INVALID`, `NOT_READY`, `FENCED`, `INDEX_OTHER`, `WRITER_BUSY`, `FILE_TOO_NEW`, `FILE_FOREIGN`, `FILE_DAMAGED`,
 *   `FILE_READ_ONLY`, `FILE_UNREADABLE`, `FILE_IO`, `DISK_FULL`, `ENGINE_CLOSED`, `ENGINE_FAILED`.
 * @throws {MissingDependencyError} From its methods: `SQLITE_MISSING`.
 * @example
 * const engine = embedded({ dataDir: '.suoyin' });
 */
export function embedded(options: EmbeddedOptions = {}): Engine {
  const settings = settle(EMBEDDED_SPEC, options);
  const { dataDir, readOnly, busyTimeoutMs, graphFrom } = settings;
  const path = dataDir === ':memory:' ? dataDir : join(dataDir, 'suoyin.db');
  let opened: Promise<Database> | null = null;
  let closed = false;
  const sources = new Map<string, PlaceSource>();
  const inFile = path !== ':memory:' && !options.database;
  const { threads: threadCount = Math.min(4, availableParallelism()) } = settings;
  const graphFolder = join(dataDir, 'graphs');
  const graphs = new Map<string, VectorGraph | null>();
  let threads: SearchThreads | null = null;
  let dataVersion: unknown = null;

  async function open(): Promise<Database> {
    if (closed) {
      const hint = 'Make a new one with embedded().';
      throw new EngineError('ENGINE_CLOSED', 'This engine was closed', hint);
    }
    opened ??= connect();
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  }

  async function connect(): Promise<Database> {
    if (path !== ':memory:' && !options.database) prepareDirectory(dataDir, path, readOnly);
    const database = options.database
      ? wrapHandle(options.database, 'handle', path)
      : await openSqlite(path, readOnly);
    database.exec(`pragma busy_timeout = ${Math.max(0, Math.trunc(busyTimeoutMs))}`);
    await loadVectors(database);
    prepareSchema(database, path, readOnly);
    // Kill -9 safe; a power cut may lose the last batches, never the file.
    database.exec('pragma synchronous = normal; pragma cache_size = -65536;');
    return database;
  }

  async function reading<T>(action: (database: Database) => T): Promise<T> {
    const database = await open();
    database.exec('begin');
    try {
      return action(database);
    } finally {
      database.exec('commit');
    }
  }

  async function writing<T>(action: (database: Database) => T): Promise<T> {
    const database = await open();
    const result = inTransaction(database, () => action(database));
    sources.clear();
    return result;
  }

  function sourceOf(database: Database, number: number, rank: number): PlaceSource {
    const key = `${number} ${rank}`;
    let source = sources.get(key);
    if (!source) {
      const row = database
        .sql(
          `select d.source from g${number}_attr a join g${number}_doc d on d.doc = a.doc
            where a.rank = ?`,
        )
        .row(rank);
      source = JSON.parse(row![0] as string) as PlaceSource;
      const oldest = sources.keys().next();
      if (sources.size >= CACHED_SOURCES && !oldest.done) sources.delete(oldest.value);
      sources.set(key, source);
    }
    return source;
  }

  /** Another process may have written: what was parsed before may be out of date. */
  function forgetChanged(database: Database): void {
    const version = database.sql('pragma data_version').row()![0];
    if (version !== dataVersion) sources.clear();
    dataVersion = version;
  }

  /** The graph of a generation that is complete. */
  function graphOf({ name, state }: CatalogueEntry, space: VectorSpace): VectorGraph | null {
    if (!inFile || state === 'building') return null;
    if (!graphs.has(name)) graphs.set(name, openGraph(graphFolder, name, space));
    return graphs.get(name)!;
  }

  /** Gives a generation of many pictures its graph. */
  async function addGraph({ feature, name, number }: CatalogueEntry): Promise<void> {
    if (feature !== 'images' || !inFile) return;
    const [space, views] = await reading((db) => [spaceOf(db, number), viewCount(db, number)]);
    if (views < graphFrom || !graphsOf(space)) return;
    async function* pages(): AsyncGenerator<ReturnType<typeof viewsAfter>> {
      for (let after = 0; ;) {
        const page = await reading((db) => viewsAfter(db, number, after, GRAPH_PAGE));
        yield page;
        await setImmediate();
        if (page.length < GRAPH_PAGE) return;
        after = page.at(-1)!.view;
      }
    }
    await buildGraph(graphFolder, name, space, pages());
  }

  const write = (
    index: string,
    operations: readonly WriteOperation[],
    { filling }: { filling: boolean } = { filling: false },
  ): Promise<WriteOutcome[]> =>
    writing((db) => {
      const entry = entryNamed(db, index);
      const { number, state } = entry;
      // Whoever fills a generation late would bring back what was deleted since.
      if (filling && state !== 'building') throw fenced(index);
      const target = { number, built: state !== 'building' };
      const { outcomes, added } = writeBatch(db, tablesOf(entry), target, operations);
      db.sql('update generation set documents = documents + ? where number = ?').run(added, number);
      return outcomes;
    });

  return {
    name: 'embedded',
    remote: false,

    createGeneration: (alias, indexBody, meta = {}) =>
      writing((db) => generationOf(addGeneration(db, alias, indexBody, meta))),

    write: (index, operations) => write(index, operations),
    stream: (generation, onOutcome, { signal } = {}) =>
      batchedStream(
        (operations) => write(generation, operations, { filling: true }),
        onOutcome,
        signal,
      ),

    versions: (index, ids) =>
      reading((db) => {
        const { number } = entryNamed(db, index);
        return ids.map((id) => {
          const row = db.sql(`select version from g${number}_doc where id = ?`).row(id);
          return row ? (row[0] as number) : null;
        });
      }),

    // A process fills over its own connection, and drops what it does not trust.
    takeOverGeneration: (generation) => reading((db) => void entryNamed(db, generation)),

    async finishGeneration(generation, meta = {}) {
      const entry = await reading((db) => entryNamed(db, generation));
      if (entry.state === 'building') {
        for (const step of tablesOf(entry).buildSteps(entry.number)) {
          await writing(step);
          await setImmediate();
        }
      }
      if (entry.state === 'building') await addGraph(entry);
      return writing((db) => {
        const entry = entryNamed(db, generation);
        db.sql(
          `update generation set meta = ?,
            state = case state when 'building' then 'ready' else state end where number = ?`,
        ).run(JSON.stringify({ ...entry.meta, ...meta }), entry.number);
        return generationOf(entryNamed(db, generation));
      });
    },

    async swapAlias(alias, expected, next) {
      const database = await open();
      // A swap that was reported is still there after a power cut.
      database.exec('pragma synchronous = full');
      try {
        return await writing((db) => moveAlias(db, alias, expected, next));
      } finally {
        database.exec('pragma synchronous = normal');
      }
    },

    async dropGeneration(generation) {
      await writing((db) => removeGeneration(db, generation));
      graphs.delete(generation);
      if (!inFile) return;
      const there = await reading((db) => entries(db).map(({ name }) => name));
      dropGraphs(graphFolder, new Set(there));
    },
    generations: (alias) => reading((db) => entries(db, alias).map(generationOf)),
    aliases: (alias) =>
      reading((db) =>
        aliasStates(db).filter((state) => alias === undefined || state.alias === alias),
      ),
    indexBodyOf: (generation) => reading((db) => indexBodyOf(db, generation)),
    readState: (alias, key) => reading((db) => stateEntry(db, alias, key)),
    writeState: (alias, key, value, expected) =>
      writing((db) => writeStateEntry(db, alias, key, value, expected)),
    listState: (alias, prefix) => reading((db) => stateEntries(db, alias, prefix)),

    findByKeys: (index, searches, filter = {}, { signal } = {}) =>
      reading((db) => {
        signal?.throwIfAborted();
        forgetChanged(db);
        const { number, state } = entryNamed(db, index);
        if (state === 'building') return [];
        const ranks = findAllRanks(db, number, searches, filter);
        return Array.from(ranks, ([rank, search]): PlaceHit => {
          const source = sourceOf(db, number, rank);
          return { id: source.id, source, search };
        });
      }),

    findByTerms: (index, search, filter = {}, { signal } = {}) =>
      reading((db) => {
        signal?.throwIfAborted();
        return findTexts(db, entryNamed(db, index), search, filter);
      }),

    async nearest(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      const entry = await reading((db) => entryNamed(db, index));
      if (inFile && threadCount > 0 && entry.documents >= THREADED_FROM) {
        threads ??= searchThreads(dataDir, threadCount);
        if (search.vectors.length > 0) return threads.nearest(entry.name, search);
      }
      return reading((db) => findNearest(db, entry, search, (space) => graphOf(entry, space)));
    },

    byHash: (index, search, { signal } = {}) =>
      reading((db) => {
        signal?.throwIfAborted();
        return findByHash(db, entryNamed(db, index), search);
      }),

    get: <D extends IndexDocument>(index: string, id: string) =>
      reading((db) => {
        const entry = entryNamed(db, index);
        return tablesOf(entry).get(db, entry.number, id) as D | null;
      }),

    count: (index) =>
      reading((db) => {
        const { number } = entryNamed(db, index);
        return db.sql(`select count(*) from g${number}_doc`).row()![0] as number;
      }),

    async *scan<D extends IndexDocument>(index: string) {
      const entry = await reading((db) => entryNamed(db, index));
      const tables = tablesOf(entry);
      for (let after = ''; ;) {
        const page = await reading((db) => tables.page(db, entry.number, after, SCAN_PAGE));
        yield* page as D[];
        if (page.length < SCAN_PAGE) return;
        after = page.at(-1)!.id;
      }
    },

    health: () =>
      reading((db) => ({
        engine: 'embedded',
        version: `SQLite ${String(db.sql('select sqlite_version()').row()![0])}`,
        status: 'ok',
        details: { path, driver: db.driver, fileVersion: FILE_VERSION },
      })),

    async close() {
      closed = true;
      await threads?.close();
      const database = await opened?.catch(() => null);
      opened = null;
      if (!database || options.database) return;
      try {
        // Drivers keep statements open, and SQLite then leaves the log beside the file.
        if (!readOnly) database.exec('pragma wal_checkpoint(truncate)');
      } finally {
        database.close();
      }
    },
  };
}

function fenced(generation: string): EngineError {
  const what = `Another run fills ${generation}, or it is complete or gone`;
  const hint = 'Look at status; run the rebuild again if nobody does.';
  return new EngineError('FENCED', what, hint);
}

function prepareDirectory(dataDir: string, path: string, readOnly: boolean): void {
  try {
    if (readOnly) statSync(path);
    else mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    if (readOnly) {
      const hint = 'Run index-rebuild to build an index there.';
      throw new EngineError('INDEX_NOT_FOUND', `There is no file ${quoteValue(path)}`, hint, {
        cause,
      });
    }
    const hint = 'Give a directory that can be written.';
    throw new EngineError('FILE_UNREADABLE', `${quoteValue(dataDir)} can't be made`, hint, {
      cause,
    });
  }
}
