import { fold } from '../../analyzers/fold.ts';
import {
  DIRECTIONS,
  NO_STREETS,
  STREET_FRONTS,
  STREET_PARTICLES,
  STREET_WORDS,
  UNIT_WORDS,
  UNSPACED_DIRECTIONS,
  UNSPACED_STREET_WORDS,
} from './address-words-data.ts';
import type { TypedText } from './typed-text.ts';

/** Where names of streets stand in a text. Positions are those of its folding key. */
export interface Streets {
  /** A name that ends here, or at the space before, is that of a street: Pennsylvania| Avenue, 中山|北路. */
  behind: ReadonlySet<number>;
  /** A name that begins here is: rue de |Paris. */
  front: ReadonlySet<number>;
}

const wordsOf = (words: string): ReadonlySet<string> =>
  new Set(words.trim().split(/\s+/).map(fold));
const behindWords = wordsOf(STREET_WORDS);
const fronts = wordsOf(STREET_FRONTS);
const particles = wordsOf(STREET_PARTICLES);
const directions = wordsOf(DIRECTIONS);
const units = wordsOf(UNIT_WORDS);
const unspaced = [...wordsOf(UNSPACED_STREET_WORDS)].sort((a, b) => b.length - a.length);
const unspacedDirections = new Set(fold(UNSPACED_DIRECTIONS));
const noStreet = fold(NO_STREETS);
/** St. begins names as well (St. Ives): it is a street where nothing follows. */
const SAINT = 'st';

/** A word in letters and where it stands. */
export interface LatinWord {
  text: string;
  from: number;
  to: number;
}

type Typed = Pick<TypedText, 'key' | 'classes' | 'pieces'>;

/** Words in letters that follow each other without a number, a comma or another script between them. */
export function latinRuns({ key, classes, pieces }: Typed): LatinWord[][] {
  const runs: LatinWord[][] = [];
  const cuts = new Set(pieces);
  let run: LatinWord[] = [];
  for (let at = 0; at < key.length;) {
    let to = at;
    while (to < key.length && classes[to] === 'latin') to++;
    const isNumbered = classes[to] === 'digit' || (at > 0 && classes[at - 1] === 'digit');
    if (run.length > 0 && (cuts.has(at) || (to === at && classes[at] !== 'space'))) {
      runs.push(run);
      run = [];
    }
    // NW1, 221B: part of a number.
    if (to > at && !isNumbered) run.push({ text: key.slice(at, to), from: at, to });
    at = Math.max(to, at + 1);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/** Whether a word belongs to what is below a street: Sec., Floor. */
export function isUnitWord(word: string): boolean {
  return units.has(word);
}

/** Finds the names of streets in a text. Linear. */
export function streetsIn(typed: Typed): Streets {
  const behind = new Set<number>();
  const front = new Set<number>();
  for (const run of latinRuns(typed)) {
    run.forEach(({ text, from }, i) => {
      if (i === 0 && fronts.has(text)) {
        const name = run.slice(1).find((word) => !particles.has(word.text));
        if (name) front.add(name.from);
      }
      if (i === 0 || !behindWords.has(text)) return;
      if (text === SAINT && run[i + 1] && !directions.has(run[i + 1]!.text)) return;
      behind.add(from);
      if (i > 1 && directions.has(run[i - 1]!.text)) behind.add(run[i - 1]!.from);
    });
  }
  addUnspaced(typed, behind);
  return { behind, front };
}

function addUnspaced({ key, classes }: Typed, behind: Set<number>): void {
  for (let at = 1; at < key.length; at++) {
    const word = unspaced.find((one) => key.startsWith(one, at));
    if (word === undefined || key.startsWith(noStreet, at)) continue;
    // 로 in a word of Hangul: only at its end.
    if (classes[at] === 'hangul' && classes[at + word.length] === 'hangul') continue;
    let from = at;
    behind.add(from);
    while (from > 1 && at - from < 2 && unspacedDirections.has(key[from - 1]!)) {
      from -= 1;
      behind.add(from);
    }
  }
}
