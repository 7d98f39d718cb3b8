import { setImmediate } from 'node:timers/promises';
import type { PlaceSource } from '../../autocomplete/record/document.ts';
import type { GeoBox, KeySearch, PlaceFilter, PlaceHit } from '../../autocomplete/searches.ts';
import { withinOneEdit } from '../../autocomplete/suggest/edit-distance.ts';
import { type PlaceSearches, PLACES } from '../places.ts';
import { entryOfFeature } from './catalogue.ts';
import { afterPrefix, countryList, storedKey } from './keys.ts';
import type { PlaceFiles } from './place-files.ts';
import type { PlaceView } from './place-view.ts';
import type { Database, SqlValue } from './sqlite.ts';
import type { Store } from './store.ts';

/** Most parsed sources of hits in the cache. */
const CACHED_SOURCES = 20_000;
/** Most keys that an `edit` search compares. */
const EDIT_SCAN = 20000;

/** Conditions on documents as SQL on the columns of a key table and, if needed, of `attr`. */
interface Conditions {
  sql: string[];
  parameters: SqlValue[];
  needsAttributes: boolean;
}

/**
 * Searches for places by keys: in memory, or in the tables while they are not loaded. Parsed
 * sources of hits are cached until the next write.
 */
export function placeSearchIn(
  store: Store,
  files: Pick<PlaceFiles, 'of' | 'holds' | 'isReading'>,
): Pick<PlaceSearches, 'findByKeys'> {
  const sources = new Map<string, PlaceSource>();
  let revision = '';
  /** Views by index name, valid for this revision. */
  const views = new Map<string, { generation: string; view: PlaceView }>();

  function viewNow(database: Database, index: string): PlaceView | null {
    const known = views.get(index);
    if (!known || store.revision(database) !== revision) return null;
    return files.holds(known.generation, known.view) ? known.view : null;
  }

  function sourceOf(database: Database, number: number, rank: number): PlaceSource {
    const key = `${number} ${rank}`;
    const known = sources.get(key);
    if (known) return known;
    const row = database
      .sql(
        `select d.source from g${number}_attr a join g${number}_doc d on d.doc = a.doc
          where a.rank = ?`,
      )
      .row(rank);
    const source = JSON.parse(row![0] as string) as PlaceSource;
    const oldest = sources.keys().next();
    if (sources.size >= CACHED_SOURCES && !oldest.done) sources.delete(oldest.value);
    sources.set(key, source);
    return source;
  }

  return {
    findByKeys: async (index, searches, filter = {}, { signal } = {}) => {
      const known = await store.glancing((database) => {
        signal?.throwIfAborted();
        return viewNow(database, index);
      });
      if (known) return known.find(searches, filter);
      // Who asks in a row leaves no turn for reading otherwise.
      if (files.isReading()) await setImmediate();
      return store.reading((database) => {
        const now = store.revision(database);
        if (now !== revision) {
          sources.clear();
          views.clear();
        }
        revision = now;
        const entry = entryOfFeature(database, index, PLACES);
        const { number, state } = entry;
        if (state === 'building') return [];
        const view = files.of(database, entry);
        if (view) {
          views.set(index, { generation: entry.name, view });
          return view.find(searches, filter);
        }
        const ranks = findAllRanks(database, number, searches, filter);
        return Array.from(ranks, ([rank, search]): PlaceHit => {
          const source = sourceOf(database, number, rank);
          return { id: source.id, source, search };
        });
      });
    },
  };
}

/**
 * Ranks of the documents that searches find, in order, each with the number of the first search
 * that found it.
 */
function findAllRanks(
  database: Database,
  number: number,
  searches: readonly KeySearch[],
  filter: PlaceFilter,
): Map<number, number> {
  const ranks = new Map<number, number>();
  for (const [i, search] of searches.entries()) {
    for (const rank of findRanks(database, number, search, filter)) {
      if (!ranks.has(rank)) ranks.set(rank, i);
    }
  }
  return ranks;
}

