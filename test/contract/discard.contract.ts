import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { discard } from '../../lib/alias/discard.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';

/** A rebuild as these tests need it, of either feature. */
interface Rebuilt {
  index: PlaceIndex | ImageIndex;
  alias: string;
  /** Makes the first generation, of documents p0 to p19. */
  fill(): Promise<unknown>;
  /** @param during - Called once, while the new generation is filled, and waited for. */
  rebuild(options?: RunOptions): Promise<{ generation: string | null; resumed: boolean }>;
  /** Fails as it does where what was built is not right. */
  refused: { code: string; run(during: () => Promise<unknown>): Promise<unknown> };
  /** Ends before anything could be resumed, or so that the next rebuild begins anew. */
  cutOff(): Promise<unknown>;
}

interface RunOptions {
  keepFreshMs?: number;
  prepareOnly?: boolean;
  during?: () => Promise<unknown>;
}

function places(engine: Engine): Rebuilt {
  const index = new PlaceIndex(engine);
  const records = Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, name: `Place ${i}` }));
  const source = (during?: () => Promise<unknown>, more: readonly object[] = []) => {
    let passes = 0;
    return async function* (): AsyncGenerator<object> {
      // The third pass fills.
      if (++passes === 3) await during?.();
      yield* [...records, ...more];
    };
  };
  return {
    index,
    alias: 'places',
    fill: () => index.rebuild(records),
    rebuild: ({ during, ...options } = {}) => index.rebuild(source(during), options),
    refused: {
      code: 'TOO_MANY_FAILED',
      run: (during) => {
        const orphan = { id: 'o', name: 'O', parent: 'nowhere' };
        return index.rebuild(source(during, [orphan]), { maxFailed: 0 });
      },
    },
    async cutOff() {
      const stop = new AbortController();
      const signal = stop.signal;
      const run = index.rebuild(records, { signal, onProgress: () => stop.abort() });
      return run.catch((error: unknown) => error);
    },
  };
}

function images(engine: Engine): Rebuilt {
  const index = new ImageIndex(engine);
  const random = seededRandom(6);
  const documents = Array.from({ length: 20 }, (_, i) =>
    pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
  );
  const revise = (during?: () => Promise<unknown>) => {
    let first: Promise<unknown> | null = null;
    return async (document: (typeof documents)[number]) => {
      await (first ??= Promise.resolve(during?.()));
      return document;
    };
  };
  return {
    index,
    alias: 'images',
    fill: () => index.write(documents),
    rebuild: ({ during, ...options } = {}) => index.rebuild({ ...options, revise: revise(during) }),
    refused: {
      code: 'RECALL_LOW',
      run: (during) => index.rebuild({ minRecall: 1.5, revise: revise(during) }),
    },
    async cutOff() {
      const other = new ImageIndex(engine, { mapping: { m: 24 } });
      const stop = new AbortController();
      const signal = stop.signal;
      const run = other.rebuild({ signal, onProgress: () => stop.abort() });
      return run.catch((error: unknown) => error);
    },
  };
}

