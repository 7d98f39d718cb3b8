import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { ingestImages } from '../../lib/ingest/work/pipeline.ts';
import {
  type ImagePurgeOptions,
  type PurgedPicture,
  purgeImages,
} from '../../lib/ingest/work/purge.ts';
import { ALPS, BOATS, CAT } from '../knn/photos.ts';
import { serve } from '../support/servers.ts';
import { studio } from './pictures.ts';

const HOUR = 3_600_000;
const LOOPBACK = { allowAddresses: ['127.0.0.0/8'] };

describe('purgeImages', () => {
  const s = studio();
  const file = (name: string, bytes: Buffer): string => {
    writeFileSync(join(s.dir, name), bytes);
    return join(s.dir, name);
  };
  const add = async (sources: readonly unknown[], now: () => number = Date.now): Promise<void> => {
    await ingestImages(s, sources, { thumbnails: s.thumbnails, fetch: LOOPBACK, now });
  };
  const purge = async (
    options: ImagePurgeOptions,
  ): Promise<[Awaited<ReturnType<typeof purgeImages>>, PurgedPicture[]]> => {
    const done: PurgedPicture[] = [];
    const { thumbnails } = s;
    const onPicture = (picture: PurgedPicture): void => void done.push(picture);
    const result = await purgeImages(s, { thumbnails, fetch: LOOPBACK, onPicture, ...options });
    return [result, done];
  };

  it('deletes pictures of missing files, and thumbnails that nobody else needs', async () => {
    const [a, copy, b] = [file('a.jpg', BOATS), file('copy.jpg', BOATS), file('b.jpg', ALPS)];
    await add([a, copy, b]);
    const [boats, alps] = await Promise.all(
      [a, b].map(async (id) => s.thumbnails.path((await s.index.get(id))!.sha256!)),
    );
    rmSync(a);
    rmSync(b);
    const [dry, wouldBe] = await purge({ gone: true, dryRun: true });
    expect(dry).to.include({ pictures: 3, deleted: 2, dryRun: true });
    expect(await s.index.count()).to.equal(3);
    const [result, done] = await purge({ gone: true });
    expect(done).to.have.deep.members(wouldBe);
    expect(result).to.include({ pictures: 3, deleted: 2, thumbnails: 1, dryRun: false });
    expect(await s.index.get(copy)).to.not.equal(null);
    expect([existsSync(boats!), existsSync(alps!)]).to.deep.equal([true, false]);
  });

  it('deletes a URL that is gone twice, an hour apart, and none that only fails', async () => {
    const start = Date.now();
    let answer: Record<string, number> = {};
    const { origin } = await serve(({ url = '' }, response) => {
      response.writeHead(answer[url] ?? 200).end(CAT);
    });
    const urls = ['/404', '/410', '/503', '/back', '/there'].map((path) => `${origin}${path}`);
    await add(urls);
    answer = { '/404': 404, '/410': 410, '/503': 503, '/back': 404 };
    const [first] = await purge({ gone: true, maxGone: 1, now: () => start });
    expect(first).to.include({ pictures: 5, deleted: 0, noted: 3, unknown: 1 });
    expect((await s.index.get(urls[0]!))!.goneAt).to.equal(new Date(start).toISOString());
    answer['/back'] = 200;
    const [soon] = await purge({ gone: true, now: () => start + HOUR - 1 });
    expect(soon).to.include({ deleted: 0, noted: 0, back: 1, unknown: 1 });
    expect(await s.index.get(urls[3]!)).to.not.have.property('goneAt');
    const [last, done] = await purge({ gone: true, now: () => start + HOUR });
    expect(last).to.include({ deleted: 2, noted: 0, back: 0, thumbnails: 0 });
    expect(done).to.have.deep.members([
      { id: urls[0], what: 'deleted', why: 'NOT_FOUND' },
      { id: urls[1], what: 'deleted', why: 'GONE' },
    ]);
    expect(await s.index.count()).to.equal(3);
  });

  it('deletes what was not taken in for long, of one country', async () => {
    const [old, kept, fresh] = ['a', 'b', 'c'].map((name) => file(`${name}.jpg`, BOATS)) as [
      string,
      string,
      string,
    ];
    const start = Date.now();
    const jp = { country: 'JP' };
    await add(
      [
        { path: old, fields: jp },
        { path: kept, fields: { country: 'FR' } },
      ],
      () => start,
    );
    await s.index.write([
      { ...(await s.index.get(old))!, addedAt: new Date(start - 9 * HOUR).toISOString() },
      { ...(await s.index.get(kept))!, addedAt: new Date(start - 9 * HOUR).toISOString() },
    ]);
    await add([{ path: fresh, fields: jp }]);
    const [result, done] = await purge({ olderThanMs: 8 * HOUR, filter: jp });
    expect(result).to.include({ pictures: 2, deleted: 1, thumbnails: 0 });
    expect(done).to.deep.equal([{ id: old, what: 'deleted', why: 'old' }]);
  });

  it('deletes nothing where most sources are gone at once, as on a disk that is not mounted', async () => {
    const paths = Array.from({ length: 10 }, (_, i) => file(`${i}.jpg`, CAT));
    await add(paths);
    for (const path of paths.slice(0, 6)) rmSync(path);
    const error = await purge({ gone: true }).catch((e: unknown) => e);
    expect(error).to.include({ code: 'TOO_MANY_GONE' });
    expect(await s.index.count()).to.equal(10);
    const [result] = await purge({ gone: true, maxGone: 0.6 });
    expect(result).to.include({ deleted: 6 });
  });

  it('refuses options that say nothing, or nothing sensible', async () => {
    for (const options of [{}, { olderThanMs: -1 }, { gone: true, concurrency: 0 }]) {
      const error = await purge(options).catch((e: unknown) => e);
      expect(error).to.include({ code: 'PURGE_OPTION_INVALID' });
    }
  });
});
