/** Keeps the smallest of many numbers, as a heap with the largest of them on top. */
export class Smallest {
  readonly #limit: number;
  readonly #heap: number[] = [];

  /** @param limit - How many are kept, 1 or more; may be Infinity. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The largest of those that are kept; Infinity until there are `limit` of them. */
  get worst(): number {
    return this.#heap.length < this.#limit ? Infinity : this.#heap[0]!;
  }

  add(number: number): void {
    if (this.#limit === Infinity || number >= this.worst) return;
    if (this.#heap.length < this.#limit) this.#insert(number);
    else this.#replace(number);
  }

  #insert(number: number): void {
    const heap = this.#heap;
    let at = heap.push(number) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (heap[up]! >= number) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = number;
  }

  /** Puts a number in the place of the largest. */
  #replace(number: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && heap[down + 1]! > heap[down]!) down += 1;
      if (down >= heap.length || heap[down]! <= number) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = number;
  }
}
