import type { ImageDocument } from '../../knn/document.ts';
import {
  checkHashSearch,
  checkVectorSearch,
  type FieldFilter,
  filterTerms,
  type HashSearch,
  type VectorSearch,
} from '../../knn/query.ts';
import { distanceBetween, type VectorSpace } from '../../knn/space.ts';
import { IMAGES, type ImageSearches, type NearestImages, noSemantic } from '../images.ts';
import { type CatalogueEntry, entryOfFeature } from './catalogue.ts';
import type { VectorGraph } from './graph.ts';
import type { VectorGraphs } from './graphs.ts';
import {
  documentsOf,
  fromBlob,
  semanticSpaceOf,
  spaceOf,
  storedTerm,
  viewsMax,
} from './image-tables.ts';
import { type SearchThreads, searchThreads } from './search-threads.ts';
import { Smallest } from './smallest.ts';
import type { Database, SqlValue } from './sqlite.ts';
import type { Store } from './store.ts';
import { type Candidate, hasBit, type VectorScan } from './vector-scan.ts';
import { type ScanPart, viewPages, type VectorScans } from './vector-scans.ts';

/** Number of documents from which a search is worth a thread. */
const THREADED_FROM = 20_000;
/** Searches that may meet deleted views before all that are deleted are looked for. */
const TRIES = 3;
/** How DCT hashes are compared. */
const HASH_SPACE: VectorSpace = { dimension: 256, spaceType: 'hamming', dataType: 'binary' };

/** What is kept of the vectors of a store besides its tables. */
export interface VectorFiles {
  store: Store;
  graphs: VectorGraphs;
  /** Null if vectors are read anew by each search. */
  scans: VectorScans | null;
}

/** A share of the vectors: several threads compare a part each. */
export type SearchShare = Pick<ScanPart, 'part' | 'parts'>;
const WHOLE: SearchShare = { part: 0, parts: 1 };

/**
 * Searches for pictures; large searches by vector run in threads.
 *
 * @param options - threads: number of threads, 0 for none.
 */
export function imageSearchIn(
  files: VectorFiles,
  options: { threads: number },
): ImageSearches & { close: () => Promise<void> } {
  const { store, graphs, scans } = files;
  let threads: SearchThreads | null = null;
  return {
    async nearest(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      const entry = await entryOf(store, index);
      const worthThreads = store.folder !== null && entry.documents >= THREADED_FROM;
      if (!worthThreads || options.threads === 0 || search.vectors.length === 0) {
        return nearestIn(files, entry, search, WHOLE);
      }
      await graphs.check(entry);
      const { graph } = await store.reading((database) => planOf(database, entry, search, graphs));
      threads ??= searchThreads({
        dataDir: store.folder,
        count: options.threads,
        resident: scans !== null,
      });
      return graph ? threads.eachVector(entry.name, search) : threads.eachShare(entry.name, search);
    },

    async byHash(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      const entry = await entryOf(store, index);
      if (scans && search.maxDistance) await scans.load(entry, hashPart(entry));
      return store.reading((database) => findByHash(database, entry, search, scans));
    },

    async close() {
      await threads?.close();
    },
  };
}

/** The pictures of a share that are nearest: at most `limit` for each vector of the query. */
export async function nearestIn(
  { store, graphs, scans }: VectorFiles,
  entry: CatalogueEntry,
  search: VectorSearch,
  share: SearchShare,
): Promise<NearestImages> {
  await graphs.check(entry);
  const plan = await store.reading((database) => planOf(database, entry, search, graphs));
  const { space, graph } = plan;
  if (entry.state === 'building') return { space, documents: [] };
  const part = { ...plan.rest, ...share };
  if (scans && search.vectors.length > 0) await scans.load(entry, part);
  return store.reading((database) => {
    const { number } = entry;
    const scan = scans?.of(database, entry, part);
    const limit = search.limit * (search.field ? 1 : viewsMax(database, number));
    const among = documentBits(database, number, search.filter);
    const docs = search.vectors.flatMap((vector) => {
      const find = { number, part, vector, limit, among };
      const compared = scan ? scannedViews(database, scan, find) : pagedViews(database, find);
      const proposed = graph ? graphViews(database, graph, find, search.efSearch) : [];
      const found = [...compared, ...proposed].sort(byDistance);
      return [...new Set(found.map(({ doc }) => doc))].slice(0, search.limit);
    });
    return { space, documents: documentsOf(database, number, [...new Set(docs)]) };
  });
}

