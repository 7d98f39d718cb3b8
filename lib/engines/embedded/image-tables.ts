import { type ImageDocument, VIEWS, withoutVectors } from '../../knn/document.ts';
import { semanticOf, vectorSpaceOf, viewFields } from '../../knn/mapping.ts';
import { DEFAULT_SPACE, semanticSpace, vectorFault, type VectorSpace } from '../../knn/space.ts';
import { indexBodyOf } from './catalogue.ts';
import type { Database, SqlValue } from './sqlite.ts';
import { sumOf } from './sums.ts';
import type { DocumentTables, WriteTarget } from './feature.ts';
import { fromBlob, needVectors, toBlob, vectorSql, vectorTable } from './vectors.ts';

const TABLES: readonly string[] = ['doc', 'hash', 'slot', 'term', 'view', 'vector', 'semantic'];

/**
 * Tables of pictures:
 * - `doc`: documents without their vectors; `terms` and `slots` as JSON, in the form of the tables below
 * - `hash`: DCT hashes, 32 bytes each; `slot`: their slots, each the number of a slot and its bits
 * - `term`: terms to filter by and to find equal pictures by, in sorted order
 * - `view`: the picture of each vector; `vector`: the vectors, in a vec0 table if that supports the space
 * - `semantic`: vectors of a second model, by the number of their document; only where there is one
 *
 * Slots and terms are written only when a generation is built.
 */
export const imageTables: DocumentTables<ImageDocument> = {
  create(database, number, body): void {
    needVectors(database);
    const g = `g${number}`;
    const space = vectorSpaceOf(body) ?? DEFAULT_SPACE;
    const second = semanticOf(body);
    database.exec(`
      create table ${g}_doc(doc integer primary key, id text not null unique,
        version integer not null, source text not null, terms text not null, slots text not null,
        sum integer);
      create table ${g}_hash(doc integer primary key, hash blob not null);
      create table ${g}_slot(slot integer, doc integer, primary key(slot, doc)) without rowid;
      create table ${g}_term(term text, doc integer, primary key(term, doc)) without rowid;
      create table ${g}_view(view integer primary key autoincrement, doc integer not null,
        name integer not null);
      create index ${g}_view_doc on ${g}_view(doc);
      ${vectorTable(`${g}_vector`, space)};
      ${second ? vectorTable(`${g}_semantic`, semanticSpace(second.dimension)) : ''};`);
  },

  drop(database, number): void {
    needVectors(database);
    for (const table of TABLES) database.exec(`drop table if exists g${number}_${table}`);
  },

  writer(database, target) {
    needVectors(database);
    const space = spaceOf(database, target.number);
    const semantic = semanticSpaceOf(database, target.number);
    return {
      prepare(document) {
        const reason = viewFault(space, document) ?? semanticFault(semantic, document);
        if (reason !== null) return { reason };
        return (version) => {
          insertDocument(database, { ...target, space, semantic }, document, version);
        };
      },
      remove(doc) {
        removeDocument(database, target, doc);
      },
    };
  },

  page(database, number, after, limit) {
    const rows = database
      .sql(`select doc from g${number}_doc where id > ? order by id limit ?`)
      .rows(after, limit);
    return documentsOf(
      database,
      number,
      rows.map(([doc]) => doc as number),
    );
  },

  get(database, number, id): ImageDocument | null {
    const row = database.sql(`select doc from g${number}_doc where id = ?`).row(id);
    if (!row) return null;
    return documentsOf(database, number, [row[0] as number])[0]!;
  },

  buildSteps(number) {
    const g = `g${number}`;
    return [
      (database) => {
        database.exec(`delete from ${g}_slot; insert into ${g}_slot
          select j.value, d.doc from ${g}_doc d, json_each(d.slots) j order by 1, 2;`);
      },
      (database) => {
        database.exec(`delete from ${g}_term; insert into ${g}_term
          select j.value, d.doc from ${g}_doc d, json_each(d.terms) j order by 1, 2;`);
      },
    ];
  },
};

