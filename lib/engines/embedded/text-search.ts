import type { TextSource } from '../../autocomplete/searches.ts';
import { type PlaceSearches, PLACES } from '../places.ts';
import { textNotIndexed } from '../refusals.ts';
import { type CatalogueEntry, entryOfFeature } from './catalogue.ts';
import type { Texts } from './rows.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';
import { TermLists } from './term-places.ts';
import { hasText, LETTERS } from './text-tables.ts';

/** Most parsed sources of hits in the cache. */
const CACHED_SOURCES = 5000;

/**
 * Searches for places by terms of a text. Parsed sources of hits are cached until the next write.
 */
export function textSearchIn(store: Store): Pick<PlaceSearches, 'findByTerms' | 'countAbout'> {
  const sources = new Map<string, TextSource>();
  const lists = new TermLists();
  let revision = '';

  function sourceOf(
    database: Database,
    { number, doc }: { number: number; doc: number },
    described: boolean | undefined,
  ): TextSource {
    const key = `${number} ${doc} ${described ?? false}`;
    const known = sources.get(key);
    if (known) return known;
    const row = database.sql(`select source, rest from g${number}_doc where doc = ?`).row(doc);
    const [source, rest] = row as [string, string];
    const { zh, ja, descriptions } = JSON.parse(rest) as Texts;
    const whole = { ...(JSON.parse(source) as TextSource), zh, ja };
    if (described && descriptions) whole.descriptions = descriptions;
    const oldest = sources.keys().next();
    if (sources.size >= CACHED_SOURCES && !oldest.done) sources.delete(oldest.value);
    sources.set(key, whole);
    return whole;
  }

  return {
    findByTerms: (index, search, filter = {}, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        const now = store.revision(database);
        if (now !== revision) {
          sources.clear();
          lists.clear();
        }
        revision = now;
        const { number, name, state } = entryOfFeature(database, index, PLACES);
        if (!hasText(database, number)) throw textNotIndexed(name);
        if (state === 'building') return [];
        const { terms, limit, descriptions } = search;
        return lists.best(database, number, { terms, limit, filter }).map((doc) => {
          const source = sourceOf(database, { number, doc }, descriptions);
          return { id: source.id, source };
        });
      }),
    countAbout: (index, terms, { signal } = {}) =>
      store.reading((database) => {
        signal?.throwIfAborted();
        return countAbout(database, entryOfFeature(database, index, PLACES), terms);
      }),
  };
}

function countAbout(
  database: Database,
  { number, state }: CatalogueEntry,
  terms: readonly string[],
): number[] {
  if (state === 'building' || !hasText(database, number)) return terms.map(() => 0);
  const having = database.sql(`select count(*) from g${number}_text where k = ?`);
  return terms.map((term) => having.row(LETTERS.about + term)![0] as number);
}
