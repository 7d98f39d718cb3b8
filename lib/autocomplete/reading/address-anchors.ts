import type { Anchor } from './anchors.ts';
import { hasNumber, numberSpellings } from './numbers.ts';
import { readingsOf } from './span-readings.ts';
import { isUnitWord, latinRuns, type LatinWord } from './streets.ts';
import { CUT, type TypedText } from './typed-text.ts';

/** Bounds of what is looked up inside the parts of an address. */
const LIMITS = Object.freeze({
  /** Runs of words in letters. */
  runs: 8,
  /** Words of a run at which a name may begin, and words of a name. */
  starts: 3,
  words: 5,
  /** Positions in a stretch without spaces at which a name may begin, and units of such a name. */
  inner: 14,
  units: 8,
});

const PRICES = Object.freeze({ run: 0.05, start: 0.05, reading: 0.05, inner: 0.12, unit: 0.005 });

/**
 * 5-2-1 Ginza, Chuo-ku; London NW1 6XE: numbers, commas and other scripts part an address in letters into
 * runs of words, of which any may begin with a name. It is looked for everywhere, and by its reading in the
 * containers of the cheapest reading.
 */
export function* runAnchors(
  typed: TypedText,
  { cost, chain }: { cost: number; chain: Anchor['chain'] },
): Generator<Anchor> {
  const runs = latinRuns(typed).map(withoutUnits).filter(isNamed);
  if (runs.length < 2 && !/\d/.test(typed.key)) return;
  const base = { rest: true, price: cost + PRICES.run };
  for (const run of runs.slice(-LIMITS.runs)) {
    for (const [i, { from }] of run.slice(0, LIMITS.starts).entries()) {
      const ends = run.slice(i, i + LIMITS.words).map(({ to }) => to);
      const lengths = ends.map((to) => to - from).reverse();
      const value = typed.key.slice(from, ends.at(-1));
      const price = base.price + PRICES.start * i;
      yield { ...base, field: 'name', value, match: 'beginning', lengths, chain: null, price };
    }
    if (chain === null) continue;
    for (const last of [run.at(-1)!, run.at(-2)]) {
      if (!last) continue;
      for (const [field, value] of readingsOf(typed, run[0]!.from, last.to)) {
        yield { ...base, field, value, match: 'whole', chain, price: base.price + PRICES.reading };
      }
    }
  }
}

/** Sec., Floor and the like begin no name. */
function withoutUnits(run: readonly LatinWord[]): LatinWord[] {
  const first = run.findIndex(({ text }) => !isUnitWord(text));
  return first < 0 ? [] : run.slice(first);
}

function isNamed(run: readonly LatinWord[]): boolean {
  return run.length > 0 && run.at(-1)!.to - run[0]!.from > 2;
}

/**
 * 寺町通御池上る上本能寺前町488: a name may begin at any character of a stretch without spaces, where the
 * text has a number or a container.
 */
export function* innerAnchors(
  typed: TypedText,
  { from, to }: { from: number; to: number },
  { chain, cost }: { chain: Anchor['chain']; cost: number },
): Generator<Anchor> {
  const { key, cuts, classes } = typed;
  // In front of its containers stands no name without a space: names go from large to small.
  if (chain === null ? !/\d/.test(key) : from === 0) return;
  let starts = 0;
  for (let at = from + 1; at < to; at++) {
    if (cuts[at] === CUT.none || !UNSPACED.has(classes[at]!)) continue;
    if (starts >= LIMITS.inner && !typed.streets.crossings.has(at)) continue;
    starts += 1;
    const lengths: number[] = [];
    for (let end = Math.min(to, at + LIMITS.units); end > at + 1; end--) {
      if (cuts[end] !== CUT.none) lengths.push(end - at);
    }
    if (lengths.length === 0) continue;
    const value = key.slice(at, at + lengths[0]!);
    const isCrossing = typed.streets.crossings.has(at);
    const price = cost + (isCrossing ? PRICES.start : PRICES.inner + PRICES.unit * starts);
    yield { field: 'name', value, match: 'beginning', lengths, chain, rest: true, price };
  }
}

const UNSPACED: ReadonlySet<string> = new Set(['han', 'kana']);

/** 北1条西2丁目: the same beginnings with numbers as names have them, of any length. */
export function* numberedAnchors(
  value: string,
  { chain, cost }: { chain: Anchor['chain']; cost: number },
): Generator<Anchor> {
  if (!hasNumber(value)) return;
  for (const shape of numberSpellings(value).slice(1)) {
    const most = Math.min(shape.length, LIMITS.units);
    if (most < 2) continue;
    const lengths = Array.from({ length: most - 1 }, (_, i) => most - i);
    const price = cost + PRICES.inner;
    yield { field: 'name', value: shape, match: 'beginning', lengths, chain, rest: true, price };
  }
}
