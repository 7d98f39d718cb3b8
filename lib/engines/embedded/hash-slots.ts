/** Slots of a hash of 256 bits, and the bits of each. */
const SLOTS = 16;
const BITS = 16;
const VALUES = 2 ** BITS;
/** Numbers of 32 bits in a hash. */
const WORDS = 8;

/** Largest distance up to which `find` finds all. */
export const SLOTS_DISTANCE = 31;

/**
 * Hashes of 256 bits by their slots of 16 bits, in memory: two hashes that differ in at most 31 bits
 * differ in at most one bit of some slot, since 16 slots with two each would be 32.
 */
export class HashSlots {
  /** Number of hashes. */
  readonly count: number;
  readonly #hashes: Uint16Array;
  /** Where the rows of each value of each slot begin, and the rows. */
  readonly #begins: Uint32Array[] = [];
  readonly #rows: Uint32Array[] = [];
  /** The last search that saw each row. */
  readonly #seen: Uint32Array;
  #searches = 0;

  private constructor(hashes: Uint16Array) {
    this.#hashes = hashes;
    this.count = hashes.length / SLOTS;
    this.#seen = new Uint32Array(this.count);
  }

  /**
   * Sorts hashes, some 25 ms for each slot of a million.
   *
   * @param hashes - One after the other.
   * @param turn - Called after each slot, to let others run.
   */
  static async of(hashes: Uint16Array, turn: () => Promise<void>): Promise<HashSlots> {
    const slots = new HashSlots(hashes);
    for (let slot = 0; slot < SLOTS; slot++) {
      slots.#sort(slot);
      await turn();
    }
    return slots;
  }

  #sort(slot: number): void {
    const hashes = this.#hashes;
    const begins = new Uint32Array(VALUES + 1);
    for (let at = slot; at < hashes.length; at += SLOTS) begins[hashes[at]! + 1]! += 1;
    for (let value = 0; value < VALUES; value++) begins[value + 1]! += begins[value]!;
    const next = begins.slice();
    const rows = new Uint32Array(this.count);
    for (let row = 0, at = slot; row < rows.length; row++, at += SLOTS) {
      rows[next[hashes[at]!]!++] = row;
    }
    this.#begins.push(begins);
    this.#rows.push(rows);
  }

  /**
   * Calls back for each row whose hash differs from another in at most `distance` bits.
   *
   * @param distance - At most `SLOTS_DISTANCE`.
   */
  find(query: Uint8Array, distance: number, each: (row: number, bits: number) => void): void {
    const bytes = Uint8Array.from(query);
    const slots = new Uint16Array(bytes.buffer);
    const search = ++this.#searches;
    const looked = new Uint32Array(bytes.buffer);
    const hashes = this.#hashes;
    const words = new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length / 2);
    const seen = this.#seen;
    for (let slot = 0; slot < SLOTS; slot++) {
      const [begins, rows] = [this.#begins[slot]!, this.#rows[slot]!];
      for (let bit = -1; bit < BITS; bit++) {
        const value = bit < 0 ? slots[slot]! : slots[slot]! ^ (1 << bit);
        for (let at = begins[value]!; at < begins[value + 1]!; at++) {
          const row = rows[at]!;
          if (seen[row] === search) continue;
          seen[row] = search;
          let bits = 0;
          for (let i = 0; i < WORDS && bits <= distance; i++) {
            bits += bitsOf(words[row * WORDS + i]! ^ looked[i]!);
          }
          if (bits <= distance) each(row, bits);
        }
      }
    }
  }
}

/** Number of set bits of 32, by sums of pairs, fours and bytes. */
export function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
