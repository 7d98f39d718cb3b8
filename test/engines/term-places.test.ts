import { expect } from 'chai';
import fc from 'fast-check';

import type { PlaceFilter, TextTerm } from '../../lib/autocomplete/searches.ts';
import { type Database, openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import { TermLists } from '../../lib/engines/embedded/term-places.ts';
import { runs } from '../support/properties.ts';

const TERMS = ['町', '橋', '区', 'ょう'];
const AREAS = ['京都', '臺北'];

interface Row {
  terms: readonly string[];
  country: string;
  kind: 'city' | 'station';
  area: number;
  lat: number | null;
}

describe('TermLists', () => {
  let database: Database;
  beforeEach(async () => {
    database = await openSqlite(':memory:', false);
    database.exec(`create table g1_text(k text, rank integer, primary key(k, rank)) without rowid;
      create table g1_attr(rank integer primary key, doc integer, country text, kind text,
        lat real, lon real, area integer);
      create table g1_area_key(key text, area integer, primary key(key, area)) without rowid;
      insert into g1_area_key values ('京都', 1), ('臺北', 2), ('京都', 3), ('臺北', 3);`);
  });
  afterEach(() => {
    database.close();
  });

  const row = fc.record({
    terms: fc.subarray(TERMS),
    country: fc.constantFrom('TW', 'JP'),
    kind: fc.constantFrom('city' as const, 'station' as const),
    area: fc.integer({ min: 0, max: 3 }),
    lat: fc.option(fc.integer({ min: -3, max: 3 })),
  });
  const terms = fc.array(
    fc.record({
      field: fc.constantFrom('grams' as const, 'within' as const),
      at: fc.integer({ min: 0, max: 3 }),
      weight: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const filter = fc.record(
    {
      countries: fc.subarray(['TW', 'JP']),
      kinds: fc.subarray(['city' as const, 'station' as const]),
      box: fc.constant({ south: 0, north: 3, west: -1, east: 1 }),
    },
    { requiredKeys: [] },
  );

  it('finds what adding up row by row finds, in the same order', () => {
    const asked = fc.tuple(terms, filter, fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), asked, (rows, [terms, filter, limit]) => {
        database.exec('delete from g1_text; delete from g1_attr');
        rows.forEach(({ terms, country, kind, area, lat }, doc) => {
          const rank = rankOf(doc);
          database
            .sql('insert into g1_attr values (?, ?, ?, ?, ?, ?, ?)')
            .run(rank, doc, country, kind, lat, 0, area);
          for (const term of terms) {
            database.sql('insert into g1_text values (?, ?)').run(`g${term}`, rank);
          }
        });
        const search = terms.map(({ field, at, weight }): TextTerm => {
          return { field, value: field === 'within' ? AREAS[at % 2]! : TERMS[at]!, weight };
        });
        const lists = new TermLists();
        const expected = plainly(rows, search, filter).slice(0, limit);
        for (const time of ['first', 'again']) {
          const found = lists.best(database, 1, { terms: search, limit, filter });
          expect(found, time).to.deep.equal(expected);
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

/** Ranks as large as those of an index, and not in the order of the documents. */
function rankOf(doc: number): number {
  return ((doc * 7919) % 101) * 2 ** 32 + doc;
}

function plainly(rows: readonly Row[], terms: readonly TextTerm[], filter: PlaceFilter): number[] {
  const { countries, kinds, box } = filter;
  const around = [[], ['京都'], ['臺北'], ['京都', '臺北']];
  const weighed = rows.map((row, doc) => {
    const weightOf = (field: string, of: readonly string[]): number =>
      terms.reduce((sum, t) => sum + (t.field === field && of.includes(t.value) ? t.weight : 0), 0);
    const own = weightOf('grams', row.terms);
    const fits =
      own > 0 &&
      (!countries || countries.includes(row.country)) &&
      (!kinds || kinds.includes(row.kind)) &&
      (!box || (row.lat !== null && row.lat >= box.south && row.lat <= box.north));
    return { doc, weight: fits ? own + weightOf('within', around[row.area]!) : 0 };
  });
  return weighed
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || rankOf(a.doc) - rankOf(b.doc))
    .map(({ doc }) => doc);
}
