import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFull } from './reserve.ts';

/** Bytes of the least that readers of a file share while somebody has it open. */
const SHARED = 32_768;

/**
 * How a file is that nobody has open for writing, and that lies where nothing can be written: by rights, or since the disk
 * is full. Null for any other.
 *
 * Readers of such a file can't make what SQLite has readers and writers share, so it is opened as one that never changes.
 * On a mount that is read-only here and writable elsewhere it may change all the same: then this text is another one, or null.
 */
export function stillSign(path: string): string | null {
  const [file, log, shared] = [path, `${path}-wal`, `${path}-shm`].map((name) =>
    statSync(name, { throwIfNoEntry: false }),
  );
  if (file === undefined || (log !== undefined && log.size > 0)) return null;
  const isShared = shared !== undefined && shared.size >= SHARED;
  const folder = dirname(path);
  if (canWrite(folder) && (isShared || !isFull(folder))) return null;
  return `${file.ino} ${file.size} ${file.mtimeMs}`;
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
