import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { filesCheck } from '../../lib/health/health-checks.ts';
import { createHealth } from '../../lib/health/health.ts';
import { createMetrics } from '../../lib/health/metrics.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import type { VectorSpace } from '../../lib/knn/space.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { exactIds as wanted, fillWithVectors, nearestIds, SPACE } from './vectors.ts';

describe('vectors of the embedded engine in a file', () => {
  let dataDir: string;
  let engine: Engine;
  beforeEach(() => {
    dataDir = tempFolder();
  });

  const fill = (count: number, space?: VectorSpace): Promise<ImageDocument[]> =>
    fillWithVectors(engine, count, space);
  const ids = (vector: number[], more?: object): Promise<string[]> =>
    nearestIds(engine, vector, more);

  it('get a graph, which is followed unless asked to be exact or filtered', async () => {
    engine = closeAtEnd(embedded({ dataDir, threads: 0, graphFrom: 500 }));
    const documents = await fill(600);
    expect(readdirSync(join(dataDir, 'graphs'))).to.deep.equal(['images-000001.600.usearch']);
    const random = seededRandom(2);
    let same = 0;
    for (let n = 0; n < 20; n++) {
      const vector = vectorIn(SPACE, random);
      const exact = wanted(documents, vector);
      expect(await ids(vector, { exact: true })).to.deep.equal(exact);
      const odd = documents.filter(({ fields }) => fields['odd'] === 1);
      expect(await ids(vector, { filter: { odd: 1 } })).to.deep.equal(wanted(odd, vector));
      same += (await ids(vector)).filter((id) => exact.includes(id)).length;
    }
    expect(same).to.be.at.least(185);
  });

  it('are found beside a graph that does not have them yet, and not when deleted', async () => {
    engine = closeAtEnd(embedded({ dataDir, threads: 0, graphFrom: 500 }));
    await fill(600);
    const vector = vectorIn(SPACE, seededRandom(3));
    const [nearest] = await ids(vector);
    await engine.write('images', [
      { delete: nearest! },
      { index: pictureWith('new', { vector }, { space: SPACE }) },
    ]);
    const found = await ids(vector);
    expect(found[0]).to.equal('new');
    expect(found).to.not.include(nearest);
    await engine.close();
    engine = closeAtEnd(embedded({ dataDir, readOnly: true }));
    expect((await ids(vector))[0]).to.equal('new');
  });

  it('are all compared where one byte of their graph is wrong, which is told, and it is made again', async () => {
    engine = embedded({ dataDir, threads: 0, graphFrom: 500 });
    const documents = await fill(600);
    await engine.close();
    const path = join(dataDir, 'graphs', 'images-000001.600.usearch');
    const good = readFileSync(path);
    const random = seededRandom(7);
    const vector = vectorIn(SPACE, random);
    const damages: [what: string, bytes: Buffer][] = [
      ...Array.from({ length: 12 }, (_, n): [string, Buffer] => {
        const at = n === 0 ? 0 : Math.floor(random() * good.length);
        const bytes = Buffer.from(good);
        bytes[at]! ^= 0xff;
        return [`byte ${at}`, bytes];
      }),
      ['cut short', good.subarray(0, good.length / 2)],
      ['empty', Buffer.alloc(0)],
      ['longer', Buffer.concat([good, Buffer.alloc(1)])],
    ];
    for (const [what, bytes] of damages) {
      writeFileSync(path, bytes);
      const told: string[] = [];
      engine = embedded({ dataDir, threads: 0, readOnly: true, warn: (text) => told.push(text) });
      expect(await ids(vector), what).to.deep.equal(wanted(documents, vector));
      expect(await ids(vector), what).to.deep.equal(wanted(documents, vector));
      expect(told, what).to.have.length(1);
      expect(told[0]).to.include('images-000001.600.usearch is damaged').and.include('--fix');
      expect(await engine.health()).to.include({ status: 'degraded' });
      const health = closeAtEnd(createHealth({ checks: { files: filesCheck(engine) } }));
      expect((await health.readyz()).checks['files']).to.include({
        status: 'warn',
        code: 'FILE_DAMAGED',
      });
      expect(createMetrics({ health }).text()).to.include('check_up{check="files"} 0');
      await engine.close();
    }
    engine = embedded({ dataDir, threads: 0 });
    expect(await ids(vector)).to.deep.equal(wanted(documents, vector));
    await engine.close();
    engine = embedded({ dataDir, threads: 0, readOnly: true });
    await ids(vector);
    expect(await engine.health()).to.include({ status: 'ok' });
    await engine.close();
    writeFileSync(path, damages[0]![1]);
    const fault = { subject: basename(path), detail: 'damaged, or without a checksum' };
    const hint = 'suoyin check-file --fix makes it again';
    expect(await checkFile(dataDir)).to.deep.equal([{ ...fault, hint }]);
    expect(await checkFile(dataDir, { fix: true })).to.deep.equal([
      { ...fault, hint: 'made again' },
    ]);
    expect(await checkFile(dataDir)).to.deep.equal([]);
  }).timeout(60_000);

  it('lose their graph with their generation', async () => {
    engine = closeAtEnd(embedded({ dataDir, threads: 0, graphFrom: 100 }));
    await fill(150);
    await fill(160);
    await engine.dropGeneration('images-000001');
    expect(readdirSync(join(dataDir, 'graphs'))).to.deep.equal(['images-000002.160.usearch']);
  });

  it('lose graphs that a crash left of generations that are no more', async () => {
    engine = closeAtEnd(embedded({ dataDir, threads: 0, graphFrom: 100 }));
    await fill(150);
    await fill(160);
    const folder = join(dataDir, 'graphs');
    const left = ['images-000007.9.usearch', 'others-000001.9.usearch.tmp'];
    for (const name of left) writeFileSync(join(folder, name), '');
    await engine.dropGeneration('images-000001');
    expect(readdirSync(folder)).to.deep.equal(['images-000002.160.usearch']);
  });

  it('are compared one by one where no graph can be made of their space', async () => {
    engine = closeAtEnd(embedded({ dataDir, threads: 0, graphFrom: 10 }));
    const space: VectorSpace = { dimension: 64, spaceType: 'hamming', dataType: 'binary' };
    const documents = await fill(50, space);
    expect(readdirSync(dataDir)).to.not.include('graphs');
    expect((await ids(documents[7]!.vector!))[0]).to.equal('p7');
  });
});
