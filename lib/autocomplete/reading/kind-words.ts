import { fold } from '../../analyzers/fold.ts';
import {
  choseongKey,
  pinyinKey,
  pinyinOf,
  taiwanSpellings,
  zhuyinKey,
} from '../../analyzers/readings.ts';
import { romajiKey } from '../../analyzers/romaji.ts';
import { PLACE_KINDS, type PlaceKind } from '../place.ts';
import { ADMINISTRATIVE_WORDS, OPERATOR_WORDS, STATION_WORDS } from './kind-words-data.ts';
import type { Layer } from './typed-text.ts';

/** What a word does: names a kind (駅), goes before one (JR), or ends the name of an area (區). */
export type WordPart = 'kind' | 'operator' | 'admin';

/** A word with the kinds of place that it fits; `*` is any country. */
export interface KindWord {
  part: WordPart;
  fits: ReadonlyMap<PlaceKind, ReadonlySet<string>>;
}

interface WordTable {
  words: ReadonlyMap<string, readonly KindWord[]>;
  /** Length of the longest word. */
  longest: number;
}

const HAN = /^\p{Script=Han}+$/u;

function buildTables(): Readonly<Record<Layer, WordTable>> {
  const layers: Record<Layer, Map<string, Map<WordPart, Map<PlaceKind, Set<string>>>>> = {
    name: new Map(),
    kana: new Map(),
    pinyin: new Map(),
    zhuyin: new Map(),
    romaji: new Map(),
    taiwan: new Map(),
    choseong: new Map(),
  };
  const enter = (layer: Layer, key: string, part: WordPart, fit: [PlaceKind, string]): void => {
    if (key === '') return;
    const parts = layers[layer].get(key) ?? new Map<WordPart, Map<PlaceKind, Set<string>>>();
    const fits = parts.get(part) ?? new Map<PlaceKind, Set<string>>();
    fits.set(fit[0], (fits.get(fit[0]) ?? new Set()).add(fit[1]));
    layers[layer].set(key, parts.set(part, fits));
  };
  const add = (text: string, part: WordPart, fit: [PlaceKind, string]): void => {
    for (const entry of text.split(/\s+/).filter((word) => word !== '')) {
      const [word = '', kana] = entry.split('=');
      enter('name', fold(word), part, fit);
      if (kana !== undefined) {
        enter('kana', fold(kana), part, fit);
        enter('romaji', romajiKey(kana), part, fit);
      }
      const choseong = choseongKey(word);
      // One initial says too little: ㅅ of 시 begins half of all names.
      if (choseong !== null && choseong.length >= 2) enter('choseong', choseong, part, fit);
      if (!HAN.test(word)) continue;
      const pinyin = pinyinOf(word);
      enter('pinyin', pinyinKey(pinyin), part, fit);
      enter('zhuyin', zhuyinKey(pinyin), part, fit);
      for (const spelled of taiwanSpellings(pinyin, fold(word), 'TW')) {
        enter('taiwan', spelled, part, fit);
      }
    }
  };
  add(STATION_WORDS, 'kind', ['station', '*']);
  add(OPERATOR_WORDS, 'operator', ['station', '*']);
  for (const [kind, byCountry] of Object.entries(ADMINISTRATIVE_WORDS)) {
    for (const [country, words] of Object.entries(byCountry)) {
      add(words, 'admin', [kind as PlaceKind, country]);
    }
  }
  const table = (layer: Layer): WordTable => {
    const words = new Map(
      Array.from(layers[layer], ([key, parts]): [string, KindWord[]] => [
        key,
        Array.from(parts, ([part, fits]) => ({ part, fits })),
      ]),
    );
    return { words, longest: Math.max(0, ...Array.from(words.keys(), (key) => key.length)) };
  };
  return {
    name: table('name'),
    kana: table('kana'),
    pinyin: table('pinyin'),
    zhuyin: table('zhuyin'),
    romaji: table('romaji'),
    taiwan: table('taiwan'),
    choseong: table('choseong'),
  };
}

let tables: Readonly<Record<Layer, WordTable>> | null = null;

/** The words of a layer; made when first needed, since readings take a while. */
export function kindWords(layer: Layer): WordTable {
  tables ??= buildTables();
  return tables[layer];
}

/** Whether a word may stand with a place of this kind in this country. */
export function fitsPlace(word: KindWord, kind: PlaceKind, country: string | undefined): boolean {
  const countries = word.fits.get(kind);
  return countries !== undefined && (countries.has('*') || countries.has(country ?? ''));
}

/** A key without the word for a station that it ends in; null where it ends in none. */
export function withoutStationWord(layer: Layer, key: string): string | null {
  const { words, longest } = kindWords(layer);
  for (let length = Math.min(longest, key.length - 1); length > 0; length--) {
    const list = words.get(key.slice(-length));
    if (list?.some(({ part }) => part === 'kind')) return key.slice(0, -length).trimEnd() || null;
  }
  return null;
}

let inLetters: readonly (readonly [key: string, words: readonly KindWord[]])[] | null = null;

/** Words in Latin letters that are long enough to be recognized with one mistake: distrct, statoin. */
export function longWords(): readonly (readonly [key: string, words: readonly KindWord[]])[] {
  return (inLetters ??= [...kindWords('name').words].filter(([key]) => LONG_WORD.test(key)));
}

const LONG_WORD = /^[a-z]{6,}$/;

const READ_LAYERS = ['name', 'kana', 'romaji', 'pinyin', 'zhuyin'] as const;

/** Whether a word for a station begins with what an input method still holds: え, ek, z, ㄓ. */
export function beginsStationWord(tail: string): boolean {
  return READ_LAYERS.some((layer) => beginsKindWord(layer, tail, 'station'));
}

/** Whether some longer word for the kind of place begins with `typed`. */
export function beginsKindWord(layer: Layer, typed: string, kind: PlaceKind): boolean {
  for (const [key, words] of kindWords(layer).words) {
    if (key.length <= typed.length || !key.startsWith(typed)) continue;
    if (words.some(({ part, fits }) => part === 'kind' && fits.has(kind))) return true;
  }
  return false;
}

/**
 * Whether a name ends in an administrative word of its country that belongs to a lesser kind than the place is
 * said to be: 화양동, a 동, for a district.
 */
export function endsInLesserWord(key: string, kind: PlaceKind, country: string): boolean {
  const { words, longest } = kindWords('name');
  for (let length = Math.min(longest, key.length - 1); length > 0; length--) {
    const admin = words.get(key.slice(-length))?.find(({ part }) => part === 'admin');
    const kinds = Array.from(admin?.fits ?? []).filter(([, countries]) => countries.has(country));
    if (kinds.length === 0) continue;
    return kinds.every(([one]) => PLACE_KINDS.indexOf(one) > PLACE_KINDS.indexOf(kind));
  }
  return false;
}
