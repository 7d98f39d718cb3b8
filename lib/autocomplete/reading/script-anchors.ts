import type { KeyField } from '../record/document.ts';
import type { Anchor } from './anchors.ts';
import { withoutStationWord } from './kind-words.ts';
import { readingsOf } from './span-readings.ts';
import { CUT, type Layer, type TypedText } from './typed-text.ts';

/** Most runs of one script that are looked up. */
const RUNS = 4;
/** Units of the shortest and the longest such run. */
const LENGTHS = { least: 2, most: 40 };
/** Added to the cost, so that what the cheapest reading looks for comes first. */
const PRICE = 0.02;

/** Layers in which the key of a field may end in a station word. */
const LAYERS: Readonly<Partial<Record<KeyField, readonly Layer[]>>> = {
  name: ['name', 'kana'],
  pinyin: ['pinyin'],
  zhuyin: ['zhuyin'],
  romaji: ['romaji'],
};

/** Scripts that separate words: no name continues from one of these into another script. */
const SPACED: ReadonlySet<string> = new Set(['latin', 'hangul', 'bopomofo']);

/**
 * xindabanzhan しんおおさかえき: where a text goes on in another script, or behind a space that its script does not need,
 * each stretch may be a whole name of one place, with or without a word for a station.
 *
 * @param cost - Of the cheapest reading.
 */
export function* scriptAnchors(typed: TypedText, cost: number): Generator<Anchor> {
  const runs = scriptRuns(typed);
  if (runs.length < 2) return;
  for (const [from, to] of runs.slice(-RUNS)) {
    const value = typed.key.slice(from, to).trim();
    if (value.length < LENGTHS.least || value.length > LENGTHS.most || /^\d+$/.test(value))
      continue;
    const spellings: [KeyField, string][] = [['name', value], ...readingsOf(typed, from, to)];
    for (const [field, spelled] of spellings) {
      const stems = (LAYERS[field] ?? []).flatMap(
        (layer) => withoutStationWord(layer, spelled) ?? [],
      );
      for (const name of new Set([spelled, ...stems])) {
        yield { field, value: name, match: 'whole', chain: null, rest: false, price: cost + PRICE };
      }
    }
  }
}

function scriptRuns({ key, classes, cuts }: TypedText): [from: number, to: number][] {
  const starts: number[] = [];
  let script: string | null = null;
  for (let at = 0; at < key.length; at++) {
    const of = classes[at]!;
    if (of === 'space') continue;
    // Numbers belong to any script, and Han and kana are one.
    const now: string | null = of === 'digit' ? script : SPACED.has(of) ? of : 'unspaced';
    const isApart = now === 'unspaced' && cuts[at] === CUT.separator;
    if (at === 0 || isApart || (script !== null && now !== script)) starts.push(at);
    script = now ?? script;
  }
  return starts.map((from, i) => [from, starts[i + 1] ?? key.length]);
}