export function entryOf(store: Store, index: string): Promise<CatalogueEntry> {
  return store.reading((database) => entryOfFeature(database, index, IMAGES));
}

/** How a search is done. */
interface SearchPlan {
  space: VectorSpace;
  /** The graph to be searched; null if all vectors are compared. */
  graph: VectorGraph | null;
  /** The vectors to be compared. */
  rest: Omit<ScanPart, 'part' | 'parts'>;
}

function planOf(
  database: Database,
  entry: CatalogueEntry,
  search: VectorSearch,
  graphs: VectorGraphs,
): SearchPlan {
  const { number } = entry;
  const second = search.field === 'semantic';
  const space = second ? semanticSpaceOf(database, number) : spaceOf(database, number);
  if (space === null) throw noSemantic(entry.alias);
  checkVectorSearch(space, search);
  const whole = !second && !search.exact && filterTerms(search.filter).length === 0;
  const graph = whole ? graphs.of(entry, space) : null;
  const table = `g${number}_${second ? 'second' : 'view'}`;
  return { space, graph, rest: { table, space, after: graph?.through ?? 0 } };
}

/** One vector to find. */
interface ViewSearch {
  number: number;
  part: ScanPart;
  vector: readonly number[];
  /** Views to find: any n pictures are among n times as many views as one has at the most. */
  limit: number;
  /** Documents that may be found, by bits; undefined for all. */
  among: Uint8Array | undefined;
  /** Only views up to this distance. Default all. */
  within?: number;
}

/** A view that was found, its picture, and its exact distance. */
interface FoundView {
  doc: number;
  id: string;
  distance: number;
}

