import type { TextQuery } from './query.ts';

/** What a piece of the text stands for. */
export type TextPart = 'name' | 'category' | 'container' | 'kind' | 'description';

export type Range = readonly [start: number, end: number];

/** A piece of the text that a place has. Offsets are UTF-16 units of folded text, ends excluded. */
export interface TextSegment {
  part: TextPart;
  /** In the key of the query. */
  start: number;
  end: number;
  /** In the key of the name or category; 0 for a container. */
  at: number;
  /** Which category or container it is, in their order in the document. */
  of: number;
  /** Pieces that agree, in the key of the name: two where one character is wrong. */
  met: readonly Range[];
  /** The piece begins and ends where words do, in the text and in the name. */
  aligned: boolean;
  value: number;
  /** In the key of the query: what is wrong, or too much; empty where something is missing. */
  wrong?: Range;
}

/** Worth of a character of each part, before what is taken off. */
export const TEXT_VALUES: Readonly<
  Record<TextPart | 'across' | 'single' | 'mistake' | 'wrong' | 'piece', number>
> = Object.freeze({
  name: 1,
  category: 0.92,
  container: 0.95,
  kind: 0.9,
  /** Not asked for here: descriptions have weights of their own. */
  description: 0,
  /** Times this where a piece cuts through a word, of the text or of the name. */
  across: 0.85,
  /** Times this for one character that is no word. */
  single: 0.35,
  /** Times this where a character is wrong, missing or too much. */
  mistake: 0.85,
  /** The character that stands in the place of another. */
  wrong: 0.35,
  /** Taken off every piece, so that few long ones win. */
  piece: 0.1,
});

/** A folded text of a document with the offsets at which its words start and end. */
export interface Cut {
  key: string;
  cuts: ReadonlySet<number>;
}

let table = new Uint8Array(4096);

/** What two texts have in common from each pair of offsets on; of use until the next `commonRuns`. */
export interface CommonRuns {
  a: string;
  b: string;
  /** One more than the length of a run, 0 where nobody asked for it, in rows of `b.length`. */
  known: Uint8Array;
}

/** Finds nothing before it is asked for: of a text in letters only the beginnings of words are. */
export function commonRuns(a: string, b: string): CommonRuns {
  const size = a.length * b.length;
  if (table.length < size) table = new Uint8Array(2 * size);
  return { a, b, known: table.fill(0, 0, size) };
}

/** Longest run that is told. */
const LONGEST_RUN = 254;

/** Length of the common text that begins at an offset of each; all of them together take steps for `a` times `b`. */
export function commonRun({ a, b, known }: CommonRuns, i: number, e: number): number {
  if (i >= a.length || e >= b.length) return 0;
  const width = b.length;
  const most = Math.min(a.length - i, b.length - e);
  let to = 0;
  let behind = 0;
  for (; to < most; to++) {
    behind = known[(i + to) * width + e + to]!;
    if (behind > 0) break;
    if (a.charCodeAt(i + to) !== b.charCodeAt(e + to)) break;
  }
  if (to < most && behind === 0) known[(i + to) * width + e + to] = 1;
  const rest = behind > 0 ? behind - 1 : 0;
  for (let n = 0; n < to; n++) {
    known[(i + n) * width + e + n] = Math.min(LONGEST_RUN, rest + to - n) + 1;
  }
  return Math.min(LONGEST_RUN, rest + to);
}

const SPACE = 0x20;

export interface Span {
  start: number;
  at: number;
  length: number;
}

/** What a piece that agrees is worth. */
export function worthOf(
  part: TextPart,
  query: TextQuery,
  { key, cuts }: Cut,
  { start, at, length }: Span,
): Pick<TextSegment, 'value' | 'aligned'> {
  const end = start + length;
  const aligned =
    query.cuts.has(start) && query.cuts.has(end) && cuts.has(at) && cuts.has(at + length);
  let value = TEXT_VALUES[part] * (length - spacesIn(query.key, start, end));
  if (!aligned) value *= TEXT_VALUES.across;
  if (length === 1 && !(aligned || key.length === 1)) value *= TEXT_VALUES.single;
  return { value: value - TEXT_VALUES.piece, aligned };
}

/** Spaces in a part of a key. */
export function spacesIn(key: string, start: number, end: number): number {
  let spaces = 0;
  for (let i = start; i < end; i++) if (key.charCodeAt(i) === SPACE) spaces += 1;
  return spaces;
}

export function segmentOf(
  { part, of }: { part: TextPart; of: number },
  { start, at, length }: Span,
  { value, aligned }: Pick<TextSegment, 'value' | 'aligned'>,
): TextSegment {
  const met: Range[] = [[at, at + length]];
  return { part, start, end: start + length, at, of, met, aligned, value };
}
