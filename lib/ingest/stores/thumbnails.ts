import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OptionError, quoteValue, writeFault } from '../../errors.ts';
import { MAKE_THUMBNAIL_SPEC, THUMBNAIL_FORMAT } from '../../knn/describe/image.ts';
import { checkOptions, OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { pictureIn, sealed } from './seal.ts';

/** Formats in which thumbnails are stored. */
export type ThumbnailFormat = 'webp' | 'jpeg';

/** The box that a thumbnail fits into, in pixels, 1..4096. */
export interface ThumbnailSize {
  width: number;
  height: number;
}

/** Makes a thumbnail from the bytes of a picture. */
export type MakeThumbnail = (
  bytes: Uint8Array,
  options: ThumbnailSize & { format: ThumbnailFormat },
) => Promise<Uint8Array>;

/** How thumbnails are made and stored. */
export interface ThumbnailOptions {
  /** Makes a thumbnail; see `makeThumbnail`. */
  thumbnail: MakeThumbnail;
  /** Sides 1..4096 pixels. Default: one size, 256 x 256. */
  sizes?: readonly ThumbnailSize[];
  /** Default `webp`. */
  format?: ThumbnailFormat;
}

/** A file of the store. */
export interface ThumbnailFile extends ThumbnailSize {
  path: string;
  /** Hash of the picture that it was made from. */
  sha256: string;
  format: ThumbnailFormat;
  /** Length of the file in bytes. */
  bytes: number;
  /** Time of the last change. */
  modified: Date;
  /** Unfinished: being written, or left by a process that died. */
  partial: boolean;
}

/** Thumbnails by the hash of their picture. `size` defaults to the first size of the store. */
export interface ThumbnailStore {
  /** Path of the thumbnail, whether it exists or not. */
  path(sha256: string, size?: ThumbnailSize): string;
  /** Whether the store has it, whole. */
  has(sha256: string, size?: ThumbnailSize): Promise<boolean>;
  /** Bytes of the thumbnail; null if there is none, or only a damaged one. */
  read(sha256: string, size?: ThumbnailSize): Promise<Buffer | null>;
  /**
   * What is wrong with the thumbnails of a picture: sizes that are missing, and those of any size and format that
   * were cut short or altered since they were written.
   */
  faults(sha256: string): Promise<{ path: string; fault: 'missing' | 'damaged' }[]>;
  /** Makes the missing and damaged sizes; returns how many it made. */
  write(sha256: string, bytes: Uint8Array): Promise<number>;
  /** Deletes all sizes and formats of a picture, unfinished ones too; returns how many files. */
  remove(sha256: string): Promise<number>;
  /** Yields every thumbnail in the folder, of any size and format, in order; skips other files. */
  list(): AsyncGenerator<ThumbnailFile>;
}

const SHA256 = /^[0-9a-f]{64}$/;
const FOLDER = /^[0-9a-f]{2}$/;
const FILE = /^([0-9a-f]{64})-(\d{1,4})x(\d{1,4})\.(webp|jpg)(\.[0-9a-f-]{36}\.tmp)?$/;
const EXTENSIONS: Readonly<Record<ThumbnailFormat, string>> = { webp: 'webp', jpeg: 'jpg' };

const SIZE_SPEC: Spec<ThumbnailSize> = {
  code: 'THUMBNAIL_SIZE_INVALID',
  options: {
    width: MAKE_THUMBNAIL_SPEC.options.width,
    height: MAKE_THUMBNAIL_SPEC.options.height,
  },
};

/** Options of `thumbnailStore`. */
export const THUMBNAIL_STORE_SPEC: Spec<ThumbnailOptions, 'sizes' | 'format'> = {
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
  },
};

/**
 * A store of thumbnails in a folder: `<dir>/ab/cd/<sha256>-<width>x<height>.webp`.
 *
 * Several processes may use one folder: a thumbnail is renamed into place when it is complete, and
 * an existing one is not made again. A file ends with 16 bytes of its own behind the picture, its length
 * and checksum; files of older versions have none and are judged by their length alone.
 *
 * @param dir - Created when the first thumbnail is written.
 * @throws {OptionError} `THUMBNAIL_SIZE_INVALID`, `THUMBNAIL_FORMAT_INVALID`; its methods throw
 *   `SHA256_INVALID` for anything but 64 lower-case hexadecimal digits.
 */
