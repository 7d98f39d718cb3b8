import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, quoteValue, unmadeFault } from '../../errors.ts';
import { engineClosed } from '../refusals.ts';
import { reasonOf } from './file-state.ts';
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

/** Name of the database in a data folder. */
export const DATA_FILE = 'suoyin.db';

/** Settings of a store. */
export interface StoreSettings {
  /** Folder of the file, or `:memory:`. */
  dataDir: string;
  readOnly: boolean;
  /** Milliseconds to wait for another process that writes. */
  busyTimeoutMs: number;
  /** An open database to use instead of a file; not closed by the store. */
  database?: SqliteHandle | undefined;
}

/** One SQLite database, opened on first use and shared by all parts of an engine. */
export interface Store {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  /** Folder for other files beside the database; null if there is none. */
  readonly folder: string | null;
  /** Reads in one transaction, so that everything is read as of one moment. */
  reading<T>(action: (database: Database) => T): Promise<T>;
  /** Like `reading`, for a single statement, which needs no transaction. */
  glancing<T>(action: (database: Database) => T): Promise<T>;
  /** Writes in one transaction. */
  writing<T>(action: (database: Database) => T): Promise<T>;
  /** Like `writing`, and durable after a power cut. */
  writingDurably<T>(action: (database: Database) => T): Promise<T>;
  /**
   * Rewrites the file without its free pages.
   *
   * @returns False if a reader prevents the file from being truncated.
   */
  vacuum(): Promise<boolean>;
  /** Changes whenever this or another process may have written. */
  revision(database: Database): string;
  close(): Promise<void>;
}

/** How often a file is opened again if it was opened as immutable and changed. */
const REOPENINGS = 5;

/** @throws {EngineError} From its methods, as `embedded` says. */
export function openStore(settings: StoreSettings): Store {
  const { dataDir, readOnly, database: given } = settings;
  const path = dataDir === ':memory:' ? dataDir : join(dataDir, DATA_FILE);
  let opened: Promise<Database> | null = null;
  let closed = false;
  let writes = 0;
  let openings = 0;
  /** Signature of the file when it was opened as immutable; null if it was opened normally. */
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

  async function read<T>(action: (database: Database) => T): Promise<T> {
    for (let tries = 0; ; tries++) {
      const pending = open();
      const number = openings;
      const database = await pending;
      // Another call has opened the file again meanwhile and closed this connection.
      if (number !== openings) continue;
      const hasMoved = (): boolean =>
        still !== null && tries < REOPENINGS && still !== stillSign(path);
      try {
        const result = action(database);
        if (!hasMoved()) return result;
      } catch (error) {
        if (!hasMoved()) throw error;
      }
      // The file changed while it was read, so the result may mix two states.
      opened = null;
      database.close();
    }
  }

  return {
    path,
    folder: path === ':memory:' || given ? null : dataDir,
    writing,
    glancing: read,
    reading: (action) => read((database) => inReading(database, () => action(database))),

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

    // SQLite's data_version changes only for writes of other connections.
    revision: (database) =>
      `${openings} ${writes} ${String(database.sql('pragma data_version').row()![0])}`,

    async close() {
      closed = true;
      const database = await opened?.catch(() => null);
      opened = null;
      if (!database || given) return;
      try {
        // Drivers keep statements open, and then SQLite would leave the log beside the file.
        if (!readOnly) giveLogBack(database);
      } finally {
        database.close();
      }
    },
  };
}

/**
 * Copies the log into the file and empties it. On a full disk the log stays, and nothing is lost.
 */
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
  prepareSchema(database, path, readOnly);
  if (!readOnly && path !== ':memory:' && !given) keepReserve(dataDir);
  // Safe against kill -9; a power cut may lose the last batches, but never damages the file.
  database.exec('pragma synchronous = normal; pragma cache_size = -65536;');
  return database;
}

function prepareFolder(dataDir: string, path: string, readOnly: boolean): void {
  if (readOnly) {
    checkThere(path);
    return;
  }
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    throw unmadeFault(cause, dataDir);
  }
}

/**
 * @throws {EngineError} `INDEX_NOT_FOUND` if there is no file of an embedded engine at a path,
 *   `FILE_UNREADABLE` where none can be.
 */
export function checkThere(path: string): void {
  try {
    statSync(path);
  } catch (cause) {
    const { code = 'no reason' } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      const what = `${quoteValue(path)} can not be opened (${code})`;
      throw new EngineError('FILE_UNREADABLE', what, reasonOf(code), { cause });
    }
    const hint =
      'Make an index there (index-rebuild for places, images add, notes add), or say where it is: --data FOLDER.';
    const what = `There is no file ${quoteValue(path)}`;
    throw new EngineError('INDEX_NOT_FOUND', what, hint, { cause });
  }
}
