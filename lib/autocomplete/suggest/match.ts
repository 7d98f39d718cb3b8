import { foldWithOffsets } from '../../analyzers/fold.ts';
import {
  initialsKey,
  pinyinKey,
  umlautAgrees,
  zhuyinKey,
  zhuyinToned,
} from '../../analyzers/readings.ts';
import { romajiKey, romajiNasal, romajiTyped } from '../../analyzers/romaji.ts';
import type { IndexedName, KeyField } from '../record/document.ts';
import { withinOneEdit } from './edit-distance.ts';
import type { Interpretation } from './interpretations.ts';
import { type JudgedName, judgedName, type Key } from './judged-place.ts';
import { likeness } from './likeness.ts';

/** How the input meets a name. */
export interface Meeting {
  /** The input covers the name to its end. */
  whole: boolean;
  /** Share of the key that the input covers, over 0 up to 1. */
  share: number;
  /** Where in the key the match starts; 0 but for inner matches. */
  offset: number;
  /** Uncommitted input or typed tones agree with the name (true where there are none). */
  agrees: boolean;
  /** Of a mistake: how easily the name is mistaken for what was typed, 0..1. */
  alike: number | undefined;
  /** Met by a spelling that is none of the place's own, or with u for ü. */
  weak: 'habit' | 'umlaut' | undefined;
}

/** A name that the input meets, and how. */
export interface NameMatch extends Meeting {
  name: IndexedName;
  interpretation: Interpretation;
}

/** A meeting to be filled by `meets`. */
export function newMeeting(): Meeting {
  return { whole: false, share: 0, offset: 0, agrees: true, alike: undefined, weak: undefined };
}

/** Half-open range of UTF-16 offsets. */
export type MatchRange = [start: number, end: number];

const other = newMeeting();

/** Whether an interpretation meets a name; how it does best is left in `found`, so that nothing is allocated. */
export function meets(name: JudgedName, interpretation: Interpretation, found: Meeting): boolean {
  let met = false;
  for (const key of name.keys(interpretation.field)) {
    if (!met) met = meetsKey(name, key, interpretation, found);
    else if (meetsKey(name, key, interpretation, other) && isBetter(other, found)) {
      Object.assign(found, other);
    }
  }
  return met;
}

function isBetter(match: Meeting, best: Meeting): boolean {
  if (match.whole !== best.whole) return match.whole;
  return match.share > best.share;
}

function meetsKey(
  { name, key: own }: JudgedName,
  { key, weak }: Key,
  interpretation: Interpretation,
  found: Meeting,
): boolean {
  const { field, value, match, state } = interpretation;
  if (key === '') return false;
  let offset = 0;
  let covered = interpretation.nasal ? value.length - 1 : value.length;
  if (match === 'edit') {
    if (key === value || !withinOneEdit(value, key)) return false;
    covered = key.length;
  } else if (field === 'inner') {
    offset = key.indexOf(value, 1);
    if (offset < 0) return false;
  } else if (match === 'whole' ? key !== value : !key.startsWith(value)) {
    return false;
  }
  found.weak = weak;
  if (!weak && field === 'pinyin' && name.pinyin !== undefined) {
    const umlauts = umlautAgrees(interpretation.umlauts ?? value, name.pinyin);
    if (umlauts === false) return false;
    if (interpretation.weak) found.weak = interpretation.weak;
    else if (umlauts === 'loose') found.weak = 'umlaut';
  }
  const isOpen = interpretation.open === true || interpretation.tail !== undefined;
  found.whole = offset === 0 && covered === key.length && !isOpen;
  found.share = Math.min(1, covered / key.length);
  found.offset = offset;
  found.agrees = agreement(name, key, interpretation);
  found.alike = state === 'edit' ? likeness(interpretation.typed ?? value, own) : undefined;
  return true;
}

function agreement(name: IndexedName, key: string, interpretation: Interpretation): boolean {
  const { tail, tones, value } = interpretation;
  if (tones !== undefined) {
    const readings = [name.pinyin, name.commonPinyin];
    return readings.some((pinyin) => pinyin && zhuyinToned(pinyin).startsWith(tones));
  }
  if (tail === undefined) return true;
  if (key.length === value.length) return false;
  return restBegins(name, Array.from(value).length, tail);
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
  // Where the reading of the rest starts is not known; it has at least one kana a character.
  const kana = Array.from(name.kana!);
  for (let start = committed; start < kana.length; start++) {
    const rest = romajiKey(kana.slice(start).join(''));
    if (beginnings.some((beginning) => rest.startsWith(beginning))) return true;
  }
  return false;
}

/**
 * The parts of a shown name that the input stands for, in UTF-16 offsets of `name.text`; empty where
 * the input met another name of the place only.
 */
export function matchRanges(
  name: IndexedName,
  interpretation: Interpretation,
  country: string | undefined,
): MatchRange[] {
  const match = newMeeting();
  if (!meets(judgedName(name, country), interpretation, match)) return [];
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
    // What is spelled and Han do not align by themselves: in proportion, never less than a character.
    read = Math.ceil(match.share * units);
  } else if (field === 'choseong') {
    return [[0, Array.from(name.text.normalize('NFC')).slice(0, value.length).join('').length]];
  } else {
    read = syllablesRead(name.pinyin!.split(' '), field, value.length);
  }
  return [[0, chars.ends[Math.min(read, units) - 1] ?? length]];
}

function syllablesRead(syllables: readonly string[], field: KeyField, typed: number): number {
  const keyOfSyllable =
    field === 'zhuyin' ? zhuyinKey : field === 'initials' ? initialsKey : pinyinKey;
  let rest = typed;
  let count = 0;
  for (const syllable of syllables) {
    if (rest <= 0) break;
    rest -= keyOfSyllable(syllable).length;
    count++;
  }
  return count;
}
