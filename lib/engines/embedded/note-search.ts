import type { NoteCounts, NoteHit, NoteSearch } from '../../notes/searches.ts';
import { NOTES, type NoteSearches } from '../notes.ts';
import { type CatalogueEntry, entryOfFeature } from './catalogue.ts';
import type { Rest } from './note-tables.ts';
import type { Database, SqlValue } from './sqlite.ts';
import type { Store } from './store.ts';

/** Searches for notes by terms. */
export function noteSearchIn(store: Store): NoteSearches {
  return {
    findNotes: (index, search, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        return findNotes(database, entryOfFeature(database, index, NOTES), search);
      }),
    countNotes: (index, terms, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        return countNotes(database, entryOfFeature(database, index, NOTES), terms);
      }),
  };
}

function findNotes(
  database: Database,
  { number, state }: CatalogueEntry,
  { terms, filter, limit, bodies }: NoteSearch,
): NoteHit[] {
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
  const met =
    terms.length === 0
      ? `select rank, 0 weight from ${g}_attr where ? is not null`
      : `select t.rank, sum(json_extract(j.value, '$[1]')) weight from json_each(?) j
          cross join ${g}_term t on t.k = json_extract(j.value, '$[0]') group by t.rank`;
  const rows = database
    .sql(
      `with met(rank, weight) as (${met}),
        best(rank, doc, weight) as (
          select m.rank, a.doc, m.weight from met m join ${g}_attr a on a.rank = m.rank
          ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
          order by 3 desc, 1 limit ?)
        select d.source, ${bodies ? 'd.rest' : 'null'} from best b join ${g}_doc d on d.doc = b.doc
        order by b.weight desc, b.rank`,
    )
    .rows(JSON.stringify(terms.map(({ value, weight }) => [value, weight])), ...parameters, limit);
  return rows.map(([source, rest]) => {
    const hit = JSON.parse(source as string) as NoteHit;
    return rest === null ? hit : { ...hit, body: (JSON.parse(rest as string) as Rest).body };
  });
}

function countNotes(
  database: Database,
  { number, state }: CatalogueEntry,
  terms: readonly string[],
): NoteCounts {
  if (state === 'building') return { notes: 0, length: 0, having: terms.map(() => 0) };
  const g = `g${number}`;
  const [notes, length] = database
    .sql(`select count(*), coalesce(sum(length), 0) from ${g}_attr`)
    .row() as [number, number];
  const having = database.sql(`select count(*) from ${g}_term where k = ?`);
  return { notes, length, having: terms.map((term) => having.row(term)![0] as number) };
}
