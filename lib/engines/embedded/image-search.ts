import { probeSlots } from '../../knn/describe/hash.ts';
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
  semanticSpaceOf,
  spaceOf,
  storedSlot,
  storedTerm,
  viewCount,
  viewsMax,
} from './image-tables.ts';
import { type SearchThreads, searchThreads } from './search-threads.ts';
import type { Database, SqlValue } from './sqlite.ts';
import type { Store } from './store.ts';
import { fromBlob, metricOf, needVectors, toBlob, vectorsSearched, vectorSql } from './vectors.ts';

/** Number of documents from which a search is worth a thread; below, it takes some 2 ms. */
const THREADED_FROM = 20_000;
/** Above this limit vec0's list of the nearest is slower than sorting all distances. */
const LIST_MAX = 200;

/**
 * Searches for pictures; large searches by vector run in threads.
 *
 * @param options - threads: number of threads, 0 for none.
 */
export function imageSearchIn(
  store: Store,
  graphs: VectorGraphs,
  options: { threads: number },
): ImageSearches & { close: () => Promise<void> } {
  let threads: SearchThreads | null = null;
  const entryAt = (database: Database, index: string): CatalogueEntry => {
    const entry = entryOfFeature(database, index, IMAGES);
    needVectors(database);
    return entry;
  };
  return {
    async nearest(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      const entry = await store.reading((database) => entryAt(database, index));
      await graphs.check(entry);
      const worthThreads = store.folder !== null && entry.documents >= THREADED_FROM;
      if (worthThreads && options.threads > 0 && search.vectors.length > 0) {
        threads ??= searchThreads(store.folder, options.threads);
        return threads.nearest(entry.name, search);
      }
      return store.reading((database) => findNearest(database, entry, search, graphs));
    },

    byHash: (index, search, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        return findByHash(database, entryAt(database, index), search);
      }),

    async close() {
      await threads?.close();
    },
  };
}

function findNearest(
  database: Database,
  entry: CatalogueEntry,
  search: VectorSearch,
  graphs: VectorGraphs,
): NearestImages {
  const { number, state } = entry;
  const { field } = search;
  const space =
    field === 'semantic' ? semanticSpaceOf(database, number) : spaceOf(database, number);
  if (space === null) throw noSemantic(entry.alias);
  checkVectorSearch(space, search);
  if (state === 'building') return { space, documents: [] };
  const every = vectorsSearched(space) ? searchedViews : scannedViews;
  const whole = !field && !search.exact && filterTerms(search.filter).length === 0;
  const graph = whole ? graphs.of(entry, space) : null;
  const find = graph ? graphViews(graph, every) : every;
  const limit = search.limit * (field ? 1 : viewsMax(database, number));
  const docs = new Set<number>();
  for (const vector of search.vectors) {
    for (const doc of find(database, { number, space, search, limit, vector })) docs.add(doc);
  }
  return { space, documents: documentsOf(database, number, [...docs]) };
}

function findByHash(
  database: Database,
  { number, state }: CatalogueEntry,
  search: HashSearch,
): ImageDocument[] {
  checkHashSearch(search);
  if (state === 'building') return [];
  const g = `g${number}`;
  const { field, value, maxDistance = 0, limit } = search;
  const [conditions, parameters] = filterSql(g, search.filter);
  const rows =
    maxDistance === 0
      ? database
          .sql(
            `select d.doc from ${g}_term t join ${g}_doc d on d.doc = t.doc where t.term = ?
              ${conditions('t.doc')} order by d.id limit ?`,
          )
          .rows(storedTerm(field, value), ...parameters, limit)
      : database
          .sql(
            `select d.doc from (
              select distinct s.doc, vec_distance_hamming(vec_bit(x.hash), vec_bit(?)) distance
              from json_each(?) p cross join ${g}_slot s on s.slot = p.value
              cross join ${g}_hash x on x.doc = s.doc where distance <= ?
            ) h join ${g}_doc d on d.doc = h.doc where true ${conditions('h.doc')}
            order by h.distance, d.id limit ?`,
          )
          .rows(
            Buffer.from(value, 'hex'),
            JSON.stringify(probeSlots(value).map(storedSlot)),
            maxDistance,
            ...parameters,
            limit,
          );
  return documentsOf(
    database,
    number,
    rows.map(([doc]) => doc as number),
  );
}

