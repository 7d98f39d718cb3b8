import { fold } from '../../analyzers/fold.ts';
import type { KeyField } from '../record/document.ts';
import type { KeyMatch, KeySearch } from '../searches.ts';
import type { Containers } from './containers.ts';
import { innerAnchors, numberedAnchors, runAnchors } from './address-anchors.ts';
import { numberSpellings } from './numbers.ts';
import { commonChain, type RawPart, type RawReading } from './readings.ts';
import { scriptAnchors } from './script-anchors.ts';
import { readingsOf } from './span-readings.ts';
import { CUT, type TypedText, type UnitClass } from './typed-text.ts';

/** Where to look for the place that a reading means. */
export interface Anchor {
  field: KeyField;
  value: string;
  match: KeyMatch;
  /** Containers of which one must hold the place, or be it; null for anywhere. */
  chain: readonly number[] | null;
  /** For `beginning`: lengths of `value` at which a name may end. */
  lengths?: readonly number[];
  /** The place leaves something of the text unread. */
  rest: boolean;
  /** Cost of the reading, and of the kind of look-up. */
  price: number;
}

/** Bounds of what is looked up for one query. */
export const ANCHOR_LIMITS: Readonly<{
  anchors: number;
  meant: number;
  namesakes: number;
  proxies: number;
  endings: number;
  beginnings: number;
  runs: number;
  pieces: number;
}> = Object.freeze({
  anchors: 32,
  /** Containers of a reading that are looked for themselves. */
  meant: 4,
  /** Containers of one chain whose names in other scripts a station is looked for by. */
  namesakes: 2,
  /** Names of such a container. */
  proxies: 6,
  /** Words from which on an unknown part is looked for. */
  endings: 6,
  /** Beginnings of an unknown part that are looked for. */
  beginnings: 24,
  /** Readings of which any parts in a row are looked for as one name. */
  runs: 2,
  /** Pieces between commas. */
  pieces: 8,
});

/** Longest end of a word without spaces that is looked for, in key units: 旺角 of 九龍旺角. */
const ENDING_LENGTH: Readonly<Partial<Record<UnitClass, number>>> = { han: 4, hangul: 10 };
/** Longest name that is looked for as the beginning of what was typed, in key units. */
const BEGINNING_LENGTH = 40;

/** A longer part with a number is rather a name and a house number than a name that has it in other numerals. */
const NUMBERED_LENGTH = 12;

/** What to look up for the readings of a text: the cheapest first, each once, at most `ANCHOR_LIMITS.anchors`. */
export function anchorsOf(
  typed: TypedText,
  readings: readonly RawReading[],
  containers: Containers,
): Anchor[] {
  const found = new AnchorSet(typed);
  for (const reading of readings) addReading(found, reading, containers);
  for (const reading of readings.slice(0, ANCHOR_LIMITS.runs)) found.addRowsOf(reading);
  const [first] = readings;
  if (first)
    found.addPieces(first.cost, readings.find(({ chain }) => chain !== null)?.chain ?? null);
  return found.cheapest();
}

