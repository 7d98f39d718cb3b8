import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type {
  KeySearch,
  PlaceFilter,
  PlaceHit,
  TextHit,
  TextSearch,
} from '../autocomplete/searches.ts';
import { quoteValue } from '../errors.ts';
import type { LookUpOptions } from '../partial.ts';
import { type Feature, idFault, keyFault } from './feature.ts';

/** Headroom above the highest rank: documents that ask for the same rank move to the next free one. */
const RANK_MAX: number = 2 ** 53 - 2 ** 32;

/** Places, on every engine. */
export const PLACES: Feature<PlaceDocument> = {
  name: 'places',
  plural: 'places',
  faultOf({ id, rank, keys, within, grams, about = [] }) {
    const fault = idFault(id);
    if (fault !== null) return fault;
    if (!Number.isSafeInteger(rank) || rank < 0 || rank > RANK_MAX) {
      return `rank ${quoteValue(rank)} is not a whole number from 0 to 2^53 - 2^32`;
    }
    return keyFault([...Object.values(keys), within, grams, about].flat());
  },
};

/** Look-ups of places. */
export interface PlaceSearches {
  /**
   * Places that have the keys: the union of all searches, each place once, in order of search,
   * then `rank`, then `id`.
   */
  findByKeys(
    index: string,
    searches: readonly KeySearch[],
    filter?: PlaceFilter,
    options?: LookUpOptions,
  ): Promise<PlaceHit[]>;
  /**
   * Places that have terms of a text: highest weight first, then by `rank`, then by `id`; see
   * `rankTexts`. `EngineError` `TEXT_NOT_INDEXED` for an index that was built before text search
   * existed.
   */
  findByTerms(
    index: string,
    search: TextSearch,
    filter?: PlaceFilter,
    options?: LookUpOptions,
  ): Promise<TextHit[]>;
  /** Present number of places with each term in their descriptions; see `descriptionFields`. */
  countAbout(index: string, terms: readonly string[], options?: LookUpOptions): Promise<number[]>;
}
