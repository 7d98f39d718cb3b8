import { expect } from 'chai';
import fc from 'fast-check';

import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { AnswerCache } from '../../lib/answer-cache.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
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

  it('are the ones asked last, and no more than were wanted', () => {
    const cache = new AnswerCache(2);
    expect(cache.get('1', 'a')).to.equal(null);
    for (const key of ['a', 'b']) cache.set('1', key, []);
    expect(cache.get('1', 'a')).to.deep.equal([]);
    cache.set('1', 'c', []);
    expect(['a', 'b', 'c'].map((key) => cache.get('1', key) !== null)).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect(cache.get('2', 'a')).to.equal(null);
    cache.set('1', 'a', []);
    expect(cache.get('2', 'a')).to.equal(null);
  });
});
