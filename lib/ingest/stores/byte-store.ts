import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OptionError, quoteValue, writeFault } from '../../errors.ts';

/** A file of a store. */
export interface StoredFile {
  /** As given to `put`: `ab/cd/<name>`. */
  name: string;
  /** Length in bytes. */
  bytes: number;
  modified: Date;
}

/**
 * Where files are kept: a folder, a bucket, or what the host has. Names are of letters, digits, `-`, `.` and `/`;
 * a file is small, and replaced whole.
 */
export interface ByteStore {
  /** As findings and errors name it. Default `store <number>`. */
  readonly label?: string;
  /** Resolves when the file is stored durably. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Null if there is none. */
  get(name: string): Promise<Uint8Array | null>;
  /** No error if there is none. */
  delete(name: string): Promise<void>;
  /** Files whose names begin with `prefix`, in order of name. */
  list(prefix: string): AsyncIterable<StoredFile>;
}

/** Ending of a file that is being written, or was left by a process that died. */
export const PARTIAL: RegExp = /\.[0-9a-f-]{36}\.tmp$/;

/**
 * A store in a folder. A file is renamed into place when it is complete, so several processes may use one folder;
 * unfinished ones are listed, with `PARTIAL` after their names.
 *
 * @param dir - Created when the first file is put.
 */
export function folderStore(dir: string): ByteStore {
  if (typeof dir !== 'string' || dir === '') {
    const hint = 'Give the path of a folder.';
    throw new OptionError('STORE_INVALID', `${quoteValue(dir)} is no folder`, hint);
  }
  return {
    label: dir,
    async put(name, bytes) {
      const path = join(dir, name);
      await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
        throw writeFault(error, dir);
      });
      await replace(path, bytes);
    },
    get: async (name) => unlessMissing(readFile(join(dir, name)), 'EISDIR'),
    delete: (name) => rm(join(dir, name), { force: true }),
    list: (prefix) => filesBelow(dir, '', prefix),
  };
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFault(error, path);
  }
}

async function* filesBelow(
  dir: string,
  folder: string,
  prefix: string,
): AsyncGenerator<StoredFile> {
  const entries = (await unlessMissing(readdir(join(dir, folder), { withFileTypes: true }))) ?? [];
  const names = entries.map((entry) => ({ entry, name: `${folder}${entry.name}` }));
  for (const { entry, name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) {
      const inside = `${name}/`;
      if (prefix.startsWith(inside) || inside.startsWith(prefix)) {
        yield* filesBelow(dir, inside, prefix);
      }
    } else if (name.startsWith(prefix)) {
      const state = await unlessMissing(stat(join(dir, name)));
      if (state) yield { name, bytes: state.size, modified: state.mtime };
    }
  }
}

/** The name of a file without its folders. */
export function fileName(name: string): string {
  return basename(name);
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
