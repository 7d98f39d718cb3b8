import type { IndexedName, PlaceSource } from '../record/document.ts';
import { nameFronts } from './inner-names.ts';
import { fitsPlace, kindWords, type KindWord } from './kind-words.ts';
import type { ReadText } from './read-text.ts';
import { CUT, type TypedText } from './typed-text.ts';

/** What parts of a text that belong to a place are worth. */
export const EDGE_VALUES: Readonly<
  Record<
    'weight' | 'glued' | 'open' | 'guess' | 'kind' | 'operator' | 'admin' | 'otherAdmin',
    number
  >
> = Object.freeze({
  /** Times the weight of a container's name. */
  weight: -0.02,
  glued: -0.1,
  /** Of a container or a kind word only the beginning was typed, at the end of the text. */
  open: -0.45,
  /** Mistyped. */
  guess: -0.3,
  /** The kind was said, and this is one: a station before the district of its name. */
  kind: 0.1,
  operator: -0.02,
  admin: -0.03,
  /** The record states another administrative word: 長岡市 for 長岡町. */
  otherAdmin: -0.3,
});

interface EdgeBase {
  from: number;
  to: number;
  value: number;
}

/** A name of the place, or the beginning of one at the end of the text. */
export interface OwnEdge extends EdgeBase {
  type: 'name';
  name: IndexedName;
  /** The key that was met, by its layer; `number` where numerals were brought into one form. */
  layer: string;
  key: string;
  /** Met to its end. */
  whole: boolean;
  /** Share of the key that was typed, over 0 up to 1. */
  share: number;
  /** Too little to be met beside something that is not known. */
  short: boolean;
}

/** A container of the place. */
export interface InsideEdge extends EdgeBase {
  type: 'container';
  /** Indexes of the place's containers that it may mean. */
  means: ReadonlySet<number>;
  partial?: true;
  /** The text is taken for a mistake. */
  guess?: true;
}

export interface AdminEdge extends EdgeBase {
  type: 'admin';
  word: KindWord;
}

export interface KindEdge extends EdgeBase {
  type: 'kind' | 'operator';
  partial?: true;
}

export type CoverEdge = OwnEdge | InsideEdge | AdminEdge | KindEdge;

/**
 * The containers of a place that stand in the text, and what its own names begin with: 수원 of 수원시 장안구.
 * Containers that the table lacks, as it does without a table, are met by the keys that the place has of them.
 */
export function* containerEdges(
  { lattice, typed, containers }: ReadText,
  source: PlaceSource,
  chain: ReadonlySet<number>,
): Generator<InsideEdge> {
  yield* keyEdges(typed, nameFronts(source), 0);
  if (source.parents.some(({ id }) => containers.indexOf(id) === undefined)) {
    yield* keyEdges(typed, source.within, EDGE_VALUES.weight);
  }
  for (const edges of lattice) {
    for (const edge of edges) {
      if (edge.type !== 'container') continue;
      const means = new Set<number>();
      let weight = 3;
      for (const posting of edge.postings) {
        if (!chain.has(posting >> 2)) continue;
        means.add(posting >> 2);
        weight = Math.min(weight, posting & 3);
      }
      if (means.size === 0) continue;
      const { from, to, glued, guess } = edge;
      const sure = EDGE_VALUES.weight * weight + (glued ? EDGE_VALUES.glued : 0);
      if (guess)
        yield { type: 'container', from, to, value: sure + EDGE_VALUES.guess, means, guess };
      else yield { type: 'container', from, to, value: sure, means };
    }
  }
}

function* keyEdges(
  { key: text, cuts }: TypedText,
  keys: readonly string[],
  value: number,
): Generator<InsideEdge> {
  for (const key of keys) {
    for (let from = text.indexOf(key); from >= 0; from = text.indexOf(key, from + 1)) {
      const to = from + key.length;
      if (cuts[from] === CUT.none || cuts[to] === CUT.none) continue;
      yield { type: 'container', from, to, value, means: NONE };
    }
  }
}

const NONE: ReadonlySet<number> = new Set();

/** Kind words, operators and administrative words that the place may have. */
export function* wordEdges(
  { lattice }: ReadText,
  { kind }: PlaceSource,
): Generator<AdminEdge | KindEdge> {
  for (const edges of lattice) {
    for (const edge of edges) {
      if (edge.type !== 'word') continue;
      const { from, to, word, glued } = edge;
      const { part } = word;
      if (part === 'admin') yield { type: part, from, to, word, value: EDGE_VALUES.admin };
      else if (word.fits.has(kind)) {
        const value = EDGE_VALUES[part] + (glued ? EDGE_VALUES.glued / 2 : 0);
        yield { type: part, from, to, value };
      }
    }
  }
}

/** A container or a kind word of which the end is not typed yet. */
export function* openEdges(
  read: ReadText,
  source: PlaceSource,
  chain: ReadonlySet<number>,
): Generator<InsideEdge | KindEdge> {
  const { cuts, classes, key } = read.typed;
  const to = key.length;
  const open = { to, value: EDGE_VALUES.open, partial: true } as const;
  for (let from = read.openFrom; from < to; from++) {
    if (cuts[from] === CUT.none || classes[from] === 'space') continue;
    if (source.kind === 'station' && read.beginsStation(from))
      yield { type: 'kind', from, ...open };
    const means = maySayContainer(read, from) ? containersBegun(read, from, chain) : NONE;
    if (means.size > 0) yield { type: 'container', from, ...open, means };
  }
}

/** One letter, or one kana in a word, says too little. */
function maySayContainer({ typed: { cuts, classes, key } }: ReadText, from: number): boolean {
  const of = classes[from];
  if (of === 'han' || key.length - from >= 2) return true;
  return of !== 'latin' && cuts[from] === CUT.separator;
}

function containersBegun(
  read: ReadText,
  at: number,
  chain: ReadonlySet<number>,
): ReadonlySet<number> {
  const means = new Set<number>();
  for (const [layer, rest] of read.restsFrom(at)) {
    for (const index of chain) {
      if (means.has(index)) continue;
      const begins = (key: string): boolean => key.length > rest.length && key.startsWith(rest);
      if (read.containers.keysOf(index, layer, 0).some(begins)) means.add(index);
    }
  }
  return means;
}

/**
 * What an administrative word behind a name of the place is worth; null where no such place has it: 國
 * behind a town.
 *
 * @param typed - The word, folded.
 */
export function adminValue(
  { word, value }: AdminEdge,
  source: PlaceSource,
  { layer, key }: OwnEdge,
  typed: string,
): number | null {
  if (!fitsPlace(word, source.kind, source.country)) return null;
  if (layer !== 'name') return value;
  let other = false;
  for (const name of source.names) {
    const whole = name.key ?? name.text;
    if (!whole.startsWith(key) || whole.length === key.length) continue;
    const rest = whole.slice(key.length).trim();
    if (rest === typed) return value;
    const list = kindWords('name').words.get(rest);
    if (list?.some(({ part }) => part === 'admin')) other = true;
  }
  return other ? EDGE_VALUES.otherAdmin : value;
}