/** Ranks of the documents that a search finds, in its order. */
function findRanks(
  database: Database,
  number: number,
  search: KeySearch,
  filter: PlaceFilter,
): number[] {
  const stored = storedKey(search.field, search.value);
  const conditions = conditionsOf(number, search, filter);
  if (search.match === 'whole') return select('key', 'k = ?', [stored]);
  if (search.match === 'edit') return editRanks();
  if (search.match === 'beginning') return beginningRanks();
  const hasList = (k: string): boolean =>
    database.sql(`select 1 from g${number}_prefix where k = ? limit 1`).row(k) !== undefined;
  if (hasList(stored)) {
    const country = search.countries?.length === 1 ? search.countries[0]! : null;
    if (country !== null && hasList(countryList(stored, ''))) {
      return select('prefix', 'k = ?', [countryList(stored, country)]);
    }
    return select('prefix', 'k = ?', [stored]);
  }
  const end = afterPrefix(stored);
  return end === null
    ? select('key', 'k >= ?', [stored])
    : select('key', 'k >= ? and k < ?', [stored, end]);

  function select(table: string, where: string, parameters: SqlValue[]): number[] {
    const join = conditions.needsAttributes ? ` join g${number}_attr a on a.rank = t.rank` : '';
    const all = [where, ...conditions.sql].join(' and ');
    const text = `select distinct t.rank from g${number}_${table} t${join} where ${all} order by t.rank limit ?`;
    const rows = database.sql(text).rows(...parameters, ...conditions.parameters, search.limit);
    return rows.map(([rank]) => rank as number);
  }

  /** Ranks of keys that are prefixes of the value, the longest key first. */
  function beginningRanks(): number[] {
    const ranks = new Set<number>();
    for (const length of search.lengths ?? []) {
      if (ranks.size >= search.limit) break;
      const key = storedKey(search.field, search.value.slice(0, length));
      for (const rank of select('key', 'k = ?', [key])) ranks.add(rank);
    }
    return [...ranks].slice(0, search.limit);
  }

  /** One edit leaves either the first or the second half of a key unchanged. */
  function editRanks(): number[] {
    const chars = Array.from(search.value);
    const first = storedKey(search.field, chars[0]!);
    const end = afterPrefix(first) ?? '\u{10ffff}';
    const half = Math.floor(chars.length / 2);
    const head = storedKey(search.field, chars.slice(0, half).join(''));
    const tail = chars.slice(half + 1).join('');
    const length = chars.length + 1;
    const rows = database
      .sql(
        `select distinct k from g${number}_key where k >= ? and k < ? and length(k) between ? and ?
          and (substr(k, 1, ?) = ? or substr(k, -?) = ?) limit ${EDIT_SCAN}`,
      )
      .rows(first, end, length - 1, length + 1, half + 1, head, chars.length - half - 1, tail);
    const ranks = rows
      .map(([k]) => k as string)
      .filter((k) => withinOneEdit(k, stored))
      .flatMap((k) => select('key', 'k = ?', [k]));
    return [...new Set(ranks)].sort((a, b) => a - b).slice(0, search.limit);
  }
}

function conditionsOf(number: number, search: KeySearch, filter: PlaceFilter): Conditions {
  const conditions: Conditions = { sql: [], parameters: [], needsAttributes: false };
  const add = (sql: string, parameters: readonly SqlValue[], attributes = true): void => {
    conditions.sql.push(sql);
    conditions.parameters.push(...parameters);
    conditions.needsAttributes ||= attributes;
  };
  for (const countries of [search.countries, filter.countries]) {
    if (countries) add(`t.country in (${marks(countries)})`, countries, false);
  }
  if (filter.kinds) add(`a.kind in (${marks(filter.kinds)})`, filter.kinds);
  for (const box of [search.box, filter.box]) {
    if (box) add(...boxCondition(box));
  }
  if (search.within !== undefined) {
    const keys = marks(search.within);
    add(`a.area in (select area from g${number}_area_key where key in (${keys}))`, search.within);
  }
  return conditions;
}

/** The filters of a query as SQL on `attr`, with the name `a`. */
export function filterConditions({ countries, kinds, box }: PlaceFilter): {
  sql: string[];
  parameters: SqlValue[];
} {
  const conditions: [string, readonly SqlValue[]][] = [];
  if (countries) conditions.push([`a.country in (${marks(countries)})`, countries]);
  if (kinds) conditions.push([`a.kind in (${marks(kinds)})`, kinds]);
  if (box) conditions.push(boxCondition(box));
  return {
    sql: conditions.map(([sql]) => sql),
    parameters: conditions.flatMap(([, parameters]) => parameters),
  };
}

function boxCondition({ south, west, north, east }: GeoBox): [string, SqlValue[]] {
  const lon = west <= east ? 'a.lon between ? and ?' : '(a.lon >= ? or a.lon <= ?)';
  return [`a.lat between ? and ? and ${lon}`, [south, north, west, east]];
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
