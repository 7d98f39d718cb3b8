import type { NoteDocument } from '../../notes/document.ts';
import type { DocumentTables, WriteTarget } from './feature.ts';
import type { Database } from './sqlite.ts';
import { sumOf } from './sums.ts';

const TABLES: readonly string[] = ['doc', 'attr', 'term'];

/**
 * Tables of notes:
 * - `doc`: documents; `source` is the content of a hit, `rest` the body and everything else, both JSON
 * - `attr`: one small row per document in order of rank, to filter and count
 * - `term`: terms, each with the ranks of the documents that have it
 *
 * Only `doc` is written until a generation is built.
 */
export const noteTables: DocumentTables<NoteDocument> = {
  create(database, number): void {
    const g = `g${number}`;
    database.exec(`
      create table ${g}_doc(doc integer primary key, id text not null unique, rank integer not null,
        length integer not null, time integer, source text not null, rest text not null,
        version integer not null, sum integer);
      create table ${g}_attr(rank integer primary key, doc integer not null, length integer not null,
        time integer);
      create table ${g}_term(k text, rank integer, primary key(k, rank)) without rowid;`);
  },

  drop(database, number): void {
    for (const table of TABLES) database.exec(`drop table if exists g${number}_${table}`);
  },

  writer(database, target) {
    return {
      prepare: (document) => (version) => {
        insertDocument(database, target, document, version);
      },
      remove(doc) {
        removeDocument(database, target, doc);
      },
    };
  },

  page: (database, number, after, limit) =>
    database
      .sql(`select source, rest from g${number}_doc where id > ? order by id limit ?`)
      .rows(after, limit)
      .map((row) => noteOf(...(row as [string, string]))),

  get(database, number, id): NoteDocument | null {
    const row = database.sql(`select source, rest from g${number}_doc where id = ?`).row(id);
    return row ? noteOf(...(row as [string, string])) : null;
  },

  buildSteps(number) {
    const g = `g${number}`;
    return [
      (database) => {
        database.exec(`delete from ${g}_attr; delete from ${g}_term;`);
        separateRanks(database, g);
        database.exec(`insert into ${g}_attr
          select rank, doc, length, time from ${g}_doc order by rank;`);
      },
      (database) => {
        database.exec(`insert or ignore into ${g}_term
          select j.value, d.rank from ${g}_doc d, json_each(d.rest, '$.terms') j order by 1, 2;`);
      },
    ];
  },
};

/** The part of a document that is not in a hit. */
export type Rest = Pick<NoteDocument, 'body' | 'terms'>;

/** The document made of its two texts. */
export function noteOf(source: string, rest: string): NoteDocument {
  return {
    ...(JSON.parse(source) as Omit<NoteDocument, keyof Rest>),
    ...(JSON.parse(rest) as Rest),
  };
}

/** The two texts of a document. */
function textsOf({ body, terms, ...hit }: NoteDocument): {
  source: string;
  rest: string;
} {
  return { source: JSON.stringify(hit), rest: JSON.stringify({ body, terms }) };
}

function insertDocument(
  database: Database,
  { number, built }: WriteTarget,
  document: NoteDocument,
  version: number,
): void {
  const g = `g${number}`;
  let { rank } = document;
  while (built && database.sql(`select 1 from ${g}_attr where rank = ?`).row(rank)) rank++;
  const { id, length, time = null, terms } = document;
  const { source, rest } = textsOf(document);
  database
    .sql(
      `insert into ${g}_doc(id, rank, length, time, source, rest, version, sum)
        values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, rank, length, time, source, rest, version, sumOf(rank, version, source, rest));
  if (!built) return;
  database
    .sql(`insert into ${g}_attr select rank, doc, length, time from ${g}_doc where id = ?`)
    .run(id);
  const add = database.sql(`insert or ignore into ${g}_term values (?, ?)`);
  for (const term of terms) add.run(term, rank);
}

function removeDocument(database: Database, { number, built }: WriteTarget, doc: number): void {
  const g = `g${number}`;
  const [rank, rest] = database.sql(`select rank, rest from ${g}_doc where doc = ?`).row(doc) as [
    number,
    string,
  ];
  database.sql(`delete from ${g}_doc where doc = ?`).run(doc);
  if (!built) return;
  database.sql(`delete from ${g}_attr where rank = ?`).run(rank);
  const remove = database.sql(`delete from ${g}_term where k = ? and rank = ?`);
  for (const term of (JSON.parse(rest) as Rest).terms) remove.run(term, rank);
}

/** Gives documents with equal ranks neighbouring ranks, in order of id. */
function separateRanks(database: Database, g: string): void {
  const shared = database
    .sql(
      `select doc, rank, version, source, rest, sum from ${g}_doc where rank in
        (select rank from ${g}_doc group by rank having count(*) > 1) order by rank, id`,
    )
    .rows();
  let last = -1;
  for (const [doc, rank, version, source, rest, sum] of shared) {
    if (rank !== last) {
      last = rank as number;
      continue;
    }
    let free = last + 1;
    while (database.sql(`select 1 from ${g}_doc where rank = ?`).row(free)) free++;
    // A row that was damaged before keeps its wrong checksum.
    const isWhole = sum === sumOf(rank, version!, source!, rest!);
    database
      .sql(`update ${g}_doc set rank = ?, sum = ? where doc = ?`)
      .run(free, isWhole ? sumOf(free, version!, source!, rest!) : sum!, doc!);
  }
}
