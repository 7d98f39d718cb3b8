import { fold } from '../../analyzers/fold.ts';
import { choseongKey, pinyinKey, zhuyinKey } from '../../analyzers/readings.ts';
import { romajiKeys } from '../../analyzers/romaji.ts';
import { numberReadings, spokenPinyin } from '../../analyzers/spoken-numbers.ts';
import type { ObjectOption } from '../../options.ts';
import { cldrCountryNames } from '../geography/countries.ts';
import type { NameKind, PlaceKind } from '../place.ts';
import type { IndexedName, PlaceSource } from '../record/document.ts';
import { spellingsOf } from '../record/spellings.ts';
import { formalCountryNames } from './formal-names.ts';
import type { Layer } from './typed-text.ts';

/** A place that contains others, as the table is made from. */
export type ContainerSource = Pick<PlaceSource, 'id' | 'kind' | 'country' | 'names' | 'parents'>;

/** One container with its keys: what a table is stored and put together from. */
export interface ContainerRow {
  id: string;
  kind: PlaceKind;
  /** ISO 3166-1 alpha-2, '' where unknown. */
  country: string;
  /** Ids of what contains it, nearest first. */
  parents: readonly string[];
  /** Keys as they are stored: the letter of their layer, the folded key, and the weight (0 to 2). */
  keys: readonly (readonly [key: string, weight: number])[];
}

/** Letter in front of a stored key. */
const LAYER_LETTERS: Readonly<Record<Layer, string>> = {
  name: 'n',
  kana: 'k',
  pinyin: 'p',
  zhuyin: 'z',
  romaji: 'r',
  taiwan: 'w',
  choseong: 'c',
};
/** Languages in which labels name countries. */
const LABEL_LANGUAGES = ['zh-Hant', 'zh-Hant-HK', 'zh-Hans', 'ja', 'ko', 'en'];
/** Units of a key whose first one may be mistaken. */
const LEAST_TAIL = 3;
/** The option that hands a table over. */
export const CONTAINERS_OPTION: ObjectOption = {
  type: 'object',
  like: ['chain', 'scan'],
  otherwise: 'none are known',
  help: 'table of containers, by which texts of several parts are read',
};

/** How likely a container is called by a name: official and short ones first, historic ones last. */
const WEIGHTS: Readonly<Record<Exclude<NameKind, 'misspelling'>, number>> = {
  official: 0,
  short: 0,
  colloquial: 1,
  historic: 2,
};

/** Every layer that a name may have keys in. */
export const LAYERS: readonly Layer[] = [
  'name',
  'kana',
  'romaji',
  'choseong',
  'pinyin',
  'zhuyin',
  'taiwan',
];

/**
 * The keys of a name in a layer: what a text is compared with. Weak ones are no reading of its own.
 *
 * @param country - Of the place.
 */
export function keysOfName(
  name: IndexedName,
  layer: Layer,
  country: string | undefined,
): readonly (readonly [key: string, weak?: true])[] {
  const key = name.key ?? name.text;
  if (key === '') return [];
  const { kana, pinyin, commonPinyin } = name;
  switch (layer) {
    case 'name':
      return [[key]];
    case 'kana':
      return kana === undefined ? [] : numberReadings(fold(kana)).map((reading) => [reading]);
    case 'romaji':
      return kana === undefined ? [] : romajiKeys(kana).map((romaji) => [romaji]);
    case 'choseong': {
      const choseong = choseongKey(name.text);
      return choseong === null ? [] : [[choseong]];
    }
    case 'taiwan':
      return spellingsOf(name, country);
    case 'pinyin':
    case 'zhuyin': {
      if (pinyin === undefined) return [];
      const keyOf = layer === 'pinyin' ? pinyinKey : zhuyinKey;
      const own = spokenPinyin(pinyin).map((spoken) => [keyOf(spoken)] as const);
      if (commonPinyin === undefined) return own;
      return [...own, ...spokenPinyin(commonPinyin).map((one) => [keyOf(one), true] as const)];
    }
  }
}

/** The row of a place that contains others. Countries are known by CLDR's and their formal names, too. */
export function containerRow(source: ContainerSource): ContainerRow {
  const keys = new Map<string, number>();
  const add = (layer: Layer, key: string, weight: number): void => {
    if (key === '') return;
    const stored = LAYER_LETTERS[layer] + key;
    keys.set(stored, Math.min(weight, keys.get(stored) ?? weight));
  };
  for (const name of source.names) {
    if (name.kind === 'misspelling') continue;
    for (const layer of LAYERS) {
      for (const [key] of keysOfName(name, layer, source.country)) {
        add(layer, key, WEIGHTS[name.kind]);
      }
    }
  }
  const { id, kind, country = '' } = source;
  if (kind === 'country' && country !== '') {
    for (const language of LABEL_LANGUAGES) {
      const shown = cldrCountryNames.nameOf(country, language);
      if (shown !== null) add('name', fold(shown), 0);
    }
    for (const formal of formalCountryNames(country)) add('name', fold(formal), 1);
  }
  return { id, kind, country, parents: source.parents.map((p) => p.id), keys: [...keys] };
}

