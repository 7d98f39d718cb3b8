import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { buildGeneration } from '../support/documents.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const QUERY = [{ field: 'name', value: 'a', match: 'prefix', limit: 1000 }] as const;

describe('embedded engine on its file', () => {
  let dataDir: string;
  const open = (options: { readOnly?: boolean; busyTimeoutMs?: number } = {}): Engine =>
    closeAtEnd(embedded({ dataDir, ...options }));
  beforeEach(() => {
    dataDir = tempFolder();
  });

  it('is there again when opened anew, for reading only too', async () => {
    const writer = open();
    await writer.swapAlias('places', null, await buildGeneration(writer, 3));
    await writer.close();
    const reader = open({ readOnly: true });
    expect(await reader.count('places')).to.equal(3);
    expect(await codeOf(reader.createGeneration('places', {}))).to.equal('FILE_READ_ONLY');
  });

  it('says what to do where there is no file to read', async () => {
    const error = await failureOf(open({ readOnly: true }).count('places'));
    expect(error.code).to.equal('INDEX_NOT_FOUND');
    expect(error.message).to.match(/index-rebuild/);
  });

  it('opens every path that SQLite opens, and says of longer ones that they are too long', async () => {
    const longest = 504;
    for (const bytes of [longest - 20, longest - 1, longest, longest + 1, longest + 100]) {
      let folder = dataDir;
      for (;;) {
        const missing = bytes - Buffer.byteLength(join(folder, 'suoyin.db'));
        if (missing === 0) break;
        // A folder and its separator; one of no name there is none.
        folder = join(folder, 'a'.repeat(missing > 202 ? 180 : missing - 1));
      }
      const work = closeAtEnd(embedded({ dataDir: folder })).aliases();
      if (bytes <= longest) expect(await codeOf(work), String(bytes)).to.equal('no error');
      else {
        const { code, message } = await failureOf(work);
        expect(code, String(bytes)).to.equal('FILE_UNREADABLE');
        expect(message).to.include(`has ${bytes} bytes, and SQLite opens paths of ${longest}`);
      }
    }
  });

  it('refuses a file of a later version, and leaves it as it is', async () => {
    const engine = open();
    await engine.aliases();
    await engine.close();
    const file = join(dataDir, 'suoyin.db');
    const database = await openSqlite(file, false);
    database.exec('pragma user_version = 99');
    database.close();
    expect(await codeOf(open().aliases())).to.equal('FILE_TOO_NEW');
    expect(await codeOf(open().createGeneration('places', {}))).to.equal('FILE_TOO_NEW');
  });

  it('refuses a database of another program', async () => {
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    database.exec('create table theirs(x)');
    database.close();
    expect(await codeOf(open().aliases())).to.equal('FILE_FOREIGN');
  });

  it('tells a damaged file from a good one', async () => {
    const file = join(dataDir, 'suoyin.db');
    writeFileSync(file, 'this is no database, however long it may be. '.repeat(100));
    expect(await codeOf(open().aliases())).to.equal('FILE_DAMAGED');
  });

  it('tells a truncated file when it comes to what is missing', async () => {
    const writer = open();
    await writer.swapAlias('places', null, await buildGeneration(writer, 2000));
    await writer.close();
    const file = join(dataDir, 'suoyin.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2)));
    const reader = open();
    const read = async (): Promise<void> => {
      for await (const document of reader.scan('places')) expect(document.id).to.be.a('string');
      await reader.findByKeys('places', QUERY);
    };
    expect(await codeOf(read())).to.equal('FILE_DAMAGED');
  });

  it('lets a second writer wait, and tells it when that was in vain', async () => {
    const first = open();
    const second = open({ busyTimeoutMs: 20 });
    await first.aliases();
    await second.aliases();
    const holder = await openSqlite(join(dataDir, 'suoyin.db'), false);
    holder.exec('begin immediate');
    expect(await codeOf(second.createGeneration('places', {}))).to.equal('WRITER_BUSY');
    holder.exec('rollback');
    holder.close();
    expect((await second.createGeneration('places', {})).name).to.equal('places-000001');
    expect(await first.generations()).to.have.length(1);
  });
});
