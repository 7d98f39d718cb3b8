import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import type { IndexStatus } from '../../lib/alias/alias-index.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { runCli } from '../support/cli.ts';
import { buildGeneration, documentWith } from '../support/documents.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { endOf, type Run, startCli, startScript } from '../support/processes.ts';

const READER = fileURLToPath(new URL('./reader.ts', import.meta.url));

async function indexOf(dataDir: string, count: number): Promise<Engine> {
  const engine = closeAtEnd(embedded({ dataDir, threads: 0 }));
  await engine.swapAlias('places', null, await buildGeneration(engine, count));
  return engine;
}

async function count(dataDir: string): Promise<number> {
  const engine = embedded({ dataDir, threads: 0, readOnly: true });
  const [generation] = await engine.generations('places');
  await engine.close();
  return generation!.documents;
}

/** As a process: connections that were closed in this one may hold locks until they are collected. */
function suoyin(...args: string[]): Promise<Run> {
  return endOf(startCli(args));
}

/** Runs something while another process reads a folder. */
async function whileRead<T>(dataDir: string, action: () => Promise<T>): Promise<T> {
  const reader = startScript(READER, [dataDir]);
  const ended = endOf(reader);
  await new Promise((resolve) => reader.stdout.once('data', resolve));
  try {
    return await action();
  } finally {
    reader.kill('SIGTERM');
    await ended;
  }
}

/** A folder with a file of 500 places and a log of 30 more that is not in it. */
async function withLog(): Promise<string> {
  const [dataDir, copy] = [tempFolder(), tempFolder()];
  const engine = await indexOf(dataDir, 500);
  await engine.close();
  const writer = closeAtEnd(embedded({ dataDir, threads: 0 }));
  const added = Array.from({ length: 30 }, (_, at) => documentWith(`n${at}`, 5, { name: ['x'] }));
  await writer.write(
    'places',
    added.map((document) => ({ index: document })),
  );
  for (const end of ['', '-wal']) {
    copyFileSync(join(dataDir, `suoyin.db${end}`), join(copy, `suoyin.db${end}`));
  }
  return copy;
}

