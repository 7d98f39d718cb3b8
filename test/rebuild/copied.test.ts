import { expect } from 'chai';
import { join } from 'node:path';
import fc from 'fast-check';

import type { PlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import { DATA_FILE } from '../../lib/engines/embedded/store.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import type { PlaceRebuildOptions } from '../../lib/rebuild/options.ts';
import type { RebuildProgress } from '../../lib/rebuild/progress.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';
import { RECORDS } from './records.ts';

type Row = Record<string, unknown>;

/** What an index is made of. */
interface World {
  records: Row[];
  /** Outlines: squares around a point, in degrees. */
  areas: { id: string; kind: string; lat: number; lon: number; half: number }[];
  corrections: Row[];
  options: PlaceRebuildOptions;
}

const MADE: PlaceRebuildOptions = { maxFailed: 1000 };

/** Outlines of some of the records, two of which are one in the other. */
const AREAS: World['areas'] = [
  { id: 'tw:63000', kind: 'city', lat: 25.07, lon: 121.53, half: 0.06 },
  { id: 'tw:63000040', kind: 'district', lat: 25.06, lon: 121.53, half: 0.02 },
  { id: 'tw:10017', kind: 'city', lat: 25.14, lon: 121.75, half: 0.05 },
  { id: 'jp:13104', kind: 'city', lat: 35.69, lon: 139.7, half: 0.01 },
];

function outlinesOf(areas: World['areas']): object[] {
  return areas.map(({ id, kind, lat, lon, half }) => {
    const [n, s, e, w] = [lat + half, lat - half, lon + half, lon - half];
    const ring = [[w, s], [e, s], [e, n], [w, n], [w, s]]; // prettier-ignore
    const geometry = { type: 'Polygon', coordinates: [ring] };
    return { type: 'Feature', properties: { id, kind }, geometry };
  });
}

const at = fc.nat(RECORDS.length - 1);
const setting = fc.oneof(
  fc.record({ name: fc.constantFrom('中山區', '板橋', '新しい駅', 'New Town', '한강') }),
  fc.record({ aliases: fc.constantFrom(['另名'], ['べつめい', 'Other'], []) }),
  fc.record({ population: fc.integer({ min: 1, max: 9_000_000 }) }),
  fc.record({ kind: fc.constantFrom('district', 'poi', 'city') }),
  fc.record({
    lat: fc.double({ min: 24.9, max: 25.2, noNaN: true }),
    lon: fc.constantFrom(121.5, 121.74),
  }),
  fc.record({ categories: fc.constantFrom(['museum'], ['古蹟', '公園']) }),
  fc.record({ description: fc.constantFrom('河邊的公園', '川沿いの公園') }),
  at.map((n) => ({ parent: RECORDS[n]!['id'] })),
  fc.constant({ parent: undefined }),
);

/** Random edits, each of one of the things that documents are made of. */
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('set' as const), at, setting) },
  fc.tuple(
    fc.constantFrom('remove' as const, 'again' as const, 'put' as const, 'delete' as const),
    at,
    fc.constant({}),
  ),
  fc.tuple(
    fc.constant('area' as const),
    fc.nat(AREAS.length - 1),
    fc.record({ half: fc.constantFrom(0.01, 0.05, 0.2) }),
  ),
  fc.tuple(
    fc.constant('correct' as const),
    at,
    at.map((n) => ({ parent: RECORDS[n]!['id'] })),
  ),
  fc.tuple(
    fc.constant('option' as const),
    fc.constant(0),
    fc.constantFrom<PlaceRebuildOptions>(
      { jyutping: true },
      { jyutping: false },
      { readings: 'data' },
      { readings: 'dictionary' },
    ),
  ),
);

function edited(world: World, [what, n, change]: [string, number, object]): World {
  const { records, areas, corrections, options } = world;
  const i = n % Math.max(1, records.length);
  switch (what) {
    case 'set':
      return {
        ...world,
        records: records.map((one, at) => (at === i ? { ...one, ...change } : one)),
      };
    case 'remove':
      return { ...world, records: records.filter((_, at) => at !== i || records.length === 1) };
    case 'again':
      return { ...world, records: [...records, { ...records[i], name: '再來' }] };
    case 'area':
      return { ...world, areas: areas.map((one, at) => (at === n ? { ...one, ...change } : one)) };
    case 'correct':
      return { ...world, corrections: [...corrections, { id: records[i]!['id'], ...change }] };
    case 'option':
      return { ...world, options: { ...options, ...change } };
    default:
      return world;
  }
}

async function documentsOf(engine: Engine, generation: string): Promise<PlaceDocument[]> {
  const documents: PlaceDocument[] = [];
  for await (const document of engine.scan(generation)) documents.push(document);
  return documents;
}

/** What both indexes answer; scores and order included. */
async function answersOf(index: PlaceIndex): Promise<unknown[]> {
  const texts = ['中', '板橋', '新', 'new', 'べつ', '台北 中山', 'ㅎㄱ', 'bq', 'zung'];
  const suggested = await Promise.all(texts.map((text) => index.suggest(text, { explain: true })));
  return [...suggested, await index.search('公園 台北'), await index.search('museum')];
}

