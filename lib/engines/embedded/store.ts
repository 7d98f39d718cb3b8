import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, quoteValue } from '../../errors.ts';
import { engineClosed } from '../refusals.ts';
import { keepReserve } from './reserve.ts';
import { checkLayout, prepareSchema } from './schema.ts';
import {
  type Database,
  inReading,
  inTransaction,
  openSqlite,
  type SqliteHandle,
  wrapHandle,
} from './sqlite.ts';
import { stillSign } from './still-file.ts';
import { loadVectors } from './vectors.ts';

/** Where a store keeps its data, and how it shares them. */
export interface StoreSettings {
  /** Folder of the file, or `:memory:`. */
  dataDir: string;
  readOnly: boolean;
  /** Milliseconds to wait for another process that writes. */
  busyTimeoutMs: number;
  /** An open database to use instead of a file; not closed by the store. */
  database?: SqliteHandle | undefined;
}

/** One SQLite database, opened on first use, that all parts of an engine share. */
export interface Store {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  /** Folder that other files may be kept in beside the database; null where there is none. */
  readonly folder: string | null;
  /** Reads in one transaction, so that everything read is of one moment. */
  reading<T>(action: (database: Database) => T): Promise<T>;
  /** Writes in one transaction: whole or not at all. */
  writing<T>(action: (database: Database) => T): Promise<T>;
  /** As `writing`, and still there after a power cut. */
  writingDurably<T>(action: (database: Database) => T): Promise<T>;
  /**
   * Writes the file anew without its free pages.
   *
   * @returns False where a reader keeps the file from being cut to its new length.
   */
  vacuum(): Promise<boolean>;
  /** Changes whenever this process or another may have written. */
  revision(database: Database): string;
  close(): Promise<void>;
}

/** How often a file is opened anew that was taken for one that nobody writes. */
const REOPENINGS = 5;

/** @throws {EngineError} From its methods, as `embedded` says. */
export function openStore(settings: StoreSettings): Store {
  const { dataDir, readOnly, database: given } = settings;
  const path = dataDir === ':memory:' ? dataDir : join(dataDir, 'suoyin.db');
  let opened: Promise<Database> | null = null;
  let closed = false;
  let writes = 0;
  let openings = 0;
  /** As the file was when it was opened as one that nobody writes; null: it is any other. */
  let still: string | null = null;
  const isOfFile = path !== ':memory:' && !given;

  async function open(): Promise<Database> {
    if (closed) throw engineClosed('embedded');
    if (opened === null) {
      openings += 1;
      still = readOnly && isOfFile ? stillSign(path) : null;
      opened = connect(path, settings, still !== null);
    }
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  }

  async function writing<T>(action: (database: Database) => T): Promise<T> {
    const database = await open();
    const result = inTransaction(database, () => {
      checkLayout(database, path);
      return action(database);
    });
    writes += 1;
    return result;
  }

  return {
    path,
    folder: path === ':memory:' || given ? null : dataDir,
    writing,

    async reading(action) {
      for (let tries = 0; ; tries++) {
        const pending = open();
        const number = openings;
        const database = await pending;
        // Another call has opened it anew meanwhile, and closed this one.
        if (number !== openings) continue;
        const hasMoved = (): boolean =>
          still !== null && tries < REOPENINGS && still !== stillSign(path);
        try {
          const result = inReading(database, () => action(database));
          if (!hasMoved()) return result;
        } catch (error) {
          if (!hasMoved()) throw error;
        }
        // What was read may be half of one state and half of another.
        opened = null;
        database.close();
      }
    },

    async writingDurably(action) {
      const database = await open();
      database.exec('pragma synchronous = full');
      try {
        return await writing(action);
      } finally {
        database.exec('pragma synchronous = normal');
      }
    },

    async vacuum() {
      const database = await open();
      database.exec('vacuum');
      return database.sql('pragma wal_checkpoint(truncate)').row()![0] === 0;
    },

    // SQLite changes its number for writes of other connections only.
    revision: (database) =>
      `${openings} ${writes} ${String(database.sql('pragma data_version').row()![0])}`,

    async close() {
      closed = true;
      const database = await opened?.catch(() => null);
      opened = null;
      if (!database || given) return;
      try {
        // Drivers keep statements open, and SQLite then leaves the log beside the file.
        if (!readOnly) giveLogBack(database);
      } finally {
        database.close();
      }
    },
  };
}

/** Copies the log into the file and empties it. On a full disk it stays, and nothing of it is lost. */
function giveLogBack(database: Database): void {
  try {
    database.exec('pragma wal_checkpoint(truncate)');
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'DISK_FULL')) throw error;
  }
}

async function connect(path: string, settings: StoreSettings, isStill: boolean): Promise<Database> {
  const { dataDir, readOnly, busyTimeoutMs, database: given } = settings;
  if (path !== ':memory:' && !given) prepareFolder(dataDir, path, readOnly);
  const database = given
    ? wrapHandle(given, 'handle', path)
    : await openSqlite(path, readOnly, isStill);
  database.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
  await loadVectors(database);
  prepareSchema(database, path, readOnly);
  if (!readOnly && path !== ':memory:' && !given) keepReserve(dataDir);
  // Safe from kill -9; a power cut may lose the last batches, never the file.
  database.exec('pragma synchronous = normal; pragma cache_size = -65536;');
  return database;
}

function prepareFolder(dataDir: string, path: string, readOnly: boolean): void {
  try {
    if (readOnly) statSync(path);
    else mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    if (readOnly) {
      const hint = 'Run index-rebuild to build an index there.';
      const what = `There is no file ${quoteValue(path)}`;
      throw new EngineError('INDEX_NOT_FOUND', what, hint, { cause });
    }
    const hint = 'Give a directory that can be written.';
    const what = `${quoteValue(dataDir)} can't be made`;
    throw new EngineError('FILE_UNREADABLE', what, hint, { cause });
  }
}
