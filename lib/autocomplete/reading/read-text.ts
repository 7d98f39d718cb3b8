import { Containers } from './containers.ts';
import { beginsKindWord } from './kind-words.ts';
import { type ContainerEdge, type Lattice, latticeOf, type WordEdge } from './lattice.ts';
import { type MistakenSpan, mistakenSpans, withMistakes } from './mistakes.ts';
import { hasNumber, numberedKey } from './numbers.ts';
import { type RawReading, rawReadings } from './readings.ts';
import { CUT, type Layer, type Line, type TypedText, typedText } from './typed-text.ts';

type Rest = readonly [layer: Layer, text: string];

/** A line with where its units stand, for looking up names. */
export interface IndexedLine extends Omit<Line, 'layer'> {
  layer: Layer | 'number';
  /** Units at which a name may begin, by the letter there; the first `STARTS` of each. */
  starts: ReadonlyMap<string, readonly number[]>;
  /** The number at the end may go on: 十 of 十一. */
  tens?: true;
}

/** A unit of a line at which a name may begin. */
export interface LineStart {
  line: IndexedLine;
  unit: number;
}

/** Places in a text at which a name with a certain first letter may begin. */
const STARTS = 64;
/** Longest unfinished word or container at the end of a text. */
const OPEN_LENGTH = 24;
/** A container of so many units in a text is one, and not a chance likeness. */
const LONG = { latin: 4, other: 2 };

/** A text that was read: what is known in it, and its readings. Made once a query; places are laid over it. */
export class ReadText {
  readonly typed: TypedText;
  readonly containers: Containers;
  readonly lattice: Lattice;
  /** What the lattice has, in its order. */
  readonly containerEdges: readonly ContainerEdge[];
  readonly wordEdges: readonly WordEdge[];
  /** Parts that may be mistyped; none before `mistaken`. */
  readonly spans: readonly MistakenSpan[];
  /** Cheapest first. */
  readonly readings: readonly RawReading[];
  /** States that reading took: bounded by `READING_LIMITS`. */
  readonly states: number;
  /** Where the number ends that the text begins with (a postal code), 0 without one. */
  readonly leadingDigits: number;
  /** First position from which on a word may be unfinished. */
  readonly openFrom: number;
  readonly #lines: ReadonlyMap<IndexedLine['layer'], readonly IndexedLine[]>;
  readonly #starts: Map<IndexedLine['layer'], Map<string, LineStart[]>>;
  readonly #long = new Map<number, boolean>();
  readonly #rests: Map<number, readonly Rest[]>;
  #mayCallStation: boolean | null = null;
  #stations: readonly number[] | null = null;
  /** Where an unfinished name of a container may begin. */
  #mayBegin: readonly number[] | null = null;
  /** By container: many places have it. */
  readonly #begun: Map<number, readonly number[]>;

  /**
   * @param text - At most `PLACE_QUERY_DEFAULTS.maxLength` units.
   * @param sure - The same text read as it is: what it knows nothing of is taken for a mistake now.
   */
  constructor(text: string, containers: Containers = Containers.NONE, sure?: ReadText) {
    this.typed = sure?.typed ?? typedText(text);
    this.containers = containers;
    this.spans = sure ? mistakenSpans(this.typed, sure.lattice, sure.readings) : [];
    this.lattice = sure
      ? withMistakes(this.typed, sure.lattice, { spans: this.spans, containers })
      : latticeOf(this.typed, containers);
    const edges = this.lattice.flat();
    this.containerEdges = edges.filter((edge) => edge.type === 'container');
    this.wordEdges = edges.filter((edge) => edge.type === 'word');
    const { readings, states } = rawReadings(this.typed, this.lattice, containers);
    this.readings = readings;
    this.states = states;
    const { key, classes } = this.typed;
    let digits = 0;
    while (digits < key.length && (classes[digits] === 'digit' || classes[digits] === 'space')) {
      digits += 1;
    }
    this.leadingDigits = digits;
    this.openFrom = Math.max(0, key.length - OPEN_LENGTH);
    // What depends on the text alone is the same when mistakes are allowed.
    this.#lines = sure ? sure.#lines : linesByLayer(this.typed);
    this.#starts = sure ? sure.#starts : new Map<IndexedLine['layer'], Map<string, LineStart[]>>();
    this.#rests = sure ? sure.#rests : new Map<number, readonly Rest[]>();
    this.#begun = sure ? sure.#begun : new Map<number, readonly number[]>();
  }

  /** The text read again, with what is not known in it taken for mistakes. */
  mistaken(): ReadText {
    return new ReadText(this.typed.text, this.containers, this);
  }

  /** What the text is written in. */
  get layers(): Iterable<IndexedLine['layer']> {
    return this.#lines.keys();
  }

  lines(layer: IndexedLine['layer']): readonly IndexedLine[] {
    return this.#lines.get(layer) ?? [];
  }

  /** Where a name may begin in the lines of a layer, by its first letter. */
  startsIn(layer: IndexedLine['layer']): ReadonlyMap<string, readonly LineStart[]> {
    let starts = this.#starts.get(layer);
    if (!starts) this.#starts.set(layer, (starts = startsByLetter(this.lines(layer))));
    return starts;
  }