/** What every engine promises of generations that are dropped: nothing is kept for them. */
export function discardContract(makeEngine: () => Engine): void {
  for (const [name, feature] of Object.entries({ places, images })) {
    describe(name, () => {
      let engine: Engine;
      let made: Rebuilt;
      beforeEach(async () => {
        engine = makeEngine();
        made = feature(engine);
        await made.fill();
      });
      afterEach(() => engine.close());

      it('forgets what was kept for a generation that is no more', async () => {
        const key = `${made.alias}-000099/containers`;
        await engine.writeState(made.alias, key, 'left over');
        await made.index.gc({ dryRun: true });
        expect(await engine.readState(made.alias, key)).not.to.equal(null);
        await made.index.gc();
        expect(await engine.readState(made.alias, key)).to.equal(null);
      });

      const generation = (number: number): string => `${made.alias}-00000${number}`;
      /** Generations that are there, those that writes go to, and how many entries say what was written. */
      async function kept(): Promise<[there: string[], targets: string[], notes: number]> {
        const { alias } = made;
        const there = (await engine.generations(alias)).map((g) => g.name);
        const { value } = (await engine.readState(alias, 'targets')) ?? {};
        const { building = null, fresh = null } = (value ?? {}) as {
          building?: string | null;
          fresh?: { generation: string } | null;
        };
        const targets = [building, fresh?.generation].filter((to) => typeof to === 'string');
        return [there, targets, (await engine.listState(alias, 'live/')).length];
      }
      const remove =
        (...ids: string[]) =>
        (): Promise<unknown> =>
          made.index.delete(ids);
      const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

      it('are gone with all that was kept for them when their rebuild is refused', async () => {
        const error = await made.refused
          .run(remove('p1', 'p2'))
          .catch((refusal: unknown) => refusal);
        expect(codeOf(error)).to.equal(made.refused.code);
        expect(await kept()).to.deep.equal([[generation(1)], [], 0]);
        await made.index.delete(['p3']);
        expect(await kept()).to.deep.equal([[generation(1)], [], 0]);
        expect((await made.index.plan()).resumable).to.equal(null);
        expect((await made.index.status()).unfinished).to.equal(null);
        const next = await made.rebuild();
        expect(next).to.include({ resumed: false, live: true, generation: generation(3) });
        expect(await kept()).to.deep.equal([[generation(1), generation(3)], [], 0]);
      });

      it('are gone with their notes when a rebuild begins anew', async () => {
        await made.cutOff();
        await made.index.delete(['p1', 'p2']);
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [generation(2)], 3]);
        const next = await made.rebuild();
        expect(next).to.include({ resumed: false, generation: generation(3) });
        expect(await kept()).to.deep.equal([[1, 3].map(generation), [], 0]);
      });

      it('are gone with their notes and checkpoint when nobody resumes them and gc comes', async () => {
        await made.cutOff();
        await made.index.delete(['p1', 'p2']);
        await engine.writeState(made.alias, 'rebuild', null);
        expect(await made.index.gc({ keep: 0, dryRun: true })).to.deep.equal({
          dropped: [generation(2)],
          kept: [generation(1)],
        });
        expect((await kept())[2]).to.equal(3);
        await made.index.gc({ keep: 0 });
        expect(await kept()).to.deep.equal([[generation(1)], [], 0]);
      });

      it('leave nothing where a crash came in the middle of dropping them', async () => {
        for (const next of [() => made.index.gc(), () => made.rebuild()]) {
          await made.cutOff();
          await made.index.delete(['p1', 'p2']);
          const [there] = await kept();
          await engine.dropGeneration(there.at(-1)!);
          expect((await made.index.plan()).resumable).to.equal(null);
          await next();
          const [, targets, notes] = await kept();
          expect([targets, notes]).to.deep.equal([[], 0]);
          expect((await made.index.status()).unfinished).to.equal(null);
        }
      });

      it('are written to no more when they were kept fresh', async () => {
        await made.rebuild({ keepFreshMs: 3_600_000 });
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [generation(1)], 0]);
        await made.index.gc({ keep: 0 });
        expect(await kept()).to.deep.equal([[generation(2)], [], 0]);
      });

      it('stay where they wait for their swap, and take writes until then', async () => {
        await made.rebuild({ prepareOnly: true });
        await made.index.gc({ keep: 0 });
        await made.index.delete(['p4']);
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [generation(2)], 2]);
        await made.index.swap();
        expect(await made.index.get('p4')).to.equal(null);
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [], 0]);
      });

      it('are resumed where they wait for their swap', async () => {
        await made.rebuild({ prepareOnly: true });
        expect((await made.index.plan()).resumable).to.include({ complete: true });
        await made.index.delete(['p4']);
        const next = await made.rebuild();
        expect(next).to.include({ resumed: true, live: true, generation: generation(2) });
        expect(await made.index.get('p4')).to.equal(null);
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [], 0]);
      });

      it('are done with where only the note of their swap was lost', async () => {
        await made.rebuild({ prepareOnly: true });
        await engine.swapAlias(made.alias, generation(1), generation(2));
        const next = await made.rebuild();
        expect(next).to.include({ resumed: true, live: true, generation: generation(2) });
        expect(await kept()).to.deep.equal([[1, 2].map(generation), [], 0]);
      });

      it('are not dropped where they are live', async () => {
        expect(await discard(engine, made.alias, generation(1))).to.equal(false);
        expect(await engine.count(made.alias)).to.equal(20);
        expect(await discard(engine, made.alias, generation(7))).to.equal(true);
      });
    });
  }
}
