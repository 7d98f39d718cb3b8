import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import type { ByteStore } from '../../lib/ingest/stores/byte-store.ts';
import { type ThumbnailStore, thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { ALPS, BOATS, CAT, FLOWER } from '../knn/photos.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';

const SIZES = [
  { width: 64, height: 64 },
  { width: 32, height: 32 },
];

/** A host's own object of four methods. */
function inMemory(): ByteStore & { files: Map<string, { bytes: Uint8Array; modified: Date }> } {
  const files = new Map<string, { bytes: Uint8Array; modified: Date }>();
  let ticks = 0;
  return {
    files,
    put: (name, bytes) => {
      files.set(name, { bytes: Uint8Array.from(bytes), modified: new Date(++ticks) });
      return Promise.resolve();
    },
    get: (name) => Promise.resolve(files.get(name)?.bytes ?? null),
    delete: (name) => Promise.resolve(void files.delete(name)),
    async *list(prefix) {
      for (const name of [...files.keys()].sort()) {
        const file = files.get(name);
        if (file && name.startsWith(prefix)) {
          yield await Promise.resolve({ name, bytes: file.bytes.length, modified: file.modified });
        }
      }
    },
  };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('thumbnails in several stores', () => {
  let dir: string;
  let own: ReturnType<typeof inMemory>;
  let store: ThumbnailStore;
  const PHOTOS = [BOATS, CAT, ALPS, FLOWER];
  beforeEach(() => {
    dir = tempFolder();
    own = inMemory();
    store = thumbnailStore([dir, own], { thumbnail: makeThumbnail, sizes: SIZES, originals: true });
  });

  it('puts every file into each of them, and makes it once', async () => {
    let made = 0;
    const counting = thumbnailStore([dir, own], {
      thumbnail: (bytes, options) => {
        made++;
        return makeThumbnail(bytes, options);
      },
      sizes: SIZES,
    });
    expect(await counting.write(hashOf(CAT), CAT)).to.equal(2);
    expect([made, own.files.size]).to.deep.equal([2, 2]);
    own.files.clear();
    expect(await counting.write(hashOf(CAT), CAT)).to.equal(2);
    expect([made, own.files.size, await counting.faults(hashOf(CAT))]).to.deep.equal([2, 2, []]);
    const found: string[] = [];
    for await (const { path } of counting.list()) found.push(path);
    expect(found.filter((path) => path.startsWith(dir))).to.have.lengthOf(2);
    expect(found.filter((path) => path.startsWith('store 2/'))).to.have.lengthOf(2);
    expect(await counting.remove(hashOf(CAT))).to.equal(4);
    expect(own.files.size).to.equal(0);
  });

  it('finds whatever happens to a file of one store, and heals it from another', async () => {
    const sha256 = hashOf(CAT);
    await store.write(sha256, CAT);
    const names = [...own.files.keys()];
    expect(names).to.have.lengthOf(3);
    const damage = fc.oneof(
      fc.constant('gone' as const),
      fc.constant('empty' as const),
      fc.nat().map((at) => ({ flip: at })),
      fc.nat().map((at) => ({ cut: at })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.boolean(), damage), { minLength: 1, maxLength: 3 }),
        async (damages) => {
          const touched = new Set<number>();
          for (const [at, inFolder, what] of damages) {
            // One whole copy of each is left.
            if (touched.has(at)) continue;
            touched.add(at);
            const name = names[at]!;
            const path = `${dir}/${name}`;
            const good = inFolder ? readFileSync(path) : Buffer.from(own.files.get(name)!.bytes);
            let bad: Buffer | null = null;
            if (what === 'empty') bad = Buffer.alloc(0);
            else if (what !== 'gone' && 'flip' in what) {
              bad = Buffer.from(good);
              bad[what.flip % bad.length]! ^= 1 + (what.flip % 255);
              // The whole file turned to what it was is no damage.
            } else if (what !== 'gone') bad = good.subarray(0, what.cut % (good.length - 17));
            if (inFolder && bad) writeFileSync(path, bad);
            else if (inFolder) rmSync(path);
            else if (bad) own.files.get(name)!.bytes = bad;
            else own.files.delete(name);
          }
          const faults = await store.faults(sha256);
          expect(faults).to.have.lengthOf(touched.size);
          expect(await store.heal(sha256)).to.equal(true);
          expect(await store.faults(sha256)).to.deep.equal([]);
          for (const name of names) {
            expect(Buffer.from(own.files.get(name)!.bytes)).to.deep.equal(
              readFileSync(`${dir}/${name}`),
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('says of every store that keeps nothing, or something else, and keeps the rest', async () => {
    const failing = (message: string): ByteStore => ({
      ...inMemory(),
      label: message,
      put: () => Promise.reject(new Error(message)),
    });
    const kept = inMemory();
    const altering: ByteStore = {
      ...kept,
      label: 'altering',
      put: (name, bytes) =>
        kept.put(
          name,
          bytes.map((byte) => byte ^ 1),
        ),
    };
    const mixed = thumbnailStore([failing('no disk'), own, altering], { thumbnail: makeThumbnail });
    const error = await mixed.write(hashOf(CAT), CAT).catch((one: unknown) => one as Error);
    expect((error as { code?: string }).code).to.equal('STORE_FAILED');
    expect(String(error)).to.match(/no disk: no disk; altering: what was read back differs/);
    expect(own.files.size).to.equal(1);
  });

  it('reads back what it heals, tries all of it, and says what was not kept', async () => {
    const sha256 = hashOf(CAT);
    await store.write(sha256, CAT);
    const [first, second, third] = [...own.files.keys()] as [string, string, string];
    own.files.delete(first);
    own.files.get(second)!.bytes = Uint8Array.of(1);
    rmSync(`${dir}/${third}`);
    const taking: Pick<ByteStore, 'put'> = { ...own };
    for (const losing of [
      (): Promise<void> => Promise.resolve(),
      (name: string): Promise<void> => taking.put(name, Uint8Array.of(1)),
      (): Promise<void> => Promise.reject(new Error('no disk')),
    ]) {
      own.put = losing;
      const error = await store.heal(sha256).catch((one: unknown) => one as Error);
      expect((error as { code?: string }).code).to.equal('STORE_FAILED');
      expect(String(error)).to.include('was not kept by store 2: ');
      expect((await store.faults(sha256)).map(({ path }) => path)).to.have.members(
        [first, second].map((name) => `store 2/${name}`),
      );
    }
    own.put = (name, bytes) => taking.put(name, bytes);
    expect(await store.heal(sha256)).to.equal(true);
    expect(await store.faults(sha256)).to.deep.equal([]);
    own.delete = () => Promise.reject(new Error('write-protected'));
    own.files.get(first)!.bytes = Uint8Array.of(1);
    rmSync(`${dir}/${first}`);
    const error = await store.heal(sha256).catch((one: unknown) => one as Error);
    expect(String(error)).to.include('was not deleted by store 2: write-protected');
  });

  it('deletes the oldest originals beyond a bound, and never a thumbnail', async () => {
    for (const photo of PHOTOS) await store.write(hashOf(photo), photo);
    const originals = (): string[] =>
      [...own.files.keys()].filter((name) => name.endsWith('original'));
    const thumbnails = own.files.size - originals().length;
    const size = [...own.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    const most = size - BOATS.length - 1;
    const { originals: gone, over } = await store.bound(most);
    expect(over).to.deep.equal([]);
    expect(gone).to.equal(4);
    expect(
      originals()
        .map((name) => name.slice(6, 70))
        .sort(),
    ).to.deep.equal([ALPS, FLOWER].map(hashOf).sort());
    const all = await store.bound(1);
    expect(all.over).to.deep.equal([dir, 'store 2']);
    expect([originals().length, own.files.size]).to.deep.equal([0, thumbnails]);
  });

  it('stays within its bound while it is filled', async () => {
    const maxBytes = 400_000;
    const bounded = thumbnailStore(own, { thumbnail: makeThumbnail, originals: true, maxBytes });
    for (const photo of PHOTOS) {
      await bounded.write(hashOf(photo), photo);
      const size = [...own.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(size).to.be.at.most(maxBytes);
      expect(await bounded.faults(hashOf(photo))).to.deep.equal([]);
    }
  });

  it('refuses what is no store', async () => {
    for (const bad of [[], {}, [{ put: 1 }], ['']] as unknown as string[]) {
      const make = (): Promise<unknown> =>
        Promise.resolve().then(() => thumbnailStore(bad, { thumbnail: makeThumbnail }));
      expect(await codeOf(make())).to.equal('STORE_INVALID');
    }
  });
});

describe('makeThumbnail', () => {
  const make = (options: object): Promise<Uint8Array> =>
    makeThumbnail(BOATS, { width: 128, height: 128, format: 'jpeg', ...options });

  it('obeys quality, sharpening and gamma', async () => {
    const [low, plain, high] = await Promise.all([20, 75, 95].map((quality) => make({ quality })));
    expect(low!.length).to.be.below(plain!.length);
    expect(plain!.length).to.be.below(high!.length);
    expect(await make({})).to.deep.equal(plain);
    const edges = async (bytes: Uint8Array): Promise<number> =>
      (await sharp(bytes).greyscale().stats()).sharpness;
    expect(await edges(await make({ sharpen: 1.5 }))).to.be.above(await edges(plain!));
    expect(await make({ gamma: 2.2 })).to.not.deep.equal(plain);
    for (const bad of [{ quality: 0 }, { quality: 101 }, { sharpen: 0 }, { gamma: 9 }]) {
      expect(await codeOf(make(bad))).to.equal('THUMBNAIL_LOOK_INVALID');
    }
  });
});
