import type { NoteHit, NoteSearch } from '../../notes/searches.ts';
import { type Pause, pauses, TURN_UNITS } from '../../turns.ts';
import { NOTES, type NoteSearches } from '../notes.ts';
import { type CatalogueEntry, entryOfFeature } from './catalogue.ts';
import { NoteCache } from './note-cache.ts';
import type { Rest } from './note-tables.ts';
import type { Database, SqlValue } from './sqlite.ts';
import type { Store } from './store.ts';

/** Searches for notes by terms. What was read is cached until the next write. */
export function noteSearchIn(store: Store): NoteSearches {
  const cache = new NoteCache();
  return {
    findNotes: (index, search, { signal } = {}) =>
      findNotes({ store, cache }, index, search, pauses(signal)),
    countNotes: (index, terms, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        const { number, state } = entryOfFeature(database, index, NOTES);
        if (state === 'building') return { notes: 0, length: 0, having: terms.map(() => 0) };
        const totals = cache.totals(store.revision(database), number, () => {
          const sql = `select count(*), coalesce(sum(length), 0) from g${number}_attr`;
          const [notes, length] = database.sql(sql).row() as [number, number];
          return { notes, length };
        });
        const having = database.sql(`select count(*) from g${number}_term where k = ?`);
        return { ...totals, having: terms.map((term) => having.row(term)![0] as number) };
      }),
  };
}

/** Where notes are read. */
interface Reader {
  store: Store;
  cache: NoteCache;
}

/**
 * Reads long notes in several turns, each in a transaction of its own: one that was deleted meanwhile is left out,
 * and where another generation went live it begins anew.
 */
async function findNotes(
  { store, cache }: Reader,
  index: string,
  search: NoteSearch,
  pause: Pause,
): Promise<NoteHit[]> {
  let number: number | null = null;
  let docs: number[] = [];
  let hits: NoteHit[] = [];
  do {
    const read = await store.reading((database) => {
      const entry = entryOfFeature(database, index, NOTES);
      if (entry.number !== number) {
        docs = docsOf(database, entry, search);
        hits = [];
      }
      number = entry.number;
      const reading = { database, cache, revision: store.revision(database), number };
      return readHits(reading, docs, search);
    });
    hits.push(...read.hits);
    docs = docs.slice(read.docs);
    await pause(read.units);
  } while (docs.length > 0);
  return hits;
}

/** The first of documents, as many as are read in a turn. */
function readHits(
  reading: { database: Database; cache: NoteCache; revision: string; number: number },
  docs: readonly number[],
  { bodies }: NoteSearch,
): { hits: NoteHit[]; docs: number; units: number } {
  const { database, cache, revision, number } = reading;
  const hits: NoteHit[] = [];
  const texts = database.sql(
    `select source, ${bodies ? 'rest' : "''"} from g${number}_doc where doc = ?`,
  );
  let [read, units] = [0, 0];
  while (read < docs.length && units < TURN_UNITS) {
    const doc = docs[read++]!;
    const known = bodies ? null : cache.hit(revision, number, doc);
    if (known) {
      hits.push(known);
      continue;
    }
    const [source, rest] = (texts.row(doc) ?? []) as string[];
    if (source === undefined || rest === undefined) continue;
    units += source.length + rest.length;
    const hit = JSON.parse(source) as NoteHit;
    if (bodies) hits.push({ ...hit, body: (JSON.parse(rest) as Rest).body });
    else {
      cache.add(hit, { number, doc, units: source.length });
      hits.push(hit);
    }
  }
  return { hits, docs: read, units };
}

/** Numbers of the documents that are found, best first. */
function docsOf(
  database: Database,
  { number, state }: CatalogueEntry,
  { terms, filter, limit }: NoteSearch,
): number[] {
  if (state === 'building') return [];
  const g = `g${number}`;
  const conditions: string[] = [];
  const parameters: SqlValue[] = [];
  const where = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  for (const term of filter.all ?? []) {
    where(`exists (select 1 from ${g}_term t where t.k = ? and t.rank = a.rank)`, term);
  }
  if (filter.any) {
    const any = `a.rank in (select t.rank from json_each(?) j cross join ${g}_term t on t.k = j.value)`;
    where(any, JSON.stringify(filter.any));
  }
  if (filter.from !== undefined) where('a.time >= ?', filter.from);
  if (filter.before !== undefined) where('a.time < ?', filter.before);
  const isFiltered = conditions.length > 0;
  const met =
    terms.length === 0
      ? `select rank, 0 weight from ${g}_attr`
      : `select t.rank, sum(a.weight) weight from asked a
          cross join ${g}_term t on t.k = a.k group by t.rank`;
  // Without a filter, the rows of all others need not be looked up.
  const best = isFiltered ? '' : 'order by 2 desc, 1 limit ?';
  if (!isFiltered) parameters.push(limit);
  // Terms are read out of JSON once, and not for every entry of the index that they lead to.
  return database
    .sql(
      `with asked(k, weight) as materialized
          (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?)),
        met(rank, weight) as (${met} ${best})
        select a.doc from met m join ${g}_attr a on a.rank = m.rank
        ${isFiltered ? `where ${conditions.join(' and ')}` : ''}
        order by m.weight desc, m.rank limit ?`,
    )
    .rows(JSON.stringify(terms.map(({ value, weight }) => [value, weight])), ...parameters, limit)
    .map(([doc]) => doc as number);
}
