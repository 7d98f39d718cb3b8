type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A growing list of numbers, as compact as an array of their type. */
export class Growing<A extends Numbers = Uint32Array> {
  #items: A;
  #length = 0;
  readonly #type: new (length: number) => A;

  /** @param type - What `taken` returns. */
  constructor(type: new (length: number) => A) {
    this.#type = type;
    this.#items = new type(64);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) this.reserve(1);
    this.#items[this.#length++] = item;
  }

  /** Makes room for more items; they are part of the list once `grow` says so. @returns All room. */
  reserve(more: number): A {
    if (this.#length + more > this.#items.length) {
      const larger = new this.#type(Math.max(this.#length + more, this.#items.length * 2));
      larger.set(this.#items);
      this.#items = larger;
    }
    return this.#items;
  }

  /** Takes items in that were written behind the last one, into what `reserve` returned. */
  grow(more: number): void {
    this.#length += more;
  }

  /** The list, until it grows again. */
  taken(): A {
    return this.#items.subarray(0, this.#length) as A;
  }
}
