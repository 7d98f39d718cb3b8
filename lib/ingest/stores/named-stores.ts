import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { EngineError, OptionError, quoteValue, SearchError } from '../../errors.ts';
import { type ByteStore, fileName, folderStore } from './byte-store.ts';
import { pictureIn, sealed } from './seal.ts';
import { beginningOf, readName } from './thumbnail-names.ts';

/** A store with its name in findings. */
export type NamedStore = ByteStore & { label: string; folder: boolean };

const METHODS = ['put', 'get', 'delete', 'list'] as const;

export function storesOf(
  where: string | ByteStore | readonly (string | ByteStore)[],
): NamedStore[] {
  const list = Array.isArray(where) ? (where as readonly (string | ByteStore)[]) : [where];
  if (list.length === 0) {
    throw new OptionError('STORE_INVALID', 'There is no store', 'Give a folder, or stores.');
  }
  return (list as readonly (string | ByteStore)[]).map((one, at) => {
    if (typeof one === 'string') {
      return { ...folderStore(one), label: one, folder: true };
    }
    const isStore =
      typeof one === 'object' &&
      one !== null &&
      METHODS.every((name) => typeof one[name] === 'function');
    if (!isStore) {
      const hint = `Give a folder, s3Store(...), or an object with ${METHODS.join(', ')}.`;
      throw new OptionError('STORE_INVALID', `${quoteValue(one)} is no store`, hint);
    }
    return {
      label: one.label ?? `store ${at + 1}`,
      folder: false,
      put: (name, bytes) => one.put(name, bytes),
      get: (name) => one.get(name),
      delete: (name) => one.delete(name),
      list: (prefix) => one.list(prefix),
    };
  });
}

export function pathIn({ label, folder }: NamedStore, name: string): string {
  if (folder) return join(label, name);
  return label.endsWith('/') ? `${label}${name}` : `${label}/${name}`;
}

/** The picture in a file, null if there is none or a damaged one. */
export async function wholeIn(store: ByteStore, name: string): Promise<Buffer | null> {
  const file = await store.get(name);
  // After a power failure a renamed file can be empty.
  if (file === null || file.length === 0) return null;
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const named = readName(name);
  if (named?.format !== null) return pictureIn(fileName(name), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === named.sha256 ? bytes : null;
}

/** Deletes the oldest originals down to `goal`, if a store has more bytes than `most`. */
export async function boundStore(
  store: ByteStore,
  most: number,
  goal: number,
): Promise<{ originals: number; freed: number; left: number }> {
  let left = 0;
  const originals: { name: string; bytes: number; time: number }[] = [];
  for await (const { name, bytes, modified } of store.list('')) {
    const named = readName(name);
    if (named === null) continue;
    left += bytes;
    if (named.format === null) originals.push({ name, bytes, time: modified.getTime() });
  }
  const gone = { originals: 0, freed: 0 };
  if (left <= most) return { ...gone, left };
  originals.sort((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1));
  for (const { name, bytes } of originals) {
    if (left <= goal) break;
    await store.delete(name);
    left -= bytes;
    gone.originals += 1;
    gone.freed += bytes;
  }
  return { ...gone, left };
}

/**
 * Puts a file into every store that has no intact copy, and reads it back. All stores are tried.
 *
 * @param how - used: bytes in each store, as far as they are counted.
 * @returns Whether any store lacked it.
 * @throws {EngineError} `STORE_FAILED`.
 */
export async function putWhere(
  stores: readonly NamedStore[],
  name: string,
  { make, used }: { make: () => Promise<Uint8Array>; used: Map<NamedStore, number> },
): Promise<boolean> {
  const lacking: NamedStore[] = [];
  const failed: { label: string; error: unknown }[] = [];
  for (const store of stores) {
    try {
      if ((await wholeIn(store, name)) === null) lacking.push(store);
    } catch (error) {
      failed.push({ label: store.label, error });
    }
  }
  if (lacking.length + failed.length === 0) return false;
  const bytes = lacking.length === 0 ? new Uint8Array() : await make();
  for (const store of lacking) {
    try {
      await store.put(name, bytes);
      if ((await wholeIn(store, name)) === null) throw new Error('what was read back differs');
      used.set(store, (used.get(store) ?? NaN) + bytes.length);
    } catch (error) {
      failed.push({ label: store.label, error });
    }
  }
  if (failed.length > 0) throw storeFailed(name, failed);
  return true;
}

/** A file from the first store that can be read and has it intact, to be put into others; null if none has. */
export async function copyOf(
  stores: readonly NamedStore[],
  name: string,
): Promise<Uint8Array | null> {
  for (const store of stores) {
    // Whoever puts the copy into the other stores reports those that can't be read.
    const picture = await wholeIn(store, name).catch(() => null);
    if (picture) return readName(name)?.format === null ? picture : sealed(fileName(name), picture);
  }
  return null;
}

/** Names of all files of a picture in a store. */
export async function namesIn(store: NamedStore, sha256: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(beginningOf(sha256))) {
    if (readName(name)?.sha256 === sha256) names.push(name);
  }
  return names;
}

