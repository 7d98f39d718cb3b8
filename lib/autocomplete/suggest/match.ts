import { foldWithOffsets } from '../../analyzers/fold.ts';
import { initialsKey, pinyinKey, zhuyinKey, zhuyinToned } from '../../analyzers/readings.ts';
import { romajiKey, romajiNasal, romajiTyped } from '../../analyzers/romaji.ts';
import { tailOf, type IndexedName, type KeyField, type PlaceSource } from '../record/document.ts';
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
}

/** Half-open range of UTF-16 offsets. */
export type MatchRange = [start: number, end: number];

/** All names of a place that an interpretation meets. */
export function matchNames(source: PlaceSource, interpretation: Interpretation): NameMatch[] {
  const found: NameMatch[] = [];
  for (const name of source.names) {
    const match = matchName(name, interpretation);
    if (match) found.push(match);
  }
  return found;
}

function matchName(name: IndexedName, interpretation: Interpretation): NameMatch | null {
  const { field, value, match, state } = interpretation;
  const key = keyOf(name, field);
  if (key === null || key === '') return null;
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
  if (state === 'edit')
    found.alike = likeness(interpretation.typed ?? value, name.key ?? name.text);
  return found;
}

interface DerivedKeys {
  pinyin?: string;
  zhuyin?: string;
  initials?: string;
  romaji?: string;
}
const derived = new WeakMap<IndexedName, DerivedKeys>();

/** The key of a name in a field, null where it has none. Inner and tail keys are judged on the whole key. */
function keyOf(name: IndexedName, field: KeyField): string | null {
  if (field === 'name' || field === 'inner') return name.key ?? name.text;
  if (field === 'tail') return tailOf(name.key ?? name.text);
  let keys = derived.get(name);
  if (!keys) derived.set(name, (keys = {}));
  if (field === 'romaji') {
    return name.kana === undefined ? null : (keys.romaji ??= romajiKey(name.kana));
  }
  if (name.pinyin === undefined) return null;
  switch (field) {
    case 'pinyin':
      return (keys.pinyin ??= pinyinKey(name.pinyin));
    case 'zhuyin':
      return (keys.zhuyin ??= zhuyinKey(name.pinyin));
    case 'initials':
      return (keys.initials ??= initialsKey(name.pinyin));
  }
}

function agreement(name: IndexedName, key: string, interpretation: Interpretation): boolean {
  const { tail, tones, value } = interpretation;
  if (tones !== undefined) {
    return name.pinyin !== undefined && zhuyinToned(name.pinyin).startsWith(tones);
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
export function matchRanges(name: IndexedName, interpretation: Interpretation): MatchRange[] {
  const match = matchName(name, interpretation);
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
  if (field === 'romaji') {
    // Kana and Han do not align by themselves: in proportion, never less than a character.
    read = Math.ceil(match.share * units);
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
