import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import type { RunTotals } from '../../lib/ingest/queue/runs.ts';
import { tempFolder } from '../support/folders.ts';
import { type Child, endOf, startCli } from '../support/processes.ts';
import { serve } from '../support/servers.ts';
import { noise } from './pictures.ts';

/** Each eighth URL has a trouble, in turn: what it answers at the n-th time, and whether it is taken in at last. */
const TROUBLES: readonly [kind: string, good: boolean, answer: Answer][] = [
  ['404', false, ({ response }) => response.writeHead(404).end()],
  ['503 twice', true, (asked) => sendAfter(2, 503, asked)],
  ['login page', false, ({ response }) => html(response)],
  ['half', true, ({ response, picture }) => response.writeHead(200).end(picture.subarray(0, 900))],
  ['410', false, ({ response }) => response.writeHead(410).end()],
  ['reset', false, ({ response }) => response.destroy()],
  ['svg', false, ({ response }) => response.writeHead(200).end('<svg xmlns="x"/>')],
  ['moved', true, ({ response, at }) => redirect(response, `/moved/${at}`)],
  ['loop', false, ({ response, at }) => redirect(response, `/${at}`)],
  ['elsewhere', false, ({ response }) => redirect(response, 'http://10.255.0.1/a.png')],
  ['wrong type', true, ({ response, picture }) => wrongType(response, picture)],
  ['429 once', true, (asked) => sendAfter(1, 429, asked)],
];
/** Pictures that a death may cost a second request: a batch that is not written yet, and those under way. */
const PER_DEATH = 50 + 8;

type Answer = (asked: {
  response: ServerResponse;
  at: number;
  times: number;
  picture: Buffer;
}) => void;

const html = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
};
const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(302, { location }).end();
};
const wrongType = (response: ServerResponse, picture: Buffer): void => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(picture);
};
const sendAfter = (
  failures: number,
  status: number,
  { response, times, picture }: Parameters<Answer>[0],
): void => {
  if (times > failures) response.writeHead(200).end(picture);
  else response.writeHead(status).end();
};

const troubleOf = (at: number): (typeof TROUBLES)[number] | null =>
  at % 8 === 7 ? TROUBLES[Math.floor(at / 8) % TROUBLES.length]! : null;

/**
 * Has four processes take one list in, of which the first and the second are killed while they work, and compares what
 * they say, the index, the dead letters and what was asked for.
 */
export async function shareRun(
  engine: Engine,
  flags: (dir: string) => readonly string[],
  count: number,
): Promise<void> {
  const dir = tempFolder();
  const times = new Map<number, number>();
  const deadlines = new Map<number, () => void>();
  let requests = 0;
  const pictures = await Promise.all(Array.from({ length: count }, (_, at) => noise(at)));
  const { origin } = await serve((request, response) => {
    deadlines.get(++requests)?.();
    const moved = request.url!.startsWith('/moved/');
    const at = Number(request.url!.split('/').at(-1));
    if (!moved) times.set(at, (times.get(at) ?? 0) + 1);
    const [, , answer] = (moved ? null : troubleOf(at)) ?? [];
    const asked = { response, at, times: times.get(at)!, picture: pictures[at]! };
    if (answer) answer(asked);
    else response.writeHead(200).end(asked.picture);
  });
  const list = join(dir, 'tw.txt');
  const urls = Array.from({ length: count }, (_, at) => `${origin}/${at}`);
  writeFileSync(list, [...urls, 'https://'].join('\n'));
  const start = (): Child => {
    const how = [
      '--run',
      'tw',
      '--country',
      'TW',
      '--tries',
      '3',
      '--allow-address',
      '127.0.0.0/8',
    ];
    return startCli(['images', 'add', list, ...how, ...flags(dir), '--json', '--quiet']);
  };
  const killed = async (child: Child, at: number): Promise<void> => {
    deadlines.set(at, () => child.kill('SIGKILL'));
    child.stderr.pipe(process.stderr);
    expect(await once(child, 'exit')).to.deep.equal([null, 'SIGKILL']);
  };
  const first = start();
  let second: Child | undefined;
  const joined = new Promise<void>((resolve) => {
    deadlines.set(Math.floor(count / 10), () => {
      second = start();
      resolve();
    });
  });
  await killed(first, Math.floor(count / 4));
  await joined;
  await killed(second!, requests + Math.floor(count / 4));
  const third = endOf(start());
  const fourth = endOf(start());
  const ends = [await third, await fourth];
  const before = requests;
  ends.push(await endOf(start()));
  expect(requests, 'a finished run asks for nothing').to.equal(before);

  const good = urls.filter((_, at) => troubleOf(at)?.[1] ?? true);
  const ids: string[] = [];
  const index = new ImageIndex(engine, { alias: 'images' });
  for await (const { id, fields } of index.scan()) {
    expect(fields).to.deep.equal({ country: 'TW' });
    ids.push(id);
  }
  expect(ids.sort()).to.deep.equal([...good].sort());
  const bad = count - good.length + 1;
  for (const { out, err, code } of ends) {
    expect(code, err).to.be.oneOf([0, 4]);
    const { run, left } = JSON.parse(out) as { run: RunTotals; left: number };
    const { name, added, changed, unchanged, failed } = run;
    expect({ name, added, changed, unchanged, failed, left }).to.deep.equal({
      ...{ name: 'tw', added: good.length, changed: 0, unchanged: 0, failed: bad, left: 0 },
    });
  }
  const plain = urls.flatMap((_, at) => (troubleOf(at) === null ? [at] : []));
  const asked = plain.reduce((sum, at) => sum + times.get(at)!, 0);
  expect(asked).to.be.at.least(plain.length);
  expect(asked).to.be.at.most(plain.length + 2 * PER_DEATH);
}
