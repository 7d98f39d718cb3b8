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
  guess?: true;
}

export interface KindEdge extends EdgeBase {
  type: 'kind' | 'operator';
  partial?: true;
  guess?: true;
}

export type CoverEdge = OwnEdge | InsideEdge | AdminEdge | KindEdge;

/**
 * The containers of a place that stand in the text, and what its own names begin with: 수원 of 수원시 장안구.
 * Containers that the table lacks, as it does without a table, are met by the keys that the place has of them.
 */
export function* containerEdges(
  read: ReadText,
  source: PlaceSource,
  chain: ReadonlySet<number>,
): Generator<InsideEdge> {
  const { typed, containers } = read;
  yield* keyEdges(typed, nameFronts(source), 0);
  if (source.parents.some(({ id }) => containers.indexOf(id) === undefined)) {
    yield* keyEdges(typed, source.within, EDGE_VALUES.weight);
  }
  for (const { from, to, postings, glued, guess } of read.containerEdges) {
    let means: Set<number> | null = null;
    let weight = 3;
    for (const posting of postings) {
      if (!chain.has(posting >> 2)) continue;
      (means ??= new Set()).add(posting >> 2);
      weight = Math.min(weight, posting & 3);
    }
    if (!means) continue;
    const sure = EDGE_VALUES.weight * weight + (glued ? EDGE_VALUES.glued : 0);
    if (guess) yield { type: 'container', from, to, value: sure + EDGE_VALUES.guess, means, guess };
    else yield { type: 'container', from, to, value: sure, means };
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
  { wordEdges }: ReadText,
  { kind }: PlaceSource,
): Generator<AdminEdge | KindEdge> {
  for (const { from, to, word, glued, guess } of wordEdges) {
    const { part } = word;
    const at = { from, to, ...(guess && { guess }) };
    const mistake = guess ? EDGE_VALUES.guess : 0;
    if (part === 'admin') {
      yield { type: part, ...at, word, value: EDGE_VALUES.admin + mistake };
    } else if (word.fits.has(kind)) {
      const value = EDGE_VALUES[part] + (glued ? EDGE_VALUES.glued / 2 : 0) + mistake;
      yield { type: part, ...at, value };
    }
  }
}

/** A container or a kind word of which the end is not typed yet. */
export function* openEdges(
  read: ReadText,
  source: PlaceSource,
  chain: ReadonlySet<number>,
): Generator<InsideEdge | KindEdge> {
  const open = { to: read.typed.key.length, value: EDGE_VALUES.open, partial: true } as const;
  if (source.kind === 'station') {
    for (const from of read.openStations()) yield { type: 'kind', from, ...open };
  }
  const begun = new Map<number, Set<number>>();
  for (const index of chain) {
    for (const from of read.openContainer(index)) {
      const means = begun.get(from);
      if (means) means.add(index);
      else begun.set(from, new Set([index]));
    }
  }
  for (const [from, means] of begun) yield { type: 'container', from, ...open, means };
}

const IN_LETTERS = /^\p{Script=Latin}/u;

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
    // Dist. is District, and Ward is as good as City for 区: in letters they are translations.
    if (rest === typed || IN_LETTERS.test(rest)) return value;
    const list = kindWords('name').words.get(rest);
    if (list?.some(({ part }) => part === 'admin')) other = true;
  }
  return other ? EDGE_VALUES.otherAdmin : value;
}
