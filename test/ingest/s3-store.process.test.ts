import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { s3Store } from '../../lib/ingest/stores/s3-store.ts';
import { ALPS, BOATS, CAT } from '../knn/photos.ts';
import { runCli } from '../support/cli.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { giveBack } from '../support/lifetime.ts';

const SERVER = `
const S3rver = require('s3rver');
const configureBuckets = [{ name: 'pictures', configs: [] }];
new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[1], configureBuckets })
  .run()
  .then(({ port }) => console.log(port));
`;

/** A server of the protocol of S3, with a bucket. It encrypts its page tokens by what OpenSSL calls legacy. */
async function startS3(): Promise<string> {
  const args = ['--openssl-legacy-provider', '-e', SERVER, tempFolder()];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  giveBack(() => child.kill());
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' });
  giveBack(() => {
    process.env = before;
  });
  return `http://127.0.0.1:${String(port).trim()}`;
}

describe('s3Store', () => {
  it('keeps, returns, lists page by page and deletes, over the protocol of S3', async () => {
    const endpoint = await startS3();
    const store = s3Store({ bucket: 'pictures', prefix: 'thumbs/', endpoint });
    expect(await store.get('aa/none')).to.equal(null);
    await store.delete('aa/none');
    const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 256);
    await store.put('aa/bb/first', bytes);
    expect(await store.get('aa/bb/first')).to.deep.equal(bytes);
    await s3Store({ bucket: 'pictures', endpoint }).put('other/aa', bytes);
    const names = Array.from({ length: 1100 }, (_, at) => `cc/${String(at).padStart(4, '0')}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, new Uint8Array(3))));
    }
    const listed = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const { name } of store.list(prefix)) found.push(name);
      return found;
    };
    expect(await listed('cc/')).to.deep.equal(names);
    expect(await listed('')).to.deep.equal(['aa/bb/first', ...names]);
    await store.delete('aa/bb/first');
    expect(await listed('aa')).to.deep.equal([]);
    expect(
      await codeOf(Promise.resolve().then(() => s3Store({ bucket: 'x', endpoint: 'no' }))),
    ).to.equal('STORE_INVALID');
    const absent = s3Store({ bucket: 'absent', endpoint });
    expect(await absent.get('a').then(null, (error: Error) => error.name)).to.equal('NoSuchBucket');
  });

  it('holds thumbnails beside a folder; check compares both with the index, and heals', async () => {
    const endpoint = await startS3();
    const dir = tempFolder();
    mkdirSync(join(dir, 'photos'));
    for (const [name, bytes] of Object.entries({ boats: BOATS, cat: CAT, alps: ALPS })) {
      writeFileSync(join(dir, 'photos', `${name}.jpg`), bytes);
    }
    const stores = [
      '--thumbnails',
      't',
      '--thumbnails',
      's3://pictures/t',
      '--s3-endpoint',
      endpoint,
    ];
    const run = (...args: string[]): ReturnType<typeof runCli> =>
      runCli(['images', ...args], { cwd: dir });
    const added = await run('add', 'photos', '--quiet', '--thumbnail-sizes', '64x64', ...stores);
    expect(added.out, added.err).to.match(/^3 added/);
    const bucket = s3Store({ bucket: 'pictures', prefix: 't/', endpoint });
    const names: string[] = [];
    for await (const { name } of bucket.list('')) names.push(name);
    expect(names).to.have.lengthOf(3);
    const check = (...more: string[]): ReturnType<typeof runCli> =>
      run('check', '--fs-check', ...stores, ...more);
    expect((await check()).code).to.equal(3);
    const sized = async (...more: string[]): ReturnType<typeof runCli> =>
      check('--thumbnail-sizes', '64x64', ...more);
    expect((await sized()).out).to.equal('');
    const good = (await bucket.get(names[0]!))!;
    await bucket.put(
      names[0]!,
      good.map((byte, at) => (at === 30 ? byte ^ 1 : byte)),
    );
    await bucket.delete(names[1]!);
    const found = await sized();
    expect(found.code).to.equal(3);
    expect(found.out).to.match(/THUMBNAIL_DAMAGED .* s3:\/\/pictures\/t\//);
    expect(found.out).to.match(/THUMBNAIL_MISSING .* s3:\/\/pictures\/t\//);
    const healed = await sized('--fix');
    expect(healed.err)
      .to.match(/2 healed/)
      .and.not.match(/wait to be taken in again/);
    expect(await bucket.get(names[0]!)).to.deep.equal(good);
    expect((await sized()).out).to.equal('');
  });
});
