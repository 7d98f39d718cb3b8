import { foldWithOffsets } from '../../analyzers/fold.ts';
import { choseongTyped, pinyinLetters, localTyped } from '../../analyzers/readings.ts';
import { romajiTyped } from '../../analyzers/romaji.ts';
import { type Streets, streetsIn } from './streets.ts';

/** What a name is compared in: its folding key, or one of its readings. */
export type Layer = 'name' | 'kana' | 'pinyin' | 'zhuyin' | 'romaji' | 'taiwan' | 'choseong';

/** Script of a unit of the key, as far as it decides where a text may be cut. */
export type UnitClass =
  'space' | 'latin' | 'digit' | 'han' | 'kana' | 'hangul' | 'bopomofo' | 'other';

/** Between two units of a key: none, between letters written without spaces, between scripts, a separator. */
export const CUT: Readonly<Record<'none' | 'inside' | 'script' | 'separator', number>> =
  Object.freeze({ none: 0, inside: 1, script: 2, separator: 3 });

/** The text, or a run of it, in the spelling of one layer. */
export interface Line {
  layer: Layer;
  text: string;
  /** Where in the key each unit of `text` begins; one element more for the end. */
  at: readonly number[];
  /** The whole key, where a unit may stand for several letters of it (a long vowel): two names may meet inside one. */
  merged?: string;
}

/** A text as it is read: its folding key, where it may be cut, and the spellings of its readings. */
export interface TypedText {
  text: string;
  key: string;
  /** UTF-16 offsets in `text` of each unit of `key`. */
  starts: readonly number[];
  ends: readonly number[];
  classes: readonly UnitClass[];
  /** One of `CUT` before each unit, and at the end. */
  cuts: Uint8Array;
  /** See `weightOf`. */
  weights: Uint32Array;
  lines: readonly Line[];
  /** Where what stands between commas, slashes and brackets begins, but for the first piece. */
  pieces: readonly number[];
  streets: Streets;
  /** Where the input begins that an input method still holds behind Han characters (西しんj); else the end of the key. */
  uncommitted: number;
}

const CLASSES: readonly [UnitClass, RegExp][] = [
  ['space', /^ $/],
  ['latin', /^\p{Script=Latin}$/u],
  ['digit', /^\p{Nd}$/u],
  ['han', /^[\p{Script=Han}〇々]$/u],
  ['kana', /^[\p{Script=Hiragana}\p{Script=Katakana}ー]$/u],
  ['hangul', /^\p{Script=Hangul}$/u],
  ['bopomofo', /^[\p{Script=Bopomofo}ˇˋˊ˙]$/u],
];
/** Classes of units met so far: bounded by the number of UTF-16 units. */
const known = new Map<string, UnitClass>();

function classOf(unit: string): UnitClass {
  let found = known.get(unit);
  if (found === undefined) {
    found = CLASSES.find(([, pattern]) => pattern.test(unit))?.[0] ?? 'other';
    // Half of a character beyond the first plane: nearly always Han.
    if (found === 'other' && unit >= '\ud800' && unit < '\ue000') found = 'han';
    known.set(unit, found);
  }
  return found;
}

const SMALL_KANA = new Set('ぁぃぅぇぉゃゅょゎっー');
const TONES = new Set('ˇˋˊ˙');
/** Letters, or kana of one word, that are spelled at once. */
const ROMAJI_LENGTH = 40;
/** Words in letters that are spelled. */
const WORDS = 16;

/**
 * A text prepared for reading. Time is linear in its length: words beyond the limits are read by their
 * letters only.
 *
 * @param text - At most `PLACE_QUERY_DEFAULTS.maxLength` units.
 */
export function typedText(text: string): TypedText {
  const { key, starts, ends } = foldWithOffsets(text);
  const classes = Array.from({ length: key.length }, (_, i) => classOf(key[i]!));
  const cuts = new Uint8Array(key.length + 1);
  const typed = { text, key, starts, ends, classes, cuts, weights: weightsBefore(classes) };
  cuts[0] = cuts[key.length] = CUT.separator;
  for (let i = 1; i < key.length; i++) cuts[i] = cutBefore(typed, i);
  const lines = [...plainLines(typed), ...spelledLines(typed)];
  const pieces = piecesOf(typed);
  const streets = streetsIn({ ...typed, pieces });
  return { ...typed, lines, pieces, streets, uncommitted: uncommittedIn(typed) };
}

type Unspelled = Omit<TypedText, 'lines' | 'pieces' | 'streets' | 'uncommitted'>;

/** What people put between a place and what it is in. */
const PIECES = /[,，、;；/|()（）]/;

function piecesOf({ text, key, starts, ends, classes, cuts }: Unspelled): number[] {
  const pieces: number[] = [];
  for (let at = 1; at < key.length; at++) {
    if (cuts[at] !== CUT.separator || classes[at] === 'space') continue;
    const before = classes[at - 1] === 'space' ? at - 2 : at - 1;
    if (before >= 0 && PIECES.test(text.slice(ends[before], starts[at]))) pieces.push(at);
  }
  return pieces;
}

