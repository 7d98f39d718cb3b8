import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import type { SearchError } from '../../lib/errors.ts';
import {
  type MakeThumbnail,
  type ThumbnailFile,
  thumbnailStore,
  type ThumbnailOptions,
} from '../../lib/ingest/stores/thumbnails.ts';
import { tempFolder } from '../support/folders.ts';

const SMALL = { width: 20, height: 20 };
const LARGE = { width: 40, height: 30 };

const resize: MakeThumbnail = (bytes, { width, height, format }) =>
  sharp(bytes).resize(width, height, { fit: 'inside' }).toFormat(format).toBuffer();

function code(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as SearchError).code;
  }
}

async function listed(files: AsyncIterable<ThumbnailFile>): Promise<ThumbnailFile[]> {
  const all: ThumbnailFile[] = [];
  for await (const file of files) all.push(file);
  return all;
}

describe('thumbnailStore', () => {
  let dir: string;
  let picture: Buffer;
  let sha256: string;
  before(async () => {
    const create = { width: 80, height: 60, channels: 3, background: 'teal' } as const;
    picture = await sharp({ create }).png().toBuffer();
    sha256 = createHash('sha256').update(picture).digest('hex');
  });
  beforeEach(() => {
    dir = tempFolder();
  });

  const open = (options: Partial<ThumbnailOptions> = {}): ReturnType<typeof thumbnailStore> =>
    thumbnailStore(dir, { thumbnail: resize, sizes: [SMALL, LARGE], ...options });

  it('writes each size where its hash says, and reads it back', async () => {
    const store = open();
    expect(await store.has(sha256)).to.equal(false);
    expect(await store.read(sha256)).to.equal(null);
    expect(await store.write(sha256, picture)).to.equal(2);
    const folder = join(sha256.slice(0, 2), sha256.slice(2, 4));
    expect(relative(dir, store.path(sha256))).to.equal(join(folder, `${sha256}-20x20.webp`));
    expect((await readdir(join(dir, folder))).sort()).to.deep.equal([
      `${sha256}-20x20.webp`,
      `${sha256}-40x30.webp`,
    ]);
    const { format, width, height } = await sharp((await store.read(sha256, LARGE))!).metadata();
    expect({ format, width, height }).to.deep.equal({ format: 'webp', width: 40, height: 30 });
    expect(await store.has(sha256)).to.equal(true);
    expect(await store.has(sha256, { width: 21, height: 20 })).to.equal(false);
  });

  it('writes jpeg under .jpg', async () => {
    const store = open({ format: 'jpeg' });
    await store.write(sha256, picture);
    expect(store.path(sha256)).to.match(/-20x20\.jpg$/);
    expect((await sharp((await store.read(sha256))!).metadata()).format).to.equal('jpeg');
  });

  it('makes only what is missing or empty', async () => {
    await open({ sizes: [SMALL] }).write(sha256, picture);
    expect(await open().write(sha256, picture)).to.equal(1);
    expect(await open().write(sha256, picture)).to.equal(0);
    await writeFile(open().path(sha256, LARGE), '');
    expect(await open().has(sha256, LARGE)).to.equal(false);
    expect(await open().read(sha256, LARGE)).to.equal(null);
    expect(await open().write(sha256, picture)).to.equal(1);
  });

  it('takes no damaged thumbnail for one, whatever happened to it, and makes it again', async () => {
    const neighbour = 'a'.repeat(64);
    for (const format of ['webp', 'jpeg'] as const) {
      const store = open({ format, sizes: [SMALL] });
      await store.write(sha256, picture);
      await store.write(neighbour, await sharp(picture).flop().png().toBuffer());
      const path = store.path(sha256);
      const good = await readFile(path);
      const other = await readFile(store.path(neighbour));
      const damages = fc.oneof(
        fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
          const bytes = Buffer.from(good);
          bytes[at]! ^= change;
          return bytes;
        }),
        // Without its seal, and nothing else missing, it is as an older version wrote it.
        fc.nat(good.length - 17).map((length) => good.subarray(0, length)),
        fc.integer({ min: 1, max: 15 }).map((less) => good.subarray(0, good.length - less)),
        fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([good, more])),
        fc.constant(other),
        fc.constant(Buffer.alloc(good.length)),
      );
      await fc.assert(
        fc.asyncProperty(damages, async (bytes) => {
          await writeFile(path, bytes);
          expect(await store.read(sha256)).to.equal(null);
          expect(await store.has(sha256)).to.equal(false);
          expect(await store.faults(sha256)).to.deep.equal([{ path, fault: 'damaged' }]);
        }),
      );
      expect(await store.write(sha256, picture)).to.equal(1);
      expect(await readFile(path)).to.deep.equal(good);
      expect(await store.faults(sha256)).to.deep.equal([]);
    }
  });

  it('shows pictures without the seal, which decoders pass over', async () => {
    for (const format of ['webp', 'jpeg'] as const) {
      const store = open({ format });
      await store.write(sha256, picture);
      const shown = (await store.read(sha256))!;
      const file = await readFile(store.path(sha256));
      expect(file.subarray(0, -16)).to.deep.equal(shown);
      const pixels = async (bytes: Buffer): Promise<Buffer> =>
        sharp(bytes, { failOn: 'warning' }).raw().toBuffer();
      expect(await pixels(file)).to.deep.equal(await pixels(shown));
    }
  });

  it('takes thumbnails of an older version that are as long as they say', async () => {
    for (const format of ['webp', 'jpeg'] as const) {
      const store = open({ format, sizes: [SMALL] });
      await store.write(sha256, picture);
      const bare = (await store.read(sha256))!;
      await writeFile(store.path(sha256), bare);
      expect(await store.read(sha256)).to.deep.equal(bare);
      await writeFile(store.path(sha256), bare.subarray(0, bare.length / 2));
      expect(await store.read(sha256)).to.equal(null);
    }
  });

  it('tells what is missing, and what is damaged of any size and format', async () => {
    await open({ format: 'jpeg', sizes: [SMALL] }).write(sha256, picture);
    await open({ sizes: [SMALL] }).write(sha256, picture);
    const jpeg = open({ format: 'jpeg' }).path(sha256);
    await truncate(jpeg, 50);
    expect(await open().faults(sha256)).to.deep.equal([
      { path: open().path(sha256, LARGE), fault: 'missing' },
      { path: jpeg, fault: 'damaged' },
    ]);
  });

  it('is whole after several writers at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => open().write(sha256, picture)));
    const files = await listed(open().list());
    expect(files.map(({ width, partial }) => [width, partial])).to.deep.equal([
      [20, false],
      [40, false],
    ]);
  });

  it('leaves nothing behind where a picture can not be made or put in place', async () => {
    const error: unknown = await open()
      .write(sha256, Buffer.from('no picture'))
      .catch((e: unknown) => e);
    expect(error).to.be.instanceOf(Error);
    expect(await listed(open().list())).to.deep.equal([]);
    const path = open().path(sha256);
    await mkdir(path, { recursive: true });
    const refused: unknown = await open()
      .write(sha256, picture)
      .catch((e: unknown) => e);
    expect(refused).to.be.instanceOf(Error);
    expect(await readdir(dirname(path))).to.deep.equal([basename(path)]);
  });

  it('lists what is there, unfinished ones marked, strangers left out', async () => {
    const store = open({ sizes: [SMALL] });
    expect(
      await listed(thumbnailStore(join(dir, 'none'), { thumbnail: resize }).list()),
    ).to.deep.equal([]);
    await store.write(sha256, picture);
    const path = store.path(sha256);
    const partial = `${path}.01234567-89ab-cdef-0123-456789abcdef.tmp`;
    await writeFile(partial, 'half');
    await writeFile(join(dirname(path), 'notes.txt'), 'mine');
    await writeFile(join(dir, 'notes.txt'), 'mine');
    const elsewhere = join(dir, sha256.startsWith('ff') ? 'ee' : 'ff', 'aa');
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, basename(path)), 'out of place');
    await writeFile(join(dirname(elsewhere), 'ee'), 'mine');
    const files = (await listed(store.list())).sort((a, b) => a.path.length - b.path.length);
    expect(files.map(({ modified: _, bytes: __, drop: ___, ...rest }) => rest)).to.deep.equal([
      { path, sha256, ...SMALL, format: 'webp', partial: false },
      { path: partial, sha256, ...SMALL, format: 'webp', partial: true },
    ]);
    expect(files[1]).to.include({ bytes: 4 });
    expect(files[0]?.modified).to.be.instanceOf(Date);
  });

  it('removes all files of one hash and of no other', async () => {
    const neighbour = `${sha256.slice(0, 63)}${sha256.endsWith('0') ? '1' : '0'}`;
    await open().write(sha256, picture);
    await open({ format: 'jpeg' }).write(sha256, picture);
    await open().write(neighbour, picture);
    await writeFile(`${open().path(sha256)}.01234567-89ab-cdef-0123-456789abcdef.tmp`, 'half');
    expect(await open().remove(sha256)).to.equal(5);
    expect(await open().remove(sha256)).to.equal(0);
    expect((await listed(open().list())).map((file) => file.sha256)).to.deep.equal([
      neighbour,
      neighbour,
    ]);
  });

  it('refuses what is no hash, so that no path leaves the folder', async () => {
    const store = open();
    const hostile = [
      '',
      '../../etc/passwd',
      sha256.toUpperCase(),
      `${sha256}\n`,
      `${sha256}/..`,
      `../${sha256}`,
    ];
    for (const hash of hostile) {
      expect(
        code(() => store.path(hash)),
        hash,
      ).to.equal('SHA256_INVALID');
      const calls = [
        store.has(hash),
        store.read(hash),
        store.remove(hash),
        store.write(hash, picture),
      ];
      for (const result of await Promise.allSettled(calls)) {
        expect(result).to.have.nested.property('reason.code', 'SHA256_INVALID');
      }
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath()), (hash) => {
        expect(code(() => store.path(hash))).to.equal('SHA256_INVALID');
      }),
    );
    const size = { width: '../../..' as unknown as number, height: 1 };
    expect(code(() => store.path(sha256, size))).to.equal('THUMBNAIL_SIZE_INVALID');
  });

  it('refuses sizes and formats that it can not make', () => {
    expect(code(() => open({ sizes: [] }))).to.equal('THUMBNAIL_SIZE_INVALID');
    expect(code(() => open({ sizes: [{ width: 0, height: 1 }] }))).to.equal(
      'THUMBNAIL_SIZE_INVALID',
    );
    expect(code(() => open({ sizes: [{ width: 1, height: 4097 }] }))).to.equal(
      'THUMBNAIL_SIZE_INVALID',
    );
    expect(code(() => open({ format: 'gif' as 'webp' }))).to.equal('THUMBNAIL_FORMAT_INVALID');
  });
});
