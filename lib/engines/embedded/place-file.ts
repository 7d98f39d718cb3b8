import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SegmentArrays, SegmentData } from './place-segment.ts';

// Layout of a file of places: 8 magic bytes, the length of the header (4 bytes), the header as
// JSON, then the arrays, each aligned to 8 bytes. Numbers are little-endian, as on every machine
// that Node.js supports.

/** "SuoyPl" and the version of the layout; a file with another version is made again. */
const MAGIC = 'SuoyPl03';
const HEADER_FROM = 12;

const TYPES = { Uint8Array, Uint16Array, Uint32Array, Float64Array };
type TypeName = keyof typeof TYPES;

type Words = Omit<SegmentData, 'arrays'>;

interface Header extends Words {
  arrays: Record<string, { type: TypeName; at: number; length: number }>;
}

/** Name, length and checksum of a file when it was made. */
export interface FileSum {
  file: string;
  bytes: number;
  crc32: number;
}

/**
 * Writes a segment to a file, which is renamed when it is complete and on the disk.
 *
 * @param folder - Made where it is missing.
 * @param name - The file name is this followed by the checksum.
 */
export function writePlaceFile(folder: string, name: string, data: SegmentData): FileSum {
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `${name}.new`);
  const descriptor = openSync(unfinished, 'w');
  try {
    const sum: FileSum = { file: '', bytes: 0, crc32: 0 };
    for (const part of partsOf(data)) {
      // `crc32` of nothing is 0 and would drop the sum so far.
      if (part.length === 0) continue;
      sum.crc32 = crc32(part, sum.crc32);
      for (let at = 0; at < part.length;) at += writeSync(descriptor, part, at);
      sum.bytes += part.length;
    }
    fsyncSync(descriptor);
    closeSync(descriptor);
    sum.file = `${name}.${sum.crc32.toString(16)}`;
    renameSync(unfinished, join(folder, sum.file));
    syncFolder(folder);
    return sum;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function* partsOf({ arrays, ...words }: SegmentData): Generator<Uint8Array> {
  const header: Header = { ...words, arrays: {} };
  let at = 0;
  for (const [name, array] of Object.entries(arrays) as [string, SegmentArrays['own']][]) {
    const { length, byteLength } = array;
    header.arrays[name] = { type: array.constructor.name as TypeName, at, length };
    at += padded(byteLength);
  }
  // A Buffer is a Uint8Array.
  for (const one of Object.values(header.arrays)) if (!(one.type in TYPES)) one.type = 'Uint8Array';
  const text = Buffer.from(JSON.stringify(header));
  const length = padded(HEADER_FROM + text.length) - HEADER_FROM;
  const head = Buffer.alloc(HEADER_FROM + length, ' ');
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(length, MAGIC.length);
  text.copy(head, HEADER_FROM);
  yield head;
  for (const { buffer, byteOffset, byteLength } of Object.values(
    arrays as unknown as Record<string, Uint8Array>,
  )) {
    yield new Uint8Array(buffer, byteOffset, byteLength);
    yield new Uint8Array(padded(byteLength) - byteLength);
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/**
 * Makes a rename durable. Some file systems can't do that for a folder; there, syncing the file is
 * enough.
 */
function syncFolder(folder: string): void {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    return;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** Bytes per read, with a turn for others in between. */
const CHUNK = 4 << 20;

/**
 * Reads a file into memory that threads can share.
 *
 * @returns Null if the file is not byte for byte what was written.
 */
export async function readPlaceFile(
  folder: string,
  sum: FileSum,
): Promise<SharedArrayBuffer | null> {
  const path = join(folder, sum.file);
  // A pipe would be waited for.
  if (!isFile(path)) return null;
  const handle = await open(path);
  try {
    if ((await handle.stat()).size !== sum.bytes) return null;
    const shared = new SharedArrayBuffer(sum.bytes);
    const bytes = new Uint8Array(shared);
    let crc = 0;
    for (let at = 0; at < sum.bytes;) {
      const length = Math.min(CHUNK, sum.bytes - at);
      const { bytesRead } = await handle.read(bytes, at, length, at);
      if (bytesRead === 0) return null;
      crc = crc32(bytes.subarray(at, at + bytesRead), crc);
      at += bytesRead;
    }
    return crc === sum.crc32 ? shared : null;
  } finally {
    await handle.close();
  }
}

/**
 * The segment in the bytes of a checked file.
 *
 * @returns Null for another version of the layout.
 */
export function segmentIn(shared: SharedArrayBuffer): SegmentData | null {
  const bytes = Buffer.from(shared);
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const from = HEADER_FROM + bytes.readUInt32LE(MAGIC.length);
  const { arrays: noted, ...words } = JSON.parse(
    bytes.toString('utf8', HEADER_FROM, from),
  ) as Header;
  const arrays = Object.fromEntries(
    Object.entries(noted).map(([name, { type, at, length }]) => [
      name,
      new (TYPES[type] as new (memory: SharedArrayBuffer, at: number, length: number) => unknown)(
        shared,
        from + at,
        length,
      ),
    ]),
  );
  return { ...words, arrays: arrays as unknown as SegmentArrays };
}
