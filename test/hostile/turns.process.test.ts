import { expect } from 'chai';
import fc from 'fast-check';
import { PLACE_QUERY_DEFAULTS } from '../../lib/autocomplete/suggest/query.ts';
import { exampleRecords } from '../support/example-places.ts';
import { runs } from '../support/properties.ts';
import { type StepCounter, stepCounter } from '../support/steps.ts';
import { DEAR_TEXTS } from './dear-texts.ts';

/** Steps that anything else may have to wait for: some 50 ms, at 20,000 steps each where two cores are shared. */
const MOST = 1_000_000;

describe('a process that searches in the thread that answers', function () {
  this.timeout(300_000);
  let counter: StepCounter;
  before(async () => {
    counter = await stepCounter(new URL('turn-functions.ts', import.meta.url));
  });
  after(() => counter.close());

  const refuseLong = async (text: string): Promise<void> => {
    for (const name of counter.names) {
      expect(await counter.longest(name, text), `${name} ${text}`).to.be.below(MOST);
    }
  };

  it('has a turn for others soon, whatever is asked', async () => {
    expect(counter.names).to.have.members(['suggest', 'search', 'detect', 'notes']);
    for (const text of DEAR_TEXTS) await refuseLong(text);
    const names = exampleRecords().flatMap(({ names }) => names.map(({ text }) => text));
    const texts = fc
      .array(fc.constantFrom(...names, ' ', 'na', 'ㄅ', '一', 'station'), {
        minLength: 1,
        maxLength: 40,
      })
      .map((parts) => parts.join('').slice(0, PLACE_QUERY_DEFAULTS.maxLength).toWellFormed());
    await fc.assert(fc.asyncProperty(texts, refuseLong), { numRuns: runs(30) });
  });
});
