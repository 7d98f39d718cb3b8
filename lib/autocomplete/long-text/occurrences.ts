/** Calls back for every place of every value in a text, in order of the places; overlapping ones, too. */
export type Occurrences = (
  text: string,
  found: (at: number, which: number, end: number) => void,
) => void;

/** What a UTF-16 code unit, or a hash of two neighbours, may begin. */
const SINGLE = 1;
const LONGER = 2;

/** Up to so many values, it is faster to look for one after the other. */
const FEW = 16;

/**
 * Prepares to look for many values at once.
 *
 * @param values - `which` is the index in it. An empty one is nowhere.
 */
export function occurrencesOf(values: readonly string[]): Occurrences {
  const whiches = new Map<string, number[]>();
  values.forEach((value, which) => {
    if (value === '') return;
    const same = whiches.get(value);
    if (same) same.push(which);
    else whiches.set(value, [which]);
  });
  return whiches.size <= FEW ? oneByOne(whiches) : inOnePass(whiches);
}

/** Looks for each value by itself, and takes the places in order. */
function oneByOne(whiches: ReadonlyMap<string, readonly number[]>): Occurrences {
  const sought = [...whiches].sort(([a], [b]) => a.length - b.length);
  return (text, found) => {
    const next = sought.map(([value]) => placeOf(value, text, 0));
    for (;;) {
      let first = 0;
      for (let i = 1; i < next.length; i++) if (next[i]! < next[first]!) first = i;
      const at = next[first] ?? Infinity;
      if (at === Infinity) return;
      const [value, same] = sought[first]!;
      for (const which of same) found(at, which, at + value.length);
      next[first] = placeOf(value, text, at + 1);
    }
  };
}

function placeOf(value: string, text: string, from: number): number {
  const at = text.indexOf(value, from);
  return at < 0 ? Infinity : at;
}

/**
 * Takes one pass over a text, however many values there are. A place is looked at closely only where two code units
 * may begin a value.
 */
function inOnePass(whiches: ReadonlyMap<string, readonly number[]>): Occurrences {
  const begins = new Uint8Array(0x10000);
  for (const value of whiches.keys()) {
    if (value.length === 1) begins[value.charCodeAt(0)]! |= SINGLE;
    else begins[hashOf(value.charCodeAt(0), value.charCodeAt(1))]! |= LONGER;
  }
  const lengths = [...new Set(Array.from(whiches.keys(), ({ length }) => length))];
  lengths.sort((a, b) => a - b);

  return (text, found) => {
    let code = text.charCodeAt(0);
    for (let at = 0; at < text.length; at++) {
      const next = text.charCodeAt(at + 1);
      const mayBegin = begins[code]! & SINGLE || begins[hashOf(code, next)]! & LONGER;
      code = next;
      if (!mayBegin) continue;
      for (const length of lengths) {
        if (at + length > text.length) break;
        for (const which of whiches.get(text.slice(at, at + length)) ?? []) {
          found(at, which, at + length);
        }
      }
    }
  };
}

function hashOf(code: number, next: number): number {
  return (code * 31 + next) & 0xffff;
}
