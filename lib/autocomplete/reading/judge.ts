import type { PlaceSource } from '../record/document.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import type { Containers } from './containers.ts';
import {
  adminValue,
  containerEdges,
  type CoverEdge,
  type InsideEdge,
  openEdges,
  type OwnEdge,
  wordEdges,
} from './cover-edges.ts';
import { aroundValue, endsInWord, nameBehind, restBehind } from './cover-around.ts';
import { COVER_VALUES } from './cover-values.ts';
import { scratchOf } from './cover-scratch.ts';
import { isAround, type Neighbour } from './neighbours.ts';
import { mistakenEdges, nameEdges, namesakeEdges, uncommittedEdges } from './name-edges.ts';
import type { ReadText } from './read-text.ts';
import { CUT, type TypedText, weightOf } from './typed-text.ts';

/** A part of the text as a place has it. Positions are those of the folding key. */
export interface CoverPart {
  type: CoverEdge['type'] | 'rest';
  from: number;
  to: number;
  /** What it met; null of a rest. */
  edge: CoverEdge | null;
}

/** The best way to lay a place over a text. */
export interface Cover {
  /** Worth, on the scale of `RANKING`. */
  value: number;
  /** The part that is the name; `typed` and the rest of how it was met are on its edge. */
  own: OwnEdge;
  parts: readonly CoverPart[];
  /** Half-open UTF-16 ranges of the text that the place has nothing for. */
  unread: [number, number][];
  /** The same in characters. */
  unreadWeight: number;
  /** Of a container or a kind word only the beginning was typed. */
  partial: boolean;
  /** A part of it is taken for a mistake. */
  guess: boolean;
  /** What the positions of parts stand for. */
  positions: Pick<TypedText, 'key' | 'starts' | 'ends' | 'uncommitted'>;
}

// A state is how many rests there were (times 4), in a rest or not (2), and whether the name was met (1).
const NAMED = 1;
const IN_REST = 2;
const ONE_REST = 4;
const RESTS = 3;
const STATES = (RESTS + 1) * ONE_REST;

function indexOf(at: number, state: number): number {
  return at * STATES + state;
}
const NONE = -1e9;

/**
 * Lays a place over the whole text: its names, its containers, kind words and, at a cost, what is not
 * known. Linear in the text.
 *
 * @param neighbours - Read in parts of the text; those around the place count as its containers.
 * @returns Null where the text holds no name of the place.
 */
export function coverOf(
  read: ReadText,
  source: PlaceSource,
  language: ReaderLanguage,
  neighbours: readonly Neighbour[] = [],
): Cover | null {
  const own = ownEdges(read, source, language);
  if (own.length === 0 && source.kind !== 'station') return null;
  return coverBy(own, { read, source, neighbours });
}

/**
 * As `coverOf`, null where the name is not whole: of most places that a text search fetches this is known before they
 * are laid over the text.
 */
export function coverByWholeName(
  read: ReadText,
  source: PlaceSource,
  language: ReaderLanguage,
): Cover | null {
  const own = ownEdges(read, source, language);
  if (!own.some(({ whole }) => whole)) {
    // A station may be called by its container.
    if (source.kind !== 'station' || !read.mayCallStation) return null;
    const chain = chainOf(read.containers, source);
    if (namesakeEdges(read, source, chain).next().done) return null;
  }
  const cover = coverBy(own, { read, source, neighbours: [] });
  return cover?.own.whole ? cover : null;
}

function coverBy(
  own: readonly OwnEdge[],
  {
    read,
    source,
    neighbours,
  }: { read: ReadText; source: PlaceSource; neighbours: readonly Neighbour[] },
): Cover | null {
  const { typed, containers } = read;
  const chain = chainOf(containers, source);
  const edges: CoverEdge[][] = Array.from({ length: typed.key.length }, () => []);
  const all: Iterable<CoverEdge>[] = [
    own,
    namesakeEdges(read, source, chain),
    containerEdges(read, source, chain),
    wordEdges(read, source),
    openEdges(read, source, chain),
    aroundEdges(read, source, own, neighbours),
  ];
  let named = false;
  for (const found of all) {
    for (const edge of found) {
      edges[edge.from]!.push(edge);
      named ||= edge.type === 'name';
    }
  }
  return named ? new Covering(read, source, edges).best() : null;
}

