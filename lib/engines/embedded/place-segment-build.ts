import type { PlaceSource } from '../../autocomplete/record/document.ts';
import { Growing } from '../../growing.ts';
import { KeyedName } from '../../autocomplete/suggest/judged-place.ts';
import { KeyTable, type Lists, type Postings } from './key-table.ts';
import { storedKey } from './keys.ts';
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
  readonly #nameAt = new Growing(Uint32Array);
  readonly #traits = new Growing(Uint32Array);
  readonly #language = new Growing(Uint32Array);
  readonly #judgedAt = new Growing(Uint32Array);
  readonly #judgedKey = new Growing(Uint32Array);
  readonly #judgedOf = new Growing(Uint32Array);

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
  readonly #ids = new TextPool();
  readonly #own = new TextPool();
  readonly #rank = new Growing(Float64Array);
  readonly #country = new Growing(Uint16Array);
  readonly #kind = new Growing(Uint8Array);
  readonly #granularity = new Growing(Uint16Array);
  readonly #importance = new Growing(Float64Array);
  readonly #lat = new Growing(Float64Array);
  readonly #lon = new Growing(Float64Array);
  readonly #area = new Growing(Uint32Array);
  readonly #parentsOf = new Growing(Uint32Array);

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
    this.#ids.push(id);
    this.#own.push(JSON.stringify(texts));
    this.#area.push(this.#within.numberOf(JSON.stringify(within)));
    this.#parentsOf.push(this.#parents.numberOf(JSON.stringify(parents)));
    this.#country.push(this.countries.numberOf(country));
    this.#kind.push(this.kinds.numberOf(kind));
    this.#granularity.push(this.granularities.numberOf(granularity));
    this.#importance.push(importance);
    this.#lat.push(lat ?? NaN);
    this.#lon.push(lon ?? NaN);
    this.#rank.push(rank);
    return this.#rank.length - 1;
  }

  arrays(): Omit<SegmentArrays, keyof Postings | keyof Lists | keyof JudgeArrays> {
    const within = this.#within.values;
    const words = new KeyTable();
    for (const [area, list] of within.entries()) {
      for (const key of new Set(JSON.parse(list) as string[])) words.add(key, area);
    }
    const { keys, keyAt, hits, hitAt } = words.postings();
    const shared = new TextPool();
    for (const text of [...within, ...this.#parents.values]) shared.push(text);
    const [ids, idAt] = this.#ids.taken();
    const [own, ownAt] = this.#own.taken();
    const [sharedPool, sharedAt] = shared.taken();
    return {
      rank: this.#rank.taken(),
      country: this.#country.taken(),
      kind: this.#kind.taken(),
      granularity: this.#granularity.taken(),
      importance: this.#importance.taken(),
      lat: this.#lat.taken(),
      lon: this.#lon.taken(),
      area: this.#area.taken(),
      parents: this.#parentsOf.taken().map((number) => within.length + number),
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

/** Texts in UTF-8, one behind the other. */
class TextPool {
  readonly #bytes = new Growing(Uint8Array);
  readonly #at = new Growing(Uint32Array);

  constructor() {
    this.#at.push(0);
  }

  push(text: string): void {
    const from = this.#bytes.length;
    // A UTF-16 unit takes at most 3 bytes.
    const room = this.#bytes.reserve(text.length * 3);
    this.#bytes.grow(ENCODER.encodeInto(text, room.subarray(from)).written);
    this.#at.push(this.#bytes.length);
  }

  /** @returns The texts, and where each begins, and the end. */
  taken(): [pool: Uint8Array, offsets: Uint32Array] {
    return [this.#bytes.taken(), this.#at.taken()];
  }
}

const ENCODER = new TextEncoder();
