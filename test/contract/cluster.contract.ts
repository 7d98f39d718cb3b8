import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { EXAMPLE_FILE, exampleRecords } from '../support/example-places.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { TEXT_CASE_PLACES, textCases } from '../support/text-places.ts';
import { discardContract } from './discard.contract.ts';
import { engineContract } from './engine.contract.ts';
import { featuresContract } from './features.contract.ts';
import { imageIndexContract } from './image-index.contract.ts';
import { imagesContract } from './images.contract.ts';
import { ingestContract } from './ingest.contract.ts';
import { liveWritesContract } from './live-writes.contract.ts';
import { noteAnswers, notesContract } from './notes.contract.ts';
import { resumeContract } from './resume.contract.ts';
import { searchContract } from './search.contract.ts';

/**
 * When a write resolves in these tests: at once, since by default each waits up to a second. `CONTRACT_DEFAULTS=1`
 * runs all of them with the default.
 */
export const REFRESH: { refresh?: true } = process.env['CONTRACT_DEFAULTS']
  ? {}
  : { refresh: true };

/** All that an engine on a cluster promises, and the same answers as the embedded engine. */
export function clusterContract(makeEngine: () => Engine): void {
  describe('engine contract', () => {
    engineContract(makeEngine, { runs: 2 });
  });

  describe('a rebuild that was cut off', () => {
    resumeContract(makeEngine);
  });

  describe('generations that are dropped', () => {
    discardContract(makeEngine);
  });

  describe('writes while a rebuild runs', () => {
    liveWritesContract(makeEngine);
  });

  describe('features', () => {
    featuresContract(makeEngine, { shared: true });
  });

  describe('pictures', () => {
    imagesContract(makeEngine);
  });

  describe('an image index', () => {
    imageIndexContract(makeEngine);
  });

  describe('queue of pictures', () => {
    ingestContract(makeEngine);
  });

  describe('notes', () => {
    notesContract(makeEngine);

    it('are answered as on the embedded engine, to the last field', async () => {
      const indexes = [
        new NoteIndex(makeEngine()),
        new NoteIndex(embedded({ dataDir: ':memory:' })),
      ];
      const [there, here] = await Promise.all(indexes.map(noteAnswers));
      expect(there).to.deep.equal(here);
      for (const index of indexes) await index.close();
    });
  });

  describe('text search', () => {
    searchContract(makeEngine);

    it('gives the same answers as the embedded engine, to the last field', async () => {
      const indexes = [
        new PlaceIndex(makeEngine()),
        new PlaceIndex(embedded({ dataDir: ':memory:' })),
      ];
      for (const index of indexes) await index.rebuild([EXAMPLE_FILE, TEXT_CASE_PLACES]);
      const asked = [
        { explain: true },
        { language: 'ja', limit: 3, from: 2 },
        { near: { lat: 35.0, lon: 135.77 }, radiusKm: 300 },
        { countries: ['TW'], kinds: ['poi' as const, 'city' as const] },
      ];
      const texts = textCases().map(({ query }) => query);
      const typed = [...texts, '公園', '市', '板橋 新北市 台北', 'Tokyo tower', '', '"\\'];
      for (const [i, text] of typed.entries()) {
        for (const options of [asked[0], asked[1 + (i % 3)]]) {
          const [there, here] = await Promise.all(
            indexes.map((index) => index.search(text, options)),
          );
          expect(there, `${text} ${JSON.stringify(options)}`).to.deep.equal(here);
        }
      }
      for (const index of indexes) await index.close();
    });

    it('says of an index that was made before there was text search what to do', async () => {
      const engine = makeEngine();
      const { settings, mappings } = placeMapping();
      const { grams: _, ...properties } = mappings['properties'] as Record<string, unknown>;
      const body = { settings, mappings: { ...mappings, properties } };
      const { name } = await engine.createGeneration('places', body);
      await engine.finishGeneration(name);
      await engine.swapAlias('places', null, name);
      const index = new PlaceIndex(engine);
      const error = await index.search('清水寺').catch((e: unknown) => e);
      expect(error).to.include({ code: 'TEXT_NOT_INDEXED' });
      expect(await index.suggest('清水寺')).to.deep.equal([]);
      await index.close();
    });
  });

  it('gives the same answers as the embedded engine, to the last field', async () => {
    const indexes = [
      new PlaceIndex(makeEngine()),
      new PlaceIndex(embedded({ dataDir: ':memory:' })),
    ];
    for (const index of indexes) await index.rebuild(EXAMPLE_FILE);
    const names = exampleRecords().map(({ name }) => name);
    const typed = [
      ...names.filter((_, i) => i % 7 === 0),
      ...names.filter((_, i) => i % 5 === 0).map((name) => name.slice(0, 1)),
      ...[
        'banq',
        'bq',
        'ㄅㄢˇㄑ',
        'しんj',
        'sinzyuku',
        '103ful6',
        '基隆中正',
        '中山區 台北',
        '高熊',
        '霞ヶ関',
      ],
      ...['台北車', '台北車戰', 'tokio', 'osak', '新加坡', '', ' ', '💩'],
    ];
    const asked = [
      {},
      { language: 'ja' as const, limit: 3 },
      { near: { lat: 25.01, lon: 121.46 }, explain: true },
      { near: { lat: 35.68, lon: 139.76 }, radiusKm: 30 },
      { countries: ['JP'], kinds: ['station' as const, 'city' as const] },
    ];
    for (const text of typed) {
      for (const options of asked) {
        const [there, here] = await Promise.all(
          indexes.map((index) => index.suggest(text, options)),
        );
        expect(there, `${text} ${JSON.stringify(options)}`).to.deep.equal(here);
      }
    }
    for (const index of indexes) await index.close();
  });
  it('keeps answers until this index writes, the alias moves, or a second has shown that it moved', async () => {
    let [now, searched] = [0, 0];
    const engine = makeEngine();
    const counting: Engine = {
      ...engine,
      findByKeys: (...args) => {
        searched += 1;
        return engine.findByKeys(...args);
      },
    };
    const records = [{ id: 'a', name: '台東', kind: 'city', country: 'TW' }];
    const more = (id: string): object[] => [...records, { ...records[0], id, name: `台${id}` }];
    const index = closeAtEnd(new PlaceIndex(counting, { cache: 10, now: () => 1e12 + now }));
    const other = closeAtEnd(new PlaceIndex(makeEngine()));
    const ids = async (): Promise<string[]> =>
      (await index.suggest('台')).map(({ id }) => id).sort();
    await index.rebuild(records);
    expect(await ids()).to.deep.equal(['a']);
    const before = searched;
    expect(await ids()).to.deep.equal(['a']);
    expect(searched).to.equal(before);
    await index.put([more('b')[1]]);
    expect(await ids()).to.deep.equal(['a', 'b']);
    await index.delete(['b']);
    expect(await ids()).to.deep.equal(['a']);
    await index.rebuild(more('c'));
    expect(await ids()).to.deep.equal(['a', 'c']);
    await index.rollback();
    expect(await ids()).to.deep.equal(['a']);
    await other.rebuild(more('d'));
    expect(await ids()).to.deep.equal(['a']);
    now += 1000;
    await until(async () => (await ids()).includes('d'));
  });
}
