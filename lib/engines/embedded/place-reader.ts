import { LAYERS } from '../../autocomplete/reading/containers.ts';
import { nameFronts } from '../../autocomplete/reading/inner-names.ts';
import { GLUED_MIN } from '../../autocomplete/reading/lattice.ts';
import { mistakenFor } from '../../autocomplete/reading/mistakes.ts';
import { shortLength, wordsOf } from '../../autocomplete/reading/name-edges.ts';
import { hasNumber } from '../../autocomplete/reading/numbers.ts';
import type { IndexedLine, ReadText } from '../../autocomplete/reading/read-text.ts';
import {
  CUT,
  endsOf,
  type Layer,
  type Line as PlainLine,
  startsOf,
  type TypedText,
} from '../../autocomplete/reading/typed-text.ts';
import type { KeyField, PlaceSource } from '../../autocomplete/record/document.ts';
import type { Presence } from '../../autocomplete/suggest/judged-place.ts';
import type { KeyPool } from './key-pool.ts';
import { FIELD_MASK, type JudgeArrays, JUDGED_FIELDS, KEY_FROM } from './place-judge.ts';

/** Fields behind `JUDGED_FIELDS`: names in kana, what is derived from names, by layer, and what such names begin with. */
const KANA = JUDGED_FIELDS.length;
const DERIVED = KANA + 1;
const FRONT = DERIVED + LAYERS.length;
const NAME = JUDGED_FIELDS.indexOf('name');
const PINYIN = JUDGED_FIELDS.indexOf('pinyin');
/** Letter of the keys that are in no field of a document. */
const WORD = 'y';

/** The stored key of a word. */
export function wordKey(key: string): string {
  return WORD + key;
}

/** The words of a place by which texts are read and which are no keys of its names: field and key, in order of field. */
export function* readWords(source: PlaceSource): Generator<[field: number, key: string]> {
  const words = new Map(LAYERS.map((layer) => [layer, wordsOf(source, layer)]));
  for (const { key, derived } of words.get('kana')!) if (!derived && key !== '') yield [KANA, key];
  for (const [i, layer] of LAYERS.entries()) {
    for (const { key, derived } of words.get(layer)!) if (derived) yield [DERIVED + i, key];
  }
  for (const key of nameFronts(source)) yield [FRONT, key];
}

function fieldsOf(layer: Layer): number[] {
  const own = layer === 'kana' ? KANA : (JUDGED_FIELDS as readonly KeyField[]).indexOf(layer);
  return [own, DERIVED + LAYERS.indexOf(layer)];
}

/** A line of a text as keys are compared with it. */
interface Line {
  text: string;
  /** Units at which a name may begin, by the unit there. */
  starts: ReadonlyMap<number, readonly number[]>;
  /** By unit, 1 where the text may be cut before or behind it; long names are also read inside words of letters. */
  begins: Uint8Array;
  ends: Uint8Array;
  isLatin: Uint8Array;
  /** By unit, 1 where nothing unknown is directly before it. */
  follows: Uint8Array;
  /** By unit, the longest name that says too little beside something unknown. */
  short: Uint8Array;
  /** It goes to the end of the text, where a name may be unfinished. */
  isLast: boolean;
}

/** A text prepared for comparison with keys. */
interface Prepared {
  /** By field. */
  lines: (readonly Line[] | undefined)[];
  hasNumber: boolean;
  /** Han characters before what an input method holds, from each place where a name may begin. */
  committed: readonly { text: string; follows: boolean }[];
  mistaken: readonly string[];
  sounds: readonly string[];
}

/** Tells by numbers which places can't be named in a text: of what is fetched for one, that is most. */
export class PlaceReader {
  readonly #keys: KeyPool;
  readonly #arrays: JudgeArrays;
  readonly #prepared = new WeakMap<ReadText, Prepared>();

  constructor(keys: KeyPool, arrays: JudgeArrays) {
    this.#keys = keys;
    this.#arrays = arrays;
  }

