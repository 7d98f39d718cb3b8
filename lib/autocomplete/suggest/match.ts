import { foldWithOffsets } from '../../analyzers/fold.ts';
import {
  initialsKey,
  pinyinKey,
  umlautAgrees,
  zhuyinKey,
  zhuyinToned,
} from '../../analyzers/readings.ts';
import { romajiKey, romajiNasal, romajiTyped } from '../../analyzers/romaji.ts';
import { spokenPinyin } from '../../analyzers/spoken-numbers.ts';
import type { IndexedName, KeyField } from '../record/document.ts';
import { withinOneEdit } from './edit-distance.ts';
import { type Interpretation, smallKanaOf } from './interpretations.ts';
import { type JudgedName, type Key, type KeyedName, keyedName } from './judged-place.ts';
import { likeness } from './likeness.ts';

/** How the input matches a name. */
export interface Meeting {
  /** Whether the input covers the name to its end. */
  whole: boolean;
  /** Share of the key that the input covers, over 0 up to 1. */
  share: number;
  /** Offset of the match in the key; 0 except for inner matches. */
  offset: number;
  /** Whether uncommitted input or typed tones agree with the name; true without any. */
  agrees: boolean;
  /** For a mistake: how easily the name is confused with the input, 0..1. */
  alike: number | undefined;
  /** Matched by a spelling that is not the place's own, or with u for ü. */
  weak: 'habit' | 'umlaut' | undefined;
}

/** A name that the input matches, and how. */
export interface NameMatch extends Meeting {
  name: IndexedName;
  interpretation: Interpretation;
}

/** An object for `meets` to fill in. */
export function newMeeting(): Meeting {
  return { whole: false, share: 0, offset: 0, agrees: true, alike: undefined, weak: undefined };
}

/** Half-open range of UTF-16 offsets. */
export type MatchRange = [start: number, end: number];

const other = newMeeting();

/**
 * Whether an interpretation matches a name. The best way is stored in `found`, so that nothing is
 * allocated.
 */
export function meets(name: KeyedName, interpretation: Interpretation, found: Meeting): boolean {
  let met = false;
  for (const key of name.keys(interpretation.field)) {
    if (!met) met = meetsKey(name, key, interpretation, found);
    else if (meetsKey(name, key, interpretation, other) && isBetter(other, found)) {
      Object.assign(found, other);
    }
  }
  return met;
}

/** Whether the first of two matches of a name is the better one. */
export function isBetter(match: Meeting, best: Meeting): boolean {
  if (match.whole !== best.whole) return match.whole;
  return match.share > best.share;
}

function meetsKey(
  name: KeyedName,
  { key, weak }: Key,
  interpretation: Interpretation,
  found: Meeting,
): boolean {
  const { field, value, match } = interpretation;
  if (key === '') return false;
  found.offset = 0;
  if (match === 'edit') {
    if (key === value || !withinOneEdit(value, key)) return false;
  } else if (field === 'inner') {
    found.offset = key.indexOf(value, 1);
    if (found.offset < 0) return false;
  } else if (match === 'whole' ? key !== value : !key.startsWith(value)) {
    return false;
  }
  found.weak = weak;
  return meetsName(name, key.length, interpretation, found);
}

/**
 * Completes the judgement after a key of a name was found to begin with, or contain, the value of
 * an interpretation.
 *
 * @param length - Of the key.
 * @param found - Has `offset` and `weak`; the function fills in the rest.
 * @returns False if the name does not match after all.
 */
export function meetsName(
  name: JudgedName,
  length: number,
  interpretation: Interpretation,
  found: Meeting,
): boolean {
  const { field, value, match, state } = interpretation;
  if (!found.weak && field === 'pinyin') {
    const typed = interpretation.umlauts ?? value;
    const isPlain = !name.hasUmlaut && !typed.includes('v');
    const umlauts = isPlain || umlautAgrees(typed, name.name.pinyin!);
    if (umlauts === false) return false;
    if (interpretation.weak) found.weak = interpretation.weak;
    else if (umlauts === 'loose') found.weak = 'umlaut';
  }
  let covered = interpretation.nasal ? value.length - 1 : value.length;
  if (match === 'edit') covered = length;
  const isOpen = interpretation.open === true || interpretation.tail !== undefined;
  found.whole = found.offset === 0 && covered === length && !isOpen;
  if (found.whole && interpretation.smallKana !== undefined) {
    found.whole = smallKanaOf(name.name.kana ?? '') === interpretation.smallKana;
  }
  found.share = Math.min(1, covered / length);
  found.agrees = agreement(name, length, interpretation);
  found.alike = state === 'edit' ? likeness(interpretation.typed ?? value, name.key) : undefined;
  return true;
}

