import type { PlaceKind } from '../../autocomplete/place.ts';
import type { ParentRef, PlaceSource } from '../../autocomplete/record/document.ts';
import type { GeoBox, KeySearch, PlaceFilter } from '../../autocomplete/searches.ts';
import type { JudgedPlace } from '../../autocomplete/suggest/judged-place.ts';
import { KeyPool } from './key-pool.ts';
import { storedKey } from './keys.ts';
import { type JudgeArrays, PlaceJudge } from './place-judge.ts';
import { PlaceReader } from './place-reader.ts';
import { type OwnTexts, SegmentSource, type SourceColumns } from './place-source.ts';

/**
 * The arrays of a segment. Documents are numbered in order of rank, keys in order of their UTF-16
 * units.
 * - `keys`, `keyAt`: distinct stored keys, concatenated; `hits`, `hitAt`: documents of each, ascending
 * - `lists`, `listAt`, `listFrom`, `listTo`: distinct documents of prefixes that many keys share, for the keys from `listFrom` up to `listTo`, ascending by both
 * - `rank`, `country`, `kind`, `granularity`, `importance`, `lat`, `lon` (NaN where unknown), `area`, `parents`: one a document
 * - `ids`, `idAt`: ids; `own`, `ownAt`: JSON of `OwnTexts`; `shared`, `sharedAt`: JSON of
 *   distinct lists of containers (`within`, from 0 on), then of distinct lists of parents
 * - `words`, `wordAt`: distinct keys of containers; `areas`, `areaAt`: the lists that hold each
 */
export interface SegmentArrays extends JudgeArrays {
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
  granularity: Uint16Array;
  importance: Float64Array;
  lat: Float64Array;
  lon: Float64Array;
  area: Uint32Array;
  parents: Uint32Array;
  ids: Uint8Array;
  idAt: Uint32Array;
  own: Uint8Array;
  ownAt: Uint32Array;
  shared: Uint8Array;
  sharedAt: Uint32Array;
  words: Uint16Array;
  wordAt: Uint32Array;
  areas: Uint32Array;
  areaAt: Uint32Array;
}

/** A segment: its arrays, and the words behind the small numbers in them. */
export interface SegmentData {
  arrays: SegmentArrays;
  countries: readonly string[];
  kinds: readonly string[];
  granularities: readonly string[];
  /** Languages of names; the first is '' for names that state none. */
  languages: readonly string[];
}

/** Most parsed documents in the cache. */
const PARSED = 20_000;

/** Places that are searched in typed arrays. */
export class PlaceSegment {
  readonly size: number;
  readonly #arrays: SegmentArrays;
  readonly #countries: readonly string[];
  readonly #kinds: readonly string[];
  readonly #keys: KeyPool;
  readonly #words: KeyPool;
  readonly #columns: SourceColumns;
  readonly #judge: PlaceJudge;
  /** 1 for each removed document. */
  readonly #dead: Uint8Array;
  readonly #parsed = new Map<number, OwnTexts>();
  readonly #shared: (readonly unknown[] | undefined)[];
  /** Ids of documents that were found. */
  readonly #ids: (string | undefined)[];
  #scratch = new Uint32Array(4096);