/** How the vectors of a generation are compared. */
export function spaceOf(database: Database, number: number): VectorSpace {
  return vectorSpaceOf(indexBodyOf(database, number)) ?? DEFAULT_SPACE;
}

/** That of the vectors of a second model; null if the generation has none. */
export function semanticSpaceOf(database: Database, number: number): VectorSpace | null {
  const second = semanticOf(indexBodyOf(database, number));
  return second && semanticSpace(second.dimension);
}

/** Most views of a picture in a generation. */
export function viewsMax(database: Database, number: number): number {
  return viewFields(indexBodyOf(database, number) ?? {}).length;
}

/** Documents by number, in the order asked for. */
export function documentsOf(
  database: Database,
  number: number,
  docs: readonly number[],
): ImageDocument[] {
  const g = `g${number}`;
  const space = spaceOf(database, number);
  const second = semanticSpaceOf(database, number);
  const source = database.sql(`select source from ${g}_doc where doc = ?`);
  const views = database.sql(`select name, view from ${g}_view where doc = ? order by name`);
  const vector = database.sql(`select v from ${g}_vector where view = cast(? as integer)`);
  return docs.map((doc) => {
    const document = JSON.parse(source.row(doc)![0] as string) as ImageDocument;
    for (const [name, view] of views.rows(doc)) {
      document[VIEWS[name as number]!] = fromBlob(space, vector.row(view!)![0] as Uint8Array);
    }
    const blob = second && semanticBlob(database, g, doc);
    if (blob) document.semantic = fromBlob(second, blob);
    return document;
  });
}

/** The vector of a second model, as it is stored; null if a document has none. */
export function semanticBlob(database: Database, g: string, doc: SqlValue): Uint8Array | null {
  const row = database.sql(`select v from ${g}_semantic where view = cast(? as integer)`).row(doc);
  return row?.[0] instanceof Uint8Array ? row[0] : null;
}

/** The vectors of a generation, in order of their numbers. */
export function viewsAfter(
  database: Database,
  number: number,
  after: number,
  limit: number,
): { view: number; vector: number[] }[] {
  const space = spaceOf(database, number);
  return database
    .sql(
      `select w.view, x.v from g${number}_view w join g${number}_vector x on x.view = w.view
        where w.view > ? order by w.view limit ?`,
    )
    .rows(after, limit)
    .map(([view, blob]) => ({
      view: view as number,
      vector: fromBlob(space, blob as Uint8Array),
    }));
}

/** Number of the vectors of a generation. */
export function viewCount(database: Database, number: number, after = 0): number {
  return database
    .sql(`select count(*) from g${number}_view where view > ?`)
    .row(after)![0] as number;
}

/** The stored form of a term or hash by which equal pictures are found. */
export function storedTerm(
  field: 'term' | 'sha256' | 'blockhash' | 'dctHash',
  value: string,
): string {
  return `${field.slice(0, 1)}${value}`;
}

/** The stored form of a slot of a DCT hash, as `hashSlots` gives it. */
export function storedSlot(slot: string): number {
  const [number, bits] = slot.split(':') as [string, string];
  return Number(number) * 2 ** 16 + parseInt(bits, 16);
}

function viewFault(space: VectorSpace, document: ImageDocument): string | null {
  for (const name of VIEWS) {
    const fault = document[name] && vectorFault(space, document[name]);
    if (fault) return `${name} ${fault}`;
  }
  return null;
}

function semanticFault(space: VectorSpace | null, { semantic }: ImageDocument): string | null {
  if (!semantic) return null;
  const fault = space
    ? vectorFault(space, semantic)
    : 'is of a second model, and the index has none';
  return fault && `semantic ${fault}`;
}

/** Of the vectors of the views, and of a second model. */
interface Spaces {
  space: VectorSpace;
  semantic: VectorSpace | null;
}

