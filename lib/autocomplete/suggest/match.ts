import { foldWithOffsets } from '../../analyzers/fold.ts';
import {
  choseongKey,
  initialsKey,
  pinyinKey,
  umlautAgrees,
  zhuyinKey,
  zhuyinToned,
} from '../../analyzers/readings.ts';
import { romajiKey, romajiNasal, romajiTyped } from '../../analyzers/romaji.ts';
import {
  spellingsOf,
  tailOf,
  type IndexedName,
  type KeyField,
  type PlaceSource,
} from '../record/document.ts';
import { withinOneEdit } from './edit-distance.ts';
import type { Interpretation } from './interpretations.ts';
import { likeness } from './likeness.ts';

/** A name that the input meets, and how. */
export interface NameMatch {
  name: IndexedName;
  interpretation: Interpretation;
  /** The input covers the name to its end. */
  whole: boolean;
  /** Share of the key that the input covers, over 0 up to 1. */
  share: number;
  /** Where in the key the match starts; 0 but for inner matches. */
  offset: number;
  /** Uncommitted input or typed tones agree with the name (true where there are none). */
  agrees: boolean;
  /** Of a mistake: how easily the name is mistaken for what was typed, 0..1. */
  alike?: number;
  /** Met by a spelling that is none of the place's own, or with u for ü. */
  weak?: 'habit' | 'umlaut';
}

/** Half-open range of UTF-16 offsets. */
export type MatchRange = [start: number, end: number];

/** All names of a place that an interpretation meets. */
export function matchNames(source: PlaceSource, interpretation: Interpretation): NameMatch[] {
  const found: NameMatch[] = [];
  for (const name of source.names) {
    const match = matchName(name, interpretation, source.country);
    if (match) found.push(match);
  }
  return found;
}

function matchName(
  name: IndexedName,
  interpretation: Interpretation,
  country: string | undefined,
): NameMatch | null {
  let best: NameMatch | null = null;
  for (const key of keysOf(name, interpretation.field, country)) {
    const match = matchKey(name, key, interpretation);
    if (match && (!best || isBetter(match, best))) best = match;
  }
  return best;
}

function isBetter(match: NameMatch, best: NameMatch): boolean {
  if (match.whole !== best.whole) return match.whole;
  return match.share > best.share;
}

function matchKey(
  name: IndexedName,
  { key, weak }: Key,
  interpretation: Interpretation,
): NameMatch | null {
  const { field, value, match, state } = interpretation;
  if (key === '') return null;
  let offset = 0;
  let covered = interpretation.nasal ? value.length - 1 : value.length;
  if (match === 'edit') {
    if (key === value || !withinOneEdit(value, key)) return null;
    covered = key.length;
  } else if (field === 'inner') {
    offset = key.indexOf(value, 1);
    if (offset < 0) return null;
  } else if (match === 'whole' ? key !== value : !key.startsWith(value)) {
    return null;
  }
  const agrees = agreement(name, key, interpretation);
  const found: NameMatch = {
    name,
    interpretation,
    whole: offset === 0 && covered === key.length && interpretation.tail === undefined,
    share: Math.min(1, covered / key.length),
    offset,
    agrees,
  };
  if (weak) found.weak = weak;
  else if (field === 'pinyin' && name.pinyin !== undefined) {
    const umlauts = umlautAgrees(interpretation.umlauts ?? value, name.pinyin);
    if (umlauts === false) return null;
    if (interpretation.weak) found.weak = interpretation.weak;
    else if (umlauts === 'loose') found.weak = 'umlaut';
  }
  if (state === 'edit')
    found.alike = likeness(interpretation.typed ?? value, name.key ?? name.text);
  return found;
}

/** A key of a name; `weak` is what is taken off a match with it. */
interface Key {
  key: string;
  weak?: 'habit';
}

const derived = new WeakMap<IndexedName, Partial<Record<KeyField, readonly Key[]>>>();
const NONE: readonly Key[] = [];

/** The keys of a name in a field. Inner and tail keys are judged on the whole key. */
function keysOf(name: IndexedName, field: KeyField, country: string | undefined): readonly Key[] {
  if (field === 'name' || field === 'inner') return [{ key: name.key ?? name.text }];
  if (field === 'tail') return [{ key: tailOf(name.key ?? name.text) }];
  let keys = derived.get(name);
  if (!keys) derived.set(name, (keys = {}));
  return (keys[field] ??= deriveKeys(name, field, country));
}

function deriveKeys(
  name: IndexedName,
  field: Exclude<KeyField, 'name' | 'inner' | 'tail'>,
  country: string | undefined,
): readonly Key[] {
  switch (field) {
    case 'romaji':
      return name.kana === undefined ? NONE : [{ key: romajiKey(name.kana) }];
    case 'choseong': {
      const key = choseongKey(name.text);
      return key === null ? NONE : [{ key }];
    }
    case 'taiwan':
      return spellingsOf(name, country).map((key) => ({ key, weak: 'habit' }));
    case 'pinyin':
    case 'zhuyin':
    case 'initials': {
      const { pinyin, commonPinyin } = name;
      if (pinyin === undefined) return NONE;
      const keys: Key[] = [{ key: KEY_OF_READING[field](pinyin) }];
      if (commonPinyin !== undefined) {
        keys.push({ key: KEY_OF_READING[field](commonPinyin), weak: 'habit' });
      }
      return keys;
    }
  }
}

const KEY_OF_READING = { pinyin: pinyinKey, zhuyin: zhuyinKey, initials: initialsKey } as const;

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
  const match = matchName(name, interpretation, country);
  if (!match) return [];
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
