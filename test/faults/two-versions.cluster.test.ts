import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

import * as newer from '../../lib/index.ts';
import { onCluster, PRODUCTS } from '../support/clusters.ts';
import { EXAMPLE_FILE, exampleRecords } from '../support/example-places.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { engineOf, olderVersion, ROOT, type Suoyin } from '../support/older-version.ts';
import { endOf, startScript } from '../support/processes.ts';

const REBUILD = fileURLToPath(new URL('./rebuild-of-version.ts', import.meta.url));
const RECORDS = exampleRecords();
/** Places that are found by their own names in any version. */
const NAMED = RECORDS.filter((_, at) => at % 40 === 0).map(({ id, name }) => ({ id, name }));

/** The reading of a source in which its places are written; it is scanned before. */
const WRITTEN = 3;

/** Expects both to find each of some places by its name. */
async function expectAlike(places: readonly newer.PlaceIndex[]): Promise<void> {
  for (const index of places) {
    for (const { id, name } of NAMED) {
      const found = await index.suggest(name, { limit: 10 });
      expect(
        found.map((each) => each.id),
        name,
      ).to.include(id);
    }
  }
}

const idsOf = async (index: newer.PlaceIndex, text: string): Promise<string[]> =>
  (await index.suggest(text)).map(({ id }) => id).sort();

function versionsOf(older: Suoyin): [title: string, first: Suoyin, second: Suoyin][] {
  return [
    ['an index of the older one', older, newer],
    ['an index of the newer one', newer, older],
  ];
}

for (const product of PRODUCTS) {
  describe(`two versions on one ${product.title}`, function () {
    this.timeout(600_000);
    const version = olderVersion(this);
    const cluster = onCluster(this, product);
    const open = (suoyin: Suoyin, alias: string): newer.PlaceIndex =>
      closeAtEnd(
        new suoyin.PlaceIndex(engineOf(suoyin, product, cluster.client), {
          alias,
          dataDir: tempFolder(),
        }),
      );

    it('answer, write, rebuild, roll back and clear up over what the other one made', async () => {
      for (const [title, first, second] of versionsOf(version.older)) {
        const alias = `two-${product.name}-${first === newer ? 'newer' : 'older'}-${process.pid}`;
        const [a, b] = [open(first, alias), open(second, alias)];
        await a.rebuild(EXAMPLE_FILE);
        await expectAlike([a, b]);
        for (const [index, id] of [
          [a, 'x1'],
          [b, 'x2'],
        ] as const) {
          const [outcome] = await index.put([{ id, name: `測試地點${id}`, country: 'TW' }]);
          expect(outcome?.status, title).to.equal(201);
        }
        expect(await idsOf(a, '測試地點')).to.deep.equal(['x1', 'x2']);
        expect(await idsOf(b, '測試地點')).to.deep.equal(['x1', 'x2']);

        const { generation, previous } = await b.rebuild(EXAMPLE_FILE);
        await expectAlike([a, b]);
        expect((await a.rollback()).generation).to.equal(previous);
        await expectAlike([a, b]);
        const third = (await b.rebuild(EXAMPLE_FILE)).generation!;
        const { dropped, kept } = await a.gc();
        expect([dropped, kept.includes(third)], title).to.deep.equal([[generation], true]);
        await expectAlike([a, b]);
      }
    });

    it('keep out of the way of a rebuild of the other one, which loses no write', async () => {
      for (const [title, first, second] of versionsOf(version.older)) {
        const alias = `way-${product.name}-${first === newer ? 'newer' : 'older'}-${process.pid}`;
        const [a, b] = [open(first, alias), open(second, alias)];
        await a.rebuild(EXAMPLE_FILE);
        const folder = first === newer ? ROOT : version.folder;
        const args = [folder, product.name, cluster.url, alias, EXAMPLE_FILE, tempFolder()];
        const rebuilding = startScript(REBUILD, args);
        const ended = endOf(rebuilding);
        await once(rebuilding.stdout, 'data');
        const refused = await failureOf(b.rebuild(EXAMPLE_FILE));
        expect(refused.code, title).to.equal('LEASE_HELD');
        const [outcome] = await b.put([{ id: 'late', name: '期間地點', country: 'TW' }]);
        expect(outcome?.status, title).to.equal(201);
        rebuilding.kill('SIGCONT');
        const { code, err } = await ended;
        expect(code, err).to.equal(0);
        expect(await idsOf(a, '期間地點'), title).to.deep.equal(['late']);
        expect(await idsOf(b, '期間地點'), title).to.deep.equal(['late']);
      }
    });

    it('go on with a rebuild that the other one was stopped in', async () => {
      for (const [title, first, second] of versionsOf(version.older)) {
        const alias = `on-${product.name}-${first === newer ? 'newer' : 'older'}-${process.pid}`;
        const [a, b] = [open(first, alias), open(second, alias)];
        let readings = 0;
        const failing = function* (): Generator<object> {
          readings += 1;
          for (const [at, record] of RECORDS.entries()) {
            if (readings === WRITTEN && at === 300) throw new Error('stopped');
            yield record;
          }
        };
        expect((await failureOf(a.rebuild(failing))).message, title).to.include('stopped');
        const { documents, failed } = await b.rebuild(EXAMPLE_FILE);
        expect([documents, failed], title).to.deep.equal([RECORDS.length, 0]);
        await expectAlike([a, b]);
      }
    });
  });
}

describe('two versions on one data folder', function () {
  this.timeout(120_000);
  const version = olderVersion(this);

  const open = (suoyin: Suoyin, dataDir: string): newer.PlaceIndex =>
    closeAtEnd(new suoyin.PlaceIndex(suoyin.embedded({ dataDir }), { dataDir }));

  it('of an older layout is brought up by the newer one, beside which the older one answers and is refused writes', async () => {
    const dataDir = tempFolder();
    const a = open(version.older, dataDir);
    await a.rebuild(EXAMPLE_FILE);
    await a.put([{ id: 'x1', name: '測試地點甲', country: 'TW' }]);
    const b = open(newer, dataDir);
    await expectAlike([a, b]);
    expect(await failureOf(a.put([{ id: 'x0', name: '測試地點丙', country: 'TW' }]))).to.include({
      code: 'FILE_TOO_NEW',
    });
    await b.put([{ id: 'x2', name: '測試地點乙', country: 'TW' }]);
    for (const index of [a, b]) expect(await idsOf(index, '測試地點')).to.deep.equal(['x1', 'x2']);
    const { previous } = await b.rebuild(EXAMPLE_FILE);
    await expectAlike([a, b]);
    expect((await b.rollback()).generation).to.equal(previous);
    expect(await idsOf(b, '測試地點')).to.deep.equal(['x1', 'x2']);
  });

  it('of the newer layout is refused by the older one, and stays as it is', async () => {
    const dataDir = tempFolder();
    const a = open(newer, dataDir);
    await a.rebuild(EXAMPLE_FILE);
    const b = open(version.older, dataDir);
    for (const use of [() => b.suggest('台北'), () => b.put([{ id: 'x', name: '甲' }])]) {
      expect(await failureOf(use())).to.include({ code: 'FILE_TOO_NEW' });
    }
    await a.put([{ id: 'x1', name: '測試地點甲', country: 'TW' }]);
    expect(await idsOf(a, '測試地點')).to.deep.equal(['x1']);
    await expectAlike([a]);
  });
});