function addReading(found: AnchorSet, reading: RawReading, containers: Containers): void {
  const { cost, chain, parts } = reading;
  const unknowns = parts.filter(({ type }) => type === 'unknown');
  if (unknowns.length > 0) addRuns(found, reading, containers);
  for (const part of unknowns) {
    const scope = { chain, cost, rest: unknowns.length > 1 };
    found.addName(part, scope, 'unknown');
    // 四腳亭車站: a record may have the word in its name.
    const at = parts.indexOf(part);
    const [before, next] = [parts[at - 1], parts[at + 1]];
    // Taipei 101, Xinyi: a name may begin with that of a container.
    if (before?.type === 'container') {
      found.addName({ from: before.from, to: part.to }, scope, 'known');
    }
    if (next?.type !== 'kind' && next?.type !== 'admin') continue;
    found.addName({ from: part.from, to: next.to }, scope, 'known');
    if (next.type === 'kind') found.addStation(part, scope);
  }
  const named = parts.filter((part) => part.type === 'container');
  for (const part of named) {
    const own = new Set(Array.from(part.edge.postings, (posting) => posting >> 2));
    if (!chain?.some((index) => own.has(index))) continue;
    // The deepest container may be what is meant, or a place beside it of that name: a station.
    let around: readonly number[] | null = null;
    for (const other of named) {
      if (other !== part) around = commonChain(containers, around, other.edge.postings) ?? around;
    }
    const scope = { chain: around, cost, rest: unknowns.length > 0 };
    found.addName(part, scope, 'known');
    // 中正区 zhongzhengqu: one container in two scripts is as well a place elsewhere that is called so.
    const isTwice = named.some(
      ({ edge }) => edge !== part.edge && edge.postings.some((posting) => own.has(posting >> 2)),
    );
    if (isTwice) found.addName(part, { ...scope, chain: null }, 'known');
    // Typed beside its own name again: it is in no container of that name.
    for (const index of around === null
      ? []
      : chain.filter((i) => own.has(i)).slice(0, ANCHOR_LIMITS.meant)) {
      const [parent] = containers.chain(index);
      const within = parent === undefined ? null : [parent];
      const value = containers.mainKey(index);
      found.add({
        field: 'name',
        value,
        match: 'whole',
        chain: within,
        rest: scope.rest,
        price: cost,
      });
    }
    const next = parts[parts.indexOf(part) + 1];
    // 台北車站, 東京都庁: the container and what follows it may be one name.
    if (next && next.type !== 'container') {
      found.addName(
        { from: part.from, to: next.to },
        { ...scope, rest: unknowns.length > 1 },
        'known',
      );
    }
    if (next?.type !== 'kind') continue;
    found.addStation(part, { ...scope, chain: around });
    // 오사카역: a station is called as its city is, in whatever script its record has.
    for (const index of chain.filter((i) => own.has(i)).slice(0, ANCHOR_LIMITS.namesakes)) {
      for (const value of containers.keysOf(index, 'name', 0).slice(0, ANCHOR_LIMITS.proxies)) {
        found.add({
          field: 'name',
          value,
          match: 'whole',
          chain: [index],
          rest: scope.rest,
          price: cost,
        });
      }
    }
  }
}

/**
 * 新大阪站, 大阪市; Taipei Main Station, Taipei; Shin-Osaka Station 大阪市: what is written without a separator, in one
 * script, or between two commas, may be one name, though a container stands in it.
 */
function addRuns(found: AnchorSet, { cost, parts }: RawReading, containers: Containers): void {
  for (const isEnd of [found.beginsWord, found.beginsScript, found.beginsPiece]) {
    for (let first = 0, end: number; first < parts.length; first = end) {
      end = first + 1;
      while (end < parts.length && !isEnd(parts[end]!.from)) end++;
      const run = parts.slice(first, end);
      // One part is looked up as it is, and the whole text as a name.
      if (run.length === 1 || run.length === parts.length) continue;
      let chain: readonly number[] | null = null;
      for (const part of parts) {
        if (part.type !== 'container' || run.includes(part)) continue;
        chain = commonChain(containers, chain, part.edge.postings) ?? chain;
      }
      const rest = parts.some((part) => part.type === 'unknown' && !run.includes(part));
      found.addName({ from: run[0]!.from, to: run.at(-1)!.to }, { chain, cost, rest }, 'known');
    }
  }
}

/** What the names of stations end in in records, folded. */
const STATION_ENDINGS: Readonly<Partial<Record<KeyField, readonly string[]>>> = {
  name: ['站', '车站', '火车站', '駅', ' station'].map(fold),
  pinyin: ['zhan', 'chezhan'],
  zhuyin: ['ㄓㄢ', 'ㄔㄜㄓㄢ'],
  romaji: ['eki'],
};

/** House numbers, floors and postal codes are no names. */
function hasDigit(text: string): boolean {
  return /\d/.test(text);
}

/** Scripts whose words are written apart. */
const SPACED: ReadonlySet<UnitClass> = new Set<UnitClass>(['latin', 'hangul']);

