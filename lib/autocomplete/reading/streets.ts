import { fold } from '../../analyzers/fold.ts';
import {
  CROSSING_STREET,
  CROSSING_WORDS,
  DIRECTIONS,
  NO_STREETS,
  STREET_FRONTS,
  STREET_PARTICLES,
  STREET_WORDS,
  UNIT_WORDS,
  UNSPACED_DIRECTIONS,
  UNSPACED_LAST_STREET_WORDS,
  UNSPACED_STREET_WORDS,
} from './address-words-data.ts';
import type { TypedText } from './typed-text.ts';

/** Where names of streets stand in a text. Positions are those of its folding key. */
export interface Streets {
  /** A name that ends here, or at the space before, is that of a street: Pennsylvania| Avenue, 中山|北路. */
  behind: ReadonlySet<number>;
  /** A name that begins here is: rue de |Paris. */
  front: ReadonlySet<number>;
  /** The streets of a crossing end here, and the name of the block begins: 寺町通御池上る|上本能寺前町. */
  crossings: ReadonlySet<number>;
}

const wordsOf = (words: string): ReadonlySet<string> =>
  new Set(words.trim().split(/\s+/).map(fold));
const behindWords = wordsOf(STREET_WORDS);
const fronts = wordsOf(STREET_FRONTS);
const particles = wordsOf(STREET_PARTICLES);
const directions = wordsOf(DIRECTIONS);
const units = wordsOf(UNIT_WORDS);
const byLength = (words: string): string[] =>
  [...wordsOf(words)].sort((a, b) => b.length - a.length);
const unspaced = byLength(UNSPACED_STREET_WORDS);
const unspacedLast = byLength(UNSPACED_LAST_STREET_WORDS);
const crossingWords = byLength(CROSSING_WORDS);
const crossingStreet = fold(CROSSING_STREET);
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
  return { behind, front, crossings: crossingsIn(typed, behind) };
}

/** Where crossings end. What precedes their words, and the words for streets before them, is a street: 四条|通. */
function crossingsIn({ key }: Typed, behind: Set<number>): Set<number> {
  const found = new Set<number>();
  let street = 0;
  for (let at = 1; at < key.length; at++) {
    const word = crossingWords.find((one) => key.startsWith(one, at));
    if (word === undefined) continue;
    found.add(at + word.length);
    behind.add(at);
    for (; street < at; street++) if (key.startsWith(crossingStreet, street)) behind.add(street);
  }
  return found;
}

/** Units of the shortest street name: 祠大街 is not one, but the end of 武侯祠大街. */
const SHORTEST_NAME = 2;

function addUnspaced({ key, classes }: Typed, behind: Set<number>): void {
  const isLast = (at: number): boolean => classes[at] !== 'han' || unspacedDirections.has(key[at]!);
  for (let at = 1; at < key.length; at++) {
    const word =
      unspaced.find((one) => key.startsWith(one, at)) ??
      unspacedLast.find((one) => key.startsWith(one, at) && isLast(at + one.length));
    if (word === undefined) continue;
    if (key.startsWith(noStreet, at) || key.startsWith(noStreet, at - 1)) continue;
    // 로 in a word of Hangul: only at its end.
    if (classes[at] === 'hangul' && classes[at + word.length] === 'hangul') continue;
    let from = at;
    behind.add(from);
    while (from > 1 && at - from < 2 && unspacedDirections.has(key[from - 1]!)) {
      from -= 1;
      behind.add(from);
    }
    // What is too short to be the street's name is the end of it.
    const isName = (before: number): boolean => before > 0 && classes[before] === 'han';
    for (let left = SHORTEST_NAME - 1; from === at && left > 0 && isName(at - left); left--) {
      behind.add(at - left);
    }
  }
}
