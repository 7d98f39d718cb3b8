import { expect } from 'chai';
import fc from 'fast-check';

import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { AnswerCache } from '../../lib/answer-cache.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import type { Markable } from '../../lib/partial.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { exampleRecords } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';

/** Places for which no dictionary of Japanese is loaded. */
const RECORDS = exampleRecords().filter(({ parent, country }) => !parent && country !== 'JP');
const TEXTS = [
  '台',
  '臺北',
  '新',
  '東京',
  'とうき',
  'tai',
  '日本',
  'ㄊㄞ',
  'seoul',
  ...RECORDS.map((r) => r.name),
];

describe('answers that are kept', () => {
  it('are those that would be found, whoever writes in between', async () => {
    const dataDir = tempFolder();
    const writer = closeAtEnd(new PlaceIndex(embedded({ dataDir })));
    await writer.rebuild(RECORDS);
    let searched = 0;
    const engine = embedded({ dataDir, readOnly: true });
    const counting: Engine = {
      ...engine,
      findByKeys: (...args) => {
        searched += 1;
        return engine.findByKeys(...args);
      },
    };
    const kept = closeAtEnd(new PlaceIndex(counting, { cache: 50 }));
    const options = fc.record(
      {
        language: fc.constantFrom('zh-Hant', 'ja', 'ko', 'en'),
        limit: fc.integer({ min: 1, max: 20 }),
        kinds: fc.constantFrom(['city' as const], ['country' as const, 'region' as const]),
        sessionToken: fc.constantFrom('a', 'b'),
        explain: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const ask = fc.tuple(fc.constantFrom(...TEXTS), options);
    const edit = fc.tuple(fc.constantFrom(...RECORDS), fc.boolean());
    const step = fc.record({
      asks: fc.array(ask, { minLength: 1, maxLength: 5 }),
      edit: fc.option(edit),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        for (const { asks, edit: done } of steps) {
          if (done) await (done[1] ? writer.put([done[0]]) : writer.delete([done[0].id]));
          for (const [text, how] of [...asks, ...asks]) {
            const found = await kept.suggest(text, how);
            expect(found).to.deep.equal(await writer.suggest(text, how));
            // Whoever gets an answer may change it.
            for (const each of found) each.matches.length = 0;
          }
        }
      }),
      { numRuns: runs(5) },
    );
    await writer.put([RECORDS[0]]);
    const [{ name }] = RECORDS as [PlaceRecord];
    await kept.suggest(name, { language: 'ja', sessionToken: 'x' });
    const before = searched;
    const [again] = await kept.suggest(name, { sessionToken: 'y', language: 'ja' });
    expect([searched, again?.sessionToken]).to.deep.equal([before, 'y']);
    await kept.suggest(name, { language: 'ja', limit: 3 });
    expect(searched).to.be.above(before);
  });

  it('are those of the present, and after a swap short texts are known that were asked before', async () => {
    const texts = ['台', '臺北', 'とうき', 'tai', '新北市板橋區', '🏯🏯🏯'];
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ ask: fc.constantFrom(...texts) }) },
      fc.constantFrom({ write: true }, { forget: true }, { swap: true }),
      fc.record({ pass: fc.integer({ min: 1, max: 80 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (steps, limit) => {
          let [writes, generation, time, finds] = [0, 1, 0, 0];
          const cache = new AnswerCache(limit, { maxAgeMs: 60, steadyNow: () => time });
          /** The answer to a text, and when it was found. */
          const find = (text: string): Promise<Suggestion[]> => {
            finds += 1;
            const id = JSON.stringify([text, generation, writes]);
            return Promise.resolve([{ id, score: time } as Suggestion]);
          };
          const ask = async (text: string): Promise<void> => {
            const state = { generation: `${generation}`, revision: `${generation} ${writes}` };
            const [found] = await cache.answer(state, text, { limit: 3 }, find);
            const id = JSON.stringify([text, generation, writes]);
            expect(found!.id).to.equal(id);
            expect(time - found!.score).to.be.below(60);
          };
          let asked: string[] = [];
          for (const one of steps) {
            if ('pass' in one) time += one.pass;
            if ('write' in one) writes += 1;
            if ('forget' in one) cache.forget();
            if ('ask' in one) {
              await ask(one.ask);
              asked = [one.ask, ...asked.filter((text) => text !== one.ask)].slice(0, limit);
            }
            if (!('swap' in one) || asked.length === 0) continue;
            await cache.warmed;
            generation += 1;
            await ask(texts[0]!);
            await cache.warmed;
            asked = [texts[0]!, ...asked.filter((text) => text !== texts[0])].slice(0, limit);
            const before = finds;
            for (const text of asked.filter((each) => [...each].length <= 3)) await ask(text);
            expect(finds).to.equal(before);
            asked = [
              ...asked.filter((each) => [...each].length <= 3).reverse(),
              ...asked.filter((each) => [...each].length > 3),
            ];
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('are the ones asked last, and no more than were wanted', async () => {
    const cache = new AnswerCache(2);
    const finds: string[] = [];
    const ask = (text: string, answer: Markable<Suggestion[]> = []): Promise<unknown> =>
      cache.answer({ generation: 'a', revision: '1' }, text, {}, (found) => {
        finds.push(found);
        return Promise.resolve(answer);
      });
    for (const text of ['a', 'b', 'a', 'c', 'a', 'c', 'b']) await ask(text);
    expect(finds.join('')).to.equal('abcb');
    for (const [text, mark] of [
      ['d', { partial: { shards: 2, answered: 1 } }],
      ['e', { limitedBy: 'search.allow_expensive_queries' }],
    ] as const) {
      const marked = Object.assign([], mark);
      expect(await ask(text, marked)).to.equal(marked);
      await ask(text);
    }
    expect(finds.join('')).to.equal('abcbddee');
  });

  it('survive a fault after a swap, which the next call reports', async () => {
    const cache = new AnswerCache(9);
    const fault = new Error('gone');
    const ask = (generation: string, text: string, isFaulty = false): Promise<unknown> =>
      cache.answer({ generation, revision: generation }, text, {}, () =>
        isFaulty ? Promise.reject(fault) : Promise.resolve([]),
      );
    await ask('1', 'a');
    await ask('1', 'b');
    expect(await ask('2', 'b', true).catch((error: unknown) => error)).to.equal(fault);
    await cache.warmed;
    expect(await ask('2', 'a', true).catch((error: unknown) => error)).to.equal(fault);
    expect(await ask('2', 'a')).to.deep.equal([]);
  });
});
