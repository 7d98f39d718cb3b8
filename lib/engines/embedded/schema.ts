import { EngineError, quoteValue } from '../../errors.ts';
import { inTransaction, type Database } from './sqlite.ts';

/** Written into the file's header, so that `file` and we can tell whose it is: "SuoY". */
const APPLICATION_ID = 0x53756f59;
/** Layout of the file. Raised by every change that an older suoyin could not read. */
export const FILE_VERSION = 2;

const STATE = `
  create table state(alias text, key text, value text not null, revision text not null,
    primary key(alias, key)) without rowid;`;

const CATALOGUE = `${STATE}
  create table generation(
    number integer primary key autoincrement,
    name text not null unique,
    alias text not null,
    state text not null,
    created_at text not null,
    documents integer not null,
    body text not null,
    meta text not null);
  create table series(alias text primary key, last integer not null) without rowid;
  create table alias(alias text primary key, live integer not null, previous integer) without rowid;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FILE_VERSION};`;

/**
 * Makes a new file ours, or checks that an existing one is.
 *
 * @throws {EngineError} `FILE_TOO_NEW`, `FILE_FOREIGN`, `FILE_DAMAGED`, or `INDEX_NOT_FOUND` for an
 *   empty file that may not be written.
 */
export function prepareSchema(database: Database, path: string, readOnly: boolean): void {
  const found = checkSchema(database, path);
  if (found !== null) {
    if (found < FILE_VERSION && !readOnly)
      inTransaction(database, () => {
        upgrade(database, path);
      });
    return;
  }
  if (readOnly) {
    const hint = 'Run index-rebuild to build an index there.';
    throw new EngineError('INDEX_NOT_FOUND', `${quoteValue(path)} is empty`, hint);
  }
  database.exec('pragma journal_mode = wal');
  inTransaction(database, () => {
    // Another process may have made the tables while we waited for the lock.
    if (checkSchema(database, path) === null) database.exec(CATALOGUE);
  });
}

/** From layout 1, which had neither versions of documents nor state. */
function upgrade(database: Database, path: string): void {
  if (checkSchema(database, path) === FILE_VERSION) return;
  database.exec(STATE);
  for (const [number] of database.sql('select number from generation').rows()) {
    database.exec(
      `alter table g${Number(number)}_doc add column version integer not null default 0`,
    );
  }
  database.exec(`pragma user_version = ${FILE_VERSION}`);
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

/**
 * Tables of one generation, all named by its number:
 * - `doc`: documents; `source` is what a hit carries, `keys` the stored keys as JSON
 * - `attr`: one small row a document in order of rank, to filter by without touching `doc`
 * - `area`: distinct `within` lists; `area_key`: the areas that hold a key
 * - `key`: search keys, each with the letter of its field in front
 * - `prefix`: beginnings that many keys share, with their documents in order of rank
 *
 * While a generation is being built only `doc` and the areas are written; the rest follows, sorted,
 * in `buildSteps`.
 */
export function createTables(database: Database, number: number): void {
  const g = `g${number}`;
  database.exec(`
    create table ${g}_doc(doc integer primary key, id text not null unique, rank integer not null,
      country text not null, kind text not null, lat real, lon real, area integer not null,
      source text not null, rest text not null, keys text not null,
      version integer not null);
    create table ${g}_attr(rank integer primary key, doc integer not null,
      country text not null, kind text not null, lat real, lon real, area integer not null);
    create table ${g}_area(area integer primary key, keys text not null unique);
    create table ${g}_area_key(key text, area integer, primary key(key, area)) without rowid;
    create table ${g}_key(k text, rank integer, country text not null,
      primary key(k, rank)) without rowid;
    create table ${g}_prefix(k text, rank integer, country text not null,
      primary key(k, rank)) without rowid;`);
}

const TABLES: readonly string[] = ['doc', 'attr', 'area', 'area_key', 'key', 'prefix'];

export function dropTables(database: Database, number: number): void {
  for (const table of TABLES) database.exec(`drop table if exists g${number}_${table}`);
}
