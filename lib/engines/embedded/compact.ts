import { statSync } from 'node:fs';
import { EngineError, quoteValue } from '../../errors.ts';
import { roomAt } from './reserve.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';

/**
 * Space that rewriting a file needs, as a multiple of its content: once in the log, once in a
 * temporary file.
 */
const ROOM = 2;

/**
 * Rewrites the file of a store without its free pages and truncates it. Other processes may read
 * meanwhile; writers wait, or are waited for.
 *
 * @returns Bytes of the file and its log, before and after.
 * @throws {EngineError} `DISK_FULL`, before anything is done, if there is no room; `WRITER_BUSY`
 *   if another writer, or a reader of old pages, does not end in time.
 */
export async function compactStore(store: Store): Promise<{ before: number; after: number }> {
  const { path, folder } = store;
  const before = bytesOf(path);
  const held = await store.reading(heldBytes);
  const room = folder === null ? Infinity : roomAt(folder);
  if (room < ROOM * held) {
    const what = `${quoteValue(path)} holds ${held} bytes, and rewriting it needs ${ROOM * held} free bytes, not ${room}`;
    throw new EngineError('DISK_FULL', what, 'Free some space and run it again.');
  }
  if (!(await store.vacuum())) {
    const what = `A reader of ${quoteValue(path)} holds on to its old pages`;
    const hint = 'The space is freed by the first write after it has ended; or run this again.';
    throw new EngineError('WRITER_BUSY', what, hint);
  }
  return { before, after: bytesOf(path) };
}

function heldBytes(database: Database): number {
  const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
    Number(database.sql(`pragma ${name}`).row()![0]),
  ) as [number, number, number];
  return (pages - free) * size;
}

/** Size of the file and its log. */
function bytesOf(path: string): number {
  return [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);
}
