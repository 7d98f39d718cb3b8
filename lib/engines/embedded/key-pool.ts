/**
 * Concatenated texts in ascending order of their UTF-16 units; `at` has the offset of each, and
 * the end.
 */
export class KeyPool {
  readonly size: number;
  readonly #units: Uint16Array;
  readonly #at: Uint32Array;

  constructor(units: Uint16Array, at: Uint32Array) {
    this.#units = units;
    this.#at = at;
    this.size = at.length - 1;
  }

  lengthOf(key: number): number {
    return this.#at[key + 1]! - this.#at[key]!;
  }

  textOf(key: number): string {
    let text = '';
    for (let at = this.#at[key]!, end = this.#at[key + 1]!; at < end; at++) {
      text += String.fromCharCode(this.#units[at]!);
    }
    return text;
  }

  unitAt(key: number, offset: number): number {
    return this.#units[this.#at[key]! + offset]!;
  }

  /**
   * Number of the first key not less than a text; with `after`, of the first after all keys with
   * that prefix.
   */
  first(text: string, after: boolean): number {
    const least = after ? 1 : 0;
    let first = 0;
    let end = this.size;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (this.#compare(middle, text) >= least) end = middle;
      else first = middle + 1;
    }
    return first;
  }

  /** The number of a text; -1 if it is not a key. */
  find(text: string): number {
    const key = this.first(text, false);
    const isThere = key < this.size && this.lengthOf(key) === text.length;
    return isThere && this.holds(key, text, 0) ? key : -1;
  }

  /** Whether a key contains a text at an offset. */
  holds(key: number, text: string, offset: number): boolean {
    const from = this.#at[key]! + offset;
    if (from + text.length > this.#at[key + 1]!) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.#units[from + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Whether one of a key without its first `offset` units, and a text from `at` on, begins with the other. */
  beginsAlike(key: number, offset: number, text: string, at: number): boolean {
    const from = this.#at[key]! + offset;
    const least = Math.min(this.#at[key + 1]! - from, text.length - at);
    for (let i = 0; i < least; i++) {
      if (this.#units[from + i] !== text.charCodeAt(at + i)) return false;
    }
    return true;
  }

  /** `withinOneEdit` of a text and the key without its first `offset` units. */
  isNear(key: number, text: string, offset: number): boolean {
    const from = this.#at[key]! + offset;
    const length = this.#at[key + 1]! - from;
    if (Math.abs(length - text.length) > 1) return false;
    const least = Math.min(length, text.length);
    const units = this.#units;
    let start = 0;
    while (start < least && units[from + start] === text.charCodeAt(start)) start++;
    let end = 0;
    const most = least - start;
    while (
      end < most &&
      units[from + length - 1 - end] === text.charCodeAt(text.length - 1 - end)
    ) {
      end++;
    }
    const [own, other] = [length - start - end, text.length - start - end];
    if (own <= 1 && other <= 1) return true;
    return (
      own === 2 &&
      other === 2 &&
      units[from + start] === text.charCodeAt(start + 1) &&
      units[from + start + 1] === text.charCodeAt(start)
    );
  }

  /**
   * Negative if a key comes before a text, 0 if the text is its prefix, positive if it comes after
   * these.
   */
  #compare(key: number, text: string): number {
    const end = this.#at[key + 1]!;
    for (let i = 0, at = this.#at[key]!; i < text.length; i++, at++) {
      if (at === end) return -1;
      const difference = this.#units[at]! - text.charCodeAt(i);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
