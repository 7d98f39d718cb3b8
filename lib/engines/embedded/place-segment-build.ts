import type { PlaceSource } from '../../autocomplete/record/document.ts';
import { KeyedName } from '../../autocomplete/suggest/judged-place.ts';
import { LIST_LENGTH, LIST_MIN, storedKey } from './keys.ts';
import { bitsOf, type JudgeArrays, JUDGED_FIELDS, keyBits } from './place-judge.ts';
import { readWords, wordKey } from './place-reader.ts';
import type { OwnTexts } from './place-source.ts';
import type { SegmentArrays, SegmentData } from './place-segment.ts';
import type { Database } from './sqlite.ts';

/** A document of a segment. Texts are JSON. */
export interface SegmentRow {
  rank: number;
  country: string;
  kind: string;
  lat: number | null;
  lon: number | null;
  source: string;
  keys: string;
}

/** Documents read at a time. */
const PAGE = 1000;
const COLUMNS = 'a.rank, d.country, d.kind, d.lat, d.lon, d.source, d.keys';

/** The documents of a generation in order of rank. */
export function* segmentRows(database: Database, number: number): Generator<SegmentRow> {
  const page = database.sql(
    `select ${COLUMNS} from g${number}_attr a join g${number}_doc d on d.doc = a.doc
      where a.rank > ? order by a.rank limit ${PAGE}`,
  );
  for (let after = -1; ;) {
    const rows = page.rows(after);
    for (const row of rows) yield rowOf(row);
    if (rows.length < PAGE) return;
    after = rows.at(-1)![0] as number;
  }
}

/** The document of a rank, null where there is none. */
export function segmentRow(database: Database, number: number, rank: number): SegmentRow | null {
  const row = database
    .sql(
      `select ${COLUMNS} from g${number}_attr a join g${number}_doc d on d.doc = a.doc where a.rank = ?`,
    )
    .row(rank);
  return row ? rowOf(row) : null;
}

function rowOf(row: readonly unknown[]): SegmentRow {
  const [rank, country, kind, lat, lon, source, keys] = row as [
    number,
    string,
    string,
    number | null,
    number | null,
    string,
    string,
  ];
  return { rank, country, kind, lat, lon, source, keys };
}

/**
 * Makes a segment.
 *
 * @param rows - In order of rank, each rank once.
 */
export function buildSegment(rows: Iterable<SegmentRow>): SegmentData {
  const documents = new Documents();
  const keys = new KeyTable();
  const names = new Names(keys);
  for (const row of rows) {
    const source = JSON.parse(row.source) as PlaceSource;
    const document = documents.add(row, source);
    for (const key of JSON.parse(row.keys) as string[]) keys.add(key, document);
    names.add(source);
  }
  const { place, ...found } = keys.arrays();
  return {
    arrays: { ...found, ...documents.arrays(), ...names.arrays(place) },
    countries: documents.countries.values,
    kinds: documents.kinds.values,
    granularities: documents.granularities.values,
    languages: names.languages.values,
  };
}

/** Distinct texts by number. */
class Numbering {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

/** Collects the arrays to judge names by. */
class Names {
  readonly languages = new Numbering();
  readonly #keys: KeyTable;
  readonly #nameAt = new Growing();
  readonly #traits = new Growing();
  readonly #language = new Growing();
  readonly #judgedAt = new Growing();
  readonly #judgedKey = new Growing();
  readonly #judgedOf = new Growing();

  constructor(keys: KeyTable) {
    this.#keys = keys;
    this.languages.numberOf('');
    this.#nameAt.push(0);
    this.#judgedAt.push(0);
  }

  add(source: PlaceSource): void {
    const { names, country } = source;
    const judged = names.map((name) => new KeyedName(name, country));
    for (const name of judged) {
      this.#traits.push(bitsOf(name));
      this.#language.push(this.languages.numberOf(name.name.language ?? ''));
    }
    for (const [field, of] of JUDGED_FIELDS.entries()) {
      for (const [i, name] of judged.entries()) {
        for (const { key, weak } of name.keys(of)) {
          if (key === '') continue;
          this.#judgedKey.push(this.#keys.numberOf(storedKey(of, key)));
          this.#judgedOf.push(keyBits(field, weak !== undefined, i));
        }
      }
    }
    for (const [field, key] of readWords(source)) {
      this.#judgedKey.push(this.#keys.numberOf(wordKey(key)));
      this.#judgedOf.push(keyBits(field, false, 0));
    }
    this.#nameAt.push(this.#traits.length);
    this.#judgedAt.push(this.#judgedKey.length);
  }

  /** @param place - Sorted position of each key. */
  arrays(place: Uint32Array): JudgeArrays {
    return {
      nameAt: this.#nameAt.taken(),
      traits: this.#traits.taken(),
      language: Uint16Array.from(this.#language.taken()),
      judgedAt: this.#judgedAt.taken(),
      judgedKey: this.#judgedKey.taken().map((number) => place[number]!),
      judgedOf: this.#judgedOf.taken(),
    };
  }
}

class Documents {
  readonly countries = new Numbering();
  readonly kinds = new Numbering();
  readonly granularities = new Numbering();
  readonly #within = new Numbering();
  readonly #parents = new Numbering();
  readonly #ids: Buffer[] = [];
  readonly #own: Buffer[] = [];
  readonly #rows: {
    rank: number;
    country: number;
    kind: number;
    granularity: number;
    importance: number;
    lat: number;
    lon: number;
  }[] = [];
  readonly #area: number[] = [];
  readonly #parentsOf: number[] = [];