function byDistance(a: FoundView, b: FoundView): number {
  return a.distance - b.distance || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Finds the nearest views of a scan, and those that are as far away as the last of them. */
function scannedViews(
  database: Database,
  scan: VectorScan,
  { number, part: { table, space }, vector, limit, among, within }: ViewSearch,
): FoundView[] {
  const look = lookUp(database, number, table);
  const candidates = (): Candidate[] =>
    within === undefined ? scan.nearest(vector, limit, among) : scan.within(vector, within, among);
  for (let tries = 0; ; tries++) {
    const found: FoundView[] = [];
    const nearest = new Smallest(limit);
    const gone: number[] = [];
    for (const { view, row, low } of candidates()) {
      if (low > nearest.worst) break;
      const stored = look(view);
      if (stored) {
        const { doc, id, blob } = stored;
        const distance = distanceBetween(space, fromBlob(space, blob), vector);
        nearest.add(distance);
        found.push({ doc, id, distance });
      } else {
        gone.push(row);
      }
    }
    if (gone.length === 0) return found;
    forget(database, scan, { table, gone, all: tries >= TRIES });
  }
}

/** Reads the vectors, a page at a time, and compares each. */
function pagedViews(
  database: Database,
  { number, part, vector, limit, among, within = Infinity }: ViewSearch,
): FoundView[] {
  const { space } = part;
  const id = database.sql(`select id from g${number}_doc where doc = ?`);
  let found: FoundView[] = [];
  for (const rows of viewPages(database, part)) {
    for (const [, doc, blob] of rows) {
      if (among && !hasBit(among, doc as number)) continue;
      const distance = distanceBetween(space, fromBlob(space, blob as Uint8Array), vector);
      if (distance <= within) found.push({ doc: doc as number, id: '', distance });
    }
    const nearest = new Smallest(limit);
    for (const { distance } of found) nearest.add(distance);
    found = found.filter(({ distance }) => distance <= nearest.worst);
  }
  return found.map((view) => ({ ...view, id: id.row(view.doc)![0] as string }));
}

/** Finds views by a graph, some of which may have been deleted since. */
function graphViews(
  database: Database,
  graph: VectorGraph,
  { number, part: { table, space }, vector, limit }: ViewSearch,
  efSearch: number | undefined,
): FoundView[] {
  const look = lookUp(database, number, table);
  return graph.search(vector, limit, efSearch).flatMap((view) => {
    const stored = look(view);
    if (!stored) return [];
    const distance = distanceBetween(space, fromBlob(space, stored.blob), vector);
    return [{ doc: stored.doc, id: stored.id, distance }];
  });
}

/** Finds what is stored of a view. */
function lookUp(
  database: Database,
  number: number,
  table: string,
): (view: number) => { doc: number; id: string; blob: Uint8Array } | null {
  const statement = database.sql(
    `select w.doc, d.id, w.v from ${table} w join g${number}_doc d on d.doc = w.doc
      where w.view = ?`,
  );
  return (view) => {
    const row = statement.row(view);
    if (!row) return null;
    const [doc, id, blob] = row as [number, string, Uint8Array];
    return { doc, id, blob };
  };
}

/** Leaves out views that were deleted: those that a search met, or all. */
function forget(
  database: Database,
  scan: VectorScan,
  { table, gone, all }: { table: string; gone: number[]; all: boolean },
): void {
  if (!all) {
    scan.remove(gone);
    return;
  }
  const there = database.sql(`select view from ${table}`).rows().flat() as number[];
  scan.remove(scan.rowsWithout(new Set(there)));
}

function findByHash(
  database: Database,
  { number, state, name }: CatalogueEntry,
  search: HashSearch,
  scans: VectorScans | null,
): ImageDocument[] {
  checkHashSearch(search);
  if (state === 'building') return [];
  if (search.maxDistance) return findNearHashes(database, { number, name }, search, scans);
  const g = `g${number}`;
  const [conditions, parameters] = filterSql(g, search.filter);
  const { field, value, limit } = search;
  const rows = database
    .sql(
      `select d.doc from ${g}_term t join ${g}_doc d on d.doc = t.doc where t.term = ?
        ${conditions('t.doc')} order by d.id limit ?`,
    )
    .rows(storedTerm(field, value), ...parameters, limit);
  return documentsOf(database, number, rows.flat() as number[]);
}

function findNearHashes(
  database: Database,
  entry: Pick<CatalogueEntry, 'number' | 'name'>,
  search: HashSearch,
  scans: VectorScans | null,
): ImageDocument[] {
  const { number } = entry;
  const { limit, maxDistance: within = 0 } = search;
  const part = hashPart(entry);
  const vector = Array.from(Buffer.from(search.value, 'hex'));
  const among = documentBits(database, number, search.filter);
  const find = { number, part, vector, limit, among, within };
  const scan = scans?.of(database, entry, part);
  const found = scan ? scannedViews(database, scan, find) : pagedViews(database, find);
  const docs = found.sort(byDistance).map(({ doc }) => doc);
  return documentsOf(database, number, docs.slice(0, limit));
}

function hashPart({ number }: Pick<CatalogueEntry, 'number'>): ScanPart {
  return { table: `g${number}_hash`, space: HASH_SPACE, after: 0, ...WHOLE };
}

/** The documents that pass a filter: bit n % 8 of byte n / 8 is of document n. Undefined if all do. */
function documentBits(
  database: Database,
  number: number,
  filter: FieldFilter | undefined,
): Uint8Array | undefined {
  let among: Uint8Array | undefined;
  for (const terms of filterTerms(filter)) {
    const stored = JSON.stringify(terms.map((term) => storedTerm('term', term)));
    const docs = database
      .sql(`select doc from g${number}_term where term in (select value from json_each(?))`)
      .rows(stored);
    const last = docs.reduce((most, [doc]) => Math.max(most, doc as number), 0);
    const bits = new Uint8Array(Math.floor(last / 8) + 1);
    for (const [doc] of docs) bits[Math.floor((doc as number) / 8)]! |= 1 << ((doc as number) % 8);
    among = among ? bits.map((byte, at) => byte & (among![at] ?? 0)) : bits;
  }
  return among;
}

/** Conditions on a column of document numbers, and their parameters. */
function filterSql(
  g: string,
  filter: FieldFilter | undefined,
): [conditions: (column: string) => string, parameters: SqlValue[]] {
  const lists = filterTerms(filter);
  const one = `(select doc from ${g}_term where term in (select value from json_each(?)))`;
  return [
    (column) => lists.map(() => `and ${column} in ${one}`).join(' '),
    lists.map((terms) => JSON.stringify(terms.map((term) => storedTerm('term', term)))),
  ];
}
