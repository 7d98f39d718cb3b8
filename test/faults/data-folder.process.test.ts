import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { takeLease } from '../../lib/alias/lease.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { runCli } from '../support/cli.ts';
import { buildGeneration, documentWith } from '../support/documents.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { fileFaults } from '../support/file-faults.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { mountNamespace } from '../support/mounts.ts';
import { until } from '../support/polling.ts';
import { endOf, startScript } from '../support/processes.ts';

const WRITER = fileURLToPath(new URL('../support/generation-writer.ts', import.meta.url));
const READ_ONLY = fileURLToPath(new URL('../engines/read-only.ts', import.meta.url));
const PAUSED = fileURLToPath(new URL('./paused-rebuild.ts', import.meta.url));
const ALL = [{ field: 'name', value: 'a', match: 'prefix', limit: 1000 }] as const;

/** Expects a folder to be told as damaged, or to answer with whole generations of so many places. */
async function expectWholeOrTold(dataDir: string, count: number): Promise<'whole' | 'told'> {
  if ((await fileFaults(dataDir)).length > 0) return 'told';
  const engine = embedded({ dataDir, readOnly: true });
  try {
    for (const { alias } of await engine.aliases()) {
      const hits = await engine.findByKeys(alias, ALL);
      expect(hits).to.have.length(count);
      expect(new Set(hits.map(({ id }) => id.split(':')[0])).size).to.equal(1);
    }
    return 'whole';
  } finally {
    await engine.close();
  }
}

