import { pinyinOf } from '../../analyzers/readings.ts';

/** First character of each Kangxi radical's part of the unified ideographs, which are in the order of radicals. */
const RADICALS: readonly number[] = Array.from({ length: 214 }, (_, at) =>
  String.fromCodePoint(0x2f00 + at)
    .normalize('NFKC')
    .codePointAt(0)!,
).sort((a, b) => a - b);

/** The radical of a character by its code point; -1 outside the first block of ideographs. */
function radicalOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x4e00 || code > 0x9fa5) return -1;
  let low = 0;
  let high = RADICALS.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (RADICALS[middle]! <= code) low = middle;
    else high = middle;
  }
  return low;
}

const syllables = new Map<string, string>();

/** Toneless pinyin of one character. */
function syllableOf(character: string): string {
  let syllable = syllables.get(character);
  if (syllable === undefined) {
    syllable = pinyinOf(character).replace(/\d/g, '');
    syllables.set(character, syllable);
  }
  return syllable;
}

const finalOf = (syllable: string): string => syllable.replace(/^(?:[zcs]h?|[^aeiouv])/, '');

/**
 * How easily one folded name is mistaken for another that is one edit away, 0..1.
 *
 * Swapped neighbours: 1. One Han character for another: 1 if both sound the same; 0.5 each for the
 * same radical and the same final, which usually means a shared component (棍 and 根, 都 and 部). An
 * extra or missing character: 0.5, but 0 at the end, where it more likely begins another word. More
 * edits: 0.
 */
export function likeness(typed: string, name: string): number {
  const [a, b] = [Array.from(typed), Array.from(name)];
  if (Math.abs(a.length - b.length) === 1) {
    return typed.startsWith(name) || name.startsWith(typed) ? 0 : 0.5;
  }
  if (a.length !== b.length) return 0;
  const wrong = a.flatMap((character, at) => (character === b[at] ? [] : [at]));
  if (wrong.length === 2) return 1;
  const [x = '', y = ''] = [a[wrong[0] ?? -1], b[wrong[0] ?? -1]];
  if (!/^\p{Script=Han}{2}$/u.test(x + y)) return 0.5;
  const [sound, other] = [syllableOf(x), syllableOf(y)];
  if (sound === other) return 1;
  return (radicalOf(x) === radicalOf(y) ? 0.5 : 0) + (finalOf(sound) === finalOf(other) ? 0.5 : 0);
}
