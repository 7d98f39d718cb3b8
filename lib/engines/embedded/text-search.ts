import type { PlaceFilter, TextHit, TextSearch, TextSource } from '../../autocomplete/searches.ts';
import { type PlaceSearches, PLACES } from '../places.ts';
import { textNotIndexed } from '../refusals.ts';
import { type CatalogueEntry, entryOfFeature } from './catalogue.ts';
import { filterConditions } from './place-search.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';
import { hasText, LETTERS, type Texts } from './text-tables.ts';

/** Searches for places by terms of a text. */
export function textSearchIn(store: Store): Pick<PlaceSearches, 'findByTerms'> {
  return {
    findByTerms: (index, search, filter = {}, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        return findTexts(database, entryOfFeature(database, index, PLACES), search, filter);
      }),
  };
}

/**
 * Documents that have any of the terms, most weight first.
 *
 * @throws {EngineError} `TEXT_NOT_INDEXED`.
 */
function findTexts(
  database: Database,
  { number, name, state }: CatalogueEntry,
  search: TextSearch,
  filter: PlaceFilter,
): TextHit[] {
  if (!hasText(database, number)) throw textNotIndexed(name);
  if (state === 'building') return [];
  const g = `g${number}`;
  const own: [string, number][] = [];
  const areas: [string, number][] = [];
  for (const { field, value, weight } of search.terms) {
    if (field === 'within') areas.push([value, weight]);
    else own.push([LETTERS[field] + value, weight]);
  }
  const { sql, parameters } = filterConditions(filter);
  const rows = database
    .sql(
      `with met(rank, weight) as (
          select t.rank, sum(json_extract(j.value, '$[1]')) from json_each(?) j
          cross join ${g}_text t on t.k = json_extract(j.value, '$[0]') group by t.rank),
        around(area, weight) as (
          select k.area, sum(json_extract(j.value, '$[1]')) from json_each(?) j
          cross join ${g}_area_key k on k.key = json_extract(j.value, '$[0]') group by k.area),
        best(rank, doc, weight) as (
          select m.rank, a.doc, m.weight + coalesce(r.weight, 0)
          from met m join ${g}_attr a on a.rank = m.rank left join around r on r.area = a.area
          ${sql.length > 0 ? `where ${sql.join(' and ')}` : ''}
          order by 3 desc, 1 limit ?)
        select d.source, d.rest from best b join ${g}_doc d on d.doc = b.doc
        order by b.weight desc, b.rank`,
    )
    .rows(JSON.stringify(own), JSON.stringify(areas), ...parameters, search.limit);
  return rows.map(([source, rest]) => {
    const { zh, ja } = JSON.parse(rest as string) as Texts;
    const whole = { ...(JSON.parse(source as string) as TextSource), zh, ja };
    return { id: whole.id, source: whole };
  });
}
