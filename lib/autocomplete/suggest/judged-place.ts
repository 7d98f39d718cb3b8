import { choseongKey, initialsKey, pinyinKey, zhuyinKey } from '../../analyzers/readings.ts';
import { romajiKey } from '../../analyzers/romaji.ts';
import { fitsReader, isCode } from '../display/names.ts';
import {
  spellingsOf,
  tailOf,
  type IndexedName,
  type KeyField,
  type PlaceSource,
} from '../record/document.ts';
import type { ReaderLanguage } from './reader.ts';

/** A key of a name; `weak` is what is taken off a match with it. */
export interface Key {
  key: string;
  weak?: 'habit';
}

const NONE: readonly Key[] = [];
const LATIN = /^\p{Script=Latin}/u;

/** A name with the keys that it is judged by; each is derived when it is first asked for. */
export class JudgedName {
  readonly name: IndexedName;
  /** Folded. */
  readonly key: string;
  readonly isCode: boolean;
  /** An alias in Latin letters that states no language: often a romanisation or a name in some other language. */
  readonly isUntagged: boolean;
  readonly #country: string | undefined;
  readonly #own: readonly Key[];
  readonly #derived: Partial<Record<KeyField, readonly Key[]>> = {};
  #language: ReaderLanguage = '';
  #fits = false;

  /** @param country - Of the place. */
  constructor(name: IndexedName, country: string | undefined) {
    this.name = name;
    this.key = name.key ?? name.text;
    this.isCode = isCode(name);
    this.isUntagged =
      name.kind === 'colloquial' && name.language === undefined && LATIN.test(name.text);
    this.#country = country;
    this.#own = [{ key: this.key }];
  }

  /** Inner keys are judged on the whole key. */
  keys(field: KeyField): readonly Key[] {
    if (field === 'name' || field === 'inner') return this.#own;
    return (this.#derived[field] ??= deriveKeys(this.name, field, this.#country));
  }

  /** See `fitsReader`. */
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

/** A place as it is judged. */
export class JudgedPlace {
  readonly names: readonly JudgedName[];
  readonly importance: number;
  readonly #begins: Partial<Record<KeyField, number>> = {};

  constructor({ names, country, importance }: PlaceSource) {
    this.importance = importance;
    this.names = names.map((name) => judgedName(name, country));
  }

  /** False where no key of a field begins with a unit (of inner keys: holds it behind its first); true where one may. */
  mayMeet(field: KeyField, unit: number): boolean {
    return ((this.#begins[field] ??= this.#unitsOf(field)) & bitOf(unit)) !== 0;
  }

  #unitsOf(field: KeyField): number {
    let units = 0;
    for (const name of this.names) {
      for (const { key } of name.keys(field)) {
        const end = field === 'inner' ? key.length : Math.min(1, key.length);
        for (let at = field === 'inner' ? 1 : 0; at < end; at++) units |= bitOf(key.charCodeAt(at));
      }
    }
    return units;
  }
}

/** One bit of 32 for a UTF-16 unit. */
function bitOf(unit: number): number {
  return 1 << (unit & 31);
}

const names = new WeakMap<IndexedName, JudgedName>();
const places = new WeakMap<PlaceSource, JudgedPlace>();

/** Made once, as long as the name is kept. */
export function judgedName(name: IndexedName, country: string | undefined): JudgedName {
  let found = names.get(name);
  if (!found) names.set(name, (found = new JudgedName(name, country)));
  return found;
}

/** Made once, as long as the place is kept. */
export function judgedPlace(source: PlaceSource): JudgedPlace {
  let found = places.get(source);
  if (!found) places.set(source, (found = new JudgedPlace(source)));
  return found;
}