/** What is wrong in a store with the files of a picture, including files that it should have. */
export async function faultsIn(
  store: NamedStore,
  sha256: string,
  wanted: readonly string[],
): Promise<{ name: string; fault: 'missing' | 'damaged' }[]> {
  const there = (await namesIn(store, sha256)).filter((name) => !readName(name)!.partial);
  const found: { name: string; fault: 'missing' | 'damaged' }[] = [];
  for (const name of new Set([...wanted, ...there.sort()])) {
    const fault = there.includes(name) ? 'damaged' : 'missing';
    if ((await wholeIn(store, name)) === null) found.push({ name, fault });
  }
  return found;
}

/**
 * Replaces files of a picture that a store has damaged or lacks by an intact copy from another store, and reads them
 * back. Deletes damaged files of which no store has an intact copy. All files are tried.
 *
 * @param how - wanted: names that every store should have; used: as of `putWhere`.
 * @returns Whether every store now has what it should.
 * @throws {EngineError} `STORE_FAILED`.
 */
export async function healIn(
  stores: readonly NamedStore[],
  sha256: string,
  { wanted, used }: { wanted: readonly string[]; used: Map<NamedStore, number> },
): Promise<boolean> {
  let whole = true;
  let failure: SearchError | undefined;
  for (const store of stores) {
    for (const { name, fault } of await faultsIn(store, sha256, wanted)) {
      const copy = await copyOf(stores, name);
      try {
        if (copy) await putWhere([store], name, { make: () => Promise.resolve(copy), used });
        else if (fault === 'damaged') await deleteFrom(store, name);
      } catch (error) {
        if (!(error instanceof SearchError)) throw error;
        failure ??= error;
      }
      whole &&= copy !== null || !wanted.includes(name);
    }
  }
  if (failure) throw failure;
  return whole;
}

/** @throws {EngineError} `STORE_FAILED`. */
export async function deleteFrom(store: NamedStore, name: string): Promise<void> {
  try {
    await store.delete(name);
  } catch (error) {
    throw storeFailed(name, [{ label: store.label, error }], 'deleted');
  }
}

function storeFailed(
  name: string,
  failed: readonly { label: string; error: unknown }[],
  what: 'kept' | 'deleted' = 'kept',
): SearchError {
  const [only] = failed;
  if (failed.length === 1 && only!.error instanceof SearchError) return only!.error;
  const why = failed.map(
    ({ label, error }) => `${label}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const text = `${quoteValue(fileName(name))} was not ${what} by ${why.join('; ')}`;
  return new EngineError('STORE_FAILED', text, 'Mend the store and run it again.', {
    cause: only!.error,
  });
}
