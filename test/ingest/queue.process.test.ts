import { once } from 'node:events';
import { join } from 'node:path';

import { expect } from 'chai';

import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import { readSource } from '../../lib/ingest/source.ts';
import { type Child, startCli } from '../support/processes.ts';
import { serve } from '../support/servers.ts';
import { noise, studio } from './pictures.ts';

describe('several processes that take pictures in', () => {
  const s = studio();

  const PICTURES = 240;
  const CHUNK = 20;

  it('lose none and write none twice when they are killed while they work', async () => {
    const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, i) => noise(i)));
    /** What happens at the n-th request: a process is killed. */
    const deadlines = new Map<number, () => void>();
    let requests = 0;
    const { origin } = await serve((request, response) => {
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
    const start = (): { child: Child; ended: Promise<unknown[]> } => {
      const command = ['images', 'add', '--data', join(s.dir, 'data'), '--json', '--quiet'];
      const thumbnails = ['--thumbnails', join(s.dir, 'thumbnails')];
      const args = [...command, ...thumbnails, '--allow-address', '127.0.0.0/8'];
      const child = startCli(args);
      child.stderr.pipe(process.stderr);
      return { child, ended: once(child, 'exit') };
    };
    const kill = (at: number, child: Child): void => {
      deadlines.set(at, () => child.kill('SIGKILL'));
    };
    const first = start();
    kill(30, first.child);
    expect(await first.ended).to.deep.equal([null, 'SIGKILL']);

    const [second, third] = [start(), start()];
    kill(90, second.child);
    const out: Buffer[] = [];
    third.child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
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
