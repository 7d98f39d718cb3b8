import type { KeyField, PlaceSource } from '../record/document.ts';
import type { Interpretation } from './interpretations.ts';
import {
  type JudgedName,
  type JudgedPlace,
  type KeyedName,
  keyedName,
  type Presence,
} from './judged-place.ts';
import { type Meeting, meets } from './match.ts';

/** A place judged by the names of its source. */
class NamedPlace implements JudgedPlace {
  readonly importance: number;
  readonly #names: readonly KeyedName[];
  readonly #begins: Partial<Record<KeyField, number>> = {};

  constructor({ names, country, importance }: PlaceSource) {
    this.importance = importance;
    this.#names = names.map((name) => keyedName(name, country));
  }

  meet(interpretation: Interpretation, found: Meeting, tell: (name: JudgedName) => void): void {
    const { field, value, match } = interpretation;
    const isOpen = match === 'edit' || value === '';
    if (!isOpen && !this.#mayMeet(field, value.charCodeAt(0))) return;
    for (const name of this.#names) if (meets(name, interpretation, found)) tell(name);
  }

  /** What its names are read from is all that there is. */
  presenceIn(): Presence {
    return 'name';
  }

  /**
   * False if no key of a field can begin with a unit (inner keys: contain it after the first);
   * true if one may.
   */
  #mayMeet(field: KeyField, unit: number): boolean {
    return ((this.#begins[field] ??= this.#unitsOf(field)) & bitOf(unit)) !== 0;
  }

  #unitsOf(field: KeyField): number {
    let units = 0;
    for (const name of this.#names) {
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

const places = new WeakMap<PlaceSource, JudgedPlace>();

/** Returns the same object as long as the source is referenced. */
export function judgedPlace(source: PlaceSource): JudgedPlace {
  let found = places.get(source);
  if (!found) places.set(source, (found = new NamedPlace(source)));
  return found;
}
