import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { expect } from 'chai';

import { releaseHost } from '../../lib/ingest/fetch/hosts.ts';
import { ingestStatus } from '../../lib/ingest/queue/queue-status.ts';
import { listSources } from '../../lib/ingest/stores/source-files.ts';
import { ingestImages, type IngestOptions } from '../../lib/ingest/work/pipeline.ts';
import { ALPS, BOATS, CAT, FLOWER } from '../knn/photos.ts';
import { serve } from '../support/servers.ts';
import { dot, studio } from './pictures.ts';

const LOOPBACK = { allowAddresses: ['127.0.0.0/8'] };

describe('ingestImages', () => {
  const s = studio();
  const ingest = (
    sources: Iterable<unknown> | AsyncIterable<unknown>,
    options: IngestOptions = {},
  ): ReturnType<typeof ingestImages> =>
    ingestImages(s, sources, { fetch: LOOPBACK, retryMs: 0, ...options });
  const file = (name: string, bytes: Buffer): string => {
    writeFileSync(join(s.dir, name), bytes);
    return join(s.dir, name);
  };
  const send = (response: ServerResponse, status: number, body?: Buffer | string): void => {
    response.writeHead(status).end(body);
  };
  const queueLength = async (): Promise<number> =>
    (await s.engine.listState('images', 'ingest/')).length;

  it('takes a folder by its name, and says what does where one stands among files', async () => {
    mkdirSync(join(s.dir, 'photos/trip'), { recursive: true });
    file('photos/boats.jpg', BOATS);
    file('photos/trip/cat.jpg', CAT);
    const folder = join(s.dir, 'photos');
    expect(await s.index.ingest(folder)).to.include({ added: 2, failed: 0 });
    const { deadLetters } = await s.index.ingest([folder]);
    expect(deadLetters[0]!.message).to.include(
      'is a folder. Give the path of a picture; for folders use ingest(',
    );
  });

  it('tells pictures of a folder by their bytes, and accounts for every other file', async () => {
    const folder = join(s.dir, 'all');
    mkdirSync(join(folder, 'trip/.cache'), { recursive: true });
    const taken = ['IMG_1.JFIF', 'b.jpe', 'c.jpg_large', 'IMG_noext', 'd.HEIC', 'notes.md'];
    for (const name of taken) file(`all/trip/${name}`, BOATS);
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    const others: Record<string, Buffer> = {
      'a.heic': heic,
      'IMG_2.jpg.heic': heic,
      'page.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'a.txt': Buffer.from('no picture'),
      README: Buffer.from('no picture'),
      '.DS_Store': Buffer.from('no picture'),
      'empty.md': Buffer.alloc(0),
    };
    for (const [name, bytes] of Object.entries(others)) file(`all/${name}`, bytes);
    file('all/not-really.jpg', Buffer.from('no picture'));
    symlinkSync(folder, join(folder, 'trip/back'));
    const result = await s.index.ingest(folder);
    expect(result).to.include({ added: taken.length, failed: 1 });
    expect(result.passedOver).to.deep.equal({
      ...{ heic: 2, svg: 1, '.txt': 1, 'no extension': 1, '.md': 1 },
      ...{ hidden: 2, 'link to a folder': 1 },
    });
    expect(result.deadLetters[0]).to.include({ code: 'NOT_IMAGE' });
    const strict = await ingest(listSources([folder], { strict: true }));
    const counts = strict.added + strict.unchanged + strict.failed;
    expect(counts).to.equal(taken.length + Object.keys(others).length - 1 + 2);
    expect(strict.passedOver).to.deep.equal({ hidden: 2 });
  });

  it('counts a folder that can not be listed as a failure, and takes in what is beside it', async () => {
    mkdirSync(join(s.dir, 'two/gone'), { recursive: true });
    for (const name of ['a.jpg', 'z.jpg']) file(`two/${name}`, name === 'a.jpg' ? BOATS : CAT);
    async function* listed(): AsyncGenerator {
      for await (const source of listSources([join(s.dir, 'two')])) {
        rmSync(join(s.dir, 'two/gone'), { recursive: true, force: true });
        yield source;
      }
    }
    const result = await ingest(listed());
    expect(result).to.include({ added: 2, failed: 1 });
    const source = join(s.dir, 'two/gone');
    expect(result.deadLetters[0]).to.include({ source, code: 'NOT_FOUND' });
  });

  it('keeps the fields of a picture that failed, and takes it in from its letter as it was', async () => {
    const deadLetters = join(s.dir, 'letters.jsonl');
    const source = join(s.dir, 'late.jpg');
    const record = { source, id: 'late', fields: { country: 'TW', tags: ['a', 'b'] } };
    expect(await ingest([record], { deadLetters })).to.include({ failed: 1 });
    file('late.jpg', BOATS);
    expect(await ingest(listSources([deadLetters]))).to.include({ added: 1, failed: 0 });
    expect((await s.index.get('late'))!.fields).to.deep.equal(record.fields);
  });

  it('takes in files, URLs and records, each with its id, source and fields', async () => {
    const { origin } = await serve((_, response) => send(response, 200, CAT));
    const boats = file('boats.jpg', BOATS);
    const { host } = new URL(origin);
    const result = await ingest(
      [
        boats,
        `http://anna:secret@${host}/cat.jpg`,
        { path: file('alps.jpg', ALPS), id: 'alps', fields: { country: 'FR', tags: ['snow'] } },
      ],
      { fields: { country: 'JP' }, thumbnails: s.thumbnails },
    );
    expect(result).to.include({
      added: 3,
      changed: 0,
      unchanged: 0,
      failed: 0,
      queued: 3,
      left: 0,
    });
    expect(await s.index.get(boats)).to.include({ source: boats, bytes: BOATS.length });
    expect(await s.index.get(`${origin}/cat.jpg`)).to.include({ source: `${origin}/cat.jpg` });
    const alps = (await s.index.get('alps'))!;
    expect(alps).to.include({ source: join(s.dir, 'alps.jpg') });
    expect(alps.fields).to.deep.equal({ country: 'FR', tags: ['snow'] });
    expect(await s.thumbnails.has(alps.sha256!)).to.equal(true);
    expect((await s.index.similar(CAT, { filter: { country: 'JP' } }))[0]).to.include({
      id: `${origin}/cat.jpg`,
      rule: 'same-bytes',
    });
    const { fetch, describe, thumbnail, write } = result.stages;
    expect([fetch.count, describe.count, thumbnail.count, write.count]).to.deep.equal([3, 3, 3, 3]);
    expect(fetch.bytes).to.equal(BOATS.length + CAT.length + ALPS.length);
    expect(await queueLength()).to.equal(0);
  });

  it('describes only what has changed, and keeps when it was added and its fields', async () => {
    const path = file('a.jpg', BOATS);
    const kept = file('b.jpg', ALPS);
    await ingest([path, kept], { fields: { country: 'JP' } });
    const { addedAt } = (await s.index.get(path))!;
    const before = await s.index.get(kept);
    file('a.jpg', FLOWER);
    const result = await ingest([path, kept]);
    expect(result).to.include({ added: 0, changed: 1, unchanged: 1 });
    expect(result.stages.describe.count).to.equal(1);
    const now = (await s.index.get(path))!;
    expect(now).to.include({ addedAt, bytes: FLOWER.length });
    expect(now.fields).to.deep.equal({ country: 'JP' });
    const { checkedAt, ...rest } = (await s.index.get(kept))!;
    expect([rest, typeof checkedAt]).to.deep.equal([before, 'string']);
    expect((await ingest([kept], { again: true })).stages.describe.count).to.equal(1);
  });

  it('asks a server only for what has changed', async () => {
    const answers: number[] = [];
    const { origin } = await serve((request, response) => {
      const same = request.headers['if-none-match'] === '"7"';
      answers.push(same ? 304 : 200);
      response.writeHead(same ? 304 : 200, { etag: '"7"' }).end(same ? undefined : CAT);
    });
    for (let run = 0; run < 3; run++) await ingest([`${origin}/cat.jpg`]);
    expect(answers).to.deep.equal([200, 304, 304]);
    expect((await s.index.get(`${origin}/cat.jpg`))!.bytes).to.equal(CAT.length);
  });

  it('shares a run with whoever has the same list: each source once, and totals that add up', async () => {
    const asked = new Map<string, number>();
    const small = await dot();
    const { origin } = await serve(({ url = '' }, response) => {
      asked.set(url, (asked.get(url) ?? 0) + 1);
      if (url.endsWith('0')) send(response, 404);
      else send(response, 200, small);
    });
    const urls = Array.from({ length: 1100 }, (_, at) => `${origin}/${at}`);
    // Twice in a chunk, twice in the list, and no source at all.
    const list = [urls[1], ...urls, urls[2], 7];
    const totals = { name: 'tw', added: 990, changed: 0, unchanged: 2, failed: 111, left: 0 };
    const results = await Promise.all([1, 2].map(() => ingest(list, { run: 'tw' })));
    results.push(await ingest(list, { run: 'tw' }));
    for (const { run } of results) expect(run).to.include(totals);
    const sums = results.map(({ added, unchanged, failed }) => [added, unchanged, failed - 1]);
    expect(sums[2]).to.deep.equal([0, 0, 0]);
    expect([0, 1, 2].map((at) => sums[0]![at]! + sums[1]![at]!)).to.deep.equal([990, 2, 110]);
    expect([...asked.values()].filter((times) => times !== 1)).to.deep.equal([]);
    expect(asked.size).to.equal(1100);

    const again = await ingest(urls, { run: 'tw-again' });
    expect(again.run).to.include({ added: 0, unchanged: 990, failed: 110 });
    const runs = (await ingestStatus(s)).runs.map(({ name, added }) => [name, added]);
    expect(runs).to.deep.equal([
      ['tw', 990],
      ['tw-again', 0],
    ]);
    const months = Date.now() + 100 * 86_400_000;
    await ingest([], { run: 'later', now: () => months });
    expect((await ingestStatus(s)).runs.map(({ name }) => name)).to.deep.equal(['later']);
    expect(await queueLength()).to.equal(1);
  });

  it('tries again what may pass, and no oftener than it is told to', async () => {
    const asked = new Map<string, number>();
    const { origin } = await serve(({ url = '' }, response) => {
      const times = (asked.get(url) ?? 0) + 1;
      asked.set(url, times);
      if (url === '/soon' && times === 3) send(response, 200, CAT);
      else send(response, url === '/none' ? 404 : 503);
    });
    const result = await ingest([`${origin}/soon`, `${origin}/never`, `${origin}/none`], {
      maxAttempts: 4,
    });
    expect(result).to.include({ added: 1, failed: 2, retries: 5, left: 0 });
    expect(Object.fromEntries(asked)).to.deep.equal({ '/soon': 3, '/never': 4, '/none': 1 });
    const letters = result.deadLetters.map(({ code, attempts }) => [code, attempts]);
    expect(letters).to.have.deep.members([
      ['NOT_FOUND', 1],
      ['SERVER_ERROR', 4],
    ]);
    expect(result.stages.fetch.failures).to.deep.equal({ SERVER_ERROR: 6, NOT_FOUND: 1 });
  });

  it('leaves a host alone for as long as it asks, and goes on after that', async () => {
    let calm = false;
    let asked = 0;
    const { origin } = await serve((_, response) => {
      asked += 1;
      if (calm) send(response, 200, CAT);
      else response.writeHead(429, { 'retry-after': '3600' }).end();
    });
    const urls = ['a', 'b', 'c'].map((name) => `${origin}/${name}`);
    const start = Date.now();
    const first = await ingest(urls, { concurrency: 1, now: () => start });
    expect(first).to.include({ added: 0, failed: 0, left: 3 });
    expect(asked).to.equal(1);
    calm = true;
    expect(await ingest([], { now: () => start + 3_599_000, patienceMs: 0 })).to.include({
      left: 3,
    });
    expect(asked).to.equal(1);
    expect(await ingest([], { now: () => start + 3_600_000 })).to.include({ added: 3, left: 0 });
  });

  it('switches a host off that fails in a row, says why, and lets others go on', async () => {
    let broken = true;
    let asked = 0;
    const bad = await serve((_, response) => {
      asked += 1;
      if (broken) response.destroy();
      else send(response, 200, CAT);
    });
    const good = await serve((_, response) => send(response, 200, ALPS));
    const urls = Array.from({ length: 10 }, (_, i) => [
      `${bad.origin}/${i}`,
      `${good.origin}/${i}`,
    ]);
    const options = { concurrency: 1, hostFailures: 3, patienceMs: 0 };
    const first = await ingest(urls.flat(), options);
    expect(first).to.include({ added: 10, failed: 0, left: 10 });
    expect(asked).to.equal(3);
    expect(first.hostsOff).to.have.length(1);
    expect(first.hostsOff[0]).to.include({
      host: new URL(bad.origin).host,
      times: 1,
      code: 'CONNECTION_FAILED',
    });
    broken = false;
    expect(await ingest([], options)).to.include({ added: 0, left: 10 });
    expect(await releaseHost(s.engine, 'images', new URL(bad.origin).host)).to.equal(true);
    const start = Date.now() + 3_600_000;
    const last = await ingest([], { ...options, now: () => start });
    expect(last).to.include({ added: 10, left: 0 });
    expect(last.hostsOff).to.deep.equal([]);
  });

  it('gives up the pictures of a host that was switched off three times', async () => {
    let asked = 0;
    const { origin } = await serve((_, response) => {
      asked += 1;
      send(response, 500);
    });
    const urls = Array.from({ length: 6 }, (_, i) => `${origin}/${i}`);
    let clock = Date.now();
    const options = { concurrency: 1, hostFailures: 2, patienceMs: 0, maxAttempts: 9 };
    const run = (sources: string[]): ReturnType<typeof ingest> =>
      ingest(sources, { ...options, now: () => clock });
    expect(await run(urls)).to.include({ failed: 0, left: 6 });
    for (let hour = 1; hour <= 2; hour++) {
      clock += 3_600_000;
      await run([]);
    }
    clock += 1000;
    const last = await run([`${origin}/new`]);
    expect(last.deadLetters[0]).to.include({ code: 'HOST_OFF', attempts: 0 });
    expect(asked).to.equal(4);
  });

  it('asks one host for so many pictures at a time', async () => {
    let now = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const { origin } = await serve((_: IncomingMessage, response) => {
      now += 1;
      most = Math.max(most, now);
      waiting.push(() => {
        now -= 1;
        send(response, 200, CAT);
      });
      // Answered when as many are there as may be, or none has come for long.
      if (now === 2) for (const answer of waiting.splice(0)) answer();
    });
    const urls = Array.from({ length: 12 }, (_, i) => `${origin}/${i}`);
    expect(await ingest(urls, { perHost: 2, concurrency: 8 })).to.include({ added: 12 });
    expect(most).to.equal(2);
  });

  it('writes failed pictures to a file, all of them, and no credentials', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/page') send(response, 200, '<!doctype html><title>Sorry</title>');
      else if (request.url!.startsWith('/cut')) send(response, 200, BOATS.subarray(0, 9000));
      else send(response, 410);
    });
    const { host } = new URL(origin);
    const deadLetters = join(s.dir, 'letters', 'images.jsonl');
    const result = await ingest(
      [
        `http://anna:secret@${host}/page`,
        `http://anna:secret@${host}/cut?token=secret`,
        ...Array.from({ length: 20 }, (_, i) => `${origin}/${i}`),
        'http://169.254.169.254/latest',
        { id: 'x' },
        { url: `http://anna:secret@${host}/ok`, id: 5 },
        { url: [`http://anna:secret@${host}/ok`] },
        file('empty.jpg', Buffer.alloc(0)),
        s.dir,
      ],
      { deadLetters, maxAttempts: 1, hostFailures: 99 },
    );
    expect(result.failed).to.equal(28);
    expect(result.deadLetters).to.have.length(20);
    expect(result.deadLettersFile).to.equal(deadLetters);
    const text = readFileSync(deadLetters, 'utf8');
    expect(text).to.not.include('secret');
    const letters = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { code: string });
    const codes: Record<string, number> = {};
    for (const { code } of letters) codes[code] = (codes[code] ?? 0) + 1;
    expect(codes).to.deep.equal({
      NOT_IMAGE: 1,
      TRUNCATED: 1,
      GONE: 20,
      BLOCKED_ADDRESS: 1,
      SOURCE_INVALID: 3,
      EMPTY: 1,
      NOT_A_FILE: 1,
    });
    expect(statSync(deadLetters).mode & 0o777).to.equal(0o600);
  });

  it('reads an endless source no further than the queue is long, and stops in order', async () => {
    const path = file('n.png', await dot());
    let pulled = 0;
    const endless = function* (): Generator {
      for (;;) yield { path, id: `n${pulled++}` };
    };
    const stop = new AbortController();
    const reason = new Error('enough');
    let done = 0;
    const run = ingest(endless(), {
      maxChunks: 1,
      signal: stop.signal,
      onProgress: (progress) => {
        done = progress.done;
        expect(progress.total).to.equal(null);
        if (done >= 20) stop.abort(reason);
      },
    });
    expect(await run.catch((error: unknown) => error)).to.equal(reason);
    expect(pulled).to.be.at.most(3 * 500);
    const inside = await s.index.count();
    expect(inside).to.be.at.least(20).and.below(500);
    const rest = await ingest([]);
    expect(rest.queued + rest.left + rest.failed).to.equal(0);
    expect(rest.added).to.be.greaterThan(400);
    expect((await s.index.count()) % 500).to.equal(0);
  });

  it('works on what comes slowly while it waits for more', async () => {
    const path = file('cat.jpg', CAT);
    const seen: number[] = [];
    let settled = (): void => undefined;
    const drip = async function* (): AsyncGenerator {
      for (let i = 0; i < 2; i++) {
        const arrived = new Promise<void>((resolve) => (settled = resolve));
        yield { path, id: `${i}` };
        await arrived;
        seen.push(await s.index.count());
      }
    };
    await ingest(drip(), { onProgress: () => settled() });
    expect(seen).to.deep.equal([1, 2]);
  });

  it('passes on what a source throws, and what the engine does, and keeps the queue', async () => {
    const path = file('n.png', await dot());
    const broken = function* (): Generator {
      for (let i = 0; i < 500; i++) yield { path, id: `${i}` };
      throw new Error('no more disks');
    };
    const error = await ingest(broken()).catch((e: unknown) => e);
    expect(error).to.have.property('message', 'no more disks');
    expect(await ingest([])).to.include({ left: 0 });
    expect(await s.index.count()).to.equal(500);
  });

  it('refuses options that can not be', async () => {
    for (const options of [{ concurrency: 0 }, { maxAttempts: 1.5 }, { perHost: -1 }]) {
      const error = await ingest([], options).catch((e: unknown) => e);
      expect(error).to.include({ code: 'INGEST_OPTION_INVALID' });
    }
  });
});
