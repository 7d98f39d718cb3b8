import { fitsReaderBy, isCode, TRAIT_BITS, traitsOf } from '../../autocomplete/display/names.ts';
import type { NameKind } from '../../autocomplete/place.ts';
import type { IndexedName, KeyField } from '../../autocomplete/record/document.ts';
import type { Interpretation } from '../../autocomplete/suggest/interpretations.ts';
import type {
  JudgedName,
  JudgedPlace,
  KeyedName,
  Presence,
} from '../../autocomplete/suggest/judged-place.ts';
import { isBetter, type Meeting, meetsName, newMeeting } from '../../autocomplete/suggest/match.ts';
import type { ReadText } from '../../autocomplete/reading/read-text.ts';
import type { ReaderLanguage } from '../../autocomplete/suggest/reader.ts';
import type { KeyPool } from './key-pool.ts';
import { storedKey } from './keys.ts';
import type { PlaceReader } from './place-reader.ts';
import type { OwnTexts } from './place-source.ts';

/**
 * Arrays to judge names by:
 * - `nameAt`: number of the first name of each document; `traits`: bits of each name, see below; `language`: number of its language, 0 if it states none
 * - `judgedAt`: where the keys of each document begin in `judgedKey` (numbers of stored keys) and `judgedOf` (bits of the field and the name of the key), in order of field, then of name; behind them the keys that only a text of several parts is compared with, see `readWords`
 */
export interface JudgeArrays {
  nameAt: Uint32Array;
  traits: Uint32Array;
  language: Uint16Array;
  judgedAt: Uint32Array;
  judgedKey: Uint32Array;
  judgedOf: Uint32Array;
}

const KINDS: readonly NameKind[] = ['official', 'short', 'colloquial', 'historic', 'misspelling'];
const KIND_AT = TRAIT_BITS;
const KIND_MASK = 7;
const CODE = 1 << (KIND_AT + 3);
const UNTAGGED = CODE << 1;
const SYLLABLES = CODE << 2;
const UMLAUT = CODE << 3;

/** The bits of a name. */
export function bitsOf(name: KeyedName): number {
  return (
    traitsOf(name.name.text) |
    (KINDS.indexOf(name.kind) << KIND_AT) |
    (isCode(name.name) ? CODE : 0) |
    (name.isUntagged ? UNTAGGED : 0) |
    (name.hasSyllables ? SYLLABLES : 0) |
    (name.hasUmlaut ? UMLAUT : 0)
  );
}

/**
 * Fields whose keys are stored for judging; keys of `inner` and `tail` are derived from those of
 * `name`.
 */
export const JUDGED_FIELDS: readonly Exclude<KeyField, 'inner' | 'tail'>[] = [
  'name',
  'pinyin',
  'zhuyin',
  'initials',
  'taiwan',
  'choseong',
  'romaji',
];
/** Length of the letter of a field in a stored key. */
export const KEY_FROM = 1;
export const FIELD_MASK = 15;
const WEAK = 16;
const NAME_AT = 5;

/** Bits of the field and the name of a key. */
export function keyBits(field: number, isWeak: boolean, name: number): number {
  return field | (isWeak ? WEAK : 0) | (name << NAME_AT);
}

interface JudgeData {
  arrays: JudgeArrays & { importance: Float64Array };
  /** By number. */
  languages: readonly string[];
}

type OwnOf = (document: number) => OwnTexts;

/** An interpretation prepared for a segment. */
interface Sought {
  /** Index in `JUDGED_FIELDS`. */
  field: number;
  /** Range of the keys that match; null if their texts have to be compared. */
  range: { from: number; to: number } | null;
}

/** Judges the places of a segment by numbers, and reads texts only if these do not decide. */
export class PlaceJudge {
  readonly data: JudgeData;
  readonly #keys: KeyPool;
  readonly #reader: PlaceReader;
  readonly #ownOf: OwnOf;
  readonly #sought = new WeakMap<Interpretation, Sought>();
  #lastAsked: Interpretation | null = null;
  #lastSought: Sought | null = null;
  readonly #other = newMeeting();

  constructor(
    keys: KeyPool,
    data: JudgeData,
    { reader, ownOf }: { reader: PlaceReader; ownOf: OwnOf },
  ) {
    this.#keys = keys;
    this.data = data;
    this.#reader = reader;
    this.#ownOf = ownOf;
  }

  placeOf(document: number): JudgedPlace {
    return new SegmentPlace(this, document);
  }

  presenceIn(document: number, read: ReadText): Presence {
    return this.#reader.presenceIn(document, read);
  }

