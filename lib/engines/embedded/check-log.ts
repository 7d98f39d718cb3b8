import { closeSync, openSync, readSync } from 'node:fs';

/** Layout of the log: https://sqlite.org/fileformat2.html#walformat */
const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;
const PAGE_SIZES: ReadonlySet<number> = new Set([9, 10, 11, 12, 13, 14, 15, 16].map((n) => 2 ** n));

/** What is known of the log. */
interface LogLook {
  salts: string;
  /** Number of frames before the first damaged one. */
  whole: number;
  /** Number of complete transactions after that frame. */
  lost: number;
}

/**
 * Counts transactions in a write-ahead log that are lost because an earlier frame is damaged:
 * SQLite silently stops at the first bad frame.
 *
 * @param path - Path of the log, which may be missing, and may be written meanwhile.
 * @returns A lower bound of lost transactions; 0 for an undamaged log.
 */
export function lostTransactions(path: string): number {
  const first = lookAtLog(path);
  if (first === null || first.lost === 0) return 0;
  // A frame that is being written looks damaged at the first look, but not at the second.
  const second = lookAtLog(path);
  const isSame = second?.salts === first.salts && second.whole === first.whole;
  return isSame ? second.lost : 0;
}

function lookAtLog(path: string): LogLook | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    return follow(file);
  } finally {
    closeSync(file);
  }
}

function follow(file: number): LogLook | null {
  const header = Buffer.alloc(HEADER);
  if (readSync(file, header, 0, HEADER, 0) < HEADER) return null;
  const [magic, pageSize] = [header.readUInt32BE(0), header.readUInt32BE(8)];
  const isLog = (magic === MAGIC || magic === MAGIC + 1) && PAGE_SIZES.has(pageSize);
  const bigEndian = magic === MAGIC + 1;
  let sums = checksum([0, 0], header.subarray(0, 24), bigEndian);
  const isWhole = sums[0] === header.readUInt32BE(24) && sums[1] === header.readUInt32BE(28);
  // SQLite reads nothing after such a header.
  if (!isLog || !isWhole) {
    return { salts: '', whole: 0, lost: readSync(file, header, 0, 1, HEADER) };
  }
  const salts = header.toString('hex', 16, 24);
  const frame = Buffer.alloc(FRAME_HEADER + pageSize);
  let whole = 0;
  let lost = 0;
  let broken = false;
  for (let at = HEADER; ; at += frame.length) {
    if (readSync(file, frame, 0, frame.length, at) < frame.length) break;
    if (frame.toString('hex', 8, 16) !== salts) {
      // Either a frame from before the log was restarted, or a damaged one.
      broken = true;
      continue;
    }
    if (!broken) {
      sums = checksum(sums, frame.subarray(0, 8), bigEndian);
      sums = checksum(sums, frame.subarray(FRAME_HEADER), bigEndian);
      broken = sums[0] !== frame.readUInt32BE(16) || sums[1] !== frame.readUInt32BE(20);
    }
    if (!broken) whole += 1;
    else if (frame.readUInt32BE(4) > 0) lost += 1;
  }
  return { salts, whole, lost };
}

function checksum(
  [first, second]: readonly [number, number],
  bytes: Buffer,
  bigEndian: boolean,
): [number, number] {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    const [x, y] = bigEndian
      ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
      : [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    a = (a + x + b) >>> 0;
    b = (b + y + a) >>> 0;
  }
  return [a, b];
}
