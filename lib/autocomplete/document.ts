import type { NameKind, PlaceKind } from './record.ts';

/** One name as it is stored: what matching and display need, nothing else. */
export interface IndexedName {
  text: string;
  language?: string;
  kind: NameKind;
  made?: true;
  /** Folded key of `text`; absent where it equals `text`. */
  key?: string;
  /** Pinyin of Han text, one syllable with tone number a character, spaces between: `ban3 qiao2 qu1`. */
  pinyin?: string;
  /** Hiragana reading of Japanese text. */
  kana?: string;
}

/** A containing place, with the names that a label may show. */
export interface ParentRef {
  id: string;
  kind: PlaceKind;
  /** Official names by language. `local` is the name in the place's own language. */
  names: Record<string, string>;
}

/** Search keys of a document by field. Every key is folded; see `KeyField`. */
export type PlaceKeys = Record<KeyField, string[]>;

/**
 * - `name`: folded whole names (Han in the folding form, Latin, hiragana, Hangul as jamo)
 * - `inner`: tails of long names, cut at word starts (故宮博物院 of 國立故宮博物院)
 * - `pinyin`: toneless syllables joined (banqiaoqu); `zhuyin`: toneless zhuyin joined; `initials`: first letters of pinyin
 * - `romaji`: canonical romaji of kana readings
 * - `tail`: whole Han names less their first character, for a wrong first character
 */
export type KeyField = 'name' | 'inner' | 'pinyin' | 'zhuyin' | 'initials' | 'romaji' | 'tail';

/** What is indexed for a place, the same on every engine. */
export interface PlaceDocument {
  id: string;
  kind: PlaceKind;
  granularity?: string;
  country?: string;
  location?: { lat: number; lon: number };
  /** 0..1, how likely a reader means this place when its name alone does not tell. */
  importance: number;
  /** Engine-side order: safe integer >= 0, lower first (importance, then a hash of the id); unique in an index but for chance. */
  rank: number;
  names: IndexedName[];
  /** Nearest container first. */
  parents: ParentRef[];
  /** Folded full and short names of all containers, for queries that name parent and child. */
  within: string[];
  /** Segmented names for full-text search, by language of the name. */
  zh: string[];
  ja: string[];
  keys: PlaceKeys;
}

/** What a hit carries: a document less what only the engine needs. */
export type PlaceSource = Omit<PlaceDocument, 'within' | 'zh' | 'ja' | 'keys'> & {
  within?: string[];
};
