/** Calls back for every place of every value in a text, in order of the places; overlapping ones, too. */
export type Occurrences = (
  text: string,
  found: (at: number, which: number, end: number) => void,
) => void;

/** What a UTF-16 code unit, or a hash of two neighbours, may begin. */
const SINGLE = 1;
const LONGER = 2;

/**
 * Prepares to look for many values at once: takes one pass over a text, however many they are. A place is
 * looked at closely only where two code units may begin a value.
 *
 * @param values - `which` is the index in it. An empty one is nowhere.
 */
export function occurrencesOf(values: readonly string[]): Occurrences {
  const begins = new Uint8Array(0x10000);
  const whiches = new Map<string, number[]>();
  values.forEach((value, which) => {
    if (value === '') return;
    if (value.length === 1) begins[value.charCodeAt(0)]! |= SINGLE;
    else begins[hashOf(value.charCodeAt(0), value.charCodeAt(1))]! |= LONGER;
    const same = whiches.get(value);
    if (same) same.push(which);
    else whiches.set(value, [which]);
  });
  const lengths = [...new Set(Array.from(whiches.keys(), ({ length }) => length))];
  lengths.sort((a, b) => a - b);

  return (text, found) => {
    if (lengths.length === 0) return;
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