/** Units of a syllable that is being typed, by script. */
const UNCOMMITTED: Readonly<Partial<Record<UnitClass, number>>> = {
  latin: 6,
  bopomofo: 12,
  kana: 10,
};

function uncommittedIn({ key, classes, cuts }: Unspelled): number {
  const { length } = key;
  let at = length;
  // Kana and the letters behind them are one: しんj.
  while (at > 0 && classes[at - 1] === 'latin' && length - at < UNCOMMITTED.latin!) at--;
  const of = at > 0 && (classes[at - 1] === 'kana' || at === length) ? classes[at - 1]! : 'latin';
  const most = UNCOMMITTED[of];
  if (most === undefined) return length;
  while (at > 0 && classes[at - 1] === of && length - at < most) at--;
  let committed = at;
  while (committed > 0 && classes[committed - 1] === 'digit') committed--;
  return classes[committed - 1] === 'han' && cuts[at] !== CUT.separator ? at : length;
}

function cutBefore({ key, starts, ends, classes }: Unspelled, i: number): number {
  const code = key.charCodeAt(i);
  if (code >= 0xdc00 && code < 0xe000) return CUT.none;
  const [before, after] = [classes[i - 1], classes[i]];
  if (before === 'space' || after === 'space' || starts[i]! > ends[i - 1]!) return CUT.separator;
  // Letters of one syllable, or one character that folds into several.
  if (starts[i]! < ends[i - 1]!) return CUT.none;
  const joined = SMALL_KANA.has(key[i]!) || TONES.has(key[i]!);
  if (before !== after) return joined ? CUT.none : CUT.script;
  const unspaced = after !== 'latin' && after !== 'digit' && after !== 'other';
  return unspaced && !joined ? CUT.inside : CUT.none;
}

function plainLines({ key, classes }: Unspelled): Line[] {
  const at = Array.from({ length: key.length + 1 }, (_, i) => i);
  const name: Line = { layer: 'name', text: key, at };
  return classes.includes('kana') ? [name, { ...name, layer: 'kana' }] : [name];
}

function spelledLines(typed: Unspelled): Line[] {
  const { key, classes } = typed;
  const lines: Line[] = [];
  let words = 0;
  for (let from = 0; from < key.length;) {
    const of = classes[behindNumber(typed, from)];
    let to = from + 1;
    const runOn = (): void => {
      while (to < key.length && (classes[to] === of || classes[to] === 'digit')) to++;
    };
    if (of === 'latin') {
      runOn();
      // A name in letters may be written in several words: xin bei, nishi shinjuku, taipei 101.
      while (classes[to] === 'space' && classes[behindNumber(typed, to + 1)] === 'latin') {
        to += 1;
        runOn();
      }
      lines.push(...wordLines(typed, from, to, WORDS - words));
      words += key.slice(from, to).split(' ').length;
    } else if (of === 'kana') {
      runOn();
      const letters = /^[a-z]{1,6}$/.exec(key.slice(to, to + 7))?.[0].length ?? 0;
      const romaji = lineOf('romaji');
      addRomaji(romaji, key, from, to + letters);
      if (romaji.text !== '') lines.push(ended(romaji, to + letters));
    } else if (of === 'bopomofo') {
      runOn();
      const zhuyin = lineOf('zhuyin');
      for (let i = from; i < to; i++) {
        if (TONES.has(key[i]!)) continue;
        zhuyin.text += key[i]!;
        zhuyin.at.push(i);
      }
      if (zhuyin.text !== '') lines.push(ended(zhuyin, to));
    } else if (of === 'hangul') {
      runOn();
      lines.push(...initialLines(typed, from, to));
    }
    from = to;
  }
  return lines;
}

/** Where what a number stands before begins: of 228heping the h. */
function behindNumber({ classes }: Unspelled, from: number): number {
  let at = from;
  while (classes[at] === 'digit') at++;
  return classes[at] === 'space' && classes[at + 1] === 'latin' && at > from ? at + 1 : at;
}

interface OpenLine extends Line {
  at: number[];
}

function lineOf(layer: Layer): OpenLine {
  return { layer, text: '', at: [] };
}

function ended(line: OpenLine, to: number): Line {
  line.at.push(to);
  return line;
}

function wordLines(typed: Unspelled, from: number, to: number, most: number): Line[] {
  const { key } = typed;
  const pinyin = lineOf('pinyin');
  const taiwan = lineOf('taiwan');
  const romaji = { ...lineOf('romaji'), merged: key };
  for (let start = from, words = 0; start < to && words < most; words++) {
    const space = key.indexOf(' ', start);
    const end = space < 0 || space > to ? to : space;
    addPinyin(pinyin, key, start, end);
    addTaiwan(taiwan, key, start, end);
    addRomaji(romaji, key, start, end);
    start = end + 1;
  }
  return [pinyin, taiwan, romaji].filter((line) => line.text !== '').map((line) => ended(line, to));
}

