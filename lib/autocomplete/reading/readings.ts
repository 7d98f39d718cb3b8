import type { Containers } from './containers.ts';
import { type ContainerEdge, type Edge, GLUED_MIN, type Lattice } from './lattice.ts';
import type { WordPart } from './kind-words.ts';
import { CUT, type TypedText, weightOf } from './typed-text.ts';

/** Bounds of reading. */
export const READING_LIMITS: Readonly<{
  work: number;
  states: number;
  readings: number;
  containers: number;
  stops: number;
  meanings: number;
}> = Object.freeze({
  /** States times positions: a longer text is read with less care, in the same time. */
  work: 800,
  /** States kept at a position. */
  states: 12,
  /** Readings kept at the end. */
  readings: 8,
  /** Containers in one reading: nobody types more. */
  containers: 8,
  /** Positions where an unknown part may end. */
  stops: 48,
  /** Containers that a key or a reading may mean. */
  meanings: 64,
});

/** What a part of a text costs a reading. */
const COSTS = Object.freeze({
  container: 0.2,
  /** Times the weight of a container's name. */
  weight: 0.1,
  /** A container of one character or two letters. */
  short: 0.6,
  /** Inside an unbroken word; less for each letter over four, as long words are no chance likeness. */
  glued: 0.4,
  gluedLetter: -0.06,
  gluedLeast: 0.05,
  /** By a reading, not as it is written. */
  spelled: 0.1,
  /** A mistake for its name. */
  guess: 0.4,
  kind: 0.15,
  /** Less than its letters would cost as part of a name. */
  operator: 0.05,
  admin: 0.2,
  unknown: 0.8,
  /** For each character of an unknown part. */
  unknownUnit: 0.12,
  secondUnknown: 0.5,
  /** For each comma in it. */
  unknownPiece: 0.4,
  /** A container's name that a street has: Pennsylvania Avenue, rue de Paris. */
  street: 1,
});

/** A part of a reading. What is `unknown` may be the name of a place, or what the index does not hold. */
export type RawPart =
  | { type: 'container'; from: number; to: number; edge: ContainerEdge }
  | { type: WordPart; from: number; to: number }
  | { type: 'unknown'; from: number; to: number };

/** A way through a text by what is known of containers and kinds. */
export interface RawReading {
  cost: number;
  /** What its deepest container may be, as indexes; null without one. */
  chain: readonly number[] | null;
  parts: readonly RawPart[];
}

interface State {
  cost: number;
  chain: readonly number[] | null;
  unknowns: number;
  containers: number;
  last: RawPart | null;
  before: State | null;
  /** States of one signature go on alike: the cheapest stands for all. */
  signature: string;
}

const START: State = {
  cost: 0,
  chain: null,
  unknowns: 0,
  containers: 0,
  last: null,
  before: null,
  signature: '',
};

/**
 * The cheapest readings of a text, best first, and how many states they took. A reading carries every
 * container that its parts may mean; a further one must lie in a chain with those before it.
 */
export function rawReadings(
  typed: TypedText,
  lattice: Lattice,
  containers: Containers,
): { readings: RawReading[]; states: number } {
  const { key, classes, cuts, streets } = typed;
  const length = key.length;
  const beam = Math.max(
    2,
    Math.min(READING_LIMITS.states, Math.floor(READING_LIMITS.work / length)),
  );
  const queues: State[][] = Array.from({ length: length + 1 }, () => []);
  const stops = stopsOf(typed, lattice);
  const piecesBefore = piecesBeforeEach(typed);
  let states = 0;
  const enter = (at: number, state: State): void => {
    states += 1;
    insert(queues[at]!, state, beam);
  };
  enter(0, START);
  for (let at = 0; at < length; at++) {
    const queue = queues[at]!;
    if (classes[at] === 'space') {
      for (const state of queue) enter(at + 1, state);
      continue;
    }
    for (const state of queue) {
      for (const edge of lattice[at]!) {
        const next = follow(typed, state, edge, containers);
        if (next) enter(edge.to, next);
      }
      const inUnknown = state.last?.type === 'unknown' && cuts[at]! < CUT.script;
      if (state.unknowns >= 2 || inUnknown) continue;
      for (const to of stops) {
        if (to <= at) continue;
        const cost =
          COSTS.unknown +
          COSTS.unknownUnit * weightOf(typed, at, to) +
          (state.unknowns > 0 ? COSTS.secondUnknown : 0) +
          COSTS.unknownPiece * (piecesBefore[to]! - piecesBefore[at]!) +
          (state.last?.type === 'container' && streets.behind.has(at) ? COSTS.street : 0);
        enter(to, after(state, { type: 'unknown', from: at, to }, cost, state.chain));
      }
    }
  }
  const readings = queues[length]!.slice(0, READING_LIMITS.readings).map(readingOf);
  return { readings, states };
}

