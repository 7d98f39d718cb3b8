import type { PlaceDocument } from '../../autocomplete/record/document.ts';
import { buildSteps } from './build.ts';
import { addKeys, removeKeys } from './keys.ts';
import { copiedRow, type DocumentRow, fromRow, type Texts, toRow } from './rows.ts';
import type { Database } from './sqlite.ts';
import { sumOf } from './sums.ts';
import type { DocumentTables, WriteTarget } from './feature.ts';
import { addText, createText, hasText, removeText, textSteps } from './text-tables.ts';

const TABLES: readonly string[] = [
  'doc',
  'attr',
  'area',
  'area_key',
  'key',
  'prefix',
  'text',
  'change',
];

/**
 * Tables of places:
 * - `doc`: documents; `source` is the content of a hit, `keys` the stored keys as JSON
 * - `attr`: one small row per document in order of rank, to filter without reading `doc`
 * - `area`: distinct `within` lists; `area_key`: the areas that contain a key
 * - `key`: search keys, each after the letter of its field
 * - `prefix`: prefixes that many keys share, with their documents in order of rank
 * - `change`: ranks of documents that were inserted or removed since the generation was built, in order
 * - `text`: terms of text search, each after the letter of its field; missing in generations of an older suoyin
 *
 * Only `doc` and the areas are written until a generation is built.
 */
export const placeTables: DocumentTables<PlaceDocument> = {
  create(database, number): void {
    const g = `g${number}`;
    database.exec(`
      create table ${g}_doc(doc integer primary key, id text not null unique, rank integer not null,
        country text not null, kind text not null, lat real, lon real, area integer not null,
        source text not null, rest text not null, keys text not null,
        version integer not null, sum integer);
      create table ${g}_attr(rank integer primary key, doc integer not null,
        country text not null, kind text not null, lat real, lon real, area integer not null);
      create table ${g}_area(area integer primary key, keys text not null unique);
      create table ${g}_area_key(key text, area integer, primary key(key, area)) without rowid;
      create table ${g}_key(k text, rank integer, country text not null,
        primary key(k, rank)) without rowid;
      create table ${g}_prefix(k text, rank integer, country text not null,
        primary key(k, rank)) without rowid;`);
    createText(database, number);
    database.exec(changeTable(number));
  },

  drop(database, number): void {
    for (const table of TABLES) database.exec(`drop table if exists g${number}_${table}`);
  },

  writer(database, target) {
    const areas = new Map<string, number>();
    const text = target.built && hasText(database, target.number);
    return {
      prepare(document, madeOf) {
        const row = toRow(document, madeOf);
        return (version) => {
          insertDocument(database, { ...target, areas, text }, row, version);
        };
      },
      copy(from, id, madeOf) {
        const row = storedRow(database, from, id, madeOf);
        if (row === null) return null;
        return (version) => {
          insertDocument(database, { ...target, areas, text }, row, version);
        };
      },
      remove(doc) {
        removeDocument(database, target, doc, text);
      },
    };
  },

  page: (database, number, after, limit) =>
    database
      .sql(`select source, rest, keys from g${number}_doc where id > ? order by id limit ?`)
      .rows(after, limit)
      .map((row) => fromRow(...(row as [string, string, string]))),

  get(database, number, id): PlaceDocument | null {
    const row = database.sql(`select source, rest, keys from g${number}_doc where id = ?`).row(id);
    return row ? fromRow(...(row as [string, string, string])) : null;
  },

  buildSteps: (number) => [...buildSteps(number), ...textSteps(number)],
};

/** The statement that makes the table of changes. */
export function changeTable(number: number): string {
  return `create table g${number}_change(change integer primary key autoincrement, rank integer not null)`;
}

function noteChange(database: Database, number: number, rank: number): void {
  database.sql(`insert into g${number}_change(rank) values (?)`).run(rank);
}

/** State of the writing of one batch. */
interface Batch extends WriteTarget {
  /** Numbers of the `within` lists seen so far. */
  areas: Map<string, number>;
  /** Whether the terms of text search have to be updated. */
  text: boolean;
}

function insertDocument(
  database: Database,
  { number, built, areas, text }: Batch,
  row: DocumentRow,
  version: number,
): void {
  const g = `g${number}`;
  let { rank } = row;
  while (built && database.sql(`select 1 from ${g}_attr where rank = ?`).row(rank)) rank++;
  const area = areaOf(database, number, row.within, areas);
  const { id, country, kind, lat, lon, source, rest, keys } = row;
  database
    .sql(
      `insert into ${g}_doc(id, rank, country, kind, lat, lon, area, source, rest, keys, version, sum)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[id, rank, country, kind, lat, lon, area, source, rest, keys, version],
      sumOf(rank, version, source, rest, keys),
    );
  if (!built) return;
  noteChange(database, number, rank);
  database
    .sql(
      `insert into ${g}_attr select rank, doc, country, kind, lat, lon, area from ${g}_doc where id = ?`,
    )
    .run(id);
  addKeys(database, number, { keys: JSON.parse(keys) as string[], rank, country });
  if (text) addText(database, number, JSON.parse(rest) as Texts, rank);
}

/** The columns of a document of another generation; null if it is damaged or was made of something else. */
function storedRow(
  database: Database,
  number: number,
  id: string,
  madeOf: string,
): DocumentRow | null {
  const found = database
    .sql(`select sum, rank, version, source, rest, keys from g${number}_doc where id = ?`)
    .row(id);
  if (!found || found[0] !== sumOf(...found.slice(1))) return null;
  const [source, rest, keys] = found.slice(3) as [string, string, string];
  return copiedRow({ source, rest, keys }, madeOf);
}

function removeDocument(
  database: Database,
  { number, built }: WriteTarget,
  doc: number,
  text: boolean,
): void {
  const [rank, country, keys, rest] = database
    .sql(`select rank, country, keys, rest from g${number}_doc where doc = ?`)
    .row(doc) as [number, string, string, string];
  database.sql(`delete from g${number}_doc where doc = ?`).run(doc);
  if (!built) return;
  noteChange(database, number, rank);
  database.sql(`delete from g${number}_attr where rank = ?`).run(rank);
  removeKeys(database, number, { keys: JSON.parse(keys) as string[], rank, country });
  if (text) removeText(database, number, JSON.parse(rest) as Texts, rank);
}

/** Number of a `within` list; equal lists are stored once. */
function areaOf(
  database: Database,
  number: number,
  within: string,
  areas: Map<string, number>,
): number {
  const known =
    areas.get(within) ??
    (database.sql(`select area from g${number}_area where keys = ?`).row(within)?.[0] as
      number | undefined);
  if (known !== undefined) {
    areas.set(within, known);
    return known;
  }
  database.sql(`insert into g${number}_area(keys) values (?)`).run(within);
  const area = database.sql('select last_insert_rowid()').row()![0] as number;
  for (const key of new Set(JSON.parse(within) as string[])) {
    database.sql(`insert into g${number}_area_key values (?, ?)`).run(key, area);
  }
  areas.set(within, area);
  return area;
}