describe('a data folder', function () {
  this.timeout(120_000);
  let dataDir: string;
  const open = (options: { readOnly?: boolean } = {}): Engine =>
    closeAtEnd(embedded({ dataDir, ...options }));
  const inFile = async (...statements: string[]): Promise<void> => {
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    for (const sql of statements) database.exec(sql);
    database.close();
  };
  const make = async (count: number): Promise<void> => {
    const engine = embedded({ dataDir });
    await engine.swapAlias('places', null, await buildGeneration(engine, count));
    await engine.close();
  };
  beforeEach(() => {
    dataDir = tempFolder();
  });

  it('of a newer version is refused with what to do, also by what had it open before', async () => {
    await make(10);
    const writer = open();
    const reader = open({ readOnly: true });
    expect(await reader.count('places')).to.equal(10);
    await writer.write('places', [{ index: documentWith('x', 50, { name: ['b'] }) }]);
    await inFile('pragma user_version = 99');
    const put = writer.write('places', [{ index: documentWith('y', 51, { name: ['b'] }) }]);
    const error = await failureOf(put);
    expect(error.code).to.equal('FILE_TOO_NEW');
    expect(error.message).to.include('layout 99').and.include('Update suoyin');
    expect(await reader.count('places')).to.equal(11);
    for (const args of [['suggest', 'a'], ['gc'], ['check-file', '--fix'], ['status']]) {
      const { code, err } = await runCli([...args, '--data', dataDir]);
      expect([code, err]).to.deep.equal([
        1,
        `suoyin: ${(await failureOf(open().aliases())).message} [FILE_TOO_NEW]\n`,
      ]);
    }
    await inFile('pragma user_version = 3');
    expect(await fileFaults(dataDir)).to.deep.equal([]);
  });

  it('of an older version answers the same, untouched by who reads and brought up by who writes', async () => {
    await make(30);
    const before = open();
    const right = await before.findByKeys('places', ALL);
    await before.close();
    await inFile(
      ...['g1_doc', 'generation', 'alias', 'state'].map((t) => `alter table ${t} drop column sum`),
      'pragma user_version = 2',
    );
    expect(await open({ readOnly: true }).findByKeys('places', ALL)).to.deep.equal(right);
    await inFile(
      'alter table g1_doc drop column version',
      'drop table state',
      'pragma user_version = 1',
    );
    expect(await open({ readOnly: true }).findByKeys('places', ALL)).to.deep.equal(right);
    const writer = open();
    await writer.write('places', [{ index: documentWith('x', 50, { name: ['b'] }) }]);
    expect(await writer.findByKeys('places', ALL)).to.deep.equal(right);
    await writer.close();
    expect(await checkFile(dataDir, { fix: true })).to.have.length(1);
    expect(await fileFaults(dataDir)).to.deep.equal([]);
  });

  it('on a read-only file system is read, follows who writes it elsewhere, and refuses writes', async function () {
    const folder = tempFolder();
    const { out, err } = await endOf(
      startScript(READ_ONLY, [folder], { through: mountNamespace(this, folder) }),
    );
    const said = out
      .trim()
      .split('\n')
      .map((line) => Object.values(JSON.parse(line) as object) as unknown[]);
    expect(err).to.equal('');
    expect(said).to.deep.equal([
      ['still', 100],
      ['written 1', 101],
      ['written 2', 102],
      ['written 3', 103],
      ['closed', 103],
      ['both', [103, 103, 103]],
      ['check', 0],
      ['write', 'FILE_READ_ONLY'],
      [
        'gc',
        [
          1,
          'suoyin: "/suoyin.db" can not be written. Check the permissions, or open it readOnly. [FILE_READ_ONLY]\n',
        ],
      ],
      ['log', 103],
    ]);
  });

  it('copied by cp while it is written is whole, or told', async () => {
    const ended = endOf(startScript(WRITER, [dataDir, '6', '150']));
    let running = true;
    void ended.then(() => (running = false));
    await until(() => existsSync(join(dataDir, 'suoyin.db-wal')) || !running);
    const outcomes: string[] = [];
    for (let n = 0; running; n++) {
      const copy = tempFolder();
      const files = ['suoyin.db', 'suoyin.db-wal'];
      for (const name of n % 2 ? files : files.toReversed()) {
        // Not `copyFileSync`, which never ends where its source is cut off meanwhile.
        const bytes = await readFile(join(dataDir, name)).catch(() => null);
        if (bytes) writeFileSync(join(copy, name), bytes);
        await new Promise((resolve) => setImmediate(resolve));
      }
      outcomes.push(await expectWholeOrTold(copy, 150));
    }
    expect(await ended).to.include({ code: 0, err: '' });
    expect(outcomes).to.not.be.empty;
    expect(await expectWholeOrTold(dataDir, 150)).to.equal('whole');
  });

  it('whose log was deleted after a crash is as it was before, or told', async () => {
    for (let round = 0; round < 4; round++) {
      const writer = startScript(WRITER, [dataDir, '20', '100']);
      const log = join(dataDir, 'suoyin.db-wal');
      const least = 200_000 * (round + 1);
      await until(() => (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > least);
      const end = once(writer, 'exit');
      writer.kill('SIGKILL');
      await end;
      for (const path of [log, join(dataDir, 'suoyin.db-shm')]) rmSync(path);
      const outcome = await expectWholeOrTold(dataDir, 100);
      // As the file says to do.
      if (outcome === 'told') {
        rmSync(dataDir, { recursive: true });
        mkdirSync(dataDir);
      }
    }
  });

  it('whose log is deleted under a writer is whole once that has closed it', async () => {
    await make(20);
    const writer = open();
    const put = (n: number): Promise<unknown> =>
      writer.write('places', [{ index: documentWith(`n${n}`, 50 + n, { name: [`b${n}`] }) }]);
    await put(1);
    rmSync(join(dataDir, 'suoyin.db-wal'));
    await put(2);
    await writer.close();
    expect(await fileFaults(dataDir)).to.deep.equal([]);
    expect(await open({ readOnly: true }).count('places')).to.equal(22);
  });

  it('is taken over from a rebuild that is stopped, which can change nothing when it is continued', async () => {
    const file = join(tempFolder(), 'places.jsonl');
    const lines = Array.from({ length: 1500 }, (_, i) =>
      JSON.stringify({ id: `p${i}`, name: `山${String.fromCodePoint(0x4e00 + i)}`, kind: 'poi' }),
    );
    writeFileSync(file, `${lines.join('\n')}\n`);
    const paused = startScript(PAUSED, [dataDir, file, '1500']);
    const ended = endOf(paused);
    await once(paused.stdout, 'data');
    const args = ['index-rebuild', 'places', '--source', file, '--data', dataDir];
    const refused = await runCli(args);
    expect([refused.code, /\[\w+\]/.exec(refused.err)?.[0]]).to.deep.equal([5, '[LEASE_HELD]']);
    let taken = refused;
    while (taken.code === 5) taken = await runCli(args);
    expect(taken.code, taken.err).to.equal(0);
    const engine = open();
    const index = new PlaceIndex(engine, { dataDir });
    await index.put([{ id: 'p1', name: 'Changed later', kind: 'poi' }]);
    await index.delete(['p2']);
    paused.kill('SIGCONT');
    const { out } = await ended;
    expect(out.trim().split('\n').at(-1)).to.be.oneOf(['LEASE_LOST', 'FENCED', 'INDEX_NOT_FOUND']);
    expect(await engine.count('places')).to.equal(1499);
    expect((await index.get('p1'))!.names[0]!.text).to.equal('Changed later');
    expect(await index.get('p2')).to.equal(null);
    expect(await fileFaults(dataDir)).to.deep.equal([]);
  });

  it('keeps its leases and the newer of two writes where the clock is set back', async () => {
    await make(5);
    const index = new PlaceIndex(open(), { dataDir });
    const lease = await takeLease(open(), 'places');
    await index.put([{ id: 'x', name: 'First', kind: 'poi' }]);
    const { now } = Date;
    giveBack(() => (Date.now = now));
    for (const back of [1000, 3_600_000, 86_400_000 * 400]) {
      Date.now = () => now() - back;
      expect(await codeOf(takeLease(open(), 'places'))).to.equal('LEASE_HELD');
      await lease.check('fill');
      await index.put([{ id: 'x', name: `Set back by ${back}`, kind: 'poi' }]);
      expect((await index.get('x'))!.names[0]!.text).to.equal(`Set back by ${back}`);
      await index.delete(['x']);
      expect(await index.get('x')).to.equal(null);
      await index.put([{ id: 'x', name: 'Again', kind: 'poi' }]);
      expect((await index.get('x'))!.names[0]!.text).to.equal('Again');
    }
    Date.now = now;
    await lease.check('fill');
    await lease.release();
    await (await takeLease(open(), 'places')).release();
  });
});
