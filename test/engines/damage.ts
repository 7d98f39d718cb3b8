import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';

/** What may happen to a file, at a place of it and with a number, both from 0 to 1. */
type Harm = (path: string, at: number, amount: number, other: Buffer) => void;

/** Writes into the file that is there, as a disk or another program does that spoils it. */
function spoil(path: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(readFileSync(path)));
}

const PAGE = 4096;

/** Harms to the bytes of a file. */
const OF_BYTES: Readonly<Record<string, Harm>> = {
  'a bit': (path, at, amount) =>
    spoil(path, (bytes) => {
      bytes[Math.floor(at * bytes.length)]! ^= 1 << Math.floor(amount * 8);
      return bytes;
    }),
  'a run of bytes': (path, at, amount) =>
    spoil(path, (bytes) => {
      const from = Math.floor(at * bytes.length);
      for (let i = from; i < Math.min(bytes.length, from + 64); i++) {
        bytes[i] = (bytes[i]! + 1 + Math.floor(amount * 254)) & 255;
      }
      return bytes;
    }),
  'a page of zeros': (path, at) =>
    spoil(path, (bytes) => {
      const from = Math.floor((at * bytes.length) / PAGE) * PAGE;
      // A page that is zero anyway is no harm.
      bytes[from]! |= 1;
      return Buffer.concat([
        bytes.subarray(0, from),
        Buffer.alloc(PAGE),
        bytes.subarray(from + PAGE),
      ]);
    }),
  'its end cut off': (path, at) => truncateSync(path, Math.floor(at * readFileSync(path).length)),
  'an end too many': (path, _, amount) =>
    spoil(path, (bytes) => Buffer.concat([bytes, Buffer.alloc(1 + Math.floor(amount * PAGE))])),
  'nothing left in it': (path) => truncateSync(path, 0),
  'the bytes of another one': (path, _at, _amount, other) => writeFileSync(path, other),
};

/** Harms to the file as a whole; a new file or folder is in its place. */
const OF_FILES: Readonly<Record<string, Harm>> = {
  'another one in its place': (path, _at, _amount, other) => {
    writeFileSync(`${path}.other`, other);
    renameSync(`${path}.other`, path);
  },
  'no file any more': (path) => rmSync(path),
  'a folder in its place': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'a link to nowhere': (path) => {
    rmSync(path);
    symlinkSync('nowhere', path);
  },
};

/** A harm to a file. */
export interface Damage {
  what: string;
  /** @param other - Bytes of another file of its kind. */
  does(path: string, other: Buffer): void;
}

/** Any harm to a file, one kind as often as another. */
export const anyDamage: fc.Arbitrary<Damage> = fc
  .record({
    what: fc.constantFrom(...Object.keys({ ...OF_BYTES, ...OF_FILES })),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    amount: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(({ what, at, amount }) => ({
    what: `${what} (${at.toFixed(4)}, ${amount.toFixed(4)})`,
    does: (path, other) => ({ ...OF_BYTES, ...OF_FILES })[what]!(path, at, amount, other),
  }));

/** Puts a file back as it was. */
export function mend(path: string, bytes: Buffer): void {
  if (existsSync(path)) rmSync(path, { recursive: true });
  else rmSync(path, { force: true });
  writeFileSync(path, bytes);
}
