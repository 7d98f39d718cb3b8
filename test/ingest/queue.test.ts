import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { expect } from 'chai';

import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import { readSource } from '../../lib/ingest/source.ts';
import { startCli } from '../support/cli.ts';
import { testServers } from './hostile-server.ts';
import { noise, studio } from './pictures.ts';

describe('several processes that take pictures in', function () {
  this.timeout(180_000);
  const s = studio();
  const { server } = testServers();

  const PICTURES = 240;
  const CHUNK = 20;

  it('lose none and write none twice when they are killed while they work', async () => {
    const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, i) => noise(i)));
    /** What happens at the n-th request: a process is killed. */
    const deadlines = new Map<number, () => void>();
    let requests = 0;
    const { origin } = await server((request, response) => {
      requests += 1;
      deadlines.get(requests)?.();
      response.writeHead(200).end(pictures[Number(request.url!.slice(1))]);
    });
    await s.index.open();
    const queue = await ingestQueue(s.engine, 'images');
    for (let at = 0; at < PICTURES; at += CHUNK) {
      const urls = Array.from({ length: CHUNK }, (_, i) => `${origin}/${at + i}`);
      await queue.add(urls.map((url) => readSource(url)));
    }
    const start = (): { child: ChildProcess; ended: Promise<unknown[]> } => {
      const command = ['images', 'add', '--data', join(s.dir, 'data'), '--json', '--quiet'];
      const thumbnails = ['--thumbnails', join(s.dir, 'thumbnails')];
      const args = [...command, ...thumbnails, '--allow-address', '127.0.0.0/8'];
      const child = startCli(args);
      child.stderr.pipe(process.stderr);
      return { child, ended: once(child, 'exit') };
    };
    const kill = (at: number, child: ChildProcess): void => {
      deadlines.set(at, () => child.kill('SIGKILL'));
    };
    const first = start();
    kill(30, first.child);
    expect(await first.ended).to.deep.equal([null, 'SIGKILL']);

    const [second, third] = [start(), start()];
    kill(90, second.child);
    const out: Buffer[] = [];
    third.child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
    expect(await third.ended).to.deep.equal([0, null]);
    await second.ended;

    const ids: string[] = [];
    for await (const { id } of s.index.scan()) ids.push(id);
    const wanted = Array.from({ length: PICTURES }, (_, i) => `${origin}/${i}`);
    expect(ids).to.deep.equal(wanted.sort());
    expect(await s.engine.listState('images', 'ingest/')).to.deep.equal([]);
    const result = JSON.parse(Buffer.concat(out).toString()) as Record<string, number>;
    expect(result).to.include({ failed: 0, left: 0 });
    // What was done before a death is seen to be the same, and no chunk is done by two that live.
    expect(requests).to.be.at.most(PICTURES + 2 * (CHUNK + 8));
    let files = 0;
    for await (const { partial } of s.thumbnails.list()) files += partial ? 0 : 1;
    expect(files).to.equal(PICTURES);
  });
});

describe('readSource', () => {
  it('reads paths, URLs and records, and keeps passwords out of ids', () => {
    expect(readSource('photos/a.jpg')).to.deep.equal({
      source: join(process.cwd(), 'photos/a.jpg'),
      id: 'photos/a.jpg',
    });
    expect(readSource(new URL('https://u:p@example.com/a?b=1'))).to.deep.equal({
      source: 'https://u:p@example.com/a?b=1',
      id: 'https://example.com/a?b=1',
    });
    const fields = { country: 'TW', kind: 'temple' };
    expect(readSource({ path: '/a.jpg', id: '7', fields: { kind: 'park' } }, fields)).to.deep.equal(
      {
        source: '/a.jpg',
        id: '7',
        fields: { country: 'TW', kind: 'park' },
      },
    );
    expect(readSource('file:///tmp/%E5%8F%B0.jpg')).to.include({ source: '/tmp/台.jpg' });
  });

  it('refuses what is no source', () => {
    const odd = [
      null,
      7,
      '',
      ' ',
      [],
      {},
      { source: 7 },
      { source: 'a', id: '' },
      { url: 'a', fields: [] },
    ];
    for (const given of [...odd, 'file://host/a.jpg', 'a\0.jpg']) {
      expect(() => readSource(given), JSON.stringify(given)).to.throw(
        /is not the source of a picture/,
      );
    }
  });
});