/**
 * The table of containers: keys of countries, regions, cities and whatever else contains a place, in all
 * scripts and readings, with the chains of their parents. One string and integer arrays; look-ups go
 * through it letter by letter and allocate nothing.
 */
export class Containers {
  /** A table without containers: texts are read by kind words, numbers and separators alone. */
  static readonly NONE: Containers = new Containers([]);

  readonly ids: readonly string[];
  readonly kinds: readonly PlaceKind[];
  readonly #mainKeys: readonly string[];
  /** Containers of each, nearest first, as indexes; of a formal part of a country also that country. */
  readonly #chains: readonly (readonly number[])[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #pool: string;
  readonly #offsets: Uint32Array;
  readonly #postings: Lists;
  /** Keys of each container, as numbers. */
  readonly #own: Lists;
  readonly #roots: Readonly<Record<Layer, Range>>;
  /** Made for the first mistake in a text. */
  #tails: ReadonlyMap<string, readonly number[]> | null = null;

  /** @param rows - In any order; of two with one id the later one counts. */
  constructor(rows: readonly ContainerRow[]) {
    const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
    this.ids = unique.map(({ id }) => id);
    this.kinds = unique.map(({ kind }) => kind);
    this.#indexes = new Map(this.ids.map((id, i) => [id, i]));
    this.#chains = chainsOf(unique, this.#indexes);
    this.#mainKeys = unique.map(mainKeyOf);
    const entries = new Map<string, number[]>();
    unique.forEach(({ keys }, i) => {
      for (const [key, weight] of keys) {
        const there = entries.get(key);
        if (there) there.push(i * 4 + weight);
        else entries.set(key, [i * 4 + weight]);
      }
    });
    const keys = [...entries.keys()].sort((a, b) => (a < b ? -1 : 1));
    this.#pool = keys.join('');
    this.#offsets = new Uint32Array(keys.length + 1);
    const own: number[][] = unique.map(() => []);
    keys.forEach((key, i) => {
      this.#offsets[i + 1] = this.#offsets[i]! + key.length;
      for (const posting of entries.get(key)!) own[posting >> 2]!.push(i * 4 + (posting & 3));
    });
    this.#postings = listsOf(keys.map((key) => entries.get(key)!));
    this.#own = listsOf(own);
    const all: Range = [0, keys.length];
    const roots = Object.entries(LAYER_LETTERS).map(([layer, letter]) => [
      layer,
      this.#narrow(all, 0, letter.charCodeAt(0)),
    ]);
    this.#roots = Object.fromEntries(roots) as Record<Layer, Range>;
  }

