import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import {
  type Claim,
  type IngestQueue,
  ingestQueue,
  type QueuedSource,
} from '../../lib/ingest/queue/queue.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const sourcesOf = (count: number): QueuedSource[] =>
  Array.from({ length: count }, (_, i) => ({ source: `/p/${i}.jpg`, id: `${i}` }));

/** What the queue of pictures promises on every engine. */
export function ingestContract(makeEngine: () => Engine): void {
  let engine: Engine;
  let clock: number;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
    clock = Date.parse('2026-01-01T00:00:00Z');
  });

  const queueOf = (
    onQuarantine: (source: QueuedSource) => void = () => undefined,
  ): Promise<IngestQueue> =>
    ingestQueue(engine, 'images', { leaseMs: 60_000, now: () => clock, onQuarantine });
  const claimed = async (queue: IngestQueue): Promise<Claim> => {
    const { claim } = await queue.claim();
    expect(claim).to.not.equal(null);
    return claim!;
  };
  const idsOf = (sources: readonly QueuedSource[]): string[] => sources.map(({ id }) => id);

  it('gives every source to exactly one of several workers, in chunks of 500', async () => {
    const queues = await Promise.all([1, 2, 3].map(() => queueOf()));
    await queues[0]!.add(sourcesOf(1203));
    const sizes: number[] = [];
    const ids: string[] = [];
    const work = async (queue: IngestQueue): Promise<void> => {
      for (;;) {
        const next = await queue.claim();
        if (!next.claim && next.waitMs === 0) continue;
        if (!next.claim) return;
        sizes.push(next.claim.sources.length);
        ids.push(...idsOf(next.claim.sources));
        expect(await next.claim.finish([])).to.equal(true);
      }
    };
    await Promise.all(queues.map(work));
    expect(sizes.sort((a, b) => a - b)).to.deep.equal([203, 500, 500]);
    expect(ids.sort()).to.deep.equal(idsOf(sourcesOf(1203)).sort());
    expect(await engine.listState('images', 'ingest/')).to.deep.equal([]);
  });

  it('keeps a chunk from others for as long as its lease, and tells how long that is', async () => {
    const [mine, other] = [await queueOf(), await queueOf()];
    await mine.add(sourcesOf(3));
    const claim = await claimed(mine);
    clock += 59_000;
    expect(await other.claim()).to.deep.equal({ claim: null, waitMs: 1000, busy: true });
    clock += 1000;
    const taken = await claimed(other);
    expect(taken.sources).to.deep.equal(claim.sources);
    expect(await claim.finish([])).to.equal(false);
    expect(await taken.finish([])).to.equal(true);
    expect(await other.claim()).to.deep.equal({ claim: null, waitMs: null, busy: false });
  });

  it('tells a holder that its chunk was taken from it', async () => {
    const mine = await ingestQueue(engine, 'images', { leaseMs: 30 });
    await mine.add(sourcesOf(1));
    const claim = await claimed(mine);
    const lost = new Promise<unknown>((resolve) => {
      claim.lost.addEventListener('abort', () => resolve(claim.lost.reason));
    });
    expect(await mine.release(claim.name)).to.equal(true);
    expect(await lost).to.include({ code: 'CHUNK_LOST' });
    expect((await claimed(await queueOf())).sources).to.deep.equal(sourcesOf(1));
  });

  it('gives back what is left of a chunk when its time has come, and no sooner', async () => {
    const queue = await queueOf();
    await queue.add(sourcesOf(3));
    const claim = await claimed(queue);
    const [, later] = claim.sources;
    await claim.finish([{ ...later!, attempts: 1, notBefore: clock + 5000 }]);
    expect(await queue.claim()).to.deep.equal({ claim: null, waitMs: 5000, busy: false });
    clock += 5000;
    expect((await claimed(queue)).sources).to.deep.equal([
      { source: '/p/1.jpg', id: '1', attempts: 1, notBefore: clock },
    ]);
  });

  it('finds the one picture that kills whoever works on it, and gets the others done', async () => {
    const quarantined: QueuedSource[] = [];
    const queue = await queueOf((source) => quarantined.push(source));
    await queue.add(sourcesOf(500));
    const done: string[] = [];
    let deaths = 0;
    for (;;) {
      const next = await queue.claim();
      if (!next.claim && next.waitMs === null) break;
      if (!next.claim) clock += next.waitMs!;
      else if (idsOf(next.claim.sources).includes('321')) {
        deaths += 1;
        clock += 60_001;
      } else {
        done.push(...idsOf(next.claim.sources));
        await next.claim.finish([]);
      }
    }
    expect(idsOf(quarantined)).to.deep.equal(['321']);
    expect(deaths).to.be.lessThan(8);
    expect(done.sort()).to.deep.equal(
      idsOf(sourcesOf(500))
        .filter((id) => id !== '321')
        .sort(),
    );
    const [[name, sources]] = (await queue.quarantined()) as [[string, QueuedSource[]]];
    expect(idsOf(sources)).to.deep.equal(['321']);
    expect(await queue.requeue(name)).to.equal(true);
    expect(idsOf((await claimed(queue)).sources)).to.deep.equal(['321']);
    expect(await queue.quarantined()).to.deep.equal([]);
  });
}
