import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type {
  KeySearch,
  PlaceFilter,
  PlaceHit,
  TextHit,
  TextSearch,
} from '../autocomplete/searches.ts';
import { quoteValue } from '../errors.ts';
import { type Feature, idFault, keyFault } from './feature.ts';

/** Headroom above the highest rank: documents that ask for the same rank move to the next free one. */
const RANK_MAX: number = 2 ** 53 - 2 ** 32;

/** Places, on every engine. */
export const PLACES: Feature<PlaceDocument> = {
  name: 'places',
  plural: 'places',
  faultOf({ id, rank, keys, within, grams }) {
    const fault = idFault(id);
    if (fault !== null) return fault;
    if (!Number.isSafeInteger(rank) || rank < 0 || rank > RANK_MAX) {
      return `rank ${quoteValue(rank)} is not a whole number from 0 to 2^53 - 2^32`;
    }
    return keyFault([...Object.values(keys), within, grams].flat());
  },
};

/** Look-ups of places. */
export interface PlaceSearches {
  /** Places that have the keys; the union of all searches, each place once, in order of search, then `rank`, then `id`. */
  findByKeys(
    index: string,
    searches: readonly KeySearch[],
    filter?: PlaceFilter,
    options?: { signal?: AbortSignal },
  ): Promise<PlaceHit[]>;
  /**
   * Places that have terms of a text: most weight first, then by `rank`, then by `id`; see `rankTexts`.
   * An index that was built before there were such terms is an `EngineError` `TEXT_NOT_INDEXED`.
   */
  findByTerms(
    index: string,
    search: TextSearch,
    filter?: PlaceFilter,
    options?: { signal?: AbortSignal },
  ): Promise<TextHit[]>;
}