interface Scope {
  chain: readonly number[] | null;
  cost: number;
  rest: boolean;
}

type Span = Pick<RawPart, 'from' | 'to'>;

/** Collects anchors, each once at its lowest price. */
class AnchorSet {
  readonly #typed: TypedText;
  readonly #found = new Map<string, Anchor>();
  readonly #spelled = new Map<number, [KeyField, string][]>();

  constructor(typed: TypedText) {
    this.#typed = typed;
  }

  add(anchor: Anchor): void {
    if (anchor.value === '') return;
    const { field, match, value, chain } = anchor;
    const name = `${field} ${match} ${value} ${chain?.join() ?? ''}`;
    const there = this.#found.get(name);
    if (!there) this.#found.set(name, { ...anchor });
    else {
      there.price = Math.min(there.price, anchor.price);
      there.rest &&= anchor.rest;
    }
  }

  /** What may be a name: a known part only as a whole; an unknown one also in part. */
  addName({ from, to }: Span, { chain, cost, rest }: Scope, what: 'known' | 'unknown'): void {
    const { key } = this.#typed;
    const value = key.slice(from, to).trim();
    if (value === '') return;
    const atEnd = to === key.length;
    const open = atEnd && what === 'unknown';
    const base = { chain, rest };
    for (const spelled of numberSpellings(value)) {
      const isUnlikely = spelled !== value && value.length > NUMBERED_LENGTH;
      const price = isUnlikely ? cost + 0.5 : cost;
      this.add({ ...base, field: 'name', value: spelled, match: 'whole', price });
      if (open)
        this.add({ ...base, field: 'name', value: spelled, match: 'prefix', price: price + 0.1 });
    }
    const { uncommitted } = this.#typed;
    if (open && uncommitted > from && uncommitted < key.length) {
      const committed = key.slice(from, uncommitted);
      this.add({ ...base, field: 'name', value: committed, match: 'prefix', price: cost });
    }
    for (const [field, spelled] of this.#readings(from, to)) {
      this.add({ ...base, field, value: spelled, match: atEnd ? 'prefix' : 'whole', price: cost });
    }
    if (what === 'known') return;
    this.#addBeginnings(from, to, chain, cost);
    this.#addEndings(from, to, chain, cost);
  }