function agreement(name: JudgedName, length: number, interpretation: Interpretation): boolean {
  const { tail, tones, value } = interpretation;
  if (tones !== undefined) {
    const readings = [name.name.pinyin, name.name.commonPinyin];
    return readings.some((pinyin) => pinyin && zhuyinToned(pinyin).startsWith(tones));
  }
  if (tail === undefined) return true;
  if (length === value.length) return false;
  return restBegins(name.name, Array.from(value).length, tail);
}

/** Whether what follows the first `committed` characters of a name is read as `tail...`. */
export function restBegins(name: IndexedName, committed: number, tail: string): boolean {
  if (name.pinyin !== undefined) {
    const rest = name.pinyin.split(' ').slice(committed).join(' ');
    const chinese = /^[a-z]+$/.test(tail) ? pinyinKey(rest) : zhuyinToned(rest);
    if (chinese.startsWith(tail)) return true;
    if (/^\p{Script=Bopomofo}+$/u.test(tail) && zhuyinKey(rest).startsWith(tail)) return true;
  }
  const romaji = name.kana === undefined ? null : romajiTyped(tail);
  if (romaji === null) return false;
  const beginnings = [romaji, ...romajiNasal(tail)];
  // It is unknown where the reading of the rest starts; it has at least one kana per character.
  return romajiRests(name)
    .slice(committed)
    .some((rest) => beginnings.some((beginning) => rest.startsWith(beginning)));
}

/** Of names, each of which is asked for at every place of a text where it may begin. */
const rests = new WeakMap<IndexedName, string[]>();

/** Romaji keys of the reading of a name, from each of its kana on. */
function romajiRests(name: IndexedName): string[] {
  let keys = rests.get(name);
  if (keys === undefined) {
    const kana = Array.from(name.kana!);
    keys = kana.map((_, start) => romajiKey(kana.slice(start).join('')));
    rests.set(name, keys);
  }
  return keys;
}

/**
 * The ranges of a shown name that the input matches, in UTF-16 offsets of `name.text`; empty if
 * only another name of the place matches.
 */
export function matchRanges(
  name: IndexedName,
  interpretation: Interpretation,
  country: string | undefined,
): MatchRange[] {
  const match = newMeeting();
  if (!meets(keyedName(name, country), interpretation, match)) return [];
  const { field, value } = interpretation;
  const length = name.text.length;
  if (field === 'name' || field === 'inner') {
    if (interpretation.match === 'edit') return [[0, length]];
    const { starts, ends } = foldWithOffsets(name.text);
    const last = match.offset + value.length - 1;
    const range: MatchRange = [starts[match.offset] ?? 0, ends[last] ?? length];
    if (interpretation.tail !== undefined && match.agrees) {
      range[1] = ends[last + 1] ?? length;
    }
    return [range];
  }
  if (match.whole || field === 'tail') return [[0, length]];
  const chars = foldWithOffsets(name.text);
  const units = chars.ends.length;
  let read: number;
  if (field === 'romaji' || field === 'taiwan') {
    // Spellings and Han characters don't align, so the range is proportional, at least one
    // character.
    read = Math.ceil(match.share * units);
  } else if (field === 'choseong') {
    return [[0, Array.from(name.text.normalize('NFC')).slice(0, value.length).join('').length]];
  } else {
    read = syllablesRead(name.pinyin!, field, value);
  }
  return [[0, chars.ends[Math.min(read, units) - 1] ?? length]];
}

/** Number of items of a reading that a value covers; numbers are spoken where they are typed so. */
function syllablesRead(pinyin: string, field: KeyField, value: string): number {
  const keyOf = field === 'zhuyin' ? zhuyinKey : field === 'initials' ? initialsKey : pinyinKey;
  const typed = spokenPinyin(pinyin).find((spoken) => keyOf(spoken).startsWith(value)) ?? pinyin;
  let rest = value.length;
  let count = 0;
  for (const item of typed.split(' ')) {
    if (rest <= 0) break;
    rest -= keyOf(item).length;
    count++;
  }
  return count;
}