/** Pieces that begin before each position, and one there. */
function piecesBeforeEach({ key, pieces }: TypedText): Uint16Array {
  const before = new Uint16Array(key.length + 1);
  for (const from of pieces) before[from + 1] = 1;
  for (let at = 1; at <= key.length; at++) before[at]! += before[at - 1]!;
  return before;
}

function stopsOf({ key, cuts }: TypedText, lattice: Lattice): number[] {
  const stops: number[] = [];
  for (let at = 1; at < key.length && stops.length < READING_LIMITS.stops; at++) {
    if (cuts[at]! >= CUT.script || lattice[at]!.length > 0) stops.push(at);
  }
  stops.push(key.length);
  return stops;
}

/** Puts a state in order of cost; of those with one signature the cheapest stays. */
function insert(queue: State[], state: State, most: number): void {
  const same = queue.findIndex(({ signature }) => signature === state.signature);
  if (same >= 0) {
    if (queue[same]!.cost <= state.cost) return;
    queue.splice(same, 1);
  }
  let at = queue.length;
  while (at > 0 && queue[at - 1]!.cost > state.cost) at--;
  if (at >= most) return;
  queue.splice(at, 0, state);
  if (queue.length > most) queue.pop();
}

function follow(typed: TypedText, state: State, edge: Edge, containers: Containers): State | null {
  const { from, to } = edge;
  if (edge.type === 'word') {
    const { part } = edge.word;
    const last = state.last?.type;
    if (part === 'admin' && last !== 'container' && last !== 'unknown') return null;
    const cost = COSTS[part] + (edge.glued ? COSTS.glued / 4 : 0) + (edge.guess ? COSTS.guess : 0);
    return after(state, { type: part, from, to }, cost, state.chain);
  }
  if (state.containers === READING_LIMITS.containers) return null;
  const chain = commonChain(containers, state.chain, edge.postings);
  if (chain === null) return null;
  return after(state, { type: 'container', from, to, edge }, containerCost(typed, edge), chain);
}

function containerCost({ classes, cuts, streets }: TypedText, edge: ContainerEdge): number {
  const { from, to, length, postings, glued, layer, guess } = edge;
  let weight = 3;
  for (const posting of postings) weight = Math.min(weight, posting & 3);
  const isLatin = classes[from] === 'latin';
  // A code (TX, TPE) is a container only between separators.
  const isCode = isLatin && length <= 3 && weight > 0;
  const apart = cuts[from] === CUT.separator && cuts[to] === CUT.separator;
  return (
    COSTS.container +
    COSTS.weight * weight +
    (length === 1 || (isLatin && length <= 2) || (isCode && !apart) ? COSTS.short : 0) +
    (glued ? gluedCost(to - from) : 0) +
    (layer === 'name' ? 0 : COSTS.spelled) +
    (guess ? COSTS.guess : 0) +
    (streets.front.has(from) ? COSTS.street : 0)
  );
}

function gluedCost(length: number): number {
  return Math.max(COSTS.gluedLeast, COSTS.glued + COSTS.gluedLetter * (length - GLUED_MIN));
}

/** The deeper ones of two sets of containers that lie in one chain; null where none do. */
export function commonChain(
  containers: Containers,
  before: readonly number[] | null,
  postings: Uint32Array,
): readonly number[] | null {
  const most = READING_LIMITS.meanings;
  const now = new Set<number>();
  for (let i = 0; i < postings.length && i < 2 * most; i++) now.add(postings[i]! >> 2);
  if (before === null) return [...now].slice(0, most);
  const old = new Set(before);
  const found = new Set<number>();
  for (const index of now) {
    if (old.has(index) || containers.chain(index).some((up) => old.has(up))) found.add(index);
  }
  for (const index of before) {
    if (containers.chain(index).some((up) => now.has(up))) found.add(index);
  }
  return found.size === 0 ? null : [...found].slice(0, most);
}

function after(state: State, part: RawPart, cost: number, chain: readonly number[] | null): State {
  const unknowns = state.unknowns + (part.type === 'unknown' ? 1 : 0);
  const open = part.type === 'unknown' ? part.from : part.type === 'container' ? 'c' : '';
  return {
    cost: state.cost + cost,
    chain,
    unknowns,
    containers: state.containers + (part.type === 'container' ? 1 : 0),
    last: part,
    before: state,
    signature: `${chain === null ? '' : chain.join()}|${unknowns}|${open}`,
  };
}

function readingOf(end: State): RawReading {
  const parts: RawPart[] = [];
  for (let state: State | null = end; state?.last; state = state.before) parts.unshift(state.last);
  return { cost: end.cost, chain: end.chain, parts };
}