  /** What `nameEdges`, `uncommittedEdges` and `mistakenEdges` find at most. */
  presenceIn(document: number, read: ReadText): Presence {
    let text = this.#prepared.get(read);
    if (!text) this.#prepared.set(read, (text = prepare(read)));
    const { judgedAt, judgedKey, judgedOf } = this.#arrays;
    let isPart = false;
    for (let at = judgedAt[document]!, end = judgedAt[document + 1]!; at < end; at++) {
      const field = judgedOf[at]! & FIELD_MASK;
      const key = judgedKey[at]!;
      if (field === FRONT) {
        const front = this.#keys.textOf(key).slice(KEY_FROM);
        if (isPart && read.typed.key.includes(front)) return 'name';
        continue;
      }
      const lines = text.lines[field];
      let found: Presence = lines === undefined ? 'none' : this.#presence(key, lines);
      if (found !== 'name' && field === NAME) found = this.#meant(key, text, found);
      if (field === PINYIN && text.sounds.some((pinyin) => this.#is(key, pinyin))) return 'name';
      if (found === 'name') return 'name';
      isPart ||= found === 'part';
    }
    return isPart ? 'part' : 'none';
  }

  #presence(key: number, lines: readonly Line[]): Presence {
    const keys = this.#keys;
    const length = keys.lengthOf(key) - KEY_FROM;
    let found: Presence = 'none';
    for (const { text, starts, begins, ends, isLatin, follows, short, isLast } of lines) {
      for (const at of starts.get(keys.unitAt(key, KEY_FROM)) ?? NOWHERE) {
        const isWhole = length <= text.length - at;
        const fits = isWhole
          ? (begins[at] === 1 && ends[at + length - 1] === 1) ||
            (isLatin[at] === 1 && length >= GLUED_MIN)
          : isLast && begins[at] === 1;
        if (!fits || !keys.beginsAlike(key, KEY_FROM, text, at)) continue;
        if (follows[at] === 1 || (isWhole && length > short[at]!)) return 'name';
        found = 'part';
      }
    }
    return found;
  }

  /** The same of a name with other numerals, uncommitted, or mistyped. */
  #meant(
    key: number,
    { hasNumber: withNumber, committed, mistaken }: Prepared,
    found: Presence,
  ): Presence {
    const keys = this.#keys;
    if (withNumber && hasNumber(keys.textOf(key).slice(KEY_FROM))) return 'name';
    const isMistaken = mistaken.some(
      (text) =>
        keys.isNear(key, text, KEY_FROM) && mistakenFor(text, keys.textOf(key).slice(KEY_FROM)) > 0,
    );
    if (isMistaken) return 'name';
    let most = found;
    for (const { text, follows } of committed) {
      if (!keys.holds(key, text, KEY_FROM)) continue;
      if (follows) return 'name';
      most = 'part';
    }
    return most;
  }

  #is(key: number, text: string): boolean {
    return (
      this.#keys.lengthOf(key) - KEY_FROM === text.length && this.#keys.holds(key, text, KEY_FROM)
    );
  }
}

const NOWHERE: readonly number[] = [];

function prepare(read: ReadText): Prepared {
  const { key, cuts, uncommitted } = read.typed;
  const known = read.isKnownBefore;
  const lines: (readonly Line[] | undefined)[] = [];
  for (const layer of LAYERS) {
    const own = read.lines(layer).map((line) => lineOf({ ...line, layer }, read.typed, known));
    if (own.length > 0) for (const field of fieldsOf(layer)) lines[field] = own;
  }
  const begins = uncommitted === key.length ? [] : read.lines('name').map(({ starts }) => starts);
  return {
    lines,
    hasNumber: read.lines('number').length > 0,
    committed: begins.flatMap((starts) =>
      [...starts.values()]
        .flat()
        .filter((from) => from < uncommitted && cuts[from] !== CUT.none)
        .map((from) => ({ text: key.slice(from, uncommitted), follows: known[from] === 1 })),
    ),
    mistaken: read.spans.map(({ text }) => text),
    sounds: read.spans.flatMap(({ pinyin }) => pinyin ?? []),
  };
}

function lineOf(
  line: Omit<IndexedLine, 'layer'> & PlainLine,
  { key, cuts, classes }: TypedText,
  known: Uint8Array,
): Line {
  const { text, starts, at } = line;
  const isCut = (position: number): boolean => cuts[position] !== CUT.none;
  const units = (): Uint8Array => new Uint8Array(text.length);
  const [begins, ends, isLatin] = [units(), units(), units()];
  const [follows, short] = [units(), units()];
  for (let unit = 0; unit < text.length; unit++) {
    const from = startsOf(line, unit);
    if (from.some(isCut)) begins[unit] = 1;
    if (endsOf(line, unit).some(isCut)) ends[unit] = 1;
    if (from.some((position) => classes[position] === 'latin')) isLatin[unit] = 1;
    if (from.some((position) => known[position] === 1)) follows[unit] = 1;
    short[unit] = Math.min(...from.map((position) => shortLength(classes[position])));
  }
  return {
    text,
    starts: new Map(Array.from(starts, ([unit, list]) => [unit.charCodeAt(0), list])),
    begins,
    ends,
    isLatin,
    follows,
    short,
    isLast: at.at(-1) === key.length,
  };
}
