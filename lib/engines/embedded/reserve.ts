import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Size in bytes of the reserve file, which is removed on a full disk so that a generation can be
 * dropped.
 */
const RESERVE = 1 << 20;
/** Bytes of the shared-memory file that SQLite makes for readers, plus the same for the log. */
const SHARED = 65_536;
/** The reserve is made only if this multiple of its size is free. */
const ROOM = 4;

/** Free bytes for this user on the file system of a path; Infinity if unknown. */
export function roomAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** Whether a disk is too full for the shared-memory file of SQLite. */
export function isFull(folder: string): boolean {
  return roomAt(folder) < SHARED;
}

/** Makes the reserve of a folder if it is missing and there is room. */
export function keepReserve(folder: string): void {
  const path = pathOf(folder);
  if (sizeOf(path) === RESERVE || roomAt(folder) < ROOM * RESERVE) return;
  try {
    // Random, since some file systems store zeros without using space.
    writeFileSync(path, randomBytes(RESERVE));
  } catch {
    rmSync(path, { force: true });
  }
}

/** Removes the reserve of a folder. @returns Whether there was one. */
export function spendReserve(folder: string): boolean {
  const path = pathOf(folder);
  if (sizeOf(path) === 0) return false;
  rmSync(path, { force: true });
  return true;
}

function pathOf(folder: string): string {
  return join(folder, 'suoyin.reserve');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