export function thumbnailStore(dir: string, options: ThumbnailOptions): ThumbnailStore {
  const { thumbnail, sizes, format } = settle(THUMBNAIL_STORE_SPEC, options);
  const firstSize = sizes[0]!;
  const path = (sha256: string, size: ThumbnailSize = firstSize): string => {
    checkOptions(SIZE_SPEC, size);
    const name = `${sha256}-${size.width}x${size.height}.${EXTENSIONS[format]}`;
    return join(folderOf(dir, sha256), name);
  };
  const read: ThumbnailStore['read'] = async (sha256, size) => readPicture(path(sha256, size));
  const has: ThumbnailStore['has'] = async (sha256, size) => (await read(sha256, size)) !== null;
  return {
    path,
    has,
    read,
    async faults(sha256) {
      const folder = folderOf(dir, sha256);
      const names = (await unlessMissing(readdir(folder))) ?? [];
      const there = names.filter((name) => isOf(sha256, name)).map((name) => join(folder, name));
      const wanted = sizes.map((size) => path(sha256, size));
      const found: Awaited<ReturnType<ThumbnailStore['faults']>> = [];
      for (const file of new Set([...wanted, ...there.sort()])) {
        const fault = there.includes(file) ? 'damaged' : 'missing';
        if ((await readPicture(file)) === null) found.push({ path: file, fault });
      }
      return found;
    },
    async write(sha256, bytes) {
      await mkdir(folderOf(dir, sha256), { recursive: true }).catch((error: unknown) => {
        throw writeFault(error, dir);
      });
      let count = 0;
      for (const size of sizes) {
        if (await has(sha256, size)) continue;
        const { width, height } = size;
        const file = path(sha256, size);
        const made = await thumbnail(bytes, { width, height, format });
        await replace(file, sealed(basename(file), made));
        count++;
      }
      return count;
    },
    async remove(sha256) {
      const folder = folderOf(dir, sha256);
      const names = (await unlessMissing(readdir(folder))) ?? [];
      const mine = names.filter((name) => FILE.exec(name)?.[1] === sha256);
      await Promise.all(mine.map((name) => rm(join(folder, name), { force: true })));
      return mine.length;
    },
    list: () => listFiles(dir),
  };
}

/** The hash is checked before it becomes part of a path. */
function folderOf(dir: string, sha256: string): string {
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) {
    const what = `${quoteValue(sha256)} is not a SHA-256 hash`;
    throw new OptionError('SHA256_INVALID', what, 'Use 64 lower-case hexadecimal digits.');
  }
  return join(dir, sha256.slice(0, 2), sha256.slice(2, 4));
}

/** Whether a file is a finished thumbnail of a picture. */
function isOf(sha256: string, name: string): boolean {
  const match = FILE.exec(name);
  return match?.[1] === sha256 && match[5] === undefined;
}

async function readPicture(path: string): Promise<Buffer | null> {
  const file = await unlessMissing(readFile(path), 'EISDIR');
  // After a power failure a renamed file can be empty.
  return file === null || file.length === 0 ? null : pictureIn(basename(path), file);
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeFault(error, path);
  }
}

async function* listFiles(dir: string): AsyncGenerator<ThumbnailFile> {
  for (const outer of await subfolders(dir)) {
    for (const inner of await subfolders(join(dir, outer))) {
      const folder = join(dir, outer, inner);
      for (const name of ((await unlessMissing(readdir(folder))) ?? []).sort()) {
        const match = FILE.exec(name);
        const sha256 = match?.[1];
        if (match === null || !sha256?.startsWith(outer + inner)) continue;
        const path = join(folder, name);
        const state = await unlessMissing(stat(path));
        if (state === null) continue;
        yield {
          path,
          sha256,
          width: Number(match[2]),
          height: Number(match[3]),
          format: match[4] === 'jpg' ? 'jpeg' : 'webp',
          bytes: state.size,
          modified: state.mtime,
          partial: match[5] !== undefined,
        };
      }
    }
  }
}

async function subfolders(dir: string): Promise<string[]> {
  const names = (await unlessMissing(readdir(dir))) ?? [];
  return names.filter((name) => FOLDER.test(name)).sort();
}

/** Null for a file or folder that does not exist (any more). */
async function unlessMissing<T>(pending: Promise<T>, also = 'ENOENT'): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === also) return null;
    throw error;
  }
}
