import { expect } from 'chai';
import fc from 'fast-check';

import { diffBodies } from '../../lib/alias/body-diff.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { PlaceDocument } from '../../lib/autocomplete/record/document.ts';
import type { KeySearch, PlaceFilter } from '../../lib/autocomplete/searches.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { documentWith } from '../support/documents.ts';
import { memorySearch } from '../support/memory-search.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { codeOf } from '../support/failures.ts';

/**
 * What every engine promises, whatever it runs on.
 *
 * @param options - runs: how often properties are tried.
 */
export function engineContract(
  makeEngine: () => Engine,
  { runs }: { runs: number } = { runs: 15 },
): void {
  let engine: Engine;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
  });

  const body = { ...placeMapping() };
  const filled = async (alias: string, documents: PlaceDocument[]): Promise<string> => {
    const { name } = await engine.createGeneration(alias, body);
    await engine.write(
      name,
      documents.map((index) => ({ index })),
    );
    await engine.finishGeneration(name);
    return name;
  };
  const live = async (documents: PlaceDocument[]): Promise<void> => {
    const before = (await engine.aliases()).find((a) => a.alias === 'places');
    await engine.swapAlias('places', before?.generation ?? null, await filled('places', documents));
  };
  const ids = async (search: Partial<KeySearch>, filter?: PlaceFilter): Promise<string[]> => {
    const whole: KeySearch = { field: 'name', value: 'a', match: 'prefix', limit: 10, ...search };
    return (await engine.findByKeys('places', [whole], filter)).map((hit) => hit.id);
  };

  describe('generations and aliases', () => {
    it('numbers generations and never gives a number twice', async () => {
      const first = await engine.createGeneration('places', body);
      await engine.dropGeneration(first.name);
      const second = await engine.createGeneration('places', body);
      expect([first.name, second.name]).to.deep.equal(['places-000001', 'places-000002']);
      expect(second).to.include({ alias: 'places', state: 'building', documents: 0 });
    });

    it('finds what was written while a generation was being finished, and nothing that was deleted', async () => {
      const { name } = await engine.createGeneration('places', body);
      const old = (i: number): PlaceDocument => documentWith(`p${i}`, i, { name: [`a${i}`] });
      const first = Array.from({ length: 60 }, (_, i) => ({ index: old(i) }));
      await engine.write(name, first);
      let isFinished = false;
      const finished = engine.finishGeneration(name).then(() => (isFinished = true));
      // One write after the other, so that they come between the steps.
      let i = 0;
      for (; !isFinished && i < 20; i += 1) {
        await engine.write(name, [
          { delete: `p${i}` },
          { index: documentWith(`p${i + 20}`, i + 20, { name: [`b${i}`] }), version: 2 },
          { index: documentWith(`q${i}`, 100 + i, { name: [`c${i}`] }) },
        ]);
      }
      await finished;
      await engine.swapAlias('places', null, name);
      const found = async (value: string): Promise<string[]> => ids({ value, limit: 100 });
      const named = (letter: string, from: number, to: number): string[] =>
        Array.from({ length: to - from }, (_, n) => `${letter}${from + n}`);
      expect(await found('a')).to.have.members([...named('p', i, 20), ...named('p', 20 + i, 60)]);
      expect(await found('b')).to.have.members(named('p', 20, 20 + i));
      expect(await found('c')).to.have.members(named('q', 0, i));
    });

    it('moves an alias by compare-and-swap and tells what was before', async () => {
      const one = await filled('places', []);
      const two = await filled('places', []);
      expect(await engine.swapAlias('places', null, one)).to.deep.equal({
        alias: 'places',
        generation: one,
      });
      expect(await codeOf(engine.swapAlias('places', null, two))).to.equal('ALIAS_MOVED');
      expect(await engine.swapAlias('places', one, two)).to.deep.equal({
        alias: 'places',
        generation: two,
        previous: one,
      });
      expect((await engine.swapAlias('places', two, one)).generation).to.equal(one);
      expect((await engine.generations('places')).map((g) => g.state)).to.deep.equal([
        'ready',
        'retired',
      ]);
    });

    it('lets exactly one of many racers win', async () => {
      const one = await filled('places', []);
      const others = await Promise.all([1, 2, 3, 4].map(() => filled('places', [])));
      await engine.swapAlias('places', null, one);
      const codes = await Promise.all(
        others.map((next) => codeOf(engine.swapAlias('places', one, next))),
      );
      expect(codes.filter((code) => code === 'no error')).to.have.length(1);
    });

    it('refuses to show what is not complete and to drop what is shown', async () => {
      const { name } = await engine.createGeneration('places', body);
      expect(await codeOf(engine.swapAlias('places', null, name))).to.equal('NOT_READY');
      await engine.finishGeneration(name, { source: 'x' });
      await engine.swapAlias('places', null, name);
      expect(await codeOf(engine.dropGeneration(name))).to.equal('INDEX_IN_USE');
      expect((await engine.generations('places'))[0]!.meta).to.deep.equal({ source: 'x' });
    });

    it('tells the body that a generation was made with', async () => {
      const { name } = await engine.createGeneration('places', body);
      expect(diffBodies(await engine.indexBodyOf(name), body)).to.deep.equal([]);
    });

    it('names what is not there', async () => {
      for (const action of [
        (): Promise<unknown> => engine.count('nothing'),
        (): Promise<unknown> => engine.get('nothing', 'x'),
        (): Promise<unknown> => engine.findByKeys('nothing', []),
        (): Promise<unknown> => engine.write('nothing', []),
        (): Promise<unknown> => engine.versions('nothing', ['x']),
        (): Promise<unknown> => engine.indexBodyOf('nothing'),
        (): Promise<unknown> => engine.dropGeneration('nothing'),
      ]) {
        expect(await codeOf(action())).to.equal('INDEX_NOT_FOUND');
      }
      for (const name of ['Bad Name', 'places-state', 'places-000001', 'a-1234567']) {
        expect(await codeOf(engine.createGeneration(name, body)), name).to.equal('ALIAS_INVALID');
      }
    });
  });

  describe('state of an alias', () => {
    it('is written by compare-and-swap and listed by key', async () => {
      const readState: Engine['readState'] = (...given) => engine.readState(...given);
      const writeState: Engine['writeState'] = (...given) => engine.writeState(...given);
      const first = await writeState('places', 'lease/a', { n: 1 }, null);
      expect(first).to.be.a('string');
      expect(await writeState('places', 'lease/a', { n: 2 }, null)).to.equal(null);
      const second = await writeState('places', 'lease/a', { n: 3 }, first);
      expect(await writeState('places', 'lease/a', { n: 4 }, first)).to.equal(null);
      expect(await readState('places', 'lease/a')).to.deep.equal({
        key: 'lease/a',
        value: { n: 3 },
        revision: second,
      });
      await writeState('places', 'lease/b', [1]);
      await writeState('places', 'other', 'text');
      expect((await engine.listState('places', 'lease/')).map((e) => e.value)).to.deep.equal([
        { n: 3 },
        [1],
      ]);
      expect(await engine.listState('elsewhere', '')).to.deep.equal([]);
      expect(await writeState('places', 'lease/a', null, first)).to.equal(null);
      await writeState('places', 'lease/a', null, second);
      expect(await readState('places', 'lease/a')).to.equal(null);
      expect(await writeState('places', 'lease/a', 0, second)).to.equal(null);
      expect(await writeState('places', 'lease/a', 0, null)).to.be.a('string');
    });

    it('is written by exactly one of many racers', async () => {
      const racers = [1, 2, 3, 4, 5].map((n) => engine.writeState('places', 'race', n, null));
      const won = (await Promise.all(racers)).filter((revision) => revision !== null);
      expect(won).to.have.length(1);
    });
  });

  describe('documents', () => {
    it('gives back what was written', async () => {
      const document = documentWith(
        'x',
        5,
        { name: ['板桥区', '板桥'], pinyin: ['banqiaoqu'] },
        {
          country: 'TW',
          location: { lat: 25.01, lon: 121.46 },
          within: ['新北市'],
          zh: ['板桥 区'],
          parents: [{ id: 'p', kind: 'city', names: { local: '新北市' } }],
        },
      );
      await live([document]);
      expect(await engine.get('places', 'x')).to.deep.equal(document);
      expect(await engine.get('places', 'y')).to.equal(null);
    });

    it('tells every outcome, in order', async () => {
      const { name } = await engine.createGeneration('places', body);
      const create = await engine.write(name, [
        { index: documentWith('a', 1, { name: ['a'] }), version: 7 },
        { index: documentWith('c', -1, { name: ['c'] }) },
      ]);
      expect(create.map(({ id, status }) => `${id} ${status}`)).to.deep.equal(['a 201', 'c 400']);
      expect(create[1]!.reason).to.match(/rank/);
      const write = await engine.write(name, [
        { index: documentWith('a', 3, { name: ['d'] }) },
        { delete: 'a' },
        { delete: 'a' },
      ]);
      expect(write.map(({ status }) => status)).to.deep.equal([200, 200, 404]);
      await engine.finishGeneration(name);
      expect(await engine.count(name)).to.equal(0);
    });

    it('refuses what is not newer than what it has, and tells versions', async () => {
      const { name } = await engine.createGeneration('places', body);
      const put = async (key: string, version: number): Promise<number> => {
        const index = documentWith('a', 1, { name: [key] });
        return (await engine.write(name, [{ index, version }]))[0]!.status;
      };
      const statuses = [await put('x', 5), await put('y', 5), await put('z', 4), await put('w', 6)];
      expect(statuses).to.deep.equal([201, 409, 409, 200]);
      expect((await engine.get(name, 'a'))!.keys.name).to.deep.equal(['w']);
      expect(await engine.versions(name, ['b', 'a'])).to.deep.equal([null, 6]);
      const [late] = await engine.write(name, [{ delete: 'a', version: 6 }]);
      const [gone] = await engine.write(name, [{ delete: 'a', version: 7 }]);
      expect([late!.status, gone!.status]).to.deep.equal([409, 200]);
      expect(await engine.versions(name, ['a'])).to.deep.equal([null]);
    });

    it('streams nothing into a generation that is complete', async () => {
      const name = await filled('places', []);
      const stream = engine.stream(name, () => undefined);
      const late = (async (): Promise<void> => {
        await stream.add({ index: documentWith('late', 1, { name: ['a'] }), version: 1 }, 0);
        await stream.flush();
      })();
      expect(await codeOf(late)).to.equal('FENCED');
      expect(await engine.count(name)).to.equal(0);
    });

    it('streams into a generation, one outcome for each, those of one id in order', async () => {
      const { name } = await engine.createGeneration('places', body);
      const outcomes = new Map<number, string>();
      const stream = engine.stream(name, ({ id, status }, tag) => {
        expect(outcomes.has(tag)).to.equal(false);
        outcomes.set(tag, `${id} ${status}`);
      });
      for (let i = 0; i < 1200; i++) {
        const index = documentWith(`d${i % 1199}`, i, { name: [`a${i}`] });
        await stream.add({ index, version: 5000 - i }, i);
      }
      await stream.flush();
      await engine.finishGeneration(name);
      expect(outcomes.size).to.equal(1200);
      expect([outcomes.get(0), outcomes.get(1198), outcomes.get(1199)]).to.deep.equal([
        'd0 201',
        'd1198 201',
        'd0 409',
      ]);
      expect(await engine.count(name)).to.equal(1199);
    });

    it('scans in order of id', async () => {
      const some = ['c', 'a', 'b', '台', '板'].map((id, i) => documentWith(id, i, { name: [id] }));
      await live(some);
      const seen: string[] = [];
      for await (const { id } of engine.scan('places')) seen.push(id);
      expect(seen).to.deep.equal(['a', 'b', 'c', '台', '板'].sort());
    });

    it('replaces and deletes in a live index, keys and all', async () => {
      await live([
        documentWith('x', 1, { name: ['abc'] }),
        documentWith('y', 2, { name: ['abd'] }),
      ]);
      await engine.write('places', [{ index: documentWith('x', 9, { name: ['abz', 'q'] }) }]);
      expect(await ids({ value: 'abc', match: 'whole' })).to.deep.equal([]);
      expect(await ids({ value: 'ab' })).to.deep.equal(['y', 'x']);
      await engine.write('places', [{ delete: 'y' }]);
      expect(await ids({ value: 'ab' })).to.deep.equal(['x']);
      expect(await ids({ value: 'q', match: 'whole' })).to.deep.equal(['x']);
      expect(await engine.count('places')).to.equal(1);
    });
  });

  describe('findByKeys', () => {
    it('finds whole keys, beginnings of any length, and one edit', async () => {
      await live([
        documentWith('1', 1, { name: ['bangkok'] }),
        documentWith('2', 2, { name: ['bangkokyai'] }),
        documentWith('3', 3, { pinyin: ['bangkok'] }),
      ]);
      expect(await ids({ value: 'bangkok', match: 'whole' })).to.deep.equal(['1']);
      for (const value of ['b', 'ba', 'bang', 'bangkok']) {
        expect(await ids({ value }), value).to.deep.equal(['1', '2']);
      }
      for (const value of ['bankok', 'bangkokk', 'bangkko', 'bamgkok']) {
        expect(await ids({ value, match: 'edit' }), value).to.deep.equal(['1']);
      }
      expect(await ids({ value: 'bangkok', match: 'edit' })).to.deep.equal(['1']);
      expect(await ids({ value: 'cangkok', match: 'edit' })).to.deep.equal([]);
    });

    it('answers in order of search, then rank, each document once, no more than the limit', async () => {
      await live([
        documentWith('low', 9, { name: ['ab'] }),
        documentWith('high', 1, { name: ['ab', 'abc'] }),
        documentWith('mid', 5, { name: ['abc'] }),
      ]);
      expect(await ids({ value: 'ab' })).to.deep.equal(['high', 'mid', 'low']);
      expect(await ids({ value: 'ab', limit: 2 })).to.deep.equal(['high', 'mid']);
      const hits = await engine.findByKeys('places', [
        { field: 'name', value: 'abc', match: 'whole', limit: 1 },
        { field: 'name', value: 'ab', match: 'prefix', limit: 9 },
      ]);
      expect(hits.map((hit) => hit.id)).to.deep.equal(['high', 'mid', 'low']);
      expect(hits[0]!.source).to.not.have.any.keys('keys', 'zh', 'ja');
    });

    it('keeps documents of one rank apart, in order of id', async () => {
      await live(['c', 'a', 'b'].map((id) => documentWith(id, 7, { name: ['x'] })));
      expect(await ids({ value: 'x' })).to.deep.equal(['a', 'b', 'c']);
    });

    it('counts only what passes the filters', async () => {
      const at = (lat: number, lon: number): Partial<PlaceDocument> => ({ location: { lat, lon } });
      await live([
        documentWith('tw', 1, { name: ['a'] }, { country: 'TW', within: ['台北'], ...at(25, 121) }),
        documentWith('jp', 2, { name: ['a'] }, { country: 'JP', kind: 'city', ...at(35, 139) }),
        documentWith('fj', 3, { name: ['a'] }, { country: 'FJ', ...at(-17, 179.9) }),
        documentWith('fj2', 4, { name: ['a'] }, { country: 'FJ', ...at(-17, -179.9) }),
        documentWith('none', 5, { name: ['a'] }),
      ]);
      expect(await ids({ countries: ['JP', 'FJ'], limit: 2 })).to.deep.equal(['jp', 'fj']);
      expect(await ids({}, { countries: ['JP'] })).to.deep.equal(['jp']);
      expect(await ids({}, { kinds: ['city'] })).to.deep.equal(['jp']);
      expect(await ids({ within: ['高雄', '台北'] })).to.deep.equal(['tw']);
      expect(await ids({ within: ['台'] })).to.deep.equal([]);
      const pacific = { south: -20, north: -10, west: 179, east: -179 };
      expect(await ids({ box: pacific })).to.deep.equal(['fj', 'fj2']);
      expect(await ids({}, { box: { south: 20, north: 40, west: 120, east: 140 } })).to.deep.equal([
        'tw',
        'jp',
      ]);
    });

    it('finds the same as looking at every document, also where beginnings are frequent', async () => {
      const key = fc.string({ unit: fc.constantFrom('a', 'b', '山'), minLength: 1, maxLength: 4 });
      const country = fc.constantFrom('TW', 'JP');
      const documents = fc.array(fc.record({ keys: fc.array(key, { maxLength: 3 }), country }), {
        minLength: 150,
        maxLength: 300,
      });
      const search = fc.record({
        value: key,
        match: fc.constantFrom<KeySearch['match']>('whole', 'prefix', 'edit'),
        limit: fc.integer({ min: 1, max: 40 }),
        countries: fc.option(fc.constant(['JP']), { nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(
          documents,
          fc.array(search, { minLength: 1, maxLength: 20 }),
          async (some, asked) => {
            const all = some.map(({ keys, country: code }, i) => {
              const name = [...new Set(keys)];
              return documentWith(`d${i}`, (i * 7919) % 1000003, { name }, { country: code });
            });
            await live(all);
            const naive = memorySearch(all);
            for (const { countries, ...one } of asked) {
              const whole: KeySearch = {
                field: 'name',
                ...one,
                ...(countries ? { countries } : {}),
              };
              const expected = (await naive([whole])).map((hit) => hit.id);
              const found = (await engine.findByKeys('places', [whole])).map((hit) => hit.id);
              expect(found).to.deep.equal(expected);
            }
          },
        ),
        { numRuns: runs },
      );
    });

    it('keeps thousands of one beginning in order, by country too, also after live writes', async () => {
      const many = Array.from({ length: 2500 }, (_, i) =>
        documentWith(`d${i}`, i * 10, { name: [`a${i}`] }, { country: i % 100 ? 'TW' : 'JP' }),
      );
      await live(many);
      await engine.write('places', [
        { index: documentWith('new', 5, { name: ['ab'] }, { country: 'JP' }) },
        { delete: 'd100' },
        { index: documentWith('d200', 999999, { name: ['b'] }, { country: 'JP' }) },
      ]);
      expect(await ids({ limit: 3 })).to.deep.equal(['d0', 'new', 'd1']);
      expect(await ids({ limit: 4, countries: ['JP'] })).to.deep.equal([
        'd0',
        'new',
        'd300',
        'd400',
      ]);
    });

    it('stops when aborted', async () => {
      await live([]);
      const signal = AbortSignal.abort();
      const error: unknown = await engine
        .findByKeys('places', [], {}, { signal })
        .catch((e: unknown) => e);
      expect(error).to.have.property('name', 'AbortError');
    });
  });

  it('tells its health and refuses work when closed', async () => {
    expect(await engine.health()).to.include({ engine: engine.name, status: 'ok' });
    await engine.close();
    expect(await codeOf(engine.aliases())).to.equal('ENGINE_CLOSED');
  });
}
