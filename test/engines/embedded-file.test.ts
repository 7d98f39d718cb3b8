import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { documentWith } from '../support/documents.ts';

const WRITER = fileURLToPath(new URL('../support/generation-writer.ts', import.meta.url));
const QUERY = [{ field: 'name', value: 'a', match: 'prefix', limit: 1000 }] as const;

describe('embedded engine on its file', () => {
  let dataDir: string;
  let engines: Engine[];
  const open = (options: { readOnly?: boolean; busyTimeoutMs?: number } = {}): Engine => {
    const engine = embedded({ dataDir, ...options });
    engines.push(engine);
    return engine;
  };
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'suoyin-file-'));
    engines = [];
  });
  afterEach(async () => {
    for (const engine of engines) await engine.close();
    rmSync(dataDir, { recursive: true });
  });

  const build = async (engine: Engine, count: number): Promise<string> => {
    const { name } = await engine.createGeneration('places', { ...placeMapping() });
    const documents = Array.from({ length: count }, (_, i) =>
      documentWith(`${name}:${i}`, i, { name: [`a${i}`] }),
    );
    await engine.write(
      name,
      documents.map((index) => ({ index })),
    );
    await engine.finishGeneration(name);
    return name;
  };
  const failure = async (action: Promise<unknown>): Promise<{ code: string; message: string }> =>
    action.then(
      () => {
        throw new Error('did not fail');
      },
      (e: unknown) => e as { code: string; message: string },
    );

  it('is there again when opened anew, for reading only too', async () => {
    const writer = open();
    await writer.swapAlias('places', null, await build(writer, 3));
    await writer.close();
    const reader = open({ readOnly: true });
    expect(await reader.count('places')).to.equal(3);
    expect((await failure(reader.createGeneration('places', {}))).code).to.equal('FILE_READ_ONLY');
  });

  it('says what to do where there is no file to read', async () => {
    const error = await failure(open({ readOnly: true }).count('places'));
    expect(error.code).to.equal('INDEX_NOT_FOUND');
    expect(error.message).to.match(/index-rebuild/);
  });

  it('refuses a file of a later version, and leaves it as it is', async () => {
    await open().aliases();
    await engines[0]!.close();
    const file = join(dataDir, 'suoyin.db');
    const database = await openSqlite(file, false);
    database.exec('pragma user_version = 99');
    database.close();
    expect((await failure(open().aliases())).code).to.equal('FILE_TOO_NEW');
    expect((await failure(open().createGeneration('places', {}))).code).to.equal('FILE_TOO_NEW');
  });

  it('refuses a database of another program', async () => {
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    database.exec('create table theirs(x)');
    database.close();
    expect((await failure(open().aliases())).code).to.equal('FILE_FOREIGN');
  });

  it('tells a damaged file from a good one', async () => {
    const file = join(dataDir, 'suoyin.db');
    writeFileSync(file, 'this is no database, however long it may be. '.repeat(100));
    expect((await failure(open().aliases())).code).to.equal('FILE_DAMAGED');
  });

  it('tells a truncated file when it comes to what is missing', async () => {
    const writer = open();
    await writer.swapAlias('places', null, await build(writer, 2000));
    await writer.close();
    const file = join(dataDir, 'suoyin.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2)));
    const reader = open();
    const read = async (): Promise<void> => {
      for await (const document of reader.scan('places')) expect(document.id).to.be.a('string');
      await reader.findByKeys('places', QUERY);
    };
    expect((await failure(read())).code).to.equal('FILE_DAMAGED');
  });

  it('lets a second writer wait, and tells it when that was in vain', async () => {
    const first = open();
    const second = open({ busyTimeoutMs: 20 });
    await first.aliases();
    await second.aliases();
    const holder = await openSqlite(join(dataDir, 'suoyin.db'), false);
    holder.exec('begin immediate');
    expect((await failure(second.createGeneration('places', {}))).code).to.equal('WRITER_BUSY');
    holder.exec('rollback');
    holder.close();
    expect((await second.createGeneration('places', {})).name).to.equal('places-000001');
    expect(await first.generations()).to.have.length(1);
  });

  it('shows readers whole generations only, while another process builds and swaps', async () => {
    const reader = open();
    await reader.swapAlias('places', null, await build(reader, 100));
    const child = spawn(process.execPath, ['--import=tsx', WRITER, dataDir, '5', '100'], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let running = true;
    void ended.then(() => (running = false));
    const seen = new Set<string>();
    while (running) {
      const hits = await reader.findByKeys('places', QUERY);
      const generations = new Set(hits.map(({ id }) => id.split(':')[0]!));
      expect(hits).to.have.length(100);
      expect(generations.size).to.equal(1);
      for (const generation of generations) seen.add(generation);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).to.equal(0);
    expect((await reader.findByKeys('places', QUERY))[0]!.id).to.match(/^places-000006:/);
    expect(seen.size).to.be.greaterThan(1);
  });
});
