import type { PlaceKind } from '../../autocomplete/place.ts';
import type { ParentRef, PlaceSource } from '../../autocomplete/record/document.ts';
import type { GeoBox, KeySearch, PlaceFilter } from '../../autocomplete/searches.ts';
import { withinOneEdit } from '../../autocomplete/suggest/edit-distance.ts';
import { storedKey } from './keys.ts';

/**
 * What a segment consists of. Documents are numbered in order of rank, keys in order of their UTF-16 units.
 * - `keys`, `keyAt`: distinct stored keys, one behind the other; `hits`, `hitAt`: documents of each, ascending
 * - `lists`, `listAt`, `listFrom`, `listTo`: distinct documents of beginnings that many keys share, for the
 *   keys from `listFrom` up to `listTo`, ascending by both
 * - `rank`, `country`, `kind`, `lat`, `lon` (NaN where unknown), `area`, `parents`: one a document
 * - `own`, `ownAt`: JSON of what a hit carries of a document but for what it shares; `shared`, `sharedAt`: JSON of
 *   distinct lists of containers (`within`, from 0 on), then of distinct lists of parents
 * - `words`, `wordAt`: distinct keys of containers; `areas`, `areaAt`: the lists that hold each
 */
export interface SegmentArrays {
  keys: Uint16Array;
  keyAt: Uint32Array;
  hits: Uint32Array;
  hitAt: Uint32Array;
  lists: Uint32Array;
  listAt: Uint32Array;
  listFrom: Uint32Array;
  listTo: Uint32Array;
  rank: Float64Array;
  country: Uint16Array;
  kind: Uint8Array;
  lat: Float64Array;
  lon: Float64Array;
  area: Uint32Array;
  parents: Uint32Array;
  own: Uint8Array;
  ownAt: Uint32Array;
  shared: Uint8Array;
  sharedAt: Uint32Array;
  words: Uint16Array;
  wordAt: Uint32Array;
  areas: Uint32Array;
  areaAt: Uint32Array;
}

/** A segment: its arrays, and the words that small numbers in them stand for. */
export interface SegmentData {
  arrays: SegmentArrays;
  countries: readonly string[];
  kinds: readonly string[];
}

/** Documents kept parsed, at most. */
const PARSED = 20_000;

/** Places that are searched in typed arrays. */
export class PlaceSegment {
  readonly size: number;
  readonly #arrays: SegmentArrays;
  readonly #countries: readonly string[];
  readonly #kinds: readonly string[];
  /** Documents that are not there any more. */
  readonly #dead: Uint8Array;
  readonly #parsed = new Map<number, PlaceSource>();
  readonly #shared: (readonly unknown[] | undefined)[];
  #scratch = new Uint32Array(4096);

  constructor({ arrays, countries, kinds }: SegmentData) {
    this.size = arrays.rank.length;
    this.#arrays = arrays;
    this.#countries = countries;
    this.#kinds = kinds;
    this.#dead = new Uint8Array(this.size);
    this.#shared = new Array<undefined>(arrays.sharedAt.length - 1);
  }

  rankOf(document: number): number {
    return this.#arrays.rank[document]!;
  }

  /** Takes the document of a rank out of all answers, where there is one. */
  remove(rank: number): void {
    const { rank: ranks } = this.#arrays;
    const at = firstWhere(0, ranks.length, (i) => ranks[i]! >= rank);
    if (ranks[at] === rank) this.#dead[at] = 1;
  }

