import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { EngineError } from '../../lib/errors.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import type { VectorSpace } from '../../lib/knn/space.ts';
import { runCli } from '../support/cli.ts';
import { buildGeneration } from '../support/documents.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { endOf, startScript } from '../support/processes.ts';

const READER = fileURLToPath(new URL('./reader.ts', import.meta.url));
const SPACE: VectorSpace = { dimension: 6, spaceType: 'l2', dataType: 'float' };

describe('suoyin gc --compact', () => {
  it('gives disk back, and says how much, while other processes read without a pause', async () => {
    const dataDir = tempFolder();
    const writer = embedded({ dataDir });
    let live: string | null = null;
    for (const count of [3000, 3000, 50]) {
      const next = await buildGeneration(writer, count);
      await writer.swapAlias('places', live, next);
      live = next;
    }
    await writer.close();
    const before = statSync(join(dataDir, 'suoyin.db')).size;
    const readers = [1, 2, 3].map(() => startScript(READER, [dataDir]));
    const ended = readers.map((reader) => endOf(reader));
    await Promise.all(readers.map(({ stdout }) => once(stdout, 'data')));
    const { code, out, err } = await runCli(['gc', '--keep', '0', '--compact', '--data', dataDir]);
    for (const reader of readers) reader.kill('SIGTERM');
    const seen = (await Promise.all(ended)).map(({ out }) => out).join('');
    expect(err).to.equal('');
    expect(code).to.equal(0);
    const [, bytes, left] = /gave (\d+) bytes back to the disk; (\d+) are left\n$/.exec(out) ?? [];
    expect(Number(left)).to.be.lessThan(before / 5);
    expect(Number(bytes) + Number(left)).to.be.at.least(before);
    expect(statSync(join(dataDir, 'suoyin.db')).size).to.equal(Number(left));
    expect(new Set(seen.trim().split('\n'))).to.deep.equal(new Set(['50']));
    expect(await checkFile(dataDir)).to.deep.equal([]);
  }).timeout(60_000);

  it('says where a reader holds on to its pages, loses nothing, and goes on when it has ended', async () => {
    const dataDir = tempFolder();
    const path = join(dataDir, 'suoyin.db');
    const writer = closeAtEnd(embedded({ dataDir, busyTimeoutMs: 200 }));
    let live: string | null = null;
    for (const count of [2000, 2000, 40]) {
      const next = await buildGeneration(writer, count);
      await writer.swapAlias('places', live, next);
      live = next;
    }
    for (const { name } of await writer.generations('places')) {
      if (name !== live) await writer.dropGeneration(name);
    }
    const reader = await openSqlite(path, true);
    const countIn = (): unknown => reader.sql('select count(*) from generation').row()![0];
    reader.exec('begin');
    expect(countIn()).to.equal(1);
    // A write behind its back, so that what it sees is old.
    await writer.writeState('places', 'key', 'value');
    const fault = await writer.compact!().then(
      () => null,
      (error: unknown) => error as EngineError,
    );
    expect(fault).to.include({ code: 'WRITER_BUSY' });
    expect(fault!.message).to.include('old pages');
    expect(countIn()).to.equal(1);
    expect(await checkFile(dataDir)).to.deep.equal([]);
    reader.exec('rollback');
    // Readers that hold nothing on, as many as connect, are in nobody's way.
    const others = await Promise.all([1, 2, 3, 4].map(() => openSqlite(path, true)));
    for (const one of others) one.sql('select count(*) from generation').row();
    const { after } = await writer.compact!();
    expect(statSync(path).size).to.equal(after);
    expect(after).to.be.lessThan(1_000_000);
    for (const one of [reader, ...others]) {
      expect(one.sql('select documents from generation').rows()).to.deep.equal([[40]]);
      one.close();
    }
    expect(await checkFile(dataDir)).to.deep.equal([]);
  }).timeout(60_000);

  it('keeps every answer, also of vectors whose neighbours in the file are gone', async () => {
    const dataDir = tempFolder();
    const engine = closeAtEnd(embedded({ dataDir, threads: 0 }));
    const random = seededRandom(5);
    const { name } = await engine.createGeneration('images', { ...imageMapping(SPACE) });
    const pictures = Array.from({ length: 2100 }, (_, i) =>
      pictureWith(`p${i}`, { vector: vectorIn(SPACE, random) }, { space: SPACE }),
    );
    await engine.write(
      name,
      pictures.map((index) => ({ index })),
    );
    await engine.finishGeneration(name);
    await engine.swapAlias('images', null, name);
    await engine.write(
      'images',
      pictures.slice(0, 1500).map(({ id }) => ({ delete: id })),
    );
    const answers = async (): Promise<unknown[]> =>
      Promise.all(
        pictures
          .filter((_, i) => i % 30 === 0)
          .map(async ({ vector }) =>
            engine.nearest('images', { vectors: [vector!], limit: 5, exact: true }),
          ),
      );
    const right = await answers();
    const { before, after } = await engine.compact!();
    expect(after).to.be.lessThan(before);
    expect(await answers()).to.deep.equal(right);
    expect(await checkFile(dataDir)).to.deep.equal([]);
  });

  it('is refused for a cluster, which merges by itself, before anything is dropped', async () => {
    const args = ['gc', '--compact', '--engine', 'opensearch', '--node', 'http://127.0.0.1:1'];
    const { code, err } = await runCli(args);
    expect(code).to.equal(2);
    expect(err).to.include('[COMPACT_INVALID]');
  });
});