describe('a rebuild that copies what is unchanged', () => {
  it('makes the index that a full one makes, whatever was edited', async () => {
    let copied = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(edit, { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        async (steps) => {
          const engine = embedded({ dataDir: ':memory:' });
          const index = new PlaceIndex(engine);
          let world: World = { records: [...RECORDS], areas: AREAS, corrections: [], options: {} };
          for (const edits of [[], ...steps]) {
            world = edits.reduce(edited, world);
            for (const [what, n] of edits) {
              const one = { ...RECORDS[n], name: '寫入', parent: undefined };
              if (what === 'put') await index.put([one]);
              if (what === 'delete') await index.delete([RECORDS[n]!['id'] as string]);
            }
            const boundaries = outlinesOf(world.areas);
            const how = { ...MADE, ...world.options, boundaries, corrections: world.corrections };
            const result = await index.rebuild(world.records, { ...how, verify: 'all' });
            copied += result.copied;
            const anew = embedded({ dataDir: ':memory:' });
            const other = new PlaceIndex(anew);
            const full = await other.rebuild(world.records, { ...how, full: true });
            expect(await documentsOf(engine, result.generation!)).to.deep.equal(
              await documentsOf(anew, full.generation!),
            );
            expect(await answersOf(index)).to.deep.equal(await answersOf(other));
            for (const field of [
              'records',
              'documents',
              'failed',
              'parents',
              'warnings',
            ] as const) {
              expect(result[field]).to.deep.equal(full[field]);
            }
            expect(full.copied).to.equal(0);
            await other.close();
          }
          await index.close();
        },
      ),
      { numRuns: runs(12) },
    );
    expect(copied).to.be.above(0);
  });

  it('copies all where nothing has changed, none with full, and what a changed parent does not touch', async () => {
    const index = closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' })));
    const copied = async (
      records: readonly object[],
      options: PlaceRebuildOptions = {},
    ): Promise<number> => (await index.rebuild(records, options)).copied;
    expect(await copied(RECORDS)).to.equal(0);
    expect(await copied(RECORDS)).to.equal(RECORDS.length);
    expect(await copied(RECORDS, { full: true })).to.equal(0);
    // The six records of Taipei have another parent.
    const taipei = RECORDS.map((one) =>
      one['id'] === 'tw:63000' ? { ...one, aliases: ['北城'] } : one,
    );
    const touched = RECORDS.filter(({ id, parent }) =>
      [id, parent].some((each) => String(each).startsWith('tw:63000')),
    );
    expect(touched.length).to.be.above(2);
    expect(await copied(taipei)).to.equal(RECORDS.length - touched.length);
    expect(await copied(taipei, { jyutping: true })).to.equal(0);
    await index.put([{ ...taipei[7], name: '別的' }]);
    expect(await copied(taipei, { jyutping: true })).to.equal(RECORDS.length - 1);
    expect((await index.suggest('別的')).length).to.equal(0);
  });

  it('makes all anew where the other generation is no more', async () => {
    const engine = embedded({ dataDir: ':memory:' });
    const index = closeAtEnd(new PlaceIndex(engine));
    const gone: Engine = {
      ...engine,
      copy: async (from, into, operations) => engine.copy!(`${from}0`, into, operations),
    };
    await index.rebuild(RECORDS);
    const { copied, documents } = await new PlaceIndex(gone).rebuild(RECORDS);
    expect([copied, documents]).to.deep.equal([0, RECORDS.length]);
    expect(await index.verify(RECORDS)).to.include({ equal: RECORDS.length });
  });

  it('makes anew what is damaged in the file', async () => {
    const dataDir = tempFolder();
    const before = new PlaceIndex(embedded({ dataDir }));
    await before.rebuild(RECORDS);
    await before.close();
    const database = await openSqlite(join(dataDir, DATA_FILE), false);
    for (const [column, id] of [
      ['source', 'jp:13'],
      ['rest', 'tw:63000040'],
      ['keys', 'poi:npm'],
    ]) {
      // Still JSON of the same.
      database.exec(
        `update g1_doc set ${column} = replace(${column}, ',', ', ') where id = '${id}'`,
      );
    }
    database.close();
    const index = closeAtEnd(new PlaceIndex(embedded({ dataDir })));
    expect((await index.rebuild(RECORDS)).copied).to.equal(RECORDS.length - 3);
    expect(await index.verify(RECORDS)).to.include({ equal: RECORDS.length });
  });

  it('is resumed where it was cut off, and counts what was copied before', async () => {
    const engine = embedded({ dataDir: ':memory:' });
    const index = closeAtEnd(new PlaceIndex(engine));
    const many = Array.from({ length: 6000 }, (_, i) => ({
      id: `${i}`,
      name: `Place ${i}`,
      country: 'SG',
    }));
    const changed = many.map((one, i) => (i % 100 === 7 ? { ...one, name: `New ${i}` } : one));
    await index.rebuild(many);
    const stop = new AbortController();
    const onProgress = ({ stage, done }: RebuildProgress): void => {
      if (stage === 'fill' && done >= 5000) stop.abort();
    };
    const cut = index.rebuild(changed, { signal: stop.signal, onProgress });
    expect(await cut.catch(({ name }: Error) => name)).to.equal('AbortError');
    const result = await index.rebuild(changed);
    expect(result).to.include({ resumed: true, documents: 6000, copied: 5940 });
    expect(await index.verify(changed)).to.include({ equal: 6000 });
  });
});
