import { fold } from '../../analyzers/fold.ts';
import { pinyinTyped, romajiTyped, zhuyinTyped } from '../../analyzers/readings.ts';
import type { KeyField } from '../record/document.ts';
import type { KeyMatch, KeySearch } from '../searches.ts';
import type { Containers } from './containers.ts';
import { hasNumber, numberSpellings } from './numbers.ts';
import { commonChain, type RawPart, type RawReading } from './readings.ts';
import { CUT, type TypedText } from './typed-text.ts';

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
  romaji: number;
  meant: number;
  namesakes: number;
  proxies: number;
  endings: number;
  beginnings: number;
}> = Object.freeze({
  anchors: 32,
  /** Longest part that is spelled as romaji. */
  romaji: 64,
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
});

/** Longest name that is looked for as the beginning of what was typed, in key units. */
const BEGINNING_LENGTH = 40;

/** What to look up for the readings of a text: the cheapest first, each once, at most `ANCHOR_LIMITS.anchors`. */
export function anchorsOf(
  typed: TypedText,
  readings: readonly RawReading[],
  containers: Containers,
): Anchor[] {
  const found = new AnchorSet(typed);
  for (const reading of readings) addReading(found, reading, containers);
  return found.cheapest();
}

function addReading(found: AnchorSet, reading: RawReading, containers: Containers): void {
  const { cost, chain, parts } = reading;
  const unknowns = parts.filter(({ type }) => type === 'unknown');
  for (const part of unknowns) {
    const scope = { chain, cost, rest: unknowns.length > 1 };
    found.addName(part, scope, 'unknown');
    // 四腳亭車站: a record may have the word in its name.
    const next = parts[parts.indexOf(part) + 1];
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

/** What the names of stations end in in records, folded. */
const STATION_ENDINGS: Readonly<Partial<Record<KeyField, readonly string[]>>> = {
  name: ['站', '车站', '火车站', '駅', ' station'].map(fold),
  pinyin: ['zhan', 'chezhan'],
  zhuyin: ['ㄓㄢ', 'ㄔㄜㄓㄢ'],
  romaji: ['eki'],
};

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
      this.add({ ...base, field: 'name', value: spelled, match: 'whole', price: cost });
      if (open)
        this.add({ ...base, field: 'name', value: spelled, match: 'prefix', price: cost + 0.1 });
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
        this.add({ field, value: value + word, match: 'whole', chain, rest, price: cost });
      }
    }
  }

  /** More was typed than the index holds: the longest name that the part begins with. */
  #addBeginnings(from: number, to: number, chain: Anchor['chain'], cost: number): void {
    const { key, cuts } = this.#typed;
    const lengths: number[] = [];
    const longest = Math.min(to, from + BEGINNING_LENGTH);
    for (let at = longest; at > from && lengths.length < ANCHOR_LIMITS.beginnings; at--) {
      if (cuts[at] !== CUT.none && key[at - 1] !== ' ' && at < to) lengths.push(at - from);
    }
    const value = key.slice(from, longest);
    const shapes = hasNumber(value) ? numberSpellings(value).slice(0, 1) : [value];
    for (const shape of lengths.length === 0 ? [] : shapes) {
      const price = cost + 0.1;
      this.add({
        field: 'name',
        value: shape,
        match: 'beginning',
        chain,
        lengths,
        rest: true,
        price,
      });
    }
  }

  /** House numbers and streets may stand in front: what begins at a later word. */
  #addEndings(from: number, to: number, chain: Anchor['chain'], cost: number): void {
    const { key, cuts, classes } = this.#typed;
    let words = 0;
    for (let at = to - 1; at > from && words < ANCHOR_LIMITS.endings; at--) {
      if (cuts[at]! < CUT.script || classes[at] === 'space') continue;
      words += 1;
      const value = key.slice(at, to).trim();
      if (value.length < 2) continue;
      const price = cost + 0.1 * words;
      this.add({ field: 'name', value, match: 'whole', chain, rest: true, price });
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

function readingsOf(typed: TypedText, from: number, to: number): [KeyField, string][] {
  const { text, starts, ends, classes } = typed;
  const of = classes[from];
  const original = text.slice(starts[from], ends[to - 1]);
  const found: [KeyField, string | null | undefined][] = [];
  if (of === 'latin') found.push(['pinyin', pinyinTyped(original)]);
  if ((of === 'latin' || of === 'kana') && to - from <= ANCHOR_LIMITS.romaji) {
    found.push(['romaji', romajiTyped(original)]);
  }
  if (of === 'bopomofo') found.push(['zhuyin', zhuyinTyped(original)?.key]);
  return found.flatMap(([field, value]): [KeyField, string][] => (value ? [[field, value]] : []));
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
