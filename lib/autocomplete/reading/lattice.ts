import type { Containers } from './containers.ts';
import { kindWords, type KindWord } from './kind-words.ts';
import { CUT, endsOf, type Line, startsOf, type TypedText } from './typed-text.ts';

/** Something known that stands in a text: positions are those of its folding key. */
export type Edge = ContainerEdge | WordEdge;

interface EdgeBase {
  from: number;
  to: number;
  /** Begins or ends inside an unbroken word of letters. */
  glued: boolean;
}

export interface ContainerEdge extends EdgeBase {
  type: 'container';
  layer: Line['layer'];
  /** Containers of that key: index times 4 and weight. */
  postings: Uint32Array;
  /** Units of the key. */
  length: number;
  /** The text is taken for a mistake. */
  guess?: true;
}

export interface WordEdge extends EdgeBase {
  type: 'word';
  word: KindWord;
  /** The text is taken for a mistake. */
  guess?: true;
}

/** Everything known in a text, by where it begins. */
export type Lattice = readonly (readonly Edge[])[];

/** Shortest key that is read inside an unbroken word of letters. */
export const GLUED_MIN = 4;
/** Readings of one part in other spellings: two are enough to tell what it is. */
const EDGES = 48;

/** Finds every container and kind word in a text; no more than `EDGES` at a position. */
export function latticeOf(typed: TypedText, containers: Containers): Lattice {
  const edges: Edge[][] = Array.from({ length: typed.key.length + 1 }, () => []);
  for (const line of typed.lines) {
    for (let unit = 0; unit < line.text.length; unit++) {
      if (!mayBegin(typed, line, unit)) continue;
      addContainers({ typed, edges }, containers, line, unit);
      addWords(typed, line, unit, edges);
    }
  }
  return edges;
}

function mayBegin({ cuts, classes }: TypedText, { layer, text, at }: Line, unit: number): boolean {
  const from = at[unit]!;
  const of = classes[from];
  if (of === 'space' || of === undefined) return false;
  if (layer === 'name') return cuts[from] !== CUT.none || of === 'latin';
  if (layer === 'kana') return of === 'kana' && cuts[from] !== CUT.none;
  if (layer === 'zhuyin') return true;
  // Of units that one letter gives only the first begins anything: y of siyu does not.
  if (unit === 0 || from !== at[unit - 1]) return true;
  return text[unit] === 'y' && text[unit - 2] === 'n';
}

function addContainers(
  { typed, edges }: { typed: TypedText; edges: Edge[][] },
  containers: Containers,
  line: Line,
  unit: number,
): void {
  const { cuts, classes } = typed;
  containers.scan(line.layer, line.text, unit, (end, key) => {
    const length = end - unit;
    const postings = containers.postings(key);
    for (const from of startsOf(line, unit)) {
      for (const to of endsOf(line, end - 1)) {
        const glued = cuts[from] === CUT.none || cuts[to] === CUT.none;
        if (to <= from || (glued && !mayBeGlued(line, classes[from] === 'latin', length))) continue;
        if (edges[from]!.length >= EDGES) continue;
        edges[from]!.push({
          type: 'container',
          from,
          to,
          layer: line.layer,
          postings,
          glued,
          length,
        });
      }
    }
  });
}

function mayBeGlued({ layer }: Line, isLatin: boolean, length: number): boolean {
  return layer !== 'zhuyin' && isLatin && length >= GLUED_MIN;
}

function addWords(typed: TypedText, line: Line, unit: number, edges: Edge[][]): void {
  const { cuts, classes } = typed;
  const { words, longest } = kindWords(line.layer);
  const last = Math.min(longest, line.text.length - unit);
  for (let length = 1; length <= last; length++) {
    const list = words.get(line.text.slice(unit, unit + length));
    if (!list) continue;
    for (const from of startsOf(line, unit)) {
      for (const to of endsOf(line, unit + length - 1)) {
        if (to <= from || edges[from]!.length >= EDGES) continue;
        const glued = cuts[from] === CUT.none || cuts[to] === CUT.none;
        // eki, zhan, shi behind an unbroken word, nowhere else inside one.
        const isLatin = classes[from] === 'latin';
        if (glued && !(isLatin && length >= 2 && cuts[to] !== CUT.none)) continue;
        for (const word of list) {
          // One kana or two letters inside a word are no administrative word: し, li.
          const least = glued ? 3 : classes[from] === 'kana' ? 2 : 1;
          if (word.part === 'admin' && length < least && !endsText(typed, to, length)) continue;
          edges[from]!.push({ type: 'word', from, to, word, glued });
        }
      }
    }
  }
}

/** Two letters or kana at the end of the text may be one after all: osakashi. */
function endsText({ key }: TypedText, to: number, length: number): boolean {
  return to === key.length && length >= 2;
}