  constructor({ arrays, countries, kinds, granularities, languages }: SegmentData) {
    this.size = arrays.rank.length;
    this.#arrays = arrays;
    this.#countries = countries;
    this.#kinds = kinds;
    this.#keys = new KeyPool(arrays.keys, arrays.keyAt);
    this.#words = new KeyPool(arrays.words, arrays.wordAt);
    this.#columns = {
      idOf: (document) => (this.#ids[document] ??= textAt(arrays.ids, arrays.idAt, document)),
      kindOf: (document) => kinds[arrays.kind[document]!] as PlaceKind,
      importanceOf: (document) => arrays.importance[document]!,
      granularityOf: (document) => granularities[arrays.granularity[document]!] || undefined,
      countryOf: (document) => countries[arrays.country[document]!] || undefined,
      locationOf(document) {
        const lat = arrays.lat[document]!;
        return Number.isNaN(lat) ? undefined : { lat, lon: arrays.lon[document]! };
      },
      ownOf: (document) => this.#ownOf(document),
      parentsOf: (document) => this.#sharedAt(arrays.parents[document]!) as ParentRef[],
      withinOf: (document) => this.#sharedAt(arrays.area[document]!) as string[],
    };
    const reader = new PlaceReader(this.#keys, arrays);
    const { ownOf } = this.#columns;
    this.#judge = new PlaceJudge(this.#keys, { arrays, languages }, { reader, ownOf });
    this.#dead = new Uint8Array(this.size);
    this.#shared = new Array<undefined>(arrays.sharedAt.length - 1);
    this.#ids = new Array<undefined>(this.size);
  }

  rankOf(document: number): number {
    return this.#arrays.rank[document]!;
  }

  /** Removes the document with a rank from all answers, if there is one. */
  remove(rank: number): void {
    const { rank: ranks } = this.#arrays;
    const at = firstWhere(0, ranks.length, (i) => ranks[i]! >= rank);
    if (ranks[at] === rank) this.#dead[at] = 1;
  }

  sourceOf(document: number): PlaceSource {
    return new SegmentSource(this.#columns, document);
  }

  #ownOf(document: number): OwnTexts {
    const known = this.#parsed.get(document);
    if (known) return known;
    const { own, ownAt } = this.#arrays;
    const texts = parse(own, ownAt, document) as OwnTexts;
    const oldest = this.#parsed.keys().next();
    if (this.#parsed.size >= PARSED && !oldest.done) this.#parsed.delete(oldest.value);
    this.#parsed.set(document, texts);
    return texts;
  }

  /** A document to be judged. */
  placeOf(document: number): JudgedPlace {
    return this.#judge.placeOf(document);
  }

  /**
   * Documents with a key that equals, begins with, or is one edit away from the value; lowest rank
   * first.
   */
  find(search: KeySearch, filter: PlaceFilter): number[] {
    const test = this.#testOf(search, filter);
    if (test === null) return [];
    const { field, value, match, limit } = search;
    const stored = storedKey(field, value);
    if (match === 'whole') return this.#take(this.#whole(stored), limit, test);
    if (match === 'edit') return this.#take(this.#edited(stored), limit, test);
    return this.#take(this.#begun(stored), limit, test);
  }

  /** The first documents of an ascending list that are not removed and pass the test. */
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
    const key = this.#keys.find(stored);
    return key < 0 ? NOTHING : hits.subarray(hitAt[key], hitAt[key + 1]);
  }

  /** Documents with a key of this prefix, ascending, perhaps repeated. */
  #begun(stored: string): Uint32Array {
    const from = this.#keys.first(stored, false);
    const to = this.#keys.first(stored, true);
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

  /** Documents with a key at most one edit away and with the same first character. */
  #edited(stored: string): Uint32Array {
    const { hits, hitAt } = this.#arrays;
    const first = stored.slice(0, stored.codePointAt(1)! > 0xffff ? 3 : 2);
    const to = this.#keys.first(first, true);
    const near: Uint32Array[] = [];
    let count = 0;
    for (let key = this.#keys.first(first, false); key < to; key++) {
      if (!this.#keys.isNear(key, stored, 0)) continue;
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

  #sorted(count: number, fill: (into: Uint32Array) => void): Uint32Array {
    if (this.#scratch.length < count) this.#scratch = new Uint32Array(count * 2);
    const into = this.#scratch.subarray(0, count);
    fill(into);
    return into.sort();
  }

  #sharedAt(index: number): readonly unknown[] {
    const { shared, sharedAt } = this.#arrays;
    return (this.#shared[index] ??= parse(shared, sharedAt, index) as unknown[]);
  }

  /** The test of a search for documents; null if none can pass. */
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
    const { areas, areaAt } = this.#arrays;
    const found = new Set<number>();
    for (const key of within) {
      const word = this.#words.find(key);
      if (word < 0) continue;
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

/** The conditions of a search, in numbers of a segment. */
interface Test {
  countries: ReadonlySet<number>[];
  kinds: ReadonlySet<number> | null;
  boxes: GeoBox[];
  areas: ReadonlySet<number> | null;
}

const EVERYTHING: Test = { countries: [], kinds: null, boxes: [], areas: null };
const NOTHING = new Uint32Array(0);

function firstWhere(first: number, end: number, holds: (index: number) => boolean): number {
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (holds(middle)) end = middle;
    else first = middle + 1;
  }
  return first;
}

function parse(pool: Uint8Array, offsets: Uint32Array, index: number): unknown {
  return JSON.parse(textAt(pool, offsets, index));
}

function textAt(pool: Uint8Array, offsets: Uint32Array, index: number): string {
  const at = offsets[index]!;
  return Buffer.from(pool.buffer, pool.byteOffset + at, offsets[index + 1]! - at).toString('utf8');
}
