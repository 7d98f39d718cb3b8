import {
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { thisProcess } from '../../lib/alias/holder.ts';
import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import {
  checkImages,
  type ImageCheckOptions,
  type ImageFinding,
} from '../../lib/ingest/work/check.ts';
import { ingestImages } from '../../lib/ingest/work/pipeline.ts';
import type { ByteStore } from '../../lib/ingest/stores/byte-store.ts';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { ALPS, BOATS, CAT, FLOWER } from '../knn/photos.ts';
import { studio } from './pictures.ts';
import { NO_PROCESS } from '../support/process-id.ts';

const TWO_HOURS = 7_200_000;

describe('checkImages', () => {
  const s = studio();
  const file = (name: string, bytes: Buffer): string => {
    writeFileSync(join(s.dir, name), bytes);
    return join(s.dir, name);
  };
  const add = async (sources: readonly unknown[]): Promise<void> => {
    await ingestImages(s, sources, { thumbnails: s.thumbnails });
  };
  /** Findings as `[issue, subject, fixed]`, of a check in two hours. */
  const check = async (options: ImageCheckOptions = {}): Promise<unknown[][]> => {
    const findings: ImageFinding[] = [];
    const { thumbnails } = s;
    await checkImages(s, {
      thumbnails,
      now: () => Date.now() + TWO_HOURS,
      onFinding: (finding) => findings.push(finding),
      ...options,
    });
    return findings.map(({ issue, subject, fixed }) => [issue, subject, fixed]);
  };
  const thumbnailOf = async (id: string): Promise<string> =>
    s.thumbnails.path((await s.index.get(id))!.sha256!);

  it('finds nothing where all is in order', async () => {
    await add([file('a.jpg', BOATS), file('b.jpg', ALPS)]);
    expect(await check({ fsCheck: true, dbScan: true })).to.deep.equal([]);
  });

  it('finds thumbnails without picture and pictures without thumbnail, and heals both', async () => {
    const [a, b] = [file('a.jpg', BOATS), file('b.jpg', ALPS)];
    await add([a, b]);
    const orphan = await thumbnailOf(a);
    const missing = await thumbnailOf(b);
    const partial = `${missing}.00000000-0000-4000-8000-000000000000.tmp`;
    writeFileSync(partial, 'half');
    await s.index.delete([a]);
    unlinkSync(missing);
    const found = await check({ fsCheck: true, fix: true });
    expect(found).to.have.deep.members([
      ['THUMBNAIL_MISSING', b, true],
      ['THUMBNAIL_ORPHAN', orphan, true],
      ['THUMBNAIL_PARTIAL', partial, true],
    ]);
    await add([]);
    expect(statSync(missing).size).to.be.greaterThan(100);
    expect(await check({ fsCheck: true })).to.deep.equal([]);
  });

  it('finds thumbnails that were cut short or altered, and has them made again', async () => {
    const [a, b] = [file('a.jpg', BOATS), file('b.jpg', ALPS)];
    await add([a, b]);
    const [short, altered] = [await thumbnailOf(a), await thumbnailOf(b)];
    const good = [readFileSync(short), readFileSync(altered)];
    truncateSync(short, 100);
    const bytes = Buffer.from(good[1]!);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(altered, bytes);
    const wanted = (fixed: boolean): unknown[][] => [
      ['THUMBNAIL_DAMAGED', a, fixed],
      ['THUMBNAIL_DAMAGED', b, fixed],
    ];
    expect(await check({ fsCheck: true })).to.deep.equal(wanted(false));
    expect(await check({ fsCheck: true, fix: true })).to.deep.equal(wanted(true));
    await add([]);
    expect([readFileSync(short), readFileSync(altered)]).to.deep.equal(good);
    expect(await check({ fsCheck: true })).to.deep.equal([]);
  });

  it('says what a store did not take, and goes on with the other pictures', async () => {
    const [a, b] = [file('a.jpg', BOATS), file('b.jpg', ALPS)];
    await add([a, b]);
    const kept = new Map<string, Uint8Array>();
    const second: ByteStore = {
      label: 'second',
      put: () => Promise.reject(new Error('no disk')),
      get: (name) => Promise.resolve(kept.get(name) ?? null),
      delete: () => Promise.reject(new Error('write-protected')),
      async *list(prefix) {
        for (const [name, bytes] of kept) {
          const modified = new Date(0);
          if (name.startsWith(prefix)) {
            yield await Promise.resolve({ name, bytes: bytes.length, modified });
          }
        }
      },
    };
    const folder = join(s.dir, 'thumbnails');
    const thumbnails = thumbnailStore([folder, second], { thumbnail: makeThumbnail });
    const orphan = `00/00/${'0'.repeat(64)}-9x9.webp`;
    kept.set(orphan, Uint8Array.of(1));
    const told: ImageFinding[] = [];
    const run = async (): Promise<void> => {
      told.length = 0;
      const onFinding = (finding: ImageFinding): void => void told.push(finding);
      await check({ fsCheck: true, fix: true, thumbnails, onFinding });
    };
    await run();
    expect(told.map(({ issue, subject, fixed }) => [issue, subject, fixed])).to.deep.equal([
      ['THUMBNAIL_MISSING', a, false],
      ['THUMBNAIL_MISSING', b, false],
      ['THUMBNAIL_ORPHAN', `second/${orphan}`, false],
    ]);
    for (const { detail } of told.slice(0, 2)) {
      expect(detail).to.match(
        /^second\/\S+; not mended: .* was not kept by second: no disk\. Mend/,
      );
    }
    expect(told[2]!.detail).to.include('was not deleted by second: write-protected');
    second.put = (name, bytes) => Promise.resolve(void kept.set(name, bytes));
    second.delete = (name) => Promise.resolve(void kept.delete(name));
    await run();
    expect(told.map(({ fixed }) => fixed)).to.deep.equal([true, true, true]);
    await run();
    expect(told).to.deep.equal([]);
  });

  it('leaves a thumbnail that is new, since its picture may be on its way', async () => {
    await s.thumbnails.write('a'.repeat(64), CAT);
    expect(await check({ fsCheck: true, now: Date.now })).to.deep.equal([]);
    expect(await check({ fsCheck: true })).to.have.length(1);
  });

  it('finds sources that are gone or changed, and takes changed ones in again', async () => {
    const [gone, longer, same, touched] = ['a', 'b', 'c', 'd'].map((name, i) =>
      file(`${name}.jpg`, [BOATS, ALPS, CAT, FLOWER][i]!),
    ) as [string, string, string, string];
    await add([gone, longer, same, touched]);
    rmSync(gone);
    file('b.jpg', FLOWER);
    const later = new Date(Date.now() + 60_000);
    const turned = Buffer.from(CAT);
    turned[turned.length - 1]! ^= 1;
    file('c.jpg', turned);
    utimesSync(same, later, later);
    utimesSync(touched, later, later);
    expect(await check({ fsCheck: true, fix: true })).to.deep.equal([
      ['SOURCE_MISSING', gone, false],
      ['SOURCE_CHANGED', longer, true],
      ['SOURCE_CHANGED', same, true],
    ]);
    await add([]);
    expect((await s.index.get(longer))!.bytes).to.equal(FLOWER.length);
    expect(await s.index.get(gone)).to.not.equal(null);
  });

  it('looks at the form of every document, and describes bad ones again', async () => {
    const path = file('a.jpg', BOATS);
    await add([path, file('b.jpg', ALPS)]);
    const document = (await s.index.get(path))!;
    await s.index.write([{ ...document, slots: document.slots!.slice(1), terms: ['country=XX'] }]);
    expect(await check()).to.deep.equal([]);
    expect(await check({ dbScan: true, fix: true })).to.deep.equal([
      ['DOCUMENT_FAULT', path, true],
    ]);
    await add([]);
    const { addedAt, checkedAt, ...healed } = (await s.index.get(path))!;
    const { addedAt: before, ...wanted } = document;
    expect([healed, addedAt]).to.deep.equal([wanted, before]);
    expect(checkedAt).to.be.a('string');
  });

  it('looks at pictures of one country only', async () => {
    const [a, b] = [file('a.jpg', BOATS), file('b.jpg', ALPS)];
    await add([
      { path: a, fields: { country: 'JP' } },
      { path: b, fields: { country: 'FR' } },
    ]);
    truncateSync(a, 100);
    truncateSync(b, 100);
    expect(await check({ fsCheck: true, filter: { country: 'FR' } })).to.deep.equal([
      ['SOURCE_CHANGED', b, false],
    ]);
  });

  it('finds chunks of dead processes and hosts that are off, and frees them', async () => {
    const queue = await ingestQueue(s.engine, 'images');
    const [name] = await queue.add([{ source: '/p/a.jpg', id: 'a' }]);
    const holder = { ...(await thisProcess()), pid: NO_PROCESS };
    const lease = { holder, token: 't', expires: Date.now() - 1 };
    const chunk = { size: 1, lease, deaths: 0, notBefore: 0 };
    await s.engine.writeState('images', `ingest/chunk/${name!}`, chunk);
    const until = Date.now() + 10 * TWO_HOURS;
    const off = { host: 'example.com', until, times: 1, code: 'TIMEOUT', reason: 'was slow' };
    await s.engine.writeState('images', 'ingest/host/example.com', off);
    await s.engine.writeState('images', 'ingest/quarantine/x/1', [{ source: '/p/b.jpg', id: 'b' }]);
    expect(await check({ fix: true })).to.deep.equal([
      ['LEASE_STUCK', name, true],
      ['PICTURE_QUARANTINED', '/p/b.jpg', true],
      ['HOST_OFF', 'example.com', true],
    ]);
    expect(await check()).to.deep.equal([]);
    expect((await queue.chunks()).map(([, { lease: held, size }]) => [held, size])).to.deep.equal([
      [null, 1],
      [null, 1],
    ]);
  });
});
