import { EngineError, quoteValue } from '../../errors.ts';
import { changeTable } from './place-tables.ts';
import { inTransaction, type Database } from './sqlite.ts';
import { hasColumn, SEALED_TABLES, sealAll } from './sums.ts';
import { hasOldPictures, upgradeImages } from './upgrade-images.ts';

/** Application id in the file's header: "SuoY". */
const APPLICATION_ID = 0x53756f59;
/** Version of the layout, raised by every change that an older suoyin can't read. */
export const FILE_VERSION = 5;

const STATE = `
  create table state(alias text, key text, value text not null, revision text not null,
    sum integer, primary key(alias, key)) without rowid;`;

const CATALOGUE = `${STATE}
  create table generation(
    number integer primary key autoincrement,
    name text not null unique,
    alias text not null,
    state text not null,
    created_at text not null,
    documents integer not null,
    body text not null,
    meta text not null,
    sum integer);
  create table series(alias text primary key, last integer not null) without rowid;
  create table alias(alias text primary key, live integer not null, previous integer,
    sum integer) without rowid;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FILE_VERSION};`;

/**
 * Makes the tables in a new file, or checks the layout of an existing one.
 *
 * @throws {EngineError} `FILE_TOO_NEW`, `FILE_TOO_OLD`, `FILE_FOREIGN`, `FILE_DAMAGED`, or `INDEX_NOT_FOUND` for an
 *   empty file that may not be written.
 */
export function prepareSchema(database: Database, path: string, readOnly: boolean): void {
  const found = checkSchema(database, path);
  if (found !== null) {
    if (found === FILE_VERSION) return;
    if (readOnly) {
      refuseOldPictures(database, path);
    } else {
      inTransaction(database, () => {
        upgrade(database, path);
      });
    }
    return;
  }
  if (readOnly) {
    const hint =
      'Make an index there (index-rebuild for places, images add, notes add), or say where it is: --data FOLDER.';
    throw new EngineError('INDEX_NOT_FOUND', `${quoteValue(path)} is empty`, hint);
  }
  database.exec('pragma journal_mode = wal');
  inTransaction(database, () => {
    // Another process may have made the tables while we waited for the lock.
    if (checkSchema(database, path) === null) database.exec(CATALOGUE);
  });
}

/** @throws {EngineError} `FILE_TOO_OLD`: pictures of an old layout can't be read as they are. */
function refuseOldPictures(database: Database, path: string): void {
  if (!numbersIn(database).some((number) => hasOldPictures(database, number))) return;
  throw new EngineError(
    'FILE_TOO_OLD',
    `${quoteValue(path)} has pictures as an older suoyin stored them`,
    'Run suoyin check-file --fix, or open it once for writing: that brings them up to date.',
  );
}

function numbersIn(database: Database): number[] {
  return database.sql('select number from generation').rows().map(Number);
}

/**
 * Upgrades from layout 1, without versions of documents and state; layout 2, without checksums;
 * layout 3, without tables of changes of places; and layout 4, with vectors in tables of
 * `sqlite-vec`. Existing documents get a checksum only by
 * `check-file --fix` or their next write, since reading all of them here could take minutes.
 */
function upgrade(database: Database, path: string): void {
  const found = checkSchema(database, path);
  if (found === null || found === FILE_VERSION) return;
  const numbers = numbersIn(database);
  if (found < 2) {
    database.exec(STATE);
    for (const number of numbers) {
      database.exec(`alter table g${number}_doc add column version integer not null default 0`);
    }
  }
  for (const table of [...SEALED_TABLES, ...numbers.map((number) => `g${number}_doc`)]) {
    if (hasColumn(database, table, 'sum')) continue;
    database.exec(`alter table ${table} add column sum integer`);
  }
  for (const table of SEALED_TABLES) sealAll(database, table);
  for (const number of numbers) {
    const has = (table: string, column: string): boolean =>
      hasColumn(database, `g${number}_${table}`, column);
    // Only generations of places have areas.
    if (has('attr', 'area') && !has('change', 'rank')) database.exec(changeTable(number));
    if (hasOldPictures(database, number)) upgradeImages(database, number);
  }
  database.exec(`pragma user_version = ${FILE_VERSION}`);
}

/**
 * @throws {EngineError} `FILE_TOO_NEW` if a newer suoyin has changed the layout since it was
 *   opened.
 */
export function checkLayout(database: Database, path: string): void {
  checkSchema(database, path);
}

/** @returns The layout; null for an empty database. */
function checkSchema(database: Database, path: string): number | null {
  const pragma = (name: string): unknown => database.sql(`pragma ${name}`).row()?.[0];
  const application = pragma('application_id');
  if (application === APPLICATION_ID) {
    const version = Number(pragma('user_version'));
    if (version <= FILE_VERSION) return version;
    throw new EngineError(
      'FILE_TOO_NEW',
      `${quoteValue(path)} has layout ${version}, this suoyin reads up to ${FILE_VERSION}`,
      'Update suoyin, or give another data directory and run index-rebuild.',
    );
  }
  const tables = database.sql('select count(*) from sqlite_schema').row()?.[0];
  if (application === 0 && tables === 0) return null;
  throw new EngineError(
    'FILE_FOREIGN',
    `${quoteValue(path)} is a database of another program`,
    'Give another data directory.',
  );
}
