import { type ImageDocument, VIEWS, withoutVectors } from '../../knn/document.ts';
import { semanticOf, vectorSpaceOf, viewFields } from '../../knn/mapping.ts';
import {
  DEFAULT_SPACE,
  lengthOf,
  semanticSpace,
  vectorFault,
  type VectorSpace,
} from '../../knn/space.ts';
import { indexBodyOf } from './catalogue.ts';
import type { Database, SqlValue } from './sqlite.ts';
import { sumOf } from './sums.ts';
import type { DocumentTables, WriteTarget } from './feature.ts';

/**
 * Tables of pictures:
 * - `doc`: documents without their vectors; `terms` as JSON, in the form of the table below
 * - `term`: terms to filter by and to find equal pictures by, in sorted order
 * - `view`: the vectors, each with the index of its field in `VIEWS`
 * - `second`: vectors of a second model; only where there is one
 * - `hash`: DCT hashes, 32 bytes each
 *
 * Terms are written only when a generation is built. A number of a vector or hash is never used
 * again, so what `vector-scans.ts` keeps in memory stays true.
 */
export const imageTables: DocumentTables<ImageDocument> = {
  create(database, number, body): void {
    const g = `g${number}`;
    database.exec(`
      create table ${g}_doc(doc integer primary key, id text not null unique,
        version integer not null, source text not null, terms text not null, sum integer);
      create table ${g}_term(term text, doc integer, primary key(term, doc)) without rowid;
      ${imageVectorTables(number, semanticOf(body) !== null)}`);
  },

  drop(database, number): void {
    for (const table of ['doc', 'term', 'view', 'second', 'hash']) {
      database.exec(`drop table if exists g${number}_${table}`);
    }
  },

  writer(database, target) {
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
        removeDocument(database, { ...target, space, semantic }, doc);
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
        database.exec(`delete from ${g}_term; insert into ${g}_term
          select j.value, d.doc from ${g}_doc d, json_each(d.terms) j order by 1, 2;`);
      },
    ];
  },
};

/** The statements that make the tables of vectors and hashes of a generation. */
export function imageVectorTables(number: number, hasSecond: boolean): string {
  const table = (name: string, columns = ''): string => {
    const full = `g${number}_${name}`;
    return `
      create table ${full}(view integer primary key autoincrement, doc integer not null${columns},
        v blob not null);
      create index ${full}_doc on ${full}(doc);`;
  };
  return (
    table('view', ', name integer not null') + table('hash') + (hasSecond ? table('second') : '')
  );
}

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
  const views = database.sql(`select name, v from ${g}_view where doc = ?`);
  return docs.map((doc) => {
    const document = JSON.parse(source.row(doc)![0] as string) as ImageDocument;
    for (const [name, blob] of views.rows(doc)) {
      document[VIEWS[name as number]!] = fromBlob(space, blob as Uint8Array);
    }
    const blob = second && semanticBlob(database, g, doc);
    if (blob) document.semantic = fromBlob(second, blob);
    return document;
  });
}

/** The vector of a second model, as it is stored; null if a document has none. */
export function semanticBlob(database: Database, g: string, doc: SqlValue): Uint8Array | null {
  const row = database.sql(`select v from ${g}_second where doc = ?`).row(doc);
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
    .sql(`select view, v from g${number}_view where view > ? order by view limit ?`)
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
  const { id, dctHash } = rest;
  const source = JSON.stringify(rest);
  const terms = storedTerms(document);
  const views = VIEWS.flatMap((name, i): View[] => {
    const vector = document[name];
    return vector ? [[i, toBlob(space, vector)]] : [];
  });
  const second = semantic && document.semantic ? toBlob(semantic, document.semantic) : null;
  database
    .sql(`insert into ${g}_doc(id, version, source, terms, sum) values (?, ?, ?, ?, ?)`)
    .run(
      ...[id, version, source, JSON.stringify(terms)],
      pictureSum(version, source, second ? [...views, [SECOND, second]] : views),
    );
  const doc = database.sql('select last_insert_rowid()').row()![0] as number;
  if (built) {
    const addTerm = database.sql(`insert into ${g}_term values (?, ?)`);
    for (const term of terms) addTerm.run(term, doc);
  }
  const addView = database.sql(`insert into ${g}_view(doc, name, v) values (?, ?, ?)`);
  for (const [name, blob] of views) addView.run(doc, name, blob);
  if (second) database.sql(`insert into ${g}_second(doc, v) values (?, ?)`).run(doc, second);
  if (dctHash !== undefined) {
    const add = database.sql(`insert into ${g}_hash(doc, v) values (?, ?)`);
    add.run(doc, Buffer.from(dctHash, 'hex'));
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

function removeDocument(
  database: Database,
  { number, built, semantic }: WriteTarget & Spaces,
  doc: number,
): void {
  const g = `g${number}`;
  if (built) {
    const terms = database.sql(`select terms from ${g}_doc where doc = ?`).row(doc)![0];
    for (const term of JSON.parse(terms as string) as string[]) {
      database.sql(`delete from ${g}_term where term = ? and doc = ?`).run(term, doc);
    }
  }
  for (const table of ['view', 'hash', 'doc', ...(semantic ? ['second'] : [])]) {
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

/** A vector as it is stored: four bytes a number, or the bytes of bits. */
export function toBlob({ dataType }: VectorSpace, vector: readonly number[]): Uint8Array {
  if (dataType === 'binary') return Uint8Array.from(vector, (byte) => byte & 0xff);
  return new Uint8Array(Float32Array.from(vector).buffer);
}

/** Bytes of a stored vector. */
export function blobLength(space: VectorSpace): number {
  return lengthOf(space) * (space.dataType === 'binary' ? 1 : 4);
}

/** The vector that is stored. */
export function fromBlob({ dataType }: VectorSpace, blob: Uint8Array): number[] {
  const bytes = Uint8Array.from(blob).buffer;
  return Array.from(dataType === 'binary' ? new Int8Array(bytes) : new Float32Array(bytes));
}
