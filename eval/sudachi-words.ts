// Words of SudachiDict (Apache-2.0), read from its binary dictionary of format 1.
import { readFileSync } from 'node:fs';

export interface SudachiWord {
  word: string;
  /** Part of speech of UniDic, from wide to narrow: 名詞,固有名詞,人名,姓. */
  pos: string;
}

/** A cursor over the numbers of the format: little-endian, and of seven bits a byte. */
class Cursor {
  readonly bytes: Buffer;
  at: number;
  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }
  variable(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }
  short(): number {
    this.at += 2;
    return this.bytes.readUInt16LE(this.at - 2);
  }
  text(length: number): string {
    this.at += 2 * length;
    return this.bytes.toString('utf16le', this.at - 2 * length, this.at);
  }
}

function sectionsOf(bytes: Buffer): Map<string, [start: number, length: number]> {
  const cursor = new Cursor(bytes, bytes.indexOf('\nConnMatrix'));
  const sections = new Map<string, [number, number]>();
  while (bytes[cursor.at] !== 0) {
    const length = bytes[cursor.at++]!;
    const name = bytes.toString('latin1', cursor.at, cursor.at + length);
    cursor.at += length;
    sections.set(name, [cursor.variable(), cursor.variable()]);
  }
  return sections;
}

/** Words of 2 to 14 characters, each once with each part of speech. */
export function sudachiWords(file: string): SudachiWord[] {
  const bytes = readFileSync(file);
  const sections = sectionsOf(bytes);
  const section = (name: string): [number, number] => {
    const found = sections.get(name);
    if (!found) throw new Error(`${file} has no section ${name}: is it a dictionary of format 1?`);
    return found;
  };
  const parts = new Cursor(bytes, section('POS')[0]);
  const speech = Array.from({ length: parts.short() }, () =>
    Array.from({ length: 6 }, () => parts.text(parts.short()))
      .slice(0, 4)
      .join(),
  );
  const [pointers, pointersLength] = section('WordPointers');
  const [entries, entriesLength] = section('Entries');
  const [strings] = section('Strings');
  const cursor = new Cursor(bytes, pointers);
  const found = new Map<string, SudachiWord>();
  while (cursor.at < pointers + pointersLength) {
    let id = 0;
    for (let left = cursor.variable(); left > 0; left--) {
      id += cursor.variable();
      const entry = id * 8;
      if (entry + 12 > entriesLength) continue;
      const pos = speech[bytes.readUInt16LE(entries + entry + 6)];
      const pointer = bytes.readUInt32LE(entries + entry + 8);
      const length = pointer >>> 27;
      if (pos === undefined || length < 2 || length > 14) continue;
      const start = strings + (pointer & 0x7ffffff) * 2;
      const word = bytes.toString('utf16le', start, start + 2 * length);
      found.set(`${word} ${pos}`, { word, pos });
    }
  }
  return [...found.values()];
}
