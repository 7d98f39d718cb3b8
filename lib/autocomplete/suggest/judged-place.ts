import { choseongKey, initialsKey, pinyinKey, zhuyinKey } from '../../analyzers/readings.ts';
import { romajiKeys } from '../../analyzers/romaji.ts';
import { spokenPinyin } from '../../analyzers/spoken-numbers.ts';
import { fitsReader, isCode } from '../display/names.ts';
import type { NameKind } from '../place.ts';
import { tailOf, type IndexedName, type KeyField } from '../record/document.ts';
import { spellingsOf } from '../record/spellings.ts';
import type { ReadText } from '../reading/read-text.ts';
import type { Interpretation } from './interpretations.ts';
import type { Meeting } from './match.ts';
import type { ReaderLanguage } from './reader.ts';

/** A place to be judged, by its source or by the numbers that an engine stores. */
export interface JudgedPlace {
  readonly importance: number;
  /**
   * Calls `tell` for each name that matches an interpretation, in order; `found` then has the
   * details.
   */
  meet(interpretation: Interpretation, found: Meeting, tell: (name: JudgedName) => void): void;
  /** How far a text may have a name of the place; never less than it has. */
  presenceIn(read: ReadText): Presence;
}

/**
 * - `none`: no name of the place stands in the text, not even mistyped or unfinished
 * - `part`: only the beginning of one, or too short a one, with something unknown before it
 * - `name`: more than that
 */
export type Presence = 'none' | 'part' | 'name';

/** A name to be judged. */
export interface JudgedName {
  readonly name: IndexedName;
  /** Folded. */
  readonly key: string;
  readonly kind: NameKind;
  readonly isCode: boolean;
  /**
   * Whether it is an alias in Latin letters without a language: often a romanisation or a foreign
   * name.
   */
  readonly isUntagged: boolean;
  /** Whether its pinyin has more than one syllable. */
  readonly hasSyllables: boolean;
  /** Whether its pinyin has ü. */
  readonly hasUmlaut: boolean;
  /** See `fitsReader`. */
  fits(language: ReaderLanguage): boolean;
}

/** A key of a name; `weak` names the penalty of a match with it. */
export interface Key {
  key: string;
  weak?: 'habit';
}

const NONE: readonly Key[] = [];
const LATIN = /^\p{Script=Latin}/u;

/** A name with the keys to judge it by, each derived when first needed. */
export class KeyedName implements JudgedName {
  readonly name: IndexedName;
  readonly key: string;
  readonly kind: NameKind;
  readonly isCode: boolean;
  readonly isUntagged: boolean;
  readonly hasSyllables: boolean;
  readonly hasUmlaut: boolean;
  readonly #country: string | undefined;
  readonly #own: readonly Key[];
  readonly #derived: Partial<Record<KeyField, readonly Key[]>> = {};
  #language: ReaderLanguage = '';
  #fits = false;

  /** @param country - Country of the place. */
  constructor(name: IndexedName, country: string | undefined) {
    this.name = name;
    this.key = name.key ?? name.text;
    this.kind = name.kind;
    this.isCode = isCode(name);
    this.isUntagged =
      name.kind === 'colloquial' && name.language === undefined && LATIN.test(name.text);
    this.hasSyllables = name.pinyin?.includes(' ') ?? false;
    this.hasUmlaut = name.pinyin?.includes('v') ?? false;
    this.#country = country;
    this.#own = [{ key: this.key }];
  }

  /** Inner matches are judged with the whole key. */
  keys(field: KeyField): readonly Key[] {
    if (field === 'name' || field === 'inner') return this.#own;
    return (this.#derived[field] ??= deriveKeys(this.name, field, this.#country));
  }

  fits(language: ReaderLanguage): boolean {
    if (this.#language !== language) {
      this.#language = language;
      this.#fits = fitsReader(this.name, language);
    }
    return this.#fits;
  }
}

function deriveKeys(
  name: IndexedName,
  field: Exclude<KeyField, 'name' | 'inner'>,
  country: string | undefined,
): readonly Key[] {
  switch (field) {
    case 'tail':
      return [{ key: tailOf(name.key ?? name.text) }];
    case 'romaji':
      return name.kana === undefined ? NONE : romajiKeys(name.kana).map((key) => ({ key }));
    case 'choseong': {
      const key = choseongKey(name.text);
      return key === null ? NONE : [{ key }];
    }
    case 'taiwan':
      return spellingsOf(name, country).map(([key, weak]) =>
        weak ? { key, weak: 'habit' } : { key },
      );
    case 'pinyin':
    case 'zhuyin':
    case 'initials': {
      const { pinyin, commonPinyin } = name;
      if (pinyin === undefined) return NONE;
      const keyOf = KEY_OF_READING[field];
      const keys: Key[] = spokenPinyin(pinyin).map((spoken) => ({ key: keyOf(spoken) }));
      if (commonPinyin === undefined) return keys;
      const common = spokenPinyin(commonPinyin);
      return [...keys, ...common.map((spoken): Key => ({ key: keyOf(spoken), weak: 'habit' }))];
    }
  }
}

const KEY_OF_READING = { pinyin: pinyinKey, zhuyin: zhuyinKey, initials: initialsKey } as const;

const names = new WeakMap<IndexedName, KeyedName>();

/** Returns the same object as long as the name is referenced. */
export function keyedName(name: IndexedName, country: string | undefined): KeyedName {
  let found = names.get(name);
  if (!found) names.set(name, (found = new KeyedName(name, country)));
  return found;
}