  /** How many containers and keys there are, and bytes of their text and arrays. */
  get size(): { containers: number; keys: number; bytes: number } {
    const lists = [this.#postings, this.#own].flatMap(({ starts, items }) => [starts, items]);
    const arrays = [this.#offsets, ...lists].reduce((sum, array) => sum + array.byteLength, 0);
    const { length } = this.#offsets;
    return {
      containers: this.ids.length,
      keys: length - 1,
      bytes: 2 * this.#pool.length + arrays,
    };
  }

  /** Index of a container, undefined where the id is none. */
  indexOf(id: string): number | undefined {
    return this.#indexes.get(id);
  }

  /** Containers of a container, nearest first. */
  chain(index: number): readonly number[] {
    return this.#chains[index]!;
  }

  /** The folded official name of a container; every document in it has that key in `within`. */
  mainKey(index: number): string {
    return this.#mainKeys[index]!;
  }

  /** Folded keys of a container in a layer, of a weight (0 official and short names, 2 all) up to `weight`. */
  keysOf(index: number, layer: Layer, weight: number = 2): string[] {
    const letter = LAYER_LETTERS[layer];
    const found: string[] = [];
    for (const entry of listAt(this.#own, index)) {
      const from = this.#offsets[entry >> 2]!;
      if ((entry & 3) > weight || this.#pool[from] !== letter) continue;
      found.push(this.#pool.slice(from + 1, this.#offsets[(entry >> 2) + 1]));
    }
    return found;
  }

  /** Whether one of the official and short keys of a container goes on behind a text. */
  isBegun(index: number, layer: Layer, text: string): boolean {
    const letter = LAYER_LETTERS[layer];
    for (const entry of listAt(this.#own, index)) {
      const from = this.#offsets[entry >> 2]!;
      if ((entry & 3) > 0 || this.#pool[from] !== letter) continue;
      const isLonger = this.#offsets[(entry >> 2) + 1]! - from - 1 > text.length;
      if (isLonger && this.#pool.startsWith(text, from + 1)) return true;
    }
    return false;
  }

  /** Tells every whole key of a layer that stands in `text` from `from` on: where it ends, and a number for `postings`. */
  scan(layer: Layer, text: string, from: number, found: (end: number, key: number) => void): void {
    let range = this.#roots[layer];
    for (let at = from; at < text.length; at++) {
      range = this.#narrow(range, at - from + 1, text.charCodeAt(at));
      const [first, end] = range;
      if (first >= end) return;
      if (this.#offsets[first + 1]! - this.#offsets[first]! === at - from + 2) found(at + 1, first);
    }
  }

  /**
   * Tells the keys of the layer `name` that begin as `text` does and are at most one unit longer or shorter, and
   * those that differ from it in the first unit alone.
   */
  near(text: string, found: (key: number, spelled: string) => void): void {
    const [first, end] = this.#narrow(this.#roots.name, 1, text.charCodeAt(0));
    for (let key = first; key < end; key++) {
      const spelled = this.#spelled(key);
      if (Math.abs(spelled.length - text.length) <= 1) found(key, spelled);
    }
    if (text.length < LEAST_TAIL) return;
    this.#tails ??= this.#makeTails();
    for (const key of this.#tails.get(text.slice(1)) ?? []) {
      if (key < first || key >= end) found(key, this.#spelled(key));
    }
  }

  /** Keys of the layer `name` by what stands behind their first unit. */
  #makeTails(): Map<string, number[]> {
    const tails = new Map<string, number[]>();
    const [first, end] = this.#roots.name;
    for (let key = first; key < end; key++) {
      const spelled = this.#spelled(key);
      if (spelled.length < LEAST_TAIL) continue;
      const there = tails.get(spelled.slice(1));
      if (there) there.push(key);
      else tails.set(spelled.slice(1), [key]);
    }
    return tails;
  }

  /** A key without the letter of its layer. */
  #spelled(key: number): string {
    return this.#pool.slice(this.#offsets[key]! + 1, this.#offsets[key + 1]);
  }

  /** Containers with a key: index times 4 and weight (0 to 2). */
  postings(key: number): Uint32Array {
    return listAt(this.#postings, key);
  }

  /** Of the keys in a range, equal up to `depth`, those with a unit there. */
  #narrow([first, end]: Range, depth: number, unit: number): Range {
    const from = this.#firstWhere(first, end, (key) => this.#unit(key, depth) >= unit);
    return [from, this.#firstWhere(from, end, (key) => this.#unit(key, depth) > unit)];
  }

  #firstWhere(first: number, end: number, holds: (key: number) => boolean): number {
    while (first < end) {
      const middle = (first + end) >> 1;
      if (holds(middle)) end = middle;
      else first = middle + 1;
    }
    return first;
  }

  /** Unit of a key at a depth, -1 behind its end. */
  #unit(key: number, depth: number): number {
    const at = this.#offsets[key]! + depth;
    return at < this.#offsets[key + 1]! ? this.#pool.charCodeAt(at) : -1;
  }
}

/**
 * The table of the containers among documents: those that others name among their parents.
 *
 * @param documents - Of a whole index; in any order.
 */
export function containersOf(documents: readonly ContainerSource[]): Containers {
  const parents = new Set(documents.flatMap((document) => document.parents.map(({ id }) => id)));
  return new Containers(documents.filter(({ id }) => parents.has(id)).map(containerRow));
}

function mainKeyOf({ keys }: ContainerRow): string {
  const main = keys.find(([key]) => key.startsWith(LAYER_LETTERS.name));
  return main?.[0].slice(1) ?? '';
}

function chainsOf(
  rows: readonly ContainerRow[],
  indexes: ReadonlyMap<string, number>,
): (readonly number[])[] {
  const countries = new Map(
    rows.flatMap(({ kind, country }, i): [string, number][] =>
      kind === 'country' ? [[country, i]] : [],
    ),
  );
  return rows.map(({ kind, country, parents }) => {
    const chain = parents.flatMap((id) => indexes.get(id) ?? []);
    const formal = kind === 'country' ? FORMALLY_IN[country] : undefined;
    const whole = formal === undefined ? undefined : countries.get(formal);
    return whole === undefined ? chain : [...chain, whole];
  });
}

/** Lists of numbers, one behind the other. */
interface Lists {
  starts: Uint32Array;
  items: Uint32Array;
}

function listsOf(lists: readonly (readonly number[])[]): Lists {
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = starts[i]! + list.length;
  });
  return { starts, items: Uint32Array.from(lists.flat()) };
}

function listAt({ starts, items }: Lists, index: number): Uint32Array {
  return items.subarray(starts[index], starts[index + 1]);
}

type Range = readonly [first: number, end: number];

/**
 * Countries by ISO code whose official long name names another one: 中华人民共和国香港特别行政区. Only what is
 * typed is read so; labels do not change.
 */
const FORMALLY_IN: Readonly<Partial<Record<string, string>>> = { HK: 'CN', MO: 'CN' };
