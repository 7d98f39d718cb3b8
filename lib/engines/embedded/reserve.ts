import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the file that is given up on a full disk, so that a generation can be dropped there. */
const RESERVE = 1 << 20;
/** Bytes of the first file that SQLite makes for readers, and as much again for the log. */
const SHARED = 65_536;
/** The reserve is made where there is so many times as much room. */
const ROOM = 4;

/** Bytes that this user may still write where a path is; Infinity where the system does not say. */
export function roomAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** Whether a disk is so full that SQLite can't make what readers and the writer share. */
export function isFull(folder: string): boolean {
  return roomAt(folder) < SHARED;
}

/** Makes the reserve of a folder where it is missing and there is room. */
export function keepReserve(folder: string): void {
  const path = pathOf(folder);
  if (sizeOf(path) === RESERVE || roomAt(folder) < ROOM * RESERVE) return;
  try {
    // No zeros, which some file systems keep without taking room for them.
    writeFileSync(path, randomBytes(RESERVE));
  } catch {
    rmSync(path, { force: true });
  }
}

/** Gives the reserve of a folder up. @returns Whether there was one. */
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