  /** What stands from a position to the end of the text, in every layer that has it. */
  #restsFrom(at: number): readonly Rest[] {
    let found = this.#rests.get(at);
    if (!found) this.#rests.set(at, (found = [...this.#makeRests(at)]));
    return found;
  }

  *#makeRests(at: number): Generator<Rest> {
    const { lines, key } = this.typed;
    for (const line of lines) {
      if (line.at.at(-1) !== key.length) continue;
      // What kana begin is told by kana.
      if (line.layer === 'romaji' && line.merged === undefined) continue;
      if (line.layer === 'name') yield ['name', key.slice(at)];
      else if (line.layer !== 'kana' || this.typed.classes[at] === 'kana') {
        const unit = line.at.indexOf(at);
        if (unit >= 0 && unit < line.text.length) yield [line.layer, line.text.slice(unit)];
      }
    }
  }

  /** By position, 1 at the beginning and directly behind something known. */
  get isKnownBefore(): Uint8Array {
    const { key, classes } = this.typed;
    const known = new Uint8Array(key.length + 1);
    known[0] = 1;
    for (const { to } of [...this.containerEdges, ...this.wordEdges]) known[to] = 1;
    for (let at = 0; at < key.length; at++) {
      if (known[at] === 1 && classes[at] === 'space') known[at + 1] = 1;
    }
    return known;
  }

  /** Whether a container stands in the text by which a station may be called. */
  get mayCallStation(): boolean {
    return (this.#mayCallStation ??= this.containerEdges.some(
      ({ glued, guess }) => !glued && !guess,
    ));
  }

  /** Where an unfinished word for a station may begin at the end of the text. */
  openStations(): readonly number[] {
    return (this.#stations ??= this.#openUnits().filter((at) =>
      this.#restsFrom(at).some(([layer, rest]) => beginsKindWord(layer, rest, 'station')),
    ));
  }

  /** Where an unfinished official name of a container may begin at the end of the text. */
  openContainer(index: number): readonly number[] {
    let found = this.#begun.get(index);
    if (found) return found;
    this.#mayBegin ??= this.#openUnits().filter((at) => this.#maySayContainer(at));
    found = this.#mayBegin.filter((at) =>
      this.#restsFrom(at).some(([layer, rest]) => this.containers.isBegun(index, layer, rest)),
    );
    this.#begun.set(index, found);
    return found;
  }

  /** Positions from which on a word may be unfinished. */
  #openUnits(): number[] {
    const { key, cuts, classes } = this.typed;
    const found: number[] = [];
    for (let at = this.openFrom; at < key.length; at++) {
      if (cuts[at] !== CUT.none && classes[at] !== 'space') found.push(at);
    }
    return found;
  }

  /** One letter, or one kana in a word, says too little. */
  #maySayContainer(from: number): boolean {
    const { cuts, classes, key } = this.typed;
    const of = classes[from];
    if (of === 'han' || key.length - from >= 2) return true;
    return of !== 'latin' && cuts[from] === CUT.separator;
  }

  /** Whether a container with more than a chance likeness stands at a position. */
  longContainerAt(at: number): boolean {
    let found = this.#long.get(at);
    if (found === undefined) {
      const least = this.typed.classes[at] === 'latin' ? LONG.latin : LONG.other;
      found = this.lattice[at]!.some(
        (edge) => edge.type === 'container' && !edge.glued && !edge.guess && edge.length >= least,
      );
      this.#long.set(at, found);
    }
    return found;
  }
}

function linesByLayer(typed: TypedText): Map<IndexedLine['layer'], IndexedLine[]> {
  const byLayer = new Map<IndexedLine['layer'], IndexedLine[]>();
  const add = (line: Omit<IndexedLine, 'starts'>): void => {
    const there = byLayer.get(line.layer) ?? [];
    there.push({ ...line, starts: unitsByLetter(line) });
    byLayer.set(line.layer, there);
  };
  for (const line of typed.lines) add(line);
  if (!hasNumber(typed.key)) return byLayer;
  const { text, at, open } = numberedKey(typed.key);
  add({ layer: 'number', text, at });
  if (open && text.endsWith('10') && typed.key.endsWith('十')) {
    // 十 may go on to 十一, a 1 with any digit behind.
    const shorter = [...at.slice(0, -2), typed.key.length];
    add({ layer: 'number', text: text.slice(0, -1), at: shorter, tens: true });
  }
  return byLayer;
}

function startsByLetter(lines: readonly IndexedLine[]): Map<string, LineStart[]> {
  const found = new Map<string, LineStart[]>();
  for (const line of lines) {
    for (const [letter, units] of line.starts) {
      const starts = units.map((unit) => ({ line, unit }));
      found.set(letter, [...(found.get(letter) ?? []), ...starts]);
    }
  }
  return found;
}

function unitsByLetter({ text, at }: Omit<IndexedLine, 'starts'>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (let unit = 0; unit < text.length; unit++) {
    if (at[unit]! < 0) continue;
    const inserted = text[unit] === 'y' && text[unit - 2] === 'n';
    if (unit > 0 && at[unit] === at[unit - 1] && !inserted) continue;
    const list = found.get(text[unit]!);
    if (!list) found.set(text[unit]!, [unit]);
    else if (list.length < STARTS) list.push(unit);
  }
  return found;
}