  /** @returns The number of the document. */
  add(
    { rank, country, kind, lat, lon }: SegmentRow,
    {
      id,
      within,
      parents,
      names,
      learned,
      categories,
      granularity = '',
      importance,
      rank: stated,
    }: PlaceSource,
  ): number {
    const texts: OwnTexts = {
      names,
      rank: stated,
      ...(learned !== undefined && { learned }),
      ...(categories && { categories }),
    };
    this.#ids.push(Buffer.from(id));
    this.#own.push(Buffer.from(JSON.stringify(texts)));
    this.#area.push(this.#within.numberOf(JSON.stringify(within)));
    this.#parentsOf.push(this.#parents.numberOf(JSON.stringify(parents)));
    return (
      this.#rows.push({
        rank,
        country: this.countries.numberOf(country),
        kind: this.kinds.numberOf(kind),
        granularity: this.granularities.numberOf(granularity),
        importance,
        lat: lat ?? NaN,
        lon: lon ?? NaN,
      }) - 1
    );
  }

  arrays(): Omit<SegmentArrays, keyof Postings | keyof Lists | keyof JudgeArrays> {
    const rows = this.#rows;
    const within = this.#within.values;
    const words = new KeyTable();
    for (const [area, list] of within.entries()) {
      for (const key of new Set(JSON.parse(list) as string[])) words.add(key, area);
    }
    const { keys, keyAt, hits, hitAt } = words.postings();
    const [ids, idAt] = pooled(this.#ids);
    const [own, ownAt] = pooled(this.#own);
    const shared = [...within, ...this.#parents.values].map((text) => Buffer.from(text));
    const [sharedPool, sharedAt] = pooled(shared);
    return {
      rank: Float64Array.from(rows, ({ rank }) => rank),
      country: Uint16Array.from(rows, ({ country }) => country),
      kind: Uint8Array.from(rows, ({ kind }) => kind),
      granularity: Uint16Array.from(rows, ({ granularity }) => granularity),
      importance: Float64Array.from(rows, ({ importance }) => importance),
      lat: Float64Array.from(rows, ({ lat }) => lat),
      lon: Float64Array.from(rows, ({ lon }) => lon),
      area: Uint32Array.from(this.#area),
      parents: Uint32Array.from(this.#parentsOf, (number) => within.length + number),
      ids,
      idAt,
      own,
      ownAt,
      shared: sharedPool,
      sharedAt,
      words: keys,
      wordAt: keyAt,
      areas: hits,
      areaAt: hitAt,
    };
  }
}

function pooled(texts: readonly Uint8Array[]): [pool: Uint8Array, offsets: Uint32Array] {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [i, { length }] of texts.entries()) offsets[i + 1] = offsets[i]! + length;
  return [Buffer.concat(texts), offsets];
}

type Postings = Pick<SegmentArrays, 'keys' | 'keyAt' | 'hits' | 'hitAt'>;
type Lists = Pick<SegmentArrays, 'lists' | 'listAt' | 'listFrom' | 'listTo'>;

/** Keys, each with the documents that have it. */
class KeyTable {
  readonly #keys = new Numbering();
  readonly #ofKey = new Growing();
  readonly #hits = new Growing();

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
    const { values } = this.#keys;
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) =>
      values[a]! < values[b]! ? -1 : 1,
    );
    const keyAt = new Uint32Array(order.length + 1);
    const place = new Uint32Array(order.length);
    for (const [at, number] of order.entries()) {
      place[number] = at;
      keyAt[at + 1] = keyAt[at]! + values[number]!.length;
    }
    const keys = new Uint16Array(keyAt.at(-1)!);
    for (const [at, number] of order.entries()) {
      const key = values[number]!;
      for (let i = 0, to = keyAt[at]!; i < key.length; i++) keys[to + i] = key.charCodeAt(i);
    }
    const ofKey = this.#ofKey.taken();
    const hitAt = new Uint32Array(order.length + 1);
    for (const number of ofKey) hitAt[place[number]! + 1]! += 1;
    for (let at = 0; at < order.length; at++) hitAt[at + 1]! += hitAt[at]!;
    const next = hitAt.slice();
    const hits = new Uint32Array(ofKey.length);
    for (const [i, hit] of this.#hits.taken().entries()) hits[next[place[ofKey[i]!]!]!++] = hit;
    return { keys, keyAt, hits, hitAt, place };
  }

  arrays(): ReturnType<KeyTable['postings']> & Lists {
    const postings = this.postings();
    return { ...postings, ...listsOf(postings) };
  }
}

/** A growing list of whole numbers below 2^32, 4 bytes each. */
class Growing {
  #items = new Uint32Array(1024);
  #length = 0;

  push(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = item;
  }

  get length(): number {
    return this.#length;
  }

  taken(): Uint32Array {
    return this.#items.subarray(0, this.#length);
  }
}

/** Letter of the keys that are never searched by prefix. */
const TAIL = 't'.charCodeAt(0);

/**
 * The documents of every prefix with at least `LIST_MIN` hits, up to `LIST_LENGTH` units after the
 * field's letter.
 */
function listsOf(postings: Postings): Lists {
  const { hits, hitAt } = postings;
  const lists = new Growing();
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
