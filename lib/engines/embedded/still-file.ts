import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * How a file is that lies where this process can't write, and that nobody has open for writing; null for any other.
 *
 * Readers of such a file can't make what SQLite has readers and writers share, so it is opened as one that never changes.
 * On a mount that is read-only here and writable elsewhere it may change all the same: then this text is another one, or null.
 */
export function stillSign(path: string): string | null {
  try {
    accessSync(dirname(path), constants.W_OK);
    return null;
  } catch {
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined || (log !== undefined && log.size > 0)) return null;
    return `${file.ino} ${file.size} ${file.mtimeMs}`;
  }
}
