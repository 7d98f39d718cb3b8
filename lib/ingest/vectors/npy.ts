import { type FileHandle, open } from 'node:fs/promises';
import { OptionError, quoteValue } from '../../errors.ts';
import { unreadable as fileFault } from '../../source/named-files.ts';

/** A NumPy matrix in a file, one vector per row. */
export interface NpyFile {
  rows: number;
  /** Numbers per row. */
  length: number;
  /** Yields the rows from this one on. */
  from(row: number): AsyncGenerator<number[]>;
  close(): Promise<void>;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Longest header that is read; a real one has about a hundred bytes. */
const HEADER_MAX = 65_536;
/** Bytes per read. */
const READ_BYTES = 1 << 20;

interface NumberKind {
  bytes: number;
  read: (view: DataView, at: number) => number;
}

const KINDS: Readonly<Record<string, NumberKind>> = {
  '<f2': { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  '<f4': { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  '<f8': { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  '|i1': { bytes: 1, read: (view, at) => view.getInt8(at) },
  // Bytes of packed bits, which engines store as signed ones.
  '|u1': { bytes: 1, read: (view, at) => view.getInt8(at) },
};

/**
 * Opens a `.npy` file of versions 1 to 3: a matrix of `<f2`, `<f4`, `<f8`, `|i1` or `|u1`, row by row (C order).
 * Its size must match its shape.
 *
 * Source: numpy.lib.format, the NPY format.
 *
 * @throws {OptionError} `VECTORS_UNREADABLE`.
 */
export async function openNpy(path: string): Promise<NpyFile> {
  const file = await open(path).catch((cause: unknown) => {
    throw fileFault(path, cause);
  });
  try {
    const { kind, rows, length, offset } = await headerOf(file, path);
    const rowBytes = length * kind.bytes;
    const { size } = await file.stat();
    if (size !== offset + rows * rowBytes) {
      const what = `has ${size} bytes, and ${rows} x ${length} numbers take ${offset + rows * rowBytes}`;
      throw unreadable(path, what);
    }
    const perRead = Math.max(1, Math.floor(READ_BYTES / rowBytes));
    return {
      rows,
      length,
      async *from(row) {
        for (let at = row; at < rows; at += perRead) {
          const count = Math.min(perRead, rows - at);
          const block = Buffer.alloc(count * rowBytes);
          await readWhole(file, block, { position: offset + at * rowBytes, path });
          const view = new DataView(block.buffer, block.byteOffset, block.length);
          for (let line = 0; line < count; line++) {
            yield Array.from({ length }, (_, i) =>
              kind.read(view, line * rowBytes + i * kind.bytes),
            );
          }
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface NpyHeader {
  kind: NumberKind;
  rows: number;
  length: number;
  /** Byte offset of the first number. */
  offset: number;
}

async function headerOf(file: FileHandle, path: string): Promise<NpyHeader> {
  const start = Buffer.alloc(12);
  await readWhole(file, start, { position: 0, path });
  if (!start.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable(path, 'is no .npy file');
  const wide = start[6]! > 1;
  const begin = wide ? 12 : 10;
  const bytes = wide ? start.readUInt32LE(8) : start.readUInt16LE(8);
  if (bytes > HEADER_MAX) throw unreadable(path, `has a header of ${bytes} bytes`);
  const header = Buffer.alloc(bytes);
  await readWhole(file, header, { position: begin, path });
  const text = header.toString('latin1');
  const descr = valueOf(text, 'descr').replaceAll("'", '').replaceAll('"', '');
  const kind = Object.hasOwn(KINDS, descr) ? KINDS[descr]! : null;
  if (kind === null) {
    throw unreadable(path, `has numbers of the kind ${quoteValue(descr)}`);
  }
  if (!valueOf(text, 'fortran_order').startsWith('False')) {
    throw unreadable(path, 'is kept column by column (fortran_order)');
  }
  const shape = valueOf(text, 'shape')
    .replaceAll('(', '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  const [rows = NaN, length = NaN] = shape;
  if (shape.length !== 2 || !Number.isSafeInteger(rows) || !Number.isSafeInteger(length)) {
    throw unreadable(path, `has the shape (${shape.join(', ')})`);
  }
  if (length < 1) throw unreadable(path, 'has rows without numbers');
  return { kind, rows, length, offset: begin + bytes };
}

/** What follows a key of the header, up to the end of its value. */
function valueOf(header: string, key: string): string {
  const at = header.indexOf(`'${key}':`);
  if (at < 0) return '';
  const rest = header.slice(at + key.length + 3).trim();
  const end = rest.startsWith('(') ? rest.indexOf(')') : rest.indexOf(',');
  return end < 0 ? rest : rest.slice(0, end);
}

async function readWhole(
  file: FileHandle,
  into: Buffer,
  { position, path }: { position: number; path: string },
): Promise<void> {
  const { bytesRead } = await file.read(into, 0, into.length, position);
  if (bytesRead < into.length) throw unreadable(path, 'ends too early');
}

/** A number of half precision (IEEE 754 binary16). */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * 2 ** -14 * (fraction / 1024)
    : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

function unreadable(path: string, what: string): OptionError {
  const hint =
    'Save a matrix, a vector a row: numpy.save(file, numpy.ascontiguousarray(vectors, dtype="<f4")).';
  return new OptionError('VECTORS_UNREADABLE', `${quoteValue(path)} ${what}`, hint);
}