/** Names of the place in the text, right ones or mistaken ones. */
function ownEdges(read: ReadText, source: PlaceSource, language: ReaderLanguage): OwnEdge[] {
  const own = nameEdges(read, source, language);
  if (read.typed.uncommitted < read.typed.key.length) {
    own.push(...uncommittedEdges(read, source, language));
  }
  // 東京都京都市: who has a name right has not mistaken it before.
  const isRight = own.some(({ whole, short }) => whole && !short);
  if (read.spans.length > 0 && !isRight) own.push(...mistakenEdges(read, source, language));
  return own;
}

function* aroundEdges(
  { typed }: ReadText,
  source: PlaceSource,
  own: readonly OwnEdge[],
  neighbours: readonly Neighbour[],
): Generator<InsideEdge> {
  for (const neighbour of neighbours) {
    const { from, to } = neighbour;
    const isFirst = typed.pieces.length === 0 && own.some((edge) => edge.from >= to);
    if (!isAround(neighbour, source, isFirst)) continue;
    yield { type: 'container', from, to, value: COVER_VALUES.around, means: new Set() };
  }
}

/** Indexes of a place's containers, and of those they formally belong to. */
export function chainOf(containers: Containers, source: PlaceSource): ReadonlySet<number> {
  const chain = new Set<number>();
  for (const { id } of source.parents) {
    const index = containers.indexOf(id);
    if (index === undefined) continue;
    chain.add(index);
    for (const up of containers.chain(index)) chain.add(up);
  }
  return chain;
}

/** Whether the text is one plain name of the place. */
export function isPlain({ parts, own }: Cover): boolean {
  return parts.length === 1 && own.layer !== 'number' && own.layer !== 'derived';
}

/** Whether a name was met by a mistake for it. */
export function isMistake({ layer }: OwnEdge): boolean {
  return layer === 'edit' || layer === 'homophone';
}

let scratch = scratchOf<CoverPart>(64 * STATES, STATES);

/** One place over one text: dynamic programming over positions and states. */
class Covering {
  readonly #read: ReadText;
  readonly #typed: TypedText;
  readonly #source: PlaceSource;
  readonly #edges: readonly (readonly CoverEdge[])[];
  readonly #laid: Parameters<typeof aroundValue>[0];
  readonly #values: Float64Array;
  /** By position, a bit for each state that was reached. */
  readonly #reached: Uint16Array;
  /** Where each state was come to from, -1 for where it begins; by which part, null where it only moved on. */
  readonly #before: Int32Array;
  readonly #parts: (CoverPart | null)[];
  /** The last part so far. */
  readonly #last: (CoverPart | null)[];

  constructor(read: ReadText, source: PlaceSource, edges: readonly (readonly CoverEdge[])[]) {
    this.#read = read;
    this.#typed = read.typed;
    this.#source = source;
    this.#edges = edges;
    this.#laid = { read, source, edges };
    const size = (read.typed.key.length + 1) * STATES;
    if (scratch.values.length < size) scratch = scratchOf<CoverPart>(size, STATES);
    this.#reached = scratch.reached.fill(0, 0, size / STATES);
    this.#values = scratch.values.fill(NONE, 0, size);
    this.#before = scratch.before.fill(-1, 0, size);
    this.#parts = scratch.parts.fill(null, 0, size);
    this.#last = scratch.last.fill(null, 0, size);
  }

  best(): Cover | null {
    const { length } = this.#typed.key;
    this.#values[0] = 0;
    this.#reached[0] = 1;
    for (let at = 0; at <= length; at++) {
      // States in a rest first: they may leave it here.
      for (let below = STATES; ;) {
        const reached = this.#reached[at]! & ((1 << below) - 1);
        if (reached === 0) break;
        const state = 31 - Math.clz32(reached);
        below = state;
        if (state & IN_REST) this.#leaveOrStay(at, state);
        else if (at < length) this.#goOn(at, state);
      }
    }
    let end = -1;
    let best = NONE;
    for (let state = NAMED; state < STATES; state++) {
      if (!(state & NAMED) || state & IN_REST) continue;
      const value = this.#values[indexOf(length, state)]!;
      if (value > best) [best, end] = [value, state];
    }
    return end < 0 ? null : this.#coverTo(end, best);
  }

