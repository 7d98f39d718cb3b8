import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { fileState } from './file-state.ts';
import { isFull } from './reserve.ts';

/** Least size in bytes of the shared-memory file while a process has the database open. */
const SHARED = 32_768;

/**
 * A signature of a file that nobody has open for writing, in a folder that can't be written, by
 * permissions or because the disk is full. Null for any other file.
 *
 * Readers of such a file can't make the shared-memory file of SQLite, so it is opened as
 * immutable. On a mount that is read-only here but writable elsewhere it may still change; then the
 * signature changes or becomes null.
 */
export function stillSign(path: string): string | null {
  const file = fileState(path);
  const [log, shared] = [fileState(`${path}-wal`), fileState(`${path}-shm`)];
  if (file === null || (log !== null && log.size > 0)) return null;
  const isShared = shared !== null && shared.size >= SHARED;
  const folder = dirname(path);
  if (canWrite(folder) && (isShared || !isFull(folder))) return null;
  return `${file.ino} ${file.size} ${file.mtimeNs}`;
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
