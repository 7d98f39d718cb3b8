import type { ImageDocument } from '../../knn/document.ts';
import type { VectorSpace } from '../../knn/space.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { documentFault, rowsOf, tableFaults } from './check-tables.ts';
import type { TableFault } from './feature.ts';
import {
  pictureSum,
  SECOND,
  semanticBlob,
  semanticSpaceOf,
  spaceOf,
  storedSlot,
  storedTerms,
  type View,
} from './image-tables.ts';
import type { Database, SqlValue } from './sqlite.ts';
import { hasColumn, Tally } from './sums.ts';
import { vectorsSearched } from './vectors.ts';

/** Finds documents of pictures that are not as written, and tables that do not agree with them. */
export function imageFaults(
  database: Database,
  { number, state }: Pick<CatalogueEntry, 'number' | 'state'>,
): TableFault[] {
  const g = `g${number}`;
  const built = state !== 'building';
  const second = semanticSpaceOf(database, number);
  const meant = new Set<number>();
  const wanted = { hash: new Tally(), slot: new Tally(), term: new Tally(), view: new Tally() };
  const [damaged, odd, bare]: [string[], string[], string[]] = [[], [], []];
  const sum = hasColumn(database, `${g}_doc`, 'sum') ? 'sum' : 'null';
  const columns = `${sum}, doc, id, version, source, terms, slots`;
  for (const row of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    const [noted, doc, id, version, source, terms, slots] = row;
    const name = String(id);
    const views = viewsOf(database, g, doc!);
    const vectors = [...views.blobs];
    const semantic = second && semanticBlob(database, g, doc!);
    if (semantic) {
      vectors.push([SECOND, semantic]);
      meant.add(Number(doc));
    }
    for (const [view, order] of views.rows) wanted.view.add([view, doc!, order]);
    const isWhole = noted === null || noted === pictureSum(version!, source!, vectors);
    if (noted === null) bare.push(name);
    const document = parsed(source!);
    if (!isWhole || document === null || views.rows.length !== views.blobs.length) {
      damaged.push(name);
      continue;
    }
    const told = [id, terms, slots];
    const derived = [document.id, JSON.stringify(document.terms), JSON.stringify(document.slots)];
    if (told.some((text, i) => text !== derived[i])) odd.push(name);
    if (document.hash) wanted.hash.add([doc!, document.hash]);
    for (const slot of document.slots) wanted.slot.add([slot, doc!]);
    for (const term of document.terms) wanted.term.add([term, doc!]);
  }
  const tables = {
    [`${g}_hash`]: { wanted: wanted.hash, key: ['doc'], columns: 'doc, hash' },
    [`${g}_view`]: { wanted: wanted.view, key: ['view'], columns: 'view, doc, name' },
  };
  const searched = {
    [`${g}_slot`]: { wanted: wanted.slot, key: ['slot', 'doc'], columns: 'slot, doc' },
    [`${g}_term`]: { wanted: wanted.term, key: ['term', 'doc'], columns: 'term, doc' },
  };
  return [
    ...documentFault('document', damaged, 'are damaged'),
    ...documentFault('document', odd, 'have columns that differ from what they hold'),
    ...documentFault('unsealed', bare, 'have no checksum, since an older suoyin wrote them'),
    ...tableFaults(database, tables).map((fault): TableFault => ({ ...fault, of: 'document' })),
    ...vectorFaults(database, `${g}_vector`, viewNumbers(database, g), spaceOf(database, number)),
    ...(second ? vectorFaults(database, `${g}_semantic`, meant, second) : []),
    ...(built && damaged.length === 0 ? tableFaults(database, searched) : []),
  ];
}

/** Adds checksums to pictures that have none. */
export function sealImages(database: Database, number: number): void {
  const g = `g${number}`;
  const note = database.sql(`update ${g}_doc set sum = ? where doc = ?`);
  const columns = 'sum, doc, version, source';
  for (const row of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    const [sum, doc, version, source] = row;
    if (sum !== null) continue;
    note.run(pictureSum(version!, source!, viewsOf(database, g, doc!).blobs), doc!);
  }
}

function viewsOf(
  database: Database,
  g: string,
  doc: SqlValue,
): { rows: [view: SqlValue, name: SqlValue][]; blobs: View[] } {
  const rows = database
    .sql(`select view, name from ${g}_view where doc = ? order by name`)
    .rows(doc) as [SqlValue, SqlValue][];
  const vector = database.sql(`select v from ${g}_vector where view = cast(? as integer)`);
  const blobs = rows.flatMap(([view, name]): View[] => {
    const blob = vector.row(view)?.[0];
    return blob instanceof Uint8Array ? [[name as number, blob]] : [];
  });
  return { rows, blobs };
}

/** What the tables should have of a picture; null if its document can't be read. */
function parsed(
  source: SqlValue,
): { id: string; terms: string[]; slots: number[]; hash: Uint8Array | null } | null {
  try {
    const document = JSON.parse(source as string) as ImageDocument;
    const { id, dctHash, slots = [] } = document;
    return {
      id,
      terms: storedTerms(document),
      slots: slots.map(storedSlot),
      hash: dctHash === undefined ? null : Buffer.from(dctHash, 'hex'),
    };
  } catch {
    return null;
  }
}

/** Numbers of the views of all pictures. */
function viewNumbers(database: Database, g: string): Set<number> {
  return new Set(database.sql(`select view from ${g}_view`).rows().map(Number));
}

/**
 * Checks that the vectors of a table are those of the views, for searches and for look-ups: vec0 keeps each
 * number beside its vector in a chunk, and the position of each number in a table.
 */
function vectorFaults(
  database: Database,
  table: string,
  views: ReadonlySet<number>,
  space: VectorSpace,
): TableFault[] {
  const of = table.replace('_vector', '');
  const fault = (what: string): TableFault[] => [
    { of: 'document', detail: `the vectors of ${of} ${what}` },
  ];
  if (!vectorsSearched(space)) {
    const rows = database.sql(`select view from ${table}`).rows().map(Number);
    const same = rows.length === views.size && rows.every((view) => views.has(view));
    return same ? [] : fault('are not those of its pictures');
  }
  const places = new Map<string, number>();
  for (const [view, chunk, offset] of database
    .sql(`select rowid, chunk_id, chunk_offset from ${table}_rowids`)
    .rows()) {
    if (!views.has(Number(view))) return fault('are not those of its pictures');
    places.set(`${String(chunk)} ${String(offset)}`, Number(view));
  }
  if (places.size !== views.size) return fault('are not those of its pictures');
  let searched = 0;
  const chunks = database.sql(`select chunk_id, size, validity, rowids from ${table}_chunks`);
  for (const [chunk, size, validity, numbers] of chunks.rows()) {
    const [bits, bytes] = [validity as Uint8Array, numbers as Uint8Array];
    if (bits.length * 8 !== size || bytes.length !== bits.length * 64) {
      return fault('are in a chunk of another size');
    }
    const rowids = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bits.length * 8; at++) {
      if (((bits[at >> 3]! >> (at & 7)) & 1) === 0) continue;
      searched += 1;
      const view = Number(rowids.getBigInt64(at * 8, true));
      if (places.get(`${String(chunk)} ${at}`) !== view) return fault('are numbered wrongly');
    }
  }
  return searched === views.size ? [] : fault('are not all searched');
}