  sourceOf(document: number): PlaceSource {
    const known = this.#parsed.get(document);
    if (known) return known;
    const { own, ownAt, area, parents } = this.#arrays;
    const source = {
      ...(parse(own, ownAt, document) as PlaceSource),
      parents: this.#sharedAt(parents[document]!) as ParentRef[],
      within: this.#sharedAt(area[document]!) as string[],
    };
    const oldest = this.#parsed.keys().next();
    if (this.#parsed.size >= PARSED && !oldest.done) this.#parsed.delete(oldest.value);
    this.#parsed.set(document, source);
    return source;
  }

  /** Documents with a key that is, begins with, or is an edit away from what is looked for; lowest rank first. */
  find(search: KeySearch, filter: PlaceFilter): number[] {
    const test = this.#testOf(search, filter);
    if (test === null) return [];
    const { field, value, match, limit } = search;
    const stored = storedKey(field, value);
    if (match === 'whole') return this.#take(this.#whole(stored), limit, test);
    if (match === 'edit') return this.#take(this.#edited(stored), limit, test);
    return this.#take(this.#begun(stored), limit, test);
  }

  /** The first documents of an ascending list that are there and pass. */
  #take(documents: Uint32Array, limit: number, test: Test): number[] {
    const found: number[] = [];
    let last = -1;
    for (let i = 0; i < documents.length && found.length < limit; i++) {
      const document = documents[i]!;
      if (document === last || this.#dead[document] === 1) continue;
      last = document;
      if (test === EVERYTHING || this.#passes(document, test)) found.push(document);
    }
    return found;
  }

  #whole(stored: string): Uint32Array {
    const { hits, hitAt } = this.#arrays;
    const key = this.#firstKey(stored, false);
    return key < this.#arrays.keyAt.length - 1 && this.#isKey(key, stored)
      ? hits.subarray(hitAt[key], hitAt[key + 1])
      : NOTHING;
  }

  /** Documents with a key that begins so, ascending, perhaps more than once. */
  #begun(stored: string): Uint32Array {
    const from = this.#firstKey(stored, false);
    const to = this.#firstKey(stored, true);
    const { hits, hitAt, lists, listAt, listFrom, listTo } = this.#arrays;
    const isAfter = (i: number): boolean =>
      listFrom[i]! > from || (listFrom[i] === from && listTo[i]! >= to);
    const list = firstWhere(0, listFrom.length, isAfter);
    if (listFrom[list] === from && listTo[list] === to) {
      return lists.subarray(listAt[list], listAt[list + 1]);
    }
    const all = hits.subarray(hitAt[from], hitAt[to]);
    if (to - from <= 1) return all;
    return this.#sorted(all.length, (into) => {
      into.set(all);
    });
  }

  /** Documents with a key that is at most one edit away and has the same first character. */
  #edited(stored: string): Uint32Array {
    const { keyAt, hits, hitAt } = this.#arrays;
    const first = stored.slice(0, stored.codePointAt(1)! > 0xffff ? 3 : 2);
    const to = this.#firstKey(first, true);
    const near: Uint32Array[] = [];
    let count = 0;
    for (let key = this.#firstKey(first, false); key < to; key++) {
      const length = keyAt[key + 1]! - keyAt[key]!;
      if (length < stored.length - 1 || length > stored.length + 1) continue;
      if (!this.#mayBeEdit(key, stored, length)) continue;
      if (!withinOneEdit(this.#textOf(key), stored)) continue;
      const documents = hits.subarray(hitAt[key], hitAt[key + 1]);
      near.push(documents);
      count += documents.length;
    }
    return this.#sorted(count, (into) => {
      let at = 0;
      for (const documents of near) {
        into.set(documents, at);
        at += documents.length;
      }
    });
  }

  /** One edit leaves either the unit behind the first, or the last one, as it is; two neighbours swapped may change one of these. */
  #mayBeEdit(key: number, stored: string, length: number): boolean {
    const { keys, keyAt } = this.#arrays;
    const at = keyAt[key]!;
    const third = stored.charCodeAt(2);
    const last = stored.charCodeAt(stored.length - 1);
    return (
      stored.length < 5 || length < 5 || keys[at + 2] === third || keys[at + length - 1] === last
    );
  }

  #sorted(count: number, fill: (into: Uint32Array) => void): Uint32Array {
    if (this.#scratch.length < count) this.#scratch = new Uint32Array(count * 2);
    const into = this.#scratch.subarray(0, count);
    fill(into);
    return into.sort();
  }

  #textOf(key: number): string {
    const { keys, keyAt } = this.#arrays;
    return String.fromCharCode(...keys.subarray(keyAt[key], keyAt[key + 1]));
  }

  #isKey(key: number, stored: string): boolean {
    const { keyAt } = this.#arrays;
    return keyAt[key + 1]! - keyAt[key]! === stored.length && this.#compare(key, stored) === 0;
  }

  /** The first key that is not before a text; `after`: that does not begin with it either. */
  #firstKey(stored: string, after: boolean): number {
    const least = after ? 1 : 0;
    const end = this.#arrays.keyAt.length - 1;
    return firstWhere(0, end, (key) => this.#compare(key, stored) >= least);
  }

  /** Below 0 where a key comes before a text, 0 where it begins with it, above 0 where it comes behind these. */
  #compare(key: number, stored: string): number {
    return compareAt(this.#arrays.keys, this.#arrays.keyAt, key, stored);
  }

  #sharedAt(index: number): readonly unknown[] {
    const { shared, sharedAt } = this.#arrays;
    return (this.#shared[index] ??= parse(shared, sharedAt, index) as unknown[]);
  }

  /** What documents have to pass; null where none can. */
  #testOf(search: KeySearch, filter: PlaceFilter): Test | null {
    const { countries, box, within } = search;
    if (!countries && !box && !within && !filter.countries && !filter.kinds && !filter.box) {
      return EVERYTHING;
    }
    const test: Test = { countries: [], kinds: null, boxes: [], areas: null };
    for (const codes of [countries, filter.countries]) {
      if (codes) test.countries.push(new Set(codes.map((code) => this.#countries.indexOf(code))));
    }
    if (filter.kinds) {
      test.kinds = new Set(filter.kinds.map((kind: PlaceKind) => this.#kinds.indexOf(kind)));
    }
    for (const one of [box, filter.box]) if (one) test.boxes.push(one);
    if (within) {
      test.areas = this.#areasOf(within);
      if (test.areas.size === 0) return null;
    }
    return test;
  }

  #areasOf(within: readonly string[]): Set<number> {
    const { words, wordAt, areas, areaAt } = this.#arrays;
    const found = new Set<number>();
    const count = wordAt.length - 1;
    for (const key of within) {
      const word = firstWhere(0, count, (i) => compareAt(words, wordAt, i, key) >= 0);
      if (word === count || wordAt[word + 1]! - wordAt[word]! !== key.length) continue;
      if (compareAt(words, wordAt, word, key) !== 0) continue;
      for (let i = areaAt[word]!; i < areaAt[word + 1]!; i++) found.add(areas[i]!);
    }
    return found;
  }

  #passes(document: number, { countries, kinds, boxes, areas }: Test): boolean {
    const arrays = this.#arrays;
    for (const codes of countries) if (!codes.has(arrays.country[document]!)) return false;
    if (kinds !== null && !kinds.has(arrays.kind[document]!)) return false;
    if (areas !== null && !areas.has(arrays.area[document]!)) return false;
    for (const { south, west, north, east } of boxes) {
      const lat = arrays.lat[document]!;
      const lon = arrays.lon[document]!;
      if (!(lat >= south && lat <= north)) return false;
      if (west <= east ? !(lon >= west && lon <= east) : !(lon >= west || lon <= east))
        return false;
    }
    return true;
  }
}

/** The conditions of a search, by the numbers of a segment. */
interface Test {
  countries: ReadonlySet<number>[];
  kinds: ReadonlySet<number> | null;
  boxes: GeoBox[];
  areas: ReadonlySet<number> | null;
}

const EVERYTHING: Test = { countries: [], kinds: null, boxes: [], areas: null };
const NOTHING = new Uint32Array(0);

function compareAt(pool: Uint16Array, offsets: Uint32Array, index: number, text: string): number {
  const end = offsets[index + 1]!;
  for (let i = 0, at = offsets[index]!; i < text.length; i++, at++) {
    if (at === end) return -1;
    const difference = pool[at]! - text.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return 0;
}

function firstWhere(first: number, end: number, holds: (index: number) => boolean): number {
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (holds(middle)) end = middle;
    else first = middle + 1;
  }
  return first;
}

function parse(pool: Uint8Array, offsets: Uint32Array, index: number): unknown {
  const at = offsets[index]!;
  const text = Buffer.from(pool.buffer, pool.byteOffset + at, offsets[index + 1]! - at);
  return JSON.parse(text.toString('utf8'));
}