describe('suoyin backup and restore', () => {
  it('says of a path that is too long that it is, and of which one', async () => {
    const [from, to] = [tempFolder(), tempFolder()];
    await (await indexOf(from, 2)).close();
    const long = join(to, ...Array.from({ length: 4 }, () => 'b'.repeat(120)));
    const copied = await suoyin('backup', long, '--data', from);
    expect(copied.code).to.equal(1);
    expect(copied.err).to.match(/b{20,}.* bytes, and SQLite opens paths of 504 .*FILE_UNREADABLE/);
    expect(existsSync(join(to, 'b'.repeat(120)))).to.equal(false);
    const restored = await suoyin('restore', from, '--data', long);
    expect(restored.err).to.match(
      /b{20,}.* bytes, and SQLite opens paths of 504 .*FILE_UNREADABLE/,
    );
    const named = join(to, 'b'.repeat(300));
    for (const args of [
      ['backup', named, '--data', from],
      ['restore', from, '--data', named],
      ['index-rebuild', 'places', '--source', EXAMPLE_FILE, '--data', named],
    ]) {
      const { code, err } = await suoyin(...args);
      expect(code, args[0]).to.equal(1);
      expect(err, args[0]).to.match(/ENAMETOOLONG.*FILE_UNREADABLE/s);
    }
  });

  it('copies one moment while somebody writes, and brings it back', async () => {
    const [dataDir, folder] = [tempFolder(), join(tempFolder(), 'copy')];
    const engine = await indexOf(dataDir, 2000);
    let goesOn = true;
    let written = 0;
    const writing = (async () => {
      while (goesOn) {
        const pair = [`a${written}`, `b${written}`];
        // Both or neither, so a copy of one moment holds an even number.
        await engine.write(
          'places',
          pair.map((id) => ({ index: documentWith(id, 5, { name: ['x'] }) })),
        );
        written += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const backup = await runCli(['backup', folder, '--data', dataDir]);
    goesOn = false;
    await writing;
    expect(backup.err).to.equal('');
    expect(backup.out).to.match(/^wrote .*suoyin\.db, \d+ bytes, checked\n$/);
    expect(readdirSync(folder)).to.deep.equal(['suoyin.db']);
    expect(written).to.be.greaterThan(0);
    const kept = await count(folder);
    expect(kept % 2).to.equal(0);
    expect(kept).to.be.within(2000, 2000 + 2 * written);
    expect(await checkFile(folder)).to.deep.equal([]);
  }).timeout(120_000);

  it('puts a copy in the place of a file that nobody has open, and keeps that', async () => {
    const [dataDir, folder] = [join(tempFolder(), 'data'), tempFolder()];
    const on = (...args: string[]): Promise<Run> => suoyin(...args, '--data', dataDir);
    const documents = async (): Promise<number> => {
      const { out } = await on('status', 'places', '--json');
      return (JSON.parse(out) as IndexStatus).generations[0]!.documents;
    };
    const source = join(folder, 'places.jsonl');
    const lines = readFileSync(EXAMPLE_FILE, 'utf8').split('\n');
    writeFileSync(source, lines.join('\n'));
    await on('index-rebuild', 'places', '--source', source, '--quiet');
    const before = await documents();
    expect((await on('backup', join(folder, 'copy'))).code).to.equal(0);
    writeFileSync(source, `${lines.join('\n')}\n{"id":"new","name":"新","country":"TW"}`);
    await on('index-rebuild', 'places', '--source', source, '--quiet');
    await on('gc', '--keep', '0');
    expect(await documents()).to.equal(before + 1);

    const unforced = await on('restore', join(folder, 'copy'));
    expect(unforced.err).to.include('Say --force to replace it').and.include('RESTORE_REFUSED');
    const open = await whileRead(dataDir, () => on('restore', join(folder, 'copy'), '--force'));
    expect(open.err).to.include('is open in another process').and.include('RESTORE_REFUSED');
    expect(await documents()).to.equal(before + 1);

    const restored = await on('restore', join(folder, 'copy'), '--force', '--json');
    expect(restored.err).to.equal('');
    expect(JSON.parse(restored.out)).to.have.property('path', join(dataDir, 'suoyin.db'));
    expect(await documents()).to.equal(before);
    expect((await on('suggest', '板橋', '--json')).out).to.include('板橋');
    expect((await on('suggest', '新', '--limit', '1', '--json')).out).not.to.include('"id":"new"');
    expect((await on('check-file')).code).to.equal(0);
    expect(readdirSync(dataDir)).to.include.members(['suoyin.db.before-restore', 'generations']);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('.part'))).to.deep.equal([]);
  }).timeout(240_000);

  it('neither keeps a damaged copy nor puts one back, and names a copy that is there', async () => {
    const [dataDir, folder, other] = [tempFolder(), tempFolder(), tempFolder()];
    await (await indexOf(dataDir, 500)).close();
    expect((await suoyin('backup', folder, '--data', dataDir)).code).to.equal(0);
    const again = await suoyin('backup', folder, '--data', dataDir);
    expect(again.err).to.include('BACKUP_EXISTS');
    expect((await suoyin('backup', folder, '--data', dataDir, '--force')).code).to.equal(0);

    const path = join(folder, 'suoyin.db');
    const whole = readFileSync(path);
    const random = seededRandom(23);
    let refused = 0;
    for (let run = 0; run < 12; run++) {
      const damaged = Buffer.from(whole);
      const at = 4096 + Math.floor(random() * (damaged.length - 8192));
      damaged.fill(0xa5, at, at + 64);
      writeFileSync(path, damaged);
      const known = (await checkFile(folder).catch(() => ['damaged'])).length > 0;
      const { code } = await runCli(['restore', folder, '--data', other]);
      if (known) refused += 1;
      expect(code !== 0, `bytes at ${at}`).to.equal(known);
      expect(existsSync(join(other, 'suoyin.db')), `bytes at ${at}`).to.equal(!known);
      rmSync(join(other, 'suoyin.db'), { force: true });
    }
    expect(refused).to.be.greaterThan(0);
  }).timeout(120_000);

  it('puts back what is in the log of a copy, and no log stays that is not of it', async () => {
    const [copy, dataDir] = [await withLog(), await withLog()];
    expect(await count(copy)).to.equal(530);
    const restored = await suoyin('restore', copy, '--data', dataDir, '--force');
    expect(restored).to.include({ code: 0, err: '' });
    expect(await count(dataDir)).to.equal(530);
    expect((await suoyin('check-file', '--data', dataDir)).code).to.equal(0);

    // The file was lost and its log was not: it is of no other file.
    const [small, lost] = [tempFolder(), await withLog()];
    await (await indexOf(small, 11)).close();
    rmSync(join(lost, 'suoyin.db'));
    expect((await suoyin('restore', small, '--data', lost)).code).to.equal(0);
    expect(await count(lost)).to.equal(11);
    const copied = await withLog();
    rmSync(join(copied, 'suoyin.db'));
    expect((await suoyin('backup', copied, '--data', small)).code).to.equal(0);
    expect(await count(copied)).to.equal(11);
  }).timeout(240_000);

  it('only reads the folder of a back-up, whose mode says nothing of the index', async () => {
    const [copy, dataDir] = [await withLog(), join(tempFolder(), 'data')];
    const names = readdirSync(copy);
    for (const name of names) chmodSync(join(copy, name), 0o444);
    chmodSync(copy, 0o555);
    const restored = await suoyin('restore', copy, '--data', dataDir);
    chmodSync(copy, 0o755);
    expect(restored).to.include({ code: 0, err: '' });
    expect(statSync(join(dataDir, 'suoyin.db')).mode & 0o600).to.equal(0o600);
    expect(readdirSync(copy)).to.deep.equal(names);
    expect(await count(dataDir)).to.equal(530);
  }).timeout(120_000);

  it('replaces a damaged file, and keeps what it replaces with its log', async () => {
    const copy = tempFolder();
    await (await indexOf(copy, 300)).close();
    for (const damage of ['none', 'pages', 'header', 'empty', 'text']) {
      const dataDir = await withLog();
      const path = join(dataDir, 'suoyin.db');
      const bytes = readFileSync(path);
      if (damage === 'pages') bytes.fill(0xa5, 4096, bytes.length);
      if (damage === 'header') bytes.fill(0xa5, 0, 100);
      if (damage === 'empty') writeFileSync(path, '');
      else if (damage === 'text') writeFileSync(path, 'moved to another disk');
      else writeFileSync(path, bytes);
      const { code, err } = await suoyin('restore', copy, '--data', dataDir, '--force');
      expect([code, err], damage).to.deep.equal([0, '']);
      expect(await count(dataDir), damage).to.equal(300);
      const before = join(dataDir, 'suoyin.db.before-restore');
      if (damage === 'text') {
        expect(readFileSync(before, 'utf8')).to.equal('moved to another disk');
        expect(existsSync(`${before}-wal`)).to.equal(true);
      }
      if (damage !== 'none') continue;
      const kept = tempFolder();
      for (const end of ['', '-wal']) {
        if (existsSync(before + end)) copyFileSync(before + end, join(kept, `suoyin.db${end}`));
      }
      expect(await count(kept)).to.equal(530);
    }
  }).timeout(240_000);

  it('copies nothing onto itself, whatever names it has', async () => {
    const [dataDir, links] = [tempFolder(), tempFolder()];
    await (await indexOf(dataDir, 20)).close();
    symlinkSync(dataDir, join(links, 'folder'));
    symlinkSync(join(dataDir, 'suoyin.db'), join(links, 'suoyin.db'));
    const names = readdirSync(dataDir);
    for (const command of ['backup', 'restore']) {
      for (const folder of [dataDir, join(links, 'folder'), links]) {
        const { code, err } = await runCli([command, folder, '--data', dataDir, '--force']);
        expect(code, `${command} ${folder}`).to.equal(2);
        expect(err).to.include('BACKUP_SAME').and.include('Name another folder');
      }
    }
    expect(readdirSync(dataDir)).to.deep.equal(names);
    expect(await count(dataDir)).to.equal(20);
  }).timeout(240_000);

  it('replaces no copy that a process has open, and a damaged one', async () => {
    const [dataDir, folder] = [tempFolder(), tempFolder()];
    await (await indexOf(dataDir, 20)).close();
    await (await indexOf(folder, 7)).close();
    const forced = (): Promise<Run> => suoyin('backup', folder, '--data', dataDir, '--force');
    const open = await whileRead(folder, forced);
    expect(open.code).to.equal(1);
    expect(open.err).to.include('is open in another process').and.include('BACKUP_EXISTS');
    expect(await count(folder)).to.equal(7);
    writeFileSync(join(folder, 'suoyin.db'), 'damaged');
    expect(await forced()).to.include({ code: 0, err: '' });
    expect(await count(folder)).to.equal(20);
  }).timeout(240_000);

  it('says where there is nothing to copy', async () => {
    const [dataDir, folder] = [tempFolder(), tempFolder()];
    const backup = await runCli(['backup', folder, '--data', dataDir]);
    expect(backup.err).to.include('INDEX_NOT_FOUND').and.include('--data');
    const restore = await runCli(['restore', folder, '--data', dataDir]);
    expect(restore.err).to.include('INDEX_NOT_FOUND');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
