import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EngineError, MissingDependencyError, quoteValue } from '../../errors.ts';
import { fileState, reasonOf } from './file-state.ts';
import { native } from '../../interruption.ts';
import { isFull } from './reserve.ts';

/** A value of a column or a parameter. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = SqlValue[];

/** A prepared statement as `node:sqlite`, `@photostructure/sqlite` and `better-sqlite3` have it. */
export interface SqliteStatement {
  run(...parameters: SqlValue[]): { changes: number | bigint };
  all(...parameters: SqlValue[]): unknown[];
  setReturnArrays?(enabled: boolean): void;
  raw?(enabled: boolean): unknown;
}

/**
 * A handle that the application may pass in: `DatabaseSync` of `node:sqlite`, or a
 * `better-sqlite3` database.
 */
export interface SqliteHandle {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

type Constructor = new (path: string, options: { readOnly: boolean }) => SqliteHandle;

/** A statement that returns rows as arrays with every driver. */
export interface Statement {
  /** @returns Number of rows changed. */
  run(...parameters: SqlValue[]): number;
  rows(...parameters: SqlValue[]): SqlRow[];
  row(...parameters: SqlValue[]): SqlRow | undefined;
}

/** An open database with the operations that the engine needs; errors are typed. */
export interface Database {
  /** `node:sqlite`, `@photostructure/sqlite` or `handle`. */
  readonly driver: string;
  exec(sql: string): void;
  /** Prepares a statement, or returns a cached one; the least recently used are dropped. */
  sql(text: string): Statement;
  close(): void;
}

/** Longest path that SQLite opens, in bytes: its limit of 512 less the suffix of a journal. */
const PATH_MAX = 504;
/** Cached statements per database: every generation in use has about thirty. */
const STATEMENTS = 256;

/**
 * Opens a SQLite file with `node:sqlite` (Node.js 22.13 and later), else with
 * `@photostructure/sqlite`.
 *
 * @param path - File or `:memory:`; created unless `readOnly`.
 * @param isStill - Whether nobody can write the file: it is opened without locks and without its
 *   log.
 * @throws {MissingDependencyError} `SQLITE_MISSING` if there is neither.
 * @throws {EngineError} As `engineFault` maps them.
 */
export async function openSqlite(
  path: string,
  readOnly: boolean,
  isStill = false,
): Promise<Database> {
  refuseOther(path);
  const { driver, DatabaseSync } = await loadDriver();
  try {
    const name = isStill ? `${pathToFileURL(path).href}?immutable=1` : path;
    const handle = native(() => new DatabaseSync(name, { readOnly }));
    return wrapHandle(handle, driver, path);
  } catch (error) {
    throw engineFault(error, path);
  }
}

/** A pipe would be waited for, and a device read without end. */
function refuseOther(path: string): void {
  const state = fileState(path);
  if (!state || state.isFile()) return;
  const what = `${quoteValue(path)} is ${state.isDirectory() ? 'a folder' : 'no regular file'}`;
  throw new EngineError('FILE_UNREADABLE', what, 'Move it away, or give another folder.');
}

async function loadDriver(): Promise<{ driver: string; DatabaseSync: Constructor }> {
  for (const driver of ['node:sqlite', '@photostructure/sqlite']) {
    try {
      const loaded = (await import(driver)) as { DatabaseSync: Constructor };
      return { driver, DatabaseSync: loaded.DatabaseSync };
    } catch {
      continue;
    }
  }
  throw new MissingDependencyError(
    'SQLITE_MISSING',
    'No SQLite driver loads on this machine',
    'Use Node 22.13 or later, run npm install @photostructure/sqlite, or give embedded() a database handle.',
  );
}

/** Wraps a handle as a `Database` that throws `EngineError`. */
export function wrapHandle(handle: SqliteHandle, driver: string, path: string): Database {
  const kept = new Map<string, Statement>();
  const typed = <T>(action: () => T): T => {
    try {
      return native(action);
    } catch (error) {
      throw engineFault(error, path);
    }
  };
  return {
    driver,
    exec: (sql) => typed(() => void handle.exec(sql)),
    close: () => typed(() => void handle.close()),
    sql(text) {
      let statement = kept.get(text);
      if (statement) {
        kept.delete(text);
      } else {
        statement = statementOf(
          typed(() => handle.prepare(text)),
          typed,
        );
        const oldest = kept.keys().next();
        if (kept.size >= STATEMENTS && !oldest.done) kept.delete(oldest.value);
      }
      kept.set(text, statement);
      return statement;
    },
  };
}

function statementOf(statement: SqliteStatement, typed: <T>(action: () => T) => T): Statement {
  let arrays: boolean | undefined;
  const rows = (...parameters: SqlValue[]): SqlRow[] =>
    typed(() => {
      arrays ??= asksForArrays(statement);
      const found = statement.all(...parameters);
      return arrays
        ? (found as SqlRow[])
        : found.map((row) => Object.values(row as Record<string, SqlValue>));
    });
  return {
    run: (...parameters) => typed(() => Number(statement.run(...parameters).changes)),
    rows,
    row: (...parameters) => rows(...parameters)[0],
  };
}

function asksForArrays(statement: SqliteStatement): boolean {
  if (statement.setReturnArrays) statement.setReturnArrays(true);
  else if (statement.raw) statement.raw(true);
  else return false;
  return true;
}

const FULL_HINT = 'Free some space, or drop generations with suoyin gc, and run it again.';
/** Error codes of suoyin for primary result codes of SQLite (https://sqlite.org/rescode.html). */
const FAULTS: Readonly<Record<number, [code: string, what: string, hint: string]>> = {
  5: ['WRITER_BUSY', 'is being written by another process', 'Wait for it, or raise busyTimeoutMs.'],
  6: ['WRITER_BUSY', 'is locked by another connection', 'Wait for it, or raise busyTimeoutMs.'],
  8: ['FILE_READ_ONLY', 'can not be written', 'Check the permissions, or open it readOnly.'],
  10: ['FILE_IO', 'can not be read or written', 'Check the disk and its permissions, then retry.'],
  11: ['FILE_DAMAGED', 'is damaged', 'Move it away and run index-rebuild, or restore a back-up.'],
  13: ['DISK_FULL', 'has no room to grow: the disk is full', FULL_HINT],
  26: ['FILE_DAMAGED', 'is not a database', 'Move it away and run index-rebuild.'],
};
const NAMES: Readonly<Record<string, number>> = {
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
};

/** Result codes by message of SQLite, for drivers whose errors sometimes have no code. */
const WORDS: Readonly<Record<string, number>> = {
  'database is locked': 5,
  'database table is locked': 6,
  'attempt to write a readonly database': 8,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'file is not a database': 26,
};

/** Runs an action in a write transaction. */
export function inTransaction<T>(database: Database, action: () => T): T {
  database.exec('begin immediate');
  try {
    const result = action();
    database.exec('commit');
    return result;
  } catch (error) {
    endTransaction(database);
    throw error;
  }
}

/** Runs an action in a read transaction, so that everything is read as of one moment. */
export function inReading<T>(database: Database, action: () => T): T {
  database.exec('begin');
  try {
    return action();
  } finally {
    endTransaction(database);
  }
}

/**
 * After a grave error, such as a full disk, SQLite has already ended the transaction. The first
 * error is the one to report.
 */
function endTransaction(database: Database): void {
  try {
    database.exec('rollback');
  } catch {
    return;
  }
}

type Fault = [code: string, what: string, hint: string];

/** SQLite's own limit; it tells it of the file that it opens, not of one that it writes a copy to. */
function tooLong(path: string): Fault | null {
  const bytes = Buffer.byteLength(path);
  if (bytes <= PATH_MAX) return null;
  const what = `has ${bytes} bytes, and SQLite opens paths of ${PATH_MAX} at the most`;
  const hint = 'Give a shorter path, from the working directory or by a link.';
  return ['FILE_UNREADABLE', what, hint];
}

/** @throws {EngineError} `FILE_UNREADABLE` if the path is longer than SQLite opens. */
export function refuseLong(path: string): void {
  const fault = tooLong(path);
  if (!fault) return;
  const [code, what, hint] = fault;
  throw new EngineError(code, `${quoteValue(path)} ${what}`, hint);
}

/** SQLite only reports that it can't open a file; the file system knows the reason. */
function unopened(path: string): Fault {
  const long = tooLong(path);
  if (long) return long;
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.R_OK);
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException;
    const what = `can not be opened (${code})`;
    return ['FILE_UNREADABLE', what, reasonOf(code)];
  }
  return [
    'FILE_UNREADABLE',
    'can not be opened',
    'Check the file, its folder and open file limits.',
  ];
}

/**
 * A driver's error as `EngineError`, with the original as `cause`; a SearchError passes through.
 */
export function engineFault(error: unknown, path: string): Error {
  if (error instanceof EngineError) return error;
  const given = error as { errcode?: number; code?: string; message?: string };
  const name = /^SQLITE_[A-Z]+/.exec(given.code ?? '')?.[0] ?? '';
  const result = given.errcode ?? NAMES[name] ?? WORDS[given.message ?? ''] ?? 0;
  // If SQLite can't make its shared-memory file, it does not report why.
  const isOfDisk = (result & 0xff) === 10 && isFull(dirname(path));
  const fault = (result & 0xff) === 14 ? unopened(path) : FAULTS[isOfDisk ? 13 : result & 0xff];
  const [code, what, hint] = fault ?? [
    'ENGINE_FAILED',
    `failed: ${given.message ?? String(error)}`,
    'This is a defect of the engine or its file: please report it with the cause.',
  ];
  return new EngineError(code, `${quoteValue(path)} ${what}`, hint, { cause: error });
}
