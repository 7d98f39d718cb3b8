import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';
import sharp from 'sharp';

import { ALPS, BOATS, CAT, FLOWER } from '../knn/photos.ts';
import { type Run, runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';

describe('suoyin images', () => {
  let dir: string;
  const run = (...args: string[]): Promise<Run> => runCli(['images', ...args], { cwd: dir });
  const json = ({ out, err }: Run): Record<string, unknown> => {
    const last = out.trim().split('\n').at(-1) ?? '';
    expect(last, err).to.match(/^\{/);
    return JSON.parse(last) as Record<string, unknown>;
  };

  beforeEach(() => {
    dir = tempFolder();
    mkdirSync(join(dir, 'photos/trip'), { recursive: true });
    writeFileSync(join(dir, 'photos/boats.jpg'), BOATS);
    writeFileSync(join(dir, 'photos/trip/ALPS.JPG'), ALPS);
    writeFileSync(join(dir, 'photos/notes.md'), 'no picture');
    writeFileSync(join(dir, 'photos/.hidden.jpg'), 'no picture');
    writeFileSync(join(dir, 'cat.jpg'), CAT);
    writeFileSync(join(dir, 'flower.jpg'), FLOWER);
  });

  it('adds folders, lists and records, then finds all of it in order', async () => {
    writeFileSync(join(dir, 'list.txt'), '# pictures\n\ncat.jpg\r\n');
    const records = [{ path: 'flower.jpg', id: 'f', fields: { country: 'NL' } }];
    writeFileSync(
      join(dir, 'records.jsonl.gz'),
      gzipSync(records.map((record) => JSON.stringify(record)).join('\n')),
    );
    const added = await run(
      ...['add', 'photos', 'list.txt', 'records.jsonl.gz', '--thumbnails', 't', '--json'],
      ...['--country', 'JP', '--field', 'album=one=two'],
    );
    expect(json(added)).to.include({ added: 4, failed: 0, left: 0 });
    expect(added.code).to.equal(0);
    expect(json(await run('status', '--json'))).to.include({ pictures: 4, waiting: 0, working: 0 });
    const checked = await run('check', '--all', '--thumbnails', 't');
    expect([checked.code, checked.out]).to.deep.equal([0, '']);
    expect(checked.err).to.include('4 pictures, 4 thumbnails; nothing found');
    const purged = await run('purge', '--older-than', '1d', '--country', 'JP', '--json');
    expect(json(purged)).to.include({ pictures: 3, deleted: 0 });
    const again = await run('add', 'photos');
    expect(again.out).to.match(/^0 added, 0 changed, 2 unchanged, 0 failed in /);
  });

  it('are added by what suoyin size prints for one machine', async () => {
    const { out } = await runCli(['size', '--places', '10', '--images', '10'], { cwd: dir });
    const printed = out.split('\n').filter((line) => line.startsWith('suoyin '));
    expect(printed).to.deep.equal([
      'suoyin index-rebuild places --source FILE --data DIR',
      'suoyin images add FOLDER --data DIR',
    ]);
    const words = printed[1]!.replace('FOLDER', 'photos').replace('DIR', 'there').split(' ');
    const { code, out: said } = await runCli(words.slice(1), { cwd: dir });
    expect([code, said]).to.satisfy(
      ([exit, text]: [number, string]) => exit === 0 && /^2 added/.test(text),
    );
  });

  it('tells what failed, and where the rest of it is', async () => {
    writeFileSync(join(dir, 'list.txt'), 'cat.jpg\nnone.jpg\nhttp://127.0.0.1:9/a.jpg\n');
    const { code, out } = await run('add', 'list.txt', '--quiet');
    expect(code).to.equal(4);
    expect(out).to.match(/^1 added, 0 changed, 0 unchanged, 2 failed in /);
    expect(out).to.match(/none\.jpg does not exist.* \[NOT_FOUND\]/);
    expect(out).to.match(/127\.0\.0\.1.* \[BLOCKED_ADDRESS\]/);
    const letters = readFileSync(join(dir, '.suoyin/dead-letters/images.jsonl'), 'utf8');
    expect(letters.trim().split('\n')).to.have.length(2);
  });

  it('says what it passed over, and fails for it with --strict', async () => {
    const { code, out } = await run('add', 'photos', '--quiet');
    expect(code).to.equal(0);
    expect(out).to.include('2 files passed over: 1 hidden, 1 .md (--strict makes them failures)');
    const strict = await run('add', 'photos', '--strict', '--quiet');
    expect(strict.code).to.equal(4);
    expect(strict.out).to.match(/notes\.md.* \[NOT_IMAGE\]/);
  });

  it('takes dead letters in again with their fields, and keeps those that fail again', async () => {
    writeFileSync(join(dir, 'list.txt'), 'late.jpg\nnever.jpg\n');
    expect((await run('add', 'list.txt', '--country', 'TW', '--quiet')).code).to.equal(4);
    writeFileSync(join(dir, 'late.jpg'), BOATS);
    const { code, out } = await run('dlq', 'retry', '--quiet', '--json');
    expect(code).to.equal(4);
    expect(JSON.parse(out)).to.include({ added: 1, failed: 1 });
    const letters = readFileSync(join(dir, '.suoyin/dead-letters/images.jsonl'), 'utf8');
    expect(letters.trim().split('\n')).to.have.length(1);
    expect(letters).to.match(/never\.jpg.*"fields":\{"country":"TW"\}/);
    expect(json(await run('purge', '--older-than', '1d', '--country', 'TW', '--json'))).to.include({
      pictures: 1,
    });
  });

  it('refuses a damaged picture only where it is told to, and one over a limit', async () => {
    writeFileSync(join(dir, 'cut.jpg'), BOATS.subarray(0, -2));
    expect((await run('add', 'cut.jpg', '--quiet')).out).to.include('1 went in as TRUNCATED');
    const refused = await run('add', 'cut.jpg', '--again', '--no-salvage', '--quiet');
    expect(refused.out).to.include('[TRUNCATED]');
    const large = await run('add', 'cat.jpg', '--max-pixels', '1000', '--quiet');
    expect(large.out).to.include('[TOO_MANY_PIXELS]');
    const long = await run('add', 'cat.jpg', '--max-bytes', '1000', '--quiet');
    expect(long.out).to.include('[TOO_LARGE]');
  });

  it('names the file that is broken, and its folder as it was typed', async () => {
    writeFileSync(join(dir, 'photos/broken.jpg'), BOATS.subarray(0, 9000));
    const { code, out, err } = await run('add', 'photos/');
    expect(code).to.equal(4);
    expect(out).to.match(
      /^ {2}photos\/broken\.jpg: The jpeg ends after 9000 bytes.*\[TRUNCATED\]$/m,
    );
    expect(err.trimEnd().split('\n').at(-1)).to.match(/^pictures 100% \| 3 of 3/);
  });

  it('says what a check without flags has looked at', async () => {
    expect((await run('add', 'photos', '--quiet')).code).to.equal(0);
    expect((await run('check')).err).to.equal(
      'queue and hosts, none of 2 pictures (--all looks at these too); nothing found\n',
    );
  });

  it('shows no distance where a picture has nothing to compare', async () => {
    const blank = await sharp({
      create: { width: 64, height: 64, channels: 3, background: 'white' },
    })
      .png()
      .toBuffer();
    writeFileSync(join(dir, 'blank.png'), blank);
    expect((await run('add', 'blank.png', '--quiet')).code).to.equal(0);
    const { out } = await runCli(['similar', 'blank.png'], { cwd: dir });
    expect(out).to.equal(`same-bytes   ${' '.repeat(15)}  blank.png\n`);
  });

  it('finds what is wrong, heals it, and takes pictures in again', async () => {
    expect((await run('add', 'photos', '--thumbnails', 't', '--quiet')).code).to.equal(0);
    writeFileSync(join(dir, 'photos/boats.jpg'), FLOWER);
    const found = await run('check', '--fs-check', '--thumbnails', 't', '--fix');
    expect(found.code).to.equal(3);
    expect(found.out).to.match(/^SOURCE_CHANGED {2}photos\/boats\.jpg .*\[healed\]\n$/);
    expect(found.err).to.include('1 wait to be taken in again: suoyin images add');
    expect(json(await run('add', '--thumbnails', 't', '--json'))).to.include({ changed: 1 });
    rmSync(join(dir, 'photos/boats.jpg'));
    const purged = await run('purge', '--gone', '--thumbnails', 't', '--dry-run', '--verbose');
    expect(purged.out).to.match(/^deleted {2}photos\/boats\.jpg {2}NOT_FOUND\n1 of 2 pictures/);
    expect(json(await run('purge', '--gone', '--thumbnails', 't', '--json'))).to.include({
      deleted: 1,
      thumbnails: 1,
    });
  });

  it('refuses what is mistyped before anything is done', async () => {
    for (const args of [
      ['add', 'nowhere'],
      ['add', 'photos', '--field', 'album'],
      ['add', 'photos', '--concurrency', '0'],
      ['add', 'photos', '--allow-address', 'here'],
      ['purge'],
      ['purge', '--older-than', '90'],
    ]) {
      const { code, out, err } = await run(...args);
      expect([code, out], `${args.join(' ')}: ${err}`).to.deep.equal([2, '']);
    }
  });
});