  /** Whether a step is worth more than what has come there. */
  #gains(before: number, to: number, gain: number): boolean {
    return this.#values[before]! + gain > this.#values[to]!;
  }

  #go(before: number, to: number, gain: number, part: CoverPart | null): void {
    if (!this.#gains(before, to, gain)) return;
    this.#values[to] = this.#values[before]! + gain;
    this.#reached[Math.floor(to / STATES)]! |= 1 << (to % STATES);
    this.#before[to] = before;
    this.#parts[to] = part;
    this.#last[to] = part ?? this.#last[before]!;
  }

  #leaveOrStay(at: number, state: number): void {
    const { key, cuts } = this.#typed;
    const here = indexOf(at, state);
    if (at === key.length) {
      this.#go(here, indexOf(at, state - IN_REST), 0, null);
      return;
    }
    if (cuts[at] !== CUT.none) {
      const [gain, isKnown] = this.#restEnd(at, state);
      this.#go(here, indexOf(at, state - IN_REST - (isKnown ? ONE_REST : 0)), gain, null);
    }
    this.#go(here, indexOf(at + 1, state), this.#restUnit(at), null);
  }

  /** What a rest is worth where it ends, and whether it is of a known kind, which does not count as a rest. */
  #restEnd(at: number, state: number): [gain: number, isKnown: boolean] {
    const { cuts, classes, streets } = this.#typed;
    const cut = cuts[at]!;
    const isNamed = (state & NAMED) !== 0;
    const { leadingDigits } = this.#read;
    const known = COVER_VALUES.restKnown - COVER_VALUES.rest;
    // In Latin letters, a postal code may also be a house number.
    if (!isNamed && at <= leadingDigits) return [known, classes[leadingDigits] !== 'latin'];
    const street = streets.front.has(at) ? COVER_VALUES.street : 0;
    if (streets.crossings.has(at)) return [street + known, true];
    const inside = cut === CUT.inside ? COVER_VALUES.restInside : 0;
    if (isNamed) return [street + inside, false];
    const glued = cut < CUT.script || (cut === CUT.script && classes[at] !== 'latin');
    const before = glued ? COVER_VALUES.restBeforeGlued : COVER_VALUES.restBefore;
    return [street + inside + before, false];
  }

  #restUnit(at: number): number {
    const elsewhere = this.#read.longContainerAt(at) ? COVER_VALUES.restElsewhere : 0;
    return COVER_VALUES.restUnit * weightOf(this.#typed, at, at + 1) + elsewhere;
  }

  #goOn(at: number, state: number): void {
    const { cuts, classes } = this.#typed;
    const here = indexOf(at, state);
    if (classes[at] === 'space') {
      this.#go(here, indexOf(at + 1, state), 0, null);
      return;
    }
    const last = this.#last[here]!;
    const named = (state & NAMED) !== 0;
    for (const edge of this.#edges[at]!) {
      const gain = this.#gainOf(edge, last, named, at);
      if (gain === null) continue;
      const next = indexOf(edge.to, edge.type === 'name' ? state | NAMED : state);
      if (!this.#gains(here, next, gain)) continue;
      this.#go(here, next, gain, { type: edge.type, from: at, to: edge.to, edge });
    }
    const rests = Math.floor(state / ONE_REST);
    const unsure = last?.edge?.type === 'name' && (last.edge.short || !last.edge.whole);
    if (cuts[at] === CUT.none || rests === RESTS || last?.type === 'rest' || unsure) return;
    let cost = COVER_VALUES.rest + (rests > 0 ? COVER_VALUES.secondRest : 0);
    cost += restBehind(this.#laid, at, last);
    if (cuts[at] === CUT.inside && !this.#isTold(last)) cost += COVER_VALUES.restInside;
    // The first unit is in at once, so that a rest is never empty.
    const part: CoverPart = { type: 'rest', from: at, to: at + 1, edge: null };
    this.#go(here, indexOf(at + 1, (state + ONE_REST) | IN_REST), cost + this.#restUnit(at), part);
  }

  /** Whether a word tells that a part ends. */
  #isTold(part: CoverPart | null): boolean {
    if (part?.type === 'kind' || part?.type === 'admin') return true;
    return (part?.type === 'name' || part?.type === 'container') && endsInWord(this.#laid, part);
  }

  /** What an edge adds after the last part; null where it cannot follow it. */
  #gainOf(edge: CoverEdge, last: CoverPart | null, named: boolean, at: number): number | null {
    switch (edge.type) {
      case 'name':
        // The beginning of a name behind something unread says too little, and so does a single character.
        if (named) return this.#again(edge, last);
        if (last?.type !== 'rest') return edge.value;
        return edge.whole && !edge.short ? edge.value + nameBehind(this.#laid, at) : null;
      case 'admin': {
        if (last?.edge?.type === 'container') return edge.value;
        if (last?.edge?.type !== 'name' || !last.edge.whole) return null;
        return adminValue(edge, this.#source, last.edge, this.#typed.key.slice(at, edge.to));
      }
      case 'kind': {
        const follows =
          last?.type === 'name' || last?.type === 'container' || last?.type === 'operator';
        return follows || this.#typed.cuts[at]! >= CUT.script ? edge.value : null;
      }
      case 'container':
        if (edge.partial && last?.edge?.type === 'name' && last.edge.short) return null;
        return edge.value;
      case 'operator':
        return edge.value;
    }
  }

  /** Another name of the place, or the same in another spelling: つつ is not 津 twice. */
  #again(edge: OwnEdge, last: CoverPart | null): number | null {
    if (edge.to - edge.from < 2 || edge.short || isMistake(edge)) return null;
    const key = this.#typed.key;
    const before = last?.edge?.type === 'name' ? last : null;
    if (before && key.slice(before.from, before.to) === key.slice(edge.from, edge.to)) return null;
    const { classes } = this.#typed;
    const isAlike = before?.edge?.type === 'name' && classes[before.from] === classes[edge.from];
    if (edge.whole) return isAlike ? COVER_VALUES.againAlike : COVER_VALUES.again;
    return last?.type === 'name' ? null : COVER_VALUES.againPart;
  }

  #coverTo(end: number, best: number): Cover | null {
    const { key, starts, ends } = this.#typed;
    const parts: CoverPart[] = [];
    let until = key.length;
    let to = indexOf(key.length, end);
    for (let before = this.#before[to]!; before >= 0; before = this.#before[to]!) {
      const part = this.#parts[to]!;
      const at = Math.floor(before / STATES);
      // A rest ends where it was left; its units are steps without a part.
      if (!((before % STATES) & IN_REST) && part?.type !== 'rest') until = at;
      if (part) {
        parts.unshift(part.type === 'rest' ? { ...part, to: until } : part);
        if (part.type === 'rest') until = at;
      }
      to = before;
    }
    const own = parts.find((part) => part.type === 'name')?.edge;
    if (own?.type !== 'name') return null;
    for (const part of parts) this.#trim(part);
    const rests = parts.filter(({ type }) => type === 'rest');
    return {
      value: best + aroundValue(this.#laid, parts),
      own,
      parts,
      unread: rests.map(({ from, to }) => [starts[from]!, ends[to - 1]!]),
      unreadWeight: rests.reduce((sum, p) => sum + weightOf(this.#typed, p.from, p.to), 0),
      partial: parts.some(({ edge }) => edge !== null && 'partial' in edge),
      guess: isMistake(own) || parts.some(({ edge }) => edge !== null && 'guess' in edge),
      positions: this.#typed,
    };
  }

  /** Separators around a part are none of it. */
  #trim(part: { from: number; to: number }): void {
    const { classes } = this.#typed;
    while (part.to > part.from + 1 && classes[part.to - 1] === 'space') part.to -= 1;
  }
}
