import { semanticOf } from '../../knn/mapping.ts';
import { semanticSpace, type VectorSpace } from '../../knn/space.ts';
import { indexBodyOf } from './catalogue.ts';
import { blobLength, imageVectorTables, spaceOf } from './image-tables.ts';
import type { Database } from './sqlite.ts';
import { hasColumn } from './sums.ts';

/** Whether a generation has pictures in the tables of a layout before 5. */
export function hasOldPictures(database: Database, number: number): boolean {
  return hasColumn(database, `g${number}_doc`, 'slots');
}

/**
 * Moves the vectors and hashes of a generation to the tables of layout 5, under the same numbers.
 *
 * Until layout 4 vectors were in virtual tables of `sqlite-vec`, which keeps them in ordinary tables:
 * these are read here, so the extension is not needed. Only their entries in the schema stay.
 */
export function upgradeImages(database: Database, number: number): void {
  const g = `g${number}`;
  const space = spaceOf(database, number);
  const second = semanticOf(indexBodyOf(database, number));
  const sequence = database.sql(`select seq from sqlite_sequence where name = '${g}_view'`).row();
  database.exec(`
    drop index ${g}_view_doc;
    alter table ${g}_view rename to ${g}_old_view;
    alter table ${g}_hash rename to ${g}_old_hash;
    ${imageVectorTables(number, second !== null)}
    insert into ${g}_hash(doc, v) select doc, hash from ${g}_old_hash order by doc;`);
  const owner = database.sql(`select doc, name from ${g}_old_view where view = ?`);
  const addView = database.sql(`insert into ${g}_view(view, doc, name, v) values (?, ?, ?, ?)`);
  for (const [view, blob] of oldVectors(database, `${g}_vector`, space)) {
    const row = owner.row(view);
    if (row) addView.run(view, ...row, blob);
  }
  if (second) {
    const addSecond = database.sql(`insert into ${g}_second(doc, v) values (?, ?)`);
    const semantic = semanticSpace(second.dimension);
    for (const vector of oldVectors(database, `${g}_semantic`, semantic)) addSecond.run(...vector);
  }
  // Numbers of deleted views are not used again.
  database
    .sql(`update sqlite_sequence set seq = ? where name = '${g}_view'`)
    .run(sequence?.[0] ?? 0);
  for (const table of [`${g}_old_view`, `${g}_old_hash`, `${g}_slot`]) {
    database.exec(`drop table ${table}`);
  }
  for (const table of [
    ...ownTables(database, `${g}_vector`),
    ...ownTables(database, `${g}_semantic`),
  ]) {
    database.exec(`drop table ${table}`);
  }
  database.exec(`alter table ${g}_doc drop column slots`);
}

/** Vectors of a layout before 5, by number. */
function* oldVectors(
  database: Database,
  table: string,
  space: VectorSpace,
): Generator<[number: number, blob: Uint8Array]> {
  if (ownTables(database, table).includes(table)) {
    const page = database.sql(
      `select view, v from ${table} where view > ? order by view limit 4096`,
    );
    for (let rows = page.rows(0); rows.length > 0; rows = page.rows(rows.at(-1)![0]!)) {
      yield* rows as [number, Uint8Array][];
    }
    return;
  }
  const bytes = blobLength(space);
  const chunks = database.sql(`select rowid from ${table}_vector_chunks00 order by rowid`).rows();
  const vectors = database.sql(`select vectors from ${table}_vector_chunks00 where rowid = ?`);
  const places = database.sql(
    `select rowid, chunk_offset from ${table}_rowids where chunk_id = ? order by rowid`,
  );
  for (const [chunk] of chunks) {
    const all = vectors.row(chunk!)![0] as Uint8Array;
    for (const [number, offset] of places.rows(chunk!)) {
      const at = (offset as number) * bytes;
      yield [number as number, all.subarray(at, at + bytes)];
    }
  }
}

/** The ordinary tables of a table of vectors, if it is virtual; else itself. */
function ownTables(database: Database, table: string): string[] {
  return database
    .sql(
      `select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'
        and (name = ?1 or substr(name, 1, length(?1) + 1) = ?1 || '_')`,
    )
    .rows(table)
    .flat()
    .map(String);
}
