import { Growing } from '../../growing.ts';
import { TextNumbers } from '../../text-numbers.ts';
import { LIST_LENGTH, LIST_MIN } from './keys.ts';
import type { SegmentArrays } from './place-segment.ts';

export type Postings = Pick<SegmentArrays, 'keys' | 'keyAt' | 'hits' | 'hitAt'>;
export type Lists = Pick<SegmentArrays, 'lists' | 'listAt' | 'listFrom' | 'listTo'>;

/** Keys, each with the documents that have it. */
export class KeyTable {
  readonly #keys = new TextNumbers();
  readonly #ofKey = new Growing(Uint32Array);
  readonly #hits = new Growing(Uint32Array);

  /** @param hit - Number of the document, not lower than in earlier calls. */
  add(key: string, hit: number): void {
    this.#ofKey.push(this.#keys.numberOf(key));
    this.#hits.push(hit);
  }

  /** Adds a key, perhaps without documents, and returns its number. */
  numberOf(key: string): number {
    return this.#keys.numberOf(key);
  }

  /** @returns The postings, and the sorted position of each key by its number. */
  postings(): Postings & { place: Uint32Array } {
    const { units, at: from } = this.#keys.pool();
    const order = sortedTexts(units, from);
    const keyAt = new Uint32Array(order.length + 1);
    const place = new Uint32Array(order.length);
    const keys = new Uint16Array(units.length);
    for (let at = 0, to = 0; at < order.length; at++) {
      const number = order[at]!;
      place[number] = at;
      keys.set(units.subarray(from[number], from[number + 1]), to);
      keyAt[at + 1] = to += from[number + 1]! - from[number]!;
    }
    const ofKey = this.#ofKey.taken();
    const hitAt = new Uint32Array(order.length + 1);
    for (const number of ofKey) hitAt[place[number]! + 1]! += 1;
    for (let at = 0; at < order.length; at++) hitAt[at + 1]! += hitAt[at]!;
    const next = hitAt.slice();
    const hits = new Uint32Array(ofKey.length);
    const added = this.#hits.taken();
    for (let i = 0; i < ofKey.length; i++) hits[next[place[ofKey[i]!]!]!++] = added[i]!;
    return { keys, keyAt, hits, hitAt, place };
  }

  arrays(): ReturnType<KeyTable['postings']> & Lists {
    const postings = this.postings();
    return { ...postings, ...listsOf(postings) };
  }
}

/** Ranges of at most this length are sorted by insertion. */
const SHORT = 12;

/**
 * Numbers of distinct texts in the order of their UTF-16 units, by multikey quicksort: texts that share many units are
 * compared from the first that differs.
 *
 * @param units - The texts one behind the other. at: where each begins, and the end.
 */
export function sortedTexts(units: Uint16Array, at: Uint32Array): Uint32Array {
  const order = new Uint32Array(at.length - 1);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const unitOf = (text: number, depth: number): number => {
    const from = at[text]! + depth;
    return from < at[text + 1]! ? units[from]! : -1;
  };
  const isBefore = (a: number, b: number, depth: number): boolean => {
    for (; ; depth++) {
      const [x, y] = [unitOf(a, depth), unitOf(b, depth)];
      if (x !== y || x < 0) return x < y;
    }
  };
  const swap = (i: number, j: number): void => {
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  };
  const ranges: [from: number, to: number, depth: number][] = [[0, order.length, 0]];
  for (let range; (range = ranges.pop());) {
    const [from, to, depth] = range;
    if (to - from <= SHORT) {
      for (let i = from + 1; i < to; i++) {
        for (let j = i; j > from && isBefore(order[j]!, order[j - 1]!, depth); j--) swap(j, j - 1);
      }
      continue;
    }
    const pivot = middleOf(
      unitOf(order[from]!, depth),
      unitOf(order[(from + to) >>> 1]!, depth),
      unitOf(order[to - 1]!, depth),
    );
    let [less, more] = [from, to];
    for (let i = from; i < more;) {
      const unit = unitOf(order[i]!, depth);
      if (unit < pivot) swap(less++, i++);
      else if (unit > pivot) swap(--more, i);
      else i++;
    }
    ranges.push([from, less, depth], [more, to, depth]);
    // Texts that end here are one, since they are distinct.
    if (pivot >= 0) ranges.push([less, more, depth + 1]);
  }
  return order;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Letter of the keys that are never searched by prefix. */
const TAIL = 't'.charCodeAt(0);

/**
 * The documents of every prefix with at least `LIST_MIN` hits, up to `LIST_LENGTH` units after the
 * field's letter.
 */
function listsOf(postings: Postings): Lists {
  const { hits, hitAt } = postings;
  const lists = new Growing(Uint32Array);
  const ranges = frequentRanges(postings);
  const listAt = new Uint32Array(ranges.length + 1);
  for (const [i, [from, to]] of ranges.entries()) {
    let last = -1;
    for (const document of hits.slice(hitAt[from], hitAt[to]).sort()) {
      if (document !== last) lists.push(document);
      last = document;
    }
    listAt[i + 1] = lists.length;
  }
  return {
    lists: lists.taken().slice(),
    listAt,
    listFrom: Uint32Array.from(ranges, ([from]) => from),
    listTo: Uint32Array.from(ranges, ([, to]) => to),
  };
}

/** Half-open ranges of keys that share a frequent prefix, each once, ascending. */
function frequentRanges({ keys, keyAt, hitAt }: Postings): [from: number, to: number][] {
  const found = new Map<string, [number, number]>();
  const unitAt = (key: number, depth: number): number =>
    keyAt[key]! + depth < keyAt[key + 1]! ? keys[keyAt[key]! + depth]! : -1;
  /** Divides keys that share `depth` units into those that share one more. */
  const divide = (from: number, to: number, depth: number): void => {
    for (let first = from, end: number; first < to; first = end) {
      const unit = unitAt(first, depth);
      end = first + 1;
      while (end < to && unitAt(end, depth) === unit) end++;
      const isSought = unit >= 0 && !(depth === 0 && unit === TAIL);
      if (!isSought || hitAt[end]! - hitAt[first]! < LIST_MIN) continue;
      // A field letter alone is never searched for, and a single key already has its documents in
      // order.
      if (depth > 0 && end - first > 1) found.set(`${first} ${end}`, [first, end]);
      if (depth < LIST_LENGTH) divide(first, end, depth + 1);
    }
  };
  divide(0, keyAt.length - 1, 0);
  return [...found.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
