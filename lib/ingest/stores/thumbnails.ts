import {
  MAKE_THUMBNAIL_SPEC,
  THUMBNAIL_FORMAT,
  THUMBNAIL_LOOK,
} from '../../knn/describe/thumbnail-options.ts';
import { checkOptions, defined, OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { type ByteStore, fileName } from './byte-store.ts';
import {
  boundStore,
  copyOf,
  deleteFrom,
  faultsIn,
  healIn,
  type NamedStore,
  namesIn,
  pathIn,
  putWhere,
  storesOf,
  wholeIn,
} from './named-stores.ts';
import { sealed } from './seal.ts';
import { beginningOf, type NamedFile, readName } from './thumbnail-names.ts';

/** Formats in which thumbnails are stored. */
export type ThumbnailFormat = 'webp' | 'jpeg';

/** The box that a thumbnail fits into, in pixels, 1..4096. */
export interface ThumbnailSize {
  width: number;
  height: number;
}

/** How a thumbnail looks, besides its size and format. */
export interface ThumbnailLook {
  /** 1..100. Default 75. */
  quality?: number;
  /** Radius of sharpening in pixels of the thumbnail, 0.3..10. Default none. */
  sharpen?: number;
  /** Gamma for shrinking in linear light, 1..3: 2.2 keeps fine bright lines. Default none. */
  gamma?: number;
}

/** Makes a thumbnail from the bytes of a picture. */
export type MakeThumbnail = (
  bytes: Uint8Array,
  options: ThumbnailSize & ThumbnailLook & { format: ThumbnailFormat },
) => Promise<Uint8Array>;

/** How thumbnails are made and stored. */
export interface ThumbnailOptions extends ThumbnailLook {
  /** Makes a thumbnail; see `makeThumbnail`. */
  thumbnail: MakeThumbnail;
  /** Sides 1..4096 pixels. Default: one size, 256 x 256. */
  sizes?: readonly ThumbnailSize[];
  /** Default `webp`. */
  format?: ThumbnailFormat;
  /** Also keeps the pictures themselves, unchanged. Default false. */
  originals?: boolean;
  /**
   * Most bytes in each store. Above that, the oldest originals are deleted down to nine tenths of it; thumbnails never
   * are. Default: no limit.
   */
  maxBytes?: number;
}

/** A file of a store. */
export interface ThumbnailFile extends NamedFile {
  /** Where it is: a path, or the label of its store and its name. */
  path: string;
  /** Length of the file in bytes. */
  bytes: number;
  /** Time of the last change. */
  modified: Date;
  /** Deletes it, from this store only. */
  drop: () => Promise<void>;
}

/** What was deleted so that a store stays within its bound. */
export interface BoundedStores {
  /** Originals deleted, and their bytes. */
  originals: number;
  freed: number;
  /** Stores that are still over the bound because of thumbnails alone. */
  over: string[];
}

/** Thumbnails by the hash of their picture, in one store or several. `size` defaults to the first size. */
export interface ThumbnailStore {
  /** Path of the thumbnail in the first store, whether it exists or not. */
  path(sha256: string, size?: ThumbnailSize): string;
  /** Whether every store has an intact copy. */
  has(sha256: string, size?: ThumbnailSize): Promise<boolean>;
  /** Bytes of the thumbnail from the first store that has it intact; null if none has. */
  read(sha256: string, size?: ThumbnailSize): Promise<Buffer | null>;
  /**
   * What is wrong with the files of a picture in any store: missing sizes, and files of any size and format that were
   * cut short or altered after they were written.
   */
  faults(sha256: string): Promise<{ path: string; fault: 'missing' | 'damaged' }[]>;
  /**
   * Makes the missing and damaged sizes, and puts them into every store that lacks them; each is read back.
   *
   * @returns How many sizes were put.
   * @throws {EngineError} `STORE_FAILED`, after all stores were tried.
   */
  write(sha256: string, bytes: Uint8Array): Promise<number>;
  /**
   * Replaces damaged files of a picture in each store by an intact copy from another one, and reads them back. Deletes
   * damaged files of which no store has an intact copy.
   *
   * @returns Whether every store now has all sizes.
   * @throws {EngineError} `STORE_FAILED`, after all files were tried.
   */
  heal(sha256: string): Promise<boolean>;
  /** Deletes all files of a picture, including unfinished ones, from every store; returns how many. */
  remove(sha256: string): Promise<number>;
  /** Deletes the oldest originals until each store has at most this many bytes; keeps thumbnails. */
  bound(maxBytes: number): Promise<BoundedStores>;
  /** Yields every file in each store, in order of name; skips files that are not suoyin's. */
  list(): AsyncGenerator<ThumbnailFile>;
}

const EXTENSIONS: Readonly<Record<ThumbnailFormat, string>> = { webp: 'webp', jpeg: 'jpg' };
/** Share of the bound to which originals are deleted, so that not every write lists the store. */
const ROOM = 0.9;

const SIZE_SPEC: Spec<ThumbnailSize> = {
  code: 'THUMBNAIL_SIZE_INVALID',
  options: {
    width: MAKE_THUMBNAIL_SPEC.options.width,
    height: MAKE_THUMBNAIL_SPEC.options.height,
  },
};

/** Options of `thumbnailStore`. */
export const THUMBNAIL_STORE_SPEC: Spec<ThumbnailOptions, 'sizes' | 'format' | 'originals'> = {
  code: OPTION_INVALID,
  options: {
    thumbnail: {
      type: 'function',
      required: true,
      help: 'makes a thumbnail, as `makeThumbnail` does',
    },
    sizes: {
      type: 'list',
      items: { type: 'object', spec: SIZE_SPEC, wanted: '{ width, height } in pixels', help: '' },
      least: 1,
      default: [{ width: 256, height: 256 }],
      code: 'THUMBNAIL_SIZE_INVALID',
      help: 'boxes that thumbnails fit into',
    },
    format: { ...THUMBNAIL_FORMAT, default: 'webp' },
    ...THUMBNAIL_LOOK,
    originals: { type: 'flag', default: false, help: 'keeps the pictures themselves as well' },
    maxBytes: {
      type: 'whole',
      min: 1,
      otherwise: 'no bound',
      unit: 'bytes',
      help: 'in each store; beyond, the oldest originals are deleted, thumbnails never',
    },
  },
};

/**
 * Thumbnails in a folder, or in several stores at once: `ab/cd/<sha256>-<width>x<height>.webp`, and
 * `ab/cd/<sha256>-original`.
 *
 * Several processes may use one store: a file appears only when it is complete, and an existing one is not made
 * again. After its picture, a thumbnail has 16 bytes with length and checksum; files of older versions have none and
 * are checked by their length alone.
 *
 * @param where - A folder, which is created when the first file is written, or stores, the nearest first: a folder,
 *   `s3Store`, an object of your own with the four methods of `ByteStore`.
 * @throws {OptionError} `THUMBNAIL_SIZE_INVALID`, `THUMBNAIL_FORMAT_INVALID`, `STORE_INVALID`; its methods throw
 *   `SHA256_INVALID` for anything but 64 lower-case hexadecimal digits.
 */
export function thumbnailStore(
  where: string | ByteStore | readonly (string | ByteStore)[],
  options: ThumbnailOptions,
): ThumbnailStore {
  const settings = settle(THUMBNAIL_STORE_SPEC, options);
  const { thumbnail, sizes, format, originals, maxBytes } = settings;
  const { quality, sharpen, gamma } = settings;
  const look = { format, ...defined({ quality, sharpen, gamma }) };
  const stores = storesOf(where);
  const firstSize = sizes[0]!;
  /** Bytes in each store, as far as they were counted. */
  const used = new Map<NamedStore, number>();
  const nameOf = (sha256: string, size: ThumbnailSize = firstSize): string => {
    checkOptions(SIZE_SPEC, size);
    return `${beginningOf(sha256)}${size.width}x${size.height}.${EXTENSIONS[format]}`;
  };
  const wantedOf = (sha256: string): string[] => [
    ...sizes.map((size) => nameOf(sha256, size)),
    ...(originals && maxBytes === undefined ? [`${beginningOf(sha256)}original`] : []),
  ];

  const read = async (sha256: string, size?: ThumbnailSize): Promise<Buffer | null> => {
    const name = nameOf(sha256, size);
    let failure: { error: unknown } | null = null;
    for (const store of stores) {
      try {
        const picture = await wholeIn(store, name);
        if (picture !== null) return picture;
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
    return null;
  };
  const keepWithin = async (): Promise<void> => {
    if (maxBytes === undefined) return;
    const isOver = (store: NamedStore): boolean => !((used.get(store) ?? NaN) <= maxBytes);
    for (const store of stores.filter(isOver)) {
      const { left } = await boundStore(store, maxBytes, maxBytes * ROOM);
      used.set(store, left);
    }
  };
  return {
    path: (sha256, size) => pathIn(stores[0]!, nameOf(sha256, size)),
    async has(sha256, size) {
      const name = nameOf(sha256, size);
      for (const store of stores) if ((await wholeIn(store, name)) === null) return false;
      return true;
    },
    read,
    async faults(sha256) {
      const all = await Promise.all(
        stores.map(async (store) =>
          (await faultsIn(store, sha256, wantedOf(sha256))).map(({ name, fault }) => ({
            path: pathIn(store, name),
            fault,
          })),
        ),
      );
      return all.flat();
    },
    async write(sha256, bytes) {
      let count = 0;
      for (const { width, height } of sizes) {
        const name = nameOf(sha256, { width, height });
        const make = async (): Promise<Uint8Array> =>
          (await copyOf(stores, name)) ??
          sealed(fileName(name), await thumbnail(bytes, { width, height, ...look }));
        if (await putWhere(stores, name, { make, used })) count++;
      }
      if (originals) {
        const make = (): Promise<Uint8Array> => Promise.resolve(bytes);
        await putWhere(stores, `${beginningOf(sha256)}original`, { make, used });
      }
      await keepWithin();
      return count;
    },
    heal: (sha256) => healIn(stores, sha256, { wanted: wantedOf(sha256), used }),
    async remove(sha256) {
      let count = 0;
      for (const store of stores) {
        const names = await namesIn(store, sha256);
        await Promise.all(names.map((name) => deleteFrom(store, name)));
        count += names.length;
      }
      return count;
    },
    async bound(most) {
      const sum: BoundedStores = { originals: 0, freed: 0, over: [] };
      for (const store of stores) {
        const { left, ...gone } = await boundStore(store, most, most);
        sum.originals += gone.originals;
        sum.freed += gone.freed;
        if (left > most) sum.over.push(store.label);
      }
      return sum;
    },
    async *list() {
      for (const store of stores) {
        for await (const { name, bytes, modified } of store.list('')) {
          const named = readName(name);
          if (named === null) continue;
          const drop = (): Promise<void> => deleteFrom(store, name);
          yield { ...named, path: pathIn(store, name), bytes, modified, drop };
        }
      }
    },
  };
}