function insertDocument(
  database: Database,
  { number, built, space, semantic }: WriteTarget & Spaces,
  document: ImageDocument,
  version: number,
): void {
  const g = `g${number}`;
  const rest = withoutVectors(document);
  const { id, dctHash, slots = [] } = rest;
  const source = JSON.stringify(rest);
  const terms = storedTerms(document);
  const numbers = slots.map(storedSlot);
  const views = VIEWS.flatMap((name, i): View[] => {
    const vector = document[name];
    return vector ? [[i, toBlob(space, vector)]] : [];
  });
  const second = semantic && document.semantic ? toBlob(semantic, document.semantic) : null;
  database
    .sql(`insert into ${g}_doc(id, version, source, terms, slots, sum) values (?, ?, ?, ?, ?, ?)`)
    .run(
      ...[id, version, source, JSON.stringify(terms), JSON.stringify(numbers)],
      pictureSum(version, source, second ? [...views, [SECOND, second]] : views),
    );
  const doc = lastRow(database);
  if (dctHash !== undefined) {
    const insert = database.sql(`insert into ${g}_hash values (?, ?)`);
    insert.run(doc, Buffer.from(dctHash, 'hex'));
  }
  if (built) {
    const addSlot = database.sql(`insert into ${g}_slot values (?, ?)`);
    for (const slot of numbers) addSlot.run(slot, doc);
    const addTerm = database.sql(`insert into ${g}_term values (?, ?)`);
    for (const term of terms) addTerm.run(term, doc);
  }
  for (const [name, blob] of views) {
    database.sql(`insert into ${g}_view(doc, name) values (?, ?)`).run(doc, name);
    database
      .sql(`insert into ${g}_vector(view, v) values (cast(? as integer), ${vectorSql(space)})`)
      .run(lastRow(database), blob);
  }
  if (second) {
    const insert = `insert into ${g}_semantic(view, v) values (cast(? as integer), ?)`;
    database.sql(insert).run(doc, second);
  }
}

/** In checksums: that of a second model. */
export const SECOND: number = VIEWS.length;

/** A stored vector, after its index in `VIEWS`, or `SECOND`. */
export type View = [name: number, blob: Uint8Array];

/** The checksum of a picture: its document and its vectors. */
export function pictureSum(version: SqlValue, source: SqlValue, views: readonly View[]): number {
  return sumOf(version, source, ...views.flat());
}

function removeDocument(database: Database, { number, built }: WriteTarget, doc: number): void {
  const g = `g${number}`;
  if (built) {
    const row = database.sql(`select terms, slots from ${g}_doc where doc = ?`).row(doc)!;
    const [terms, slots] = row;
    for (const term of JSON.parse(terms as string) as string[]) {
      database.sql(`delete from ${g}_term where term = ? and doc = ?`).run(term, doc);
    }
    for (const slot of JSON.parse(slots as string) as number[]) {
      database.sql(`delete from ${g}_slot where slot = ? and doc = ?`).run(slot, doc);
    }
  }
  for (const [view] of database.sql(`select view from ${g}_view where doc = ?`).rows(doc)) {
    database.sql(`delete from ${g}_vector where view = cast(? as integer)`).run(view!);
  }
  if (semanticSpaceOf(database, number)) {
    database.sql(`delete from ${g}_semantic where view = cast(? as integer)`).run(doc);
  }
  for (const table of ['view', 'hash', 'doc']) {
    database.sql(`delete from ${g}_${table} where doc = ?`).run(doc);
  }
}

export function storedTerms({ terms, sha256, blockhash, dctHash }: ImageDocument): string[] {
  const stored = terms.map((term) => storedTerm('term', term));
  for (const [field, value] of Object.entries({ sha256, blockhash, dctHash })) {
    if (value !== undefined) stored.push(storedTerm(field as 'sha256', value));
  }
  return [...new Set(stored)];
}

function lastRow(database: Database): number {
  return database.sql('select last_insert_rowid()').row()![0] as number;
}
