import { expect } from 'chai';

import { watchIndexes, type WatchedIndex } from '../../lib/health/index-watch.ts';
import { createMetrics } from '../../lib/health/metrics.ts';
import { handClock } from './hand-clock.ts';

type Status = Awaited<ReturnType<WatchedIndex['status']>>;

function indexOf(status: () => Status): WatchedIndex & { asked: number } {
  const index = {
    alias: 'places',
    asked: 0,
    status: async () => {
      index.asked += 1;
      return Promise.resolve(status());
    },
  };
  return index;
}

const LIVE: Status = {
  live: 'places-000002',
  generations: [
    { name: 'places-000001', createdAt: '2026-11-27T00:00:00Z', documents: 9, meta: {} },
    {
      name: 'places-000002',
      createdAt: '2026-11-28T00:00:00Z',
      documents: 12,
      meta: { failed: 4 },
    },
  ],
  rebuilding: null,
  unfinished: null,
};

describe('figures of indexes', () => {
  it('are of the live generation, and looked at again only after a while', async () => {
    const clock = handClock();
    const index = indexOf(() => LIVE);
    const watch = watchIndexes([index], { lookMs: 1000, clock });
    expect(watch.report()).to.deep.equal([]);
    await clock.turn(1);
    expect(watch.report()).to.deep.equal([
      {
        alias: 'places',
        createdSeconds: Date.parse('2026-11-28T00:00:00Z') / 1000,
        documents: 12,
        deadLetters: 4,
        rebuild: 'none',
      },
    ]);
    for (let n = 0; n < 50; n++) watch.report();
    await clock.turn(500);
    watch.report();
    expect(index.asked).to.equal(1);
    await clock.turn(600);
    watch.report();
    watch.report();
    expect(index.asked).to.equal(2);
  });

  it('tell an index without a live generation, and a rebuild', async () => {
    const clock = handClock();
    const broken = { alias: 'images', status: () => Promise.reject(new Error('away')) };
    const none = indexOf(() => ({ ...LIVE, live: null, rebuilding: { pid: 1 } }));
    const watch = watchIndexes([broken, none], { clock });
    await clock.turn(1);
    expect(watch.report()).to.deep.equal([
      {
        alias: 'places',
        createdSeconds: null,
        documents: null,
        deadLetters: 0,
        rebuild: 'running',
      },
    ]);
  });

  it('are metrics', async () => {
    const cut = { ...LIVE, unfinished: { filled: null } };
    const metrics = createMetrics({ indexes: [indexOf(() => cut)] });
    await new Promise((resolve) => setImmediate(resolve));
    const lines = metrics.text().split('\n');
    for (const line of [
      'suoyin_index_live{index="places"} 1',
      'suoyin_index_documents{index="places"} 12',
      'suoyin_index_created_timestamp_seconds{index="places"} 1795824000',
      'suoyin_index_dead_letters{index="places"} 4',
      'suoyin_index_rebuild{index="places",state="unfinished"} 1',
      'suoyin_index_rebuild{index="places",state="running"} 0',
    ]) {
      expect(lines).to.include(line);
    }
  });
});