function addPinyin(line: OpenLine, key: string, from: number, to: number): void {
  const letters = pinyinLetters(key.slice(from, to));
  for (const at of letters.at) line.at.push(from + at);
  line.text += letters.key;
}

/** Whole words that may be in a romanisation of Taiwan; others break the line. */
function addTaiwan(line: OpenLine, key: string, from: number, to: number): void {
  const word = key.slice(from, to);
  const known = localTyped(word).length > 0;
  if (!known && line.text === '') return;
  const text = known ? word : NOT_SPELLED;
  for (let i = 0; i < text.length; i++) line.at.push(from + i);
  line.text += text;
}

/** The runs of initials in Hangul: consonants that are no part of a syllable. */
function initialLines({ key, cuts }: Unspelled, from: number, to: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < to;) {
    let end = start;
    while (end < to && cuts[end] !== CUT.none && cuts[end + 1] !== CUT.none) end++;
    const text = key.slice(start, end);
    if (choseongTyped(text) !== null) {
      const at = Array.from({ length: text.length + 1 }, (_, i) => start + i);
      lines.push({ layer: 'choseong', text, at });
    }
    start = Math.max(end, start + 1);
  }
  return lines;
}

/** No unit of a key: keeps what is around it apart. */
const NOT_SPELLED = '\u0001';

/** Behind a vowel these letters may lengthen it, or fall away. */
const JOINING = /[aiueohwー]/;

/** Digits stand for themselves between what is spelled. */
function addRomaji(line: OpenLine, key: string, from: number, to: number): void {
  for (const { 0: part, index } of key.slice(from, to).matchAll(/\d+|\D+/g)) {
    const start = from + index;
    if (/\D/.test(part)) addSpelled(line, key, start, start + part.length);
    else {
      line.text += part;
      for (let i = 0; i < part.length; i++) line.at.push(start + i);
    }
  }
}

/**
 * A unit stands at the first letter that gives it; what is no romaji any more ends the word. Spelling
 * begins anew with each syllable that nothing before it changes, so that time is linear.
 */
function addSpelled(line: OpenLine, key: string, from: number, to: number): void {
  let base = from;
  let read = from;
  let done = '';
  for (let end = from + 1; end <= to && end - base <= ROMAJI_LENGTH; end++) {
    const spelled = romajiTyped(key.slice(base, end));
    // A letter may lead to nothing new (the h of sh), or to what shows only with the next.
    if (spelled === null || !spelled.startsWith(done)) continue;
    for (let i = done.length; i < spelled.length; i++) line.at.push(end - 1);
    line.text += spelled.slice(done.length);
    done = spelled;
    read = end;
    const next = key[end];
    if (/[aiueo]/.test(key[end - 1]!) && next !== undefined && !JOINING.test(next)) {
      base = end;
      done = '';
    }
  }
  if (read === to) return;
  line.text += NOT_SPELLED;
  line.at.push(read);
}

/** Weight of a stretch in characters: two letters, or the letters of a syllable of Hangul, are about one. */
export function weightOf({ weights }: TypedText, from: number, to: number): number {
  return (weights[to]! - weights[from]!) / 10;
}

/** Tenths of a character. */
const UNIT_WEIGHTS: Readonly<Record<UnitClass, number>> = {
  space: 0,
  latin: 4,
  bopomofo: 4,
  hangul: 4,
  han: 10,
  kana: 10,
  digit: 10,
  other: 10,
};

/** Weight of all units before each one, and of all at the end. */
function weightsBefore(classes: readonly UnitClass[]): Uint32Array {
  const weights = new Uint32Array(classes.length + 1);
  for (const [i, of] of classes.entries()) weights[i + 1] = weights[i]! + UNIT_WEIGHTS[of];
  return weights;
}

/** Positions in the key at which a unit of a line may begin, `next` of them: inside a merged one, too. */
export function startsOf(line: Line, unit: number): readonly number[] {
  const first = line.at[unit]!;
  if (line.merged === undefined || !MERGED.test(line.text[unit]!)) return [first];
  return range(first, line.at[unit + 1]!);
}

/** Positions in the key at which a unit of a line may end. */
export function endsOf(line: Line, unit: number): readonly number[] {
  const first = line.at[unit]!;
  const next = line.at[unit + 1]!;
  const { merged } = line;
  if (merged === undefined || !MERGED.test(line.text[unit]!) || next <= first) return [next];
  // The h of sh gives the whole of si, but no name ends there.
  return range(first + 1, next + 1).filter((to) => to === next || MERGED.test(merged[to - 1]!));
}

/** Long vowels and a double n are one unit. */
const MERGED = /[aiueon]/;

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