interface ViewSearch {
  number: number;
  space: VectorSpace;
  search: VectorSearch;
  /** Views to fetch: any n pictures are among n times as many views as one has at the most. */
  limit: number;
  vector: readonly number[];
  /** Only views with higher numbers. Default all. */
  after?: number;
}

/** Returns the numbers of the documents with the nearest views. */
type FindViews = (database: Database, options: ViewSearch) => number[];

/** Searches a graph, and compares the vectors that were added after it was built. */
function graphViews(graph: VectorGraph, every: FindViews): FindViews {
  return (database, options) => {
    const { number, space, search, vector, limit } = options;
    const doc = database.sql(`select doc from g${number}_view where view = ?`);
    const views = graph.search(unit(space, vector), limit, search.efSearch);
    const found = views.flatMap((view) => (doc.row(view) ?? []) as number[]);
    if (viewCount(database, number, graph.through) === 0) return found;
    return [...found, ...every(database, { ...options, after: graph.through })];
  };
}

function searchedViews(database: Database, options: ViewSearch): number[] {
  const { number, space, search, vector, limit, after = 0 } = options;
  const g = `g${number}`;
  const { vectors, views } = tablesOf(g, search);
  const [conditions, terms] = filterSql(g, search.filter);
  const parameters = terms.length > 0 || after > 0 ? [after, ...terms] : [];
  const among = parameters.length
    ? `and view in (select view from ${views} w where w.view > ? ${conditions('w.doc')})`
    : '';
  const blob = toBlob(space, unit(space, vector));
  const query = vectorSql(space);
  if (limit <= LIST_MAX) {
    const found = database
      .sql(
        `select view, distance from ${vectors}
          where v match ${query} and k = cast(? as integer) ${among} order by distance`,
      )
      .rows(blob, limit, ...parameters);
    // If more are at the distance of the last one, the list may lack those that come first by id.
    if (found.length < limit || found.at(-1)![1] !== found[search.limit - 1]![1]) {
      const doc = database.sql(`select doc from ${views} where view = ?`);
      return found.map(([view]) => doc.row(view!)![0] as number);
    }
  }
  return database
    .sql(
      `select w.doc from
        (select view, vec_distance_${metricOf(space)}(v, ${query}) distance from ${vectors}
          where true ${among}) x
        join ${views} w on w.view = x.view join ${g}_doc d on d.doc = w.doc
        order by x.distance, d.id limit ?`,
    )
    .rows(blob, ...parameters, limit)
    .map(([doc]) => doc as number);
}

/** Reads all vectors, a page at a time. */
function scannedViews(database: Database, options: ViewSearch): number[] {
  const { number, space, search, vector, limit } = options;
  const g = `g${number}`;
  const [conditions, parameters] = filterSql(g, search.filter);
  const page = database.sql(
    `select w.view, w.doc, x.v from ${g}_view w join ${g}_vector x on x.view = w.view
      where w.view > ? ${conditions('w.doc')} order by w.view limit 4096`,
  );
  let nearest: { doc: number; distance: number }[] = [];
  for (let after: SqlValue = options.after ?? 0; ;) {
    const rows = page.rows(after, ...parameters);
    for (const [, doc, blob] of rows) {
      const distance = distanceBetween(space, fromBlob(space, blob as Uint8Array), vector);
      nearest.push({ doc: doc as number, distance });
    }
    nearest = nearest.sort((a, b) => a.distance - b.distance).slice(0, limit);
    if (rows.length < 4096) return nearest.map(({ doc }) => doc);
    after = rows.at(-1)![0]!;
  }
}

/** Where vectors are, and whose. */
function tablesOf(g: string, { field }: VectorSearch): { vectors: string; views: string } {
  if (field !== 'semantic') return { vectors: `${g}_vector`, views: `${g}_view` };
  return { vectors: `${g}_semantic`, views: `(select doc view, doc from ${g}_doc)` };
}

function unit({ spaceType }: VectorSpace, vector: readonly number[]): readonly number[] {
  if (spaceType !== 'cosinesimil') return vector;
  const norm = Math.hypot(...vector);
  return vector.map((x) => x / norm);
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
