import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PHOTOS } from '../../examples/photos.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { HealthReport } from '../../lib/health/health.ts';
import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';
import { startCli } from '../support/processes.ts';
import { makeStores, type Stores } from './rig.ts';

describe('suoyin serve', () => {
  let stores: Stores;
  before(async () => {
    stores = await makeStores();
  });

  it('says at the start that there is nothing to find yet, with the folder', async () => {
    const data = tempFolder();
    const args = ['serve', '--data', data, '--port', '0', '--health-port', '0', '--log', 'none'];
    const child = startCli([...args, '--threads', '0', '--no-dictionaries']);
    const ended = once(child, 'exit');
    const [line] = (await once(createInterface(child.stderr), 'line')) as [string];
    expect(line).to.include(`There is no index in "${data}" yet`).and.to.include('--data');
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
  });

  const folderWith = (make: (path: string) => void): string => {
    const folder = tempFolder();
    make(join(folder, 'suoyin.db'));
    return folder;
  };
  const database = (sql: string) => async (): Promise<string> => {
    const folder = tempFolder();
    const opened = await openSqlite(join(folder, 'suoyin.db'), false);
    opened.exec(sql);
    opened.close();
    return folder;
  };
  const HOPELESS: [what: string, make: () => string | Promise<string>, told: RegExp][] = [
    ['below a file', () => join(fileURLToPath(import.meta.url), 'data'), /\(ENOTDIR\).* part of/],
    [
      'behind links in a circle',
      () => {
        const folder = tempFolder();
        symlinkSync('two', join(folder, 'one'));
        symlinkSync('one', join(folder, 'two'));
        return join(folder, 'one');
      },
      /\(ELOOP\)\. Links of the path/,
    ],
    [
      'of an endless name',
      () => join(tempFolder(), 'x'.repeat(300)),
      /\(ENAMETOOLONG\)\. Give a path/,
    ],
    [
      'of a folder in place of the file',
      () => folderWith((path) => mkdirSync(path)),
      /is a folder/,
    ],
    [
      'of noise',
      () => folderWith((path) => writeFileSync(path, PHOTOS['flower.jpg']!)),
      /is not a database/,
    ],
    ['of another program', database('create table a (b)'), /of another program/],
    [
      'of a later suoyin',
      database('pragma application_id = 1400205145; create table a (b); pragma user_version = 999'),
      /has layout 999/,
    ],
  ];
  for (const [what, make, told] of HOPELESS) {
    it(`ends where waiting for a data folder does not help: one ${what}`, async () => {
      const ports = ['--port', '0', '--health-port', '0'];
      const { code, out, err } = await runCli(['serve', '--data', await make(), ...ports]);
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.match(told);
      expect(err.trim().split('\n')).to.have.length(1);
    });
  }

  for (const threads of ['0', '2']) {
    it(`answers with ${threads} threads, and ends well at SIGTERM`, async () => {
      const args = ['serve', '--data', stores.dataDir, '--port', '0', '--health-port', '0'];
      const child = startCli([...args, '--threads', threads, '--no-dictionaries']);
      const errors: string[] = [];
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk));
      const ended = once(child, 'exit');
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const [, url, healthUrl] = /^suoyin serves (\S+), health at (\S+)$/.exec(line)!;
      const response = await fetch(`${url}/suggest?q=板橋&language=zh-Hant&limit=1`);
      expect(await response.text()).to.include('板橋, 新北市, 台灣');
      expect((await fetch(`${url}/images/nope`)).status).to.equal(404);
      const ready = await fetch(`${healthUrl}/readyz?verbose`);
      expect(ready.status).to.equal(200);
      // On a loaded machine the event loop may be late, which is `warn` and right.
      const { checks, status } = (await ready.json()) as HealthReport;
      expect(status).to.be.oneOf(['pass', 'warn']);
      expect(Object.values(checks).map((check) => check.status)).to.deep.equal(
        Object.keys(checks).map(() => 'pass'),
      );
      expect(checks).to.not.deep.equal({});
      child.kill('SIGTERM');
      expect(await ended, errors.join('')).to.deep.equal([0, null]);
      const events = errors
        .join('')
        .trim()
        .split('\n')
        .map((text) => (JSON.parse(text) as { event: string }).event);
      expect(events).to.deep.equal(['listening', 'request', 'request', 'stopping', 'stopped']);
    });
  }
});
