import { Growing } from './growing.ts';

/**
 * Numbers distinct texts from 0 on, in order of arrival. Takes 2 bytes a UTF-16 unit and about 12 bytes a text,
 * where a `Map` of strings takes more than 100.
 */
export class TextNumbers {
  readonly #units = new Growing(Uint16Array);
  /** Where each text begins in `#units`, and the end. */
  readonly #at = new Growing(Uint32Array);
  /** By hash, the number of a text plus 1; 0 is free. The length is a power of 2. */
  #slots = new Uint32Array(64);

  constructor() {
    this.#at.push(0);
  }

  get size(): number {
    return this.#at.length - 1;
  }

  /** The number of a text; one that is new is added. */
  numberOf(text: string): number {
    const slot = this.#slotOf(text);
    const known = this.#slots[slot]!;
    if (known !== 0) return known - 1;
    const number = this.size;
    const from = this.#units.length;
    const units = this.#units.reserve(text.length);
    for (let i = 0; i < text.length; i++) units[from + i] = text.charCodeAt(i);
    this.#units.grow(text.length);
    this.#at.push(this.#units.length);
    this.#slots[slot] = number + 1;
    if (this.size * 4 > this.#slots.length * 3) this.#rehash();
    return number;
  }

  /** The text of a number. */
  textOf(number: number): string {
    const units = this.#units.taken();
    let text = '';
    for (let at = this.#at.at(number), end = this.#at.at(number + 1); at < end; at++) {
      text += String.fromCharCode(units[at]!);
    }
    return text;
  }

  /** UTF-16 units of all texts, and where each begins, and the end. */
  pool(): { units: Uint16Array; at: Uint32Array } {
    return { units: this.#units.taken(), at: this.#at.taken() };
  }

  /** The slot that a text is in, or the free one that it belongs in. */
  #slotOf(text: string): number {
    let hash = SEED;
    for (let i = 0; i < text.length; i++) hash = mixed(hash, text.charCodeAt(i));
    const mask = this.#slots.length - 1;
    let slot = spread(hash) & mask;
    for (let known; (known = this.#slots[slot]!) !== 0; slot = (slot + 1) & mask) {
      if (this.#holds(known - 1, text)) break;
    }
    return slot;
  }

  #holds(number: number, text: string): boolean {
    const from = this.#at.at(number);
    if (this.#at.at(number + 1) - from !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.#units.at(from + i) !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const { units, at } = this.pool();
    for (let number = 0; number < this.size; number++) {
      let hash = SEED;
      for (let i = at[number]!, end = at[number + 1]!; i < end; i++) hash = mixed(hash, units[i]!);
      let slot = spread(hash) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

// FNV-1a over UTF-16 units, finished as MurmurHash3 does, since slots are its low bits.
const SEED = 0x811c9dc5 | 0;

function mixed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

function spread(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
