import { statSync } from 'node:fs';
import { EngineError, quoteValue } from '../../errors.ts';
import { roomAt } from './reserve.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';

/** Room that writing a file anew takes, in times of what it holds: once in the log, once in a temporary file. */
const ROOM = 2;

/**
 * Writes the file of a store anew without its free pages, and cuts it to its new length. Others may read
 * meanwhile; who writes waits, or is waited for.
 *
 * @returns Bytes of the file and its log, before and after.
 * @throws {EngineError} `DISK_FULL` before anything is done where there is no room for it; `WRITER_BUSY`
 *   where another writer, or a reader that holds on to old pages, does not end in time.
 */
export async function compactStore(store: Store): Promise<{ before: number; after: number }> {
  const { path, folder } = store;
  const before = bytesOf(path);
  const held = await store.reading(heldBytes);
  const room = folder === null ? Infinity : roomAt(folder);
  if (room < ROOM * held) {
    const what = `${quoteValue(path)} holds ${held} bytes, and ${ROOM * held} have to be free to write it anew, not ${room}`;
    throw new EngineError('DISK_FULL', what, 'Free some space and run it again.');
  }
  if (!(await store.vacuum())) {
    const what = `A reader of ${quoteValue(path)} holds on to its old pages`;
    const hint = 'The space is given back when it has ended and somebody writes, or run it again.';
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

/** Of the file and its log. */
function bytesOf(path: string): number {
  return [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);
}
