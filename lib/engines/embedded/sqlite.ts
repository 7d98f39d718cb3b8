import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EngineError, MissingDependencyError, quoteValue } from '../../errors.ts';
import { native } from '../../interruption.ts';
import { isFull } from './reserve.ts';

/** What a column holds, or a parameter may be. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = SqlValue[];

/** A prepared statement as `node:sqlite`, `@photostructure/sqlite` and `better-sqlite3` have it. */
export interface SqliteStatement {
  run(...parameters: SqlValue[]): { changes: number | bigint };
  all(...parameters: SqlValue[]): unknown[];
  setReturnArrays?(enabled: boolean): void;
  raw?(enabled: boolean): unknown;
}

/** A handle that a host may bring: `DatabaseSync` of `node:sqlite`, or a `better-sqlite3` database. */
export interface SqliteHandle {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
  /** Refused by `DatabaseSync` unless it was opened with `allowExtension`. */
  loadExtension?(path: string): unknown;
}

type Constructor = new (
  path: string,
  options: { readOnly: boolean; allowExtension: boolean },
) => SqliteHandle;

/** A statement that gives rows as arrays on every driver. */
export interface Statement {
  /** @returns Number of rows changed. */
  run(...parameters: SqlValue[]): number;
  rows(...parameters: SqlValue[]): SqlRow[];
  row(...parameters: SqlValue[]): SqlRow | undefined;
}

/** An open database: the little SQL that the engine needs, errors already typed. */
export interface Database {
  /** `node:sqlite`, `@photostructure/sqlite` or `handle`. */
  readonly driver: string;
  exec(sql: string): void;
  /** Prepared once per text and kept, the least recently used given up. */
  sql(text: string): Statement;
  /** Makes the functions of an extension known to this connection. */
  loadExtension(path: string): void;
  close(): void;
}

/** Bytes of a path that SQLite opens: its limit of 512, less the name of a journal. */
const PATH_MAX = 503;
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'Check that the directory exists.',
  ENOTDIR: 'A part of the path is a file; check it.',
  EACCES: 'Check the permissions of the file and of its folder.',
  EROFS:
    'The file system is read-only: open it readOnly, or copy it elsewhere with its log, if it has one.',
};

/** Statements kept per database: every generation in use has about thirty. */
const STATEMENTS = 256;

/**
 * Opens a SQLite file with the driver this Node has: `node:sqlite` (Node 22.13 and later), else
 * `@photostructure/sqlite`.
 *
 * @param path - File or `:memory:`; created unless `readOnly`.
 * @param isStill - Nobody writes it: neither locks nor a log are looked for.
 * @throws {MissingDependencyError} `SQLITE_MISSING` where there is neither.
 * @throws {EngineError} As `engineFault` maps them.
 */
export async function openSqlite(
  path: string,
  readOnly: boolean,
  isStill = false,
): Promise<Database> {
  const { driver, DatabaseSync } = await loadDriver();
  try {
    const name = isStill ? `${pathToFileURL(path).href}?immutable=1` : path;
    const handle = native(() => new DatabaseSync(name, { readOnly, allowExtension: true }));
    return wrapHandle(handle, driver, path);
  } catch (error) {
    throw engineFault(error, path);
  }
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

/** A handle as a `Database`; what it throws comes out as `EngineError`. */
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
    loadExtension(path) {
      const host = handle as { enableLoadExtension?(allow: boolean): void };
      native(() => {
        host.enableLoadExtension?.(true);
        handle.loadExtension?.(path);
        host.enableLoadExtension?.(false);
      });
    },
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
/** Primary result codes of SQLite (https://sqlite.org/rescode.html) as codes of ours. */
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

/** What SQLite says in words, for drivers that give no code with some errors. */
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

/** Carries out an action in a transaction that no other writer is in: whole or not at all. */
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

/** Carries out an action in a transaction that only reads, so that all that is read is of one moment. */
export function inReading<T>(database: Database, action: () => T): T {
  database.exec('begin');
  try {
    return action();
  } finally {
    endTransaction(database);
  }
}

/** After a grave error, as on a full disk, SQLite has ended the transaction already: the first error is the one to tell. */
function endTransaction(database: Database): void {
  try {
    database.exec('rollback');
  } catch {
    return;
  }
}

/** SQLite says only that it can't open a file: the file system knows why. */
function unopened(path: string): [code: string, what: string, hint: string] {
  const bytes = Buffer.byteLength(path);
  if (bytes > PATH_MAX) {
    const what = `has ${bytes} bytes, and SQLite opens paths of ${PATH_MAX} at the most`;
    return [
      'FILE_UNREADABLE',
      what,
      'Give a shorter path, from the working directory or by a link.',
    ];
  }
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      return ['FILE_UNREADABLE', 'is a folder', 'Move it away, or give another folder.'];
    }
    accessSync(existsSync(path) ? path : dirname(path), constants.R_OK);
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException;
    const what = `can not be opened (${code})`;
    return ['FILE_UNREADABLE', what, REASONS[code] ?? 'Check the path and its permissions.'];
  }
  return [
    'FILE_UNREADABLE',
    'can not be opened',
    'Check the file, its folder and open file limits.',
  ];
}

/** A driver's error as `EngineError`, with the original as `cause`; one of ours passes through. */
export function engineFault(error: unknown, path: string): Error {
  if (error instanceof EngineError) return error;
  const given = error as { errcode?: number; code?: string; message?: string };
  const name = /^SQLITE_[A-Z]+/.exec(given.code ?? '')?.[0] ?? '';
  const result = given.errcode ?? NAMES[name] ?? WORDS[given.message ?? ''] ?? 0;
  // Where SQLite can't make the file that readers and the writer share, it does not say why.
  const isOfDisk = (result & 0xff) === 10 && isFull(dirname(path));
  const fault = (result & 0xff) === 14 ? unopened(path) : FAULTS[isOfDisk ? 13 : result & 0xff];
  const [code, what, hint] = fault ?? [
    'ENGINE_FAILED',
    `failed: ${given.message ?? String(error)}`,
    'This is a defect of the engine or its file: please report it with the cause.',
  ];
  return new EngineError(code, `${quoteValue(path)} ${what}`, hint, { cause: error });
}
