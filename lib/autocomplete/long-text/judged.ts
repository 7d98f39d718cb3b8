import type { Unit } from './asked.ts';
import { occurrencesOf } from './occurrences.ts';
import { joinedLine } from './terms.ts';

/** ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene: never negative. */
export function idfOf(documents: number, having: number): number {
  return Math.log(1 + (Math.max(documents, having) - having + 0.5) / (having + 0.5));
}

/** Word lines, and the same without spaces between unspaced characters. */
export interface JudgedText {
  lines: string;
  joined: string;
}

/** Length up to which the words of a text are judged; later ones only serve to find it. */
const JUDGED_MAX = 200_000;

/** The part of word lines that is judged, cut at the end of a word. */
export function judgedLines(lines: string): string {
  if (lines.length <= JUDGED_MAX) return lines;
  const end = Math.max(lines.lastIndexOf(' ', JUDGED_MAX), lines.lastIndexOf('\n', JUDGED_MAX));
  return end > 0 ? lines.slice(0, end) : lines.slice(0, JUDGED_MAX).toWellFormed();
}

/** @param lines - Of `wordLines`. */
export function judgedText(lines: string): JudgedText {
  const judged = judgedLines(lines);
  return { lines: judged, joined: joinedLine(judged) };
}

/** The BM25 part of a term that occurs `often` times, 0..k1 + 1. */
export function saturated(often: number, k1: number, damping: number): number {
  return (often * (k1 + 1)) / (often + damping);
}

/** Occurrences of units in a text. */
export interface FoundUnits {
  /** Number of occurrences of each. */
  counts: number[];
  /**
   * Length of the shortest stretch that has all units but parts; Infinity if one is missing, or there is
   * only one.
   */
  stretch: number;
}

/**
 * Makes a search for units that takes one pass over a text, however many units there are.
 *
 * @param units - Parts come last, as from `judgedUnitsOf`.
 */
export function unitFinder(units: readonly Unit[]): (text: JudgedText) => FoundUnits {
  const anywhere = occurrencesOf(units.map(({ text }) => text));
  const isSpaced = units.map(({ kind }) => kind === 'word' || kind === 'stem');
  const betweenSpaces = occurrencesOf(
    units.map(({ text, kind }, i) =>
      isSpaced[i] ? (kind === 'word' ? ` ${text} ` : ` ${text}`) : '',
    ),
  );
  const hasSpaced = isSpaced.includes(true);
  const whole = units.filter(({ kind }) => kind !== 'part').length;
  return ({ joined, lines }) => {
    const counts = units.map(() => 0);
    if (hasSpaced) {
      betweenSpaces(` ${lines.replaceAll('\n', ' \n ')} `, (_, which) => {
        counts[which]! += 1;
      });
    }
    const window = narrowest(whole);
    anywhere(joined, (at, which) => {
      if (!isSpaced[which]) counts[which]! += 1;
      if (which < whole) window.add(at, which);
    });
    return { counts, stretch: window.best() };
  };
}

/** Finds the shortest stretch with one of each kind, by a window over ordered positions. */
function narrowest(kinds: number): {
  add: (at: number, kind: number) => void;
  best: () => number;
} {
  const places: number[] = [];
  const kindsThere: number[] = [];
  const inside = new Array<number>(kinds).fill(0);
  let [missing, first, best] = [kinds, 0, Infinity];
  return {
    add(at, kind) {
      if (kinds < 2) return;
      places.push(at);
      kindsThere.push(kind);
      if (inside[kind]! === 0) missing -= 1;
      inside[kind]! += 1;
      while (missing === 0) {
        best = Math.min(best, at - places[first]!);
        const left = kindsThere[first]!;
        inside[left]! -= 1;
        if (inside[left] === 0) missing += 1;
        first += 1;
      }
    },
    best: () => best,
  };
}
