import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { lost } from '../../lib/engines/refusals.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const PLACES = Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, name: `Ka${i}`, kind: 'poi' }));

/** An engine whose fills find their generation lost as many times, and whose own look never sees that. */
function losing(engine: Engine, times: number): Engine {
  let left = times;
  return {
    ...engine,
    isLost: () => Promise.resolve(false),
    stream(generation, ...rest) {
      const stream = engine.stream(generation, ...rest);
      return {
        ...stream,
        flush: () => (left-- > 0 ? Promise.reject(lost(generation)) : stream.flush()),
      };
    },
  };
}

describe('a rebuild whose generation is lost', () => {
  for (const [times, outcome] of [
    [1, 'live'],
    [3, 'live'],
    [4, 'GENERATION_LOST'],
  ] as const) {
    it(`ends ${outcome} after ${times} losses, also where the nodes no longer tell`, async () => {
      const engine = losing(embedded({ dataDir: tempFolder() }), times);
      const index = closeAtEnd(new PlaceIndex(engine));
      const run = index.rebuild(PLACES, { readings: 'data' });
      if (outcome === 'live') {
        const result = await run;
        expect(result).to.include({ live: true, documents: PLACES.length });
        expect(result.lost).to.have.length(times);
      } else {
        expect(await codeOf(run)).to.equal(outcome);
      }
      const names = (await engine.generations('places')).map(({ state }) => state);
      expect(names).to.deep.equal(outcome === 'live' ? ['ready'] : []);
    });
  }
});
