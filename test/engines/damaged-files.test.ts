import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { EmbeddedOptions } from '../../lib/engines/embedded/options.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { exampleRecords } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { until } from '../support/polling.ts';
import { runs } from '../support/properties.ts';
import { anyDamage, mend } from './damage.ts';
import { exactIds, fillWithVectors, nearestIds } from './vectors.ts';

/** A kind of files beside the database that searches use. */
interface Kind {
  folder: string;
  /** Makes two generations, and answers of the live one that are right. */
  make(dataDir: string): Promise<unknown>;
  ask(engine: Engine): Promise<unknown>;
  /** Whether answers are the same with the file as without. */
  isExact: boolean;
}

const VECTORS = [
  [1, 0, 0.5, -0.5, 0.25, 0.1],
  [-0.3, 0.2, 0.9, 0.4, -0.7, 0.1],
];
const TEXTS = ['新北', 'taipei', '浅草'];

const KINDS: Readonly<Record<string, Kind>> = {
  graph: {
    folder: 'graphs',
    async make(dataDir) {
      const engine = embedded({ dataDir, threads: 0, graphFrom: 500 });
      await fillWithVectors(engine, 620);
      const documents = await fillWithVectors(engine, 600);
      await engine.close();
      return VECTORS.map((vector) => exactIds(documents, vector));
    },
    ask: (engine) => Promise.all(VECTORS.map((vector) => nearestIds(engine, vector))),
    isExact: false,
  },
  'file of places': {
    folder: 'generations',
    async make(dataDir) {
      const engine = embedded({ dataDir, threads: 0 });
      const places = new PlaceIndex(engine);
      await places.rebuild(exampleRecords().slice(0, 200));
      await places.rebuild(exampleRecords());
      const tables = embedded({ dataDir, threads: 0, readOnly: true, resident: false });
      const right = await this.ask(tables);
      await tables.close();
      await engine.close();
      return right;
    },
    async ask(engine) {
      const places = new PlaceIndex(engine);
      return JSON.stringify(await Promise.all(TEXTS.map((text) => places.suggest(text))));
    },
    isExact: true,
  },
};

for (const [what, kind] of Object.entries(KINDS)) {
  describe(`a ${what} that is damaged`, () => {
    let dataDir: string;
    let right: unknown;
    let path: string;
    let good: Buffer;
    let other: Buffer;
    before(async function () {
      this.timeout(120_000);
      dataDir = tempFolder();
      right = await kind.make(dataDir);
      const [first, live] = readdirSync(join(dataDir, kind.folder)).sort();
      path = join(dataDir, kind.folder, live!);
      good = readFileSync(path);
      other = readFileSync(join(dataDir, kind.folder, first!));
      expect(other.equals(good)).to.equal(false);
    });

    const whole = (): void => {
      mend(path, good);
      // So that a harm of the same moment has another time.
      utimesSync(path, 1e9, 1e9);
    };
    const opened = (told: string[], options: EmbeddedOptions = {}): Engine =>
      embedded({ dataDir, threads: 0, warn: (text) => told.push(text), ...options });

    it('is told and made again, and no answer depends on it, whenever it was damaged', async () => {
      await fc.assert(
        fc.asyncProperty(anyDamage, fc.boolean(), async (damage, isOpen) => {
          whole();
          const told: string[] = [];
          const reader = opened(told, { readOnly: true });
          if (isOpen) {
            await kind.ask(reader);
            // A file of places is read in the background.
            if (kind.isExact) await until(async () => (await reader.health()).status === 'ok');
          }
          damage.does(path, other);
          for (let round = 0; round < 3; round++) {
            expect(await kind.ask(reader), damage.what).to.deep.equal(right);
          }
          await reader.close();
          const again: string[] = [];
          const writer = opened(again);
          expect(await kind.ask(writer), damage.what).to.deep.equal(right);
          await until(async () => {
            expect(await kind.ask(writer), damage.what).to.deep.equal(right);
            return again.length > 0;
          });
          await writer.close();
          if (!kind.isExact) expect(told, damage.what).to.have.length(1);
          expect(again[0], damage.what).to.include('made again');
          // Whoever put a folder there may want it.
          if (damage.what.startsWith('a folder')) return;
          const last: string[] = [];
          const next = opened(last, { readOnly: true });
          await kind.ask(next);
          await next.close();
          expect(last, damage.what).to.deep.equal([]);
          const made = readFileSync(path);
          if (kind.isExact) expect(made.equals(good), damage.what).to.equal(true);
          // Made by several threads, a graph is another one each time.
          good = made;
        }),
        { numRuns: runs(60) },
      );
      whole();
      expect(await checkFile(dataDir)).to.deep.equal([]);
    }).timeout(600_000);
  });
}