  meet(
    document: number,
    interpretation: Interpretation,
    found: Meeting,
    tell: (name: JudgedName) => void,
  ): void {
    const { judgedAt, judgedKey, judgedOf } = this.data.arrays;
    const { field, range } = this.#soughtOf(interpretation);
    if (range !== null && range.from === range.to) return;
    let met: JudgedName | null = null;
    let index = -1;
    for (let at = judgedAt[document]!, end = judgedAt[document + 1]!; at < end; at++) {
      const of = judgedOf[at]!;
      // In order of field.
      if ((of & FIELD_MASK) > field) break;
      if ((of & FIELD_MASK) !== field) continue;
      const key = judgedKey[at]!;
      if (range !== null && (key < range.from || key >= range.to)) continue;
      if (met !== null && of >>> NAME_AT !== index) {
        tell(met);
        met = null;
      }
      const into = met === null ? found : this.#other;
      into.offset = range === null ? this.#offsetIn(key, interpretation) : 0;
      if (into.offset < 0) continue;
      into.weak = (of & WEAK) !== 0 ? 'habit' : undefined;
      const name: JudgedName = met ?? this.#nameAt(document, of >>> NAME_AT);
      if (!meetsName(name, this.#lengthOf(key, interpretation), interpretation, into)) continue;
      if (met === null) {
        met = name;
        index = of >>> NAME_AT;
      } else if (isBetter(into, found)) Object.assign(found, into);
    }
    if (met !== null) tell(met);
  }

  #nameAt(document: number, index: number): JudgedName {
    return new SegmentName(this.data, { document, index }, this.#ownOf);
  }

  /** Length of a key in UTF-16 units, as an interpretation sees it. */
  #lengthOf(key: number, { field }: Interpretation): number {
    return this.#keys.lengthOf(key) - (field === 'tail' ? this.#tailFrom(key) : KEY_FROM);
  }

  #tailFrom(key: number): number {
    const unit = this.#keys.unitAt(key, KEY_FROM);
    return KEY_FROM + (unit >= 0xd800 && unit < 0xdc00 ? 2 : 1);
  }

  /** Offset of the value in the key of a name; -1 if it does not match. */
  #offsetIn(key: number, { field, value, match }: Interpretation): number {
    const keys = this.#keys;
    const length = keys.lengthOf(key) - KEY_FROM;
    if (match === 'edit') {
      const isSame = length === value.length && keys.holds(key, value, KEY_FROM);
      return !isSame && keys.isNear(key, value, KEY_FROM) ? 0 : -1;
    }
    if (field === 'inner') {
      for (let at = 1; at <= length - value.length; at++) {
        if (keys.holds(key, value, KEY_FROM + at)) return at;
      }
      return -1;
    }
    const from = this.#tailFrom(key);
    const rest = keys.lengthOf(key) - from;
    const fits = match === 'whole' ? rest === value.length : rest > 0;
    return fits && keys.holds(key, value, from) ? 0 : -1;
  }

  #soughtOf(interpretation: Interpretation): Sought {
    // Places are judged by one interpretation after the other.
    if (interpretation === this.#lastAsked) return this.#lastSought!;
    let sought = this.#sought.get(interpretation);
    if (!sought) this.#sought.set(interpretation, (sought = this.#look(interpretation)));
    this.#lastAsked = interpretation;
    this.#lastSought = sought;
    return sought;
  }

  #look({ field, value, match }: Interpretation): Sought {
    if (match === 'edit' || field === 'inner' || field === 'tail') return { field: 0, range: null };
    const stored = storedKey(field, value);
    const range = { from: this.#keys.first(stored, false), to: this.#keys.first(stored, true) };
    if (match === 'whole') {
      range.from = this.#keys.find(stored);
      range.to = range.from < 0 ? -1 : range.from + 1;
    }
    return { field: (JUDGED_FIELDS as readonly KeyField[]).indexOf(field), range };
  }
}

/** A place of a segment. */
class SegmentPlace implements JudgedPlace {
  readonly importance: number;
  readonly #judge: PlaceJudge;
  readonly #document: number;

  constructor(judge: PlaceJudge, document: number) {
    this.#judge = judge;
    this.#document = document;
    this.importance = judge.data.arrays.importance[document]!;
  }

  meet(interpretation: Interpretation, found: Meeting, tell: (name: JudgedName) => void): void {
    this.#judge.meet(this.#document, interpretation, found, tell);
  }

  presenceIn(read: ReadText): Presence {
    return this.#judge.presenceIn(this.#document, read);
  }
}

/** A name of a segment, whose texts are read when needed. */
class SegmentName implements JudgedName {
  readonly #data: JudgeData;
  readonly #at: { document: number; index: number };
  readonly #ownOf: OwnOf;
  readonly #bits: number;

  /** @param at - index: index of the name within its document. */
  constructor(data: JudgeData, at: { document: number; index: number }, ownOf: OwnOf) {
    this.#data = data;
    this.#at = at;
    this.#ownOf = ownOf;
    this.#bits = data.arrays.traits[this.#number]!;
  }

  get #number(): number {
    return this.#data.arrays.nameAt[this.#at.document]! + this.#at.index;
  }

  get name(): IndexedName {
    return this.#ownOf(this.#at.document).names[this.#at.index]!;
  }

  get key(): string {
    const { text, key = text } = this.name;
    return key;
  }

  get kind(): NameKind {
    return KINDS[(this.#bits >>> KIND_AT) & KIND_MASK]!;
  }

  get isCode(): boolean {
    return (this.#bits & CODE) !== 0;
  }

  get isUntagged(): boolean {
    return (this.#bits & UNTAGGED) !== 0;
  }

  get hasSyllables(): boolean {
    return (this.#bits & SYLLABLES) !== 0;
  }

  get hasUmlaut(): boolean {
    return (this.#bits & UMLAUT) !== 0;
  }

  fits(language: ReaderLanguage): boolean {
    const { arrays, languages } = this.#data;
    const stated = languages[arrays.language[this.#number]!]!;
    return fitsReaderBy(this.#bits, stated === '' ? undefined : stated, language);
  }
}