  /** The record of a station may have another word for one in its name: 板橋捷運站 for 板橋車站. */
  addStation({ from, to }: Span, { chain, cost, rest }: Scope): void {
    const name: [KeyField, string] = ['name', this.#typed.key.slice(from, to).trim()];
    for (const [field, value] of [name, ...this.#readings(from, to)]) {
      for (const word of STATION_ENDINGS[field] ?? []) {
        this.add({ field, value: value + word, match: 'whole', chain, rest, price: cost + 0.05 });
      }
    }
  }

  /** Taipei Main Station Taipei Taiwan: parts in a row may be one name, where nothing tells its end. */
  addRowsOf({ cost, parts }: RawReading): void {
    if (parts.every(({ type }) => type === 'container')) return;
    for (const [first, { from }] of parts.slice(0, -1).entries()) {
      const ends = parts.slice(first + 1, first === 0 ? -1 : undefined).map(({ to }) => to);
      const lengths = ends.map((to) => this.#trimmed(from, to) - from).reverse();
      const value = this.#typed.key.slice(from, ends.at(-1));
      if (lengths.length === 0 || value.length > BEGINNING_LENGTH) continue;
      const price = cost + 0.05;
      const anywhere = { chain: null, rest: false, price };
      this.add({ ...anywhere, field: 'name', value, match: 'beginning', lengths });
    }
  }

  /** Text between two commas, or in one script, is mostly one name or none; if it contains numbers, its parts may be names. */
  addPieces(price: number, chain: Anchor['chain']): void {
    const { key, pieces } = this.#typed;
    for (const anchor of runAnchors(this.#typed, { chain, cost: price })) this.add(anchor);
    for (const anchor of scriptAnchors(this.#typed, price)) this.add(anchor);
    if (pieces.length === 0) return;
    const values = [0, ...pieces].map((from, i) => key.slice(from, pieces[i]).trim());
    for (const value of values.slice(-ANCHOR_LIMITS.pieces)) {
      if (hasDigit(value)) continue;
      this.add({ field: 'name', value, match: 'whole', chain: null, rest: true, price });
    }
  }

  /** The end of a stretch without the spaces behind it. */
  #trimmed(from: number, to: number): number {
    return from + this.#typed.key.slice(from, to).trimEnd().length;
  }

  /** Whether a separator stands in front of a position. */
  readonly beginsWord = (at: number): boolean => this.#typed.cuts[at] === CUT.separator;

  /** Whether another script begins there, as no name changes it: Han, kana and digits are one, as in 霞ヶ関. */
  readonly beginsScript = (at: number): boolean => {
    const { classes, key } = this.#typed;
    const before = key[at - 1] === ' ' ? at - 2 : at - 1;
    return before >= 0 && SPACED.has(classes[before]!) !== SPACED.has(classes[at]!);
  };

  /** Whether it is more than a space. */
  readonly beginsPiece = (at: number): boolean => this.#typed.pieces.includes(at);

  /** More was typed than the index holds: the longest name that the part begins with. */
  #addBeginnings(from: number, to: number, chain: Anchor['chain'], cost: number): void {
    const { key, cuts } = this.#typed;
    const lengths: number[] = [];
    const longest = Math.min(to, from + BEGINNING_LENGTH);
    for (let at = longest; at > from && lengths.length < ANCHOR_LIMITS.beginnings; at--) {
      if (cuts[at] !== CUT.none && key[at - 1] !== ' ' && at < to) lengths.push(at - from);
    }
    const value = key.slice(from, longest);
    if (lengths.length > 0) {
      const price = cost + 0.1;
      this.add({ field: 'name', value, match: 'beginning', chain, lengths, rest: true, price });
    }
    for (const anchor of numberedAnchors(value, { chain, cost })) this.add(anchor);
    for (const anchor of innerAnchors(this.#typed, { from, to }, { chain, cost })) this.add(anchor);
  }

  /** House numbers, streets and unknown areas may stand in front: what begins at a later word, or is at the end of one. */
  #addEndings(from: number, to: number, chain: Anchor['chain'], cost: number): void {
    const { key, cuts, classes } = this.#typed;
    let words = 0;
    for (let at = to - 1; at > from && words < ANCHOR_LIMITS.endings; at--) {
      if (cuts[at] === CUT.none || classes[at] === 'space') continue;
      const isInside = cuts[at] === CUT.inside;
      if (isInside && to - at > (ENDING_LENGTH[classes[at]!] ?? 0)) continue;
      const value = key.slice(at, to).trim();
      if (!isInside) words += 1;
      if (value.length < 2) continue;
      const price = cost + (isInside ? 0.3 : 0.1 * words);
      for (const spelled of numberSpellings(value)) {
        this.add({ field: 'name', value: spelled, match: 'whole', chain, rest: true, price });
      }
    }
  }

  #readings(from: number, to: number): [KeyField, string][] {
    const at = from * 1024 + to;
    let found = this.#spelled.get(at);
    if (!found) this.#spelled.set(at, (found = readingsOf(this.#typed, from, to)));
    return found;
  }

  cheapest(): Anchor[] {
    return [...this.#found.values()]
      .sort((a, b) => a.price - b.price)
      .slice(0, ANCHOR_LIMITS.anchors);
  }
}

/**
 * The key search of an anchor: in its containers, by the official keys that every document in them has.
 *
 * @param limit - Documents at the most.
 */
export function anchorSearch(anchor: Anchor, containers: Containers, limit: number): KeySearch {
  const { field, value, match, chain, lengths } = anchor;
  const search: KeySearch = { field, value, match, limit };
  if (lengths) search.lengths = lengths;
  if (chain) search.within = [...new Set(chain.map((index) => containers.mainKey(index)))];
  return search;
}
