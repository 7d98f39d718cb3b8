import { quoteValue } from '../errors.ts';
import type { ImageDocument } from '../knn/document.ts';
import type { HashSearch, VectorSearch } from '../knn/query.ts';
import type { VectorSpace } from '../knn/space.ts';
import { type Feature, idFault, keyFault } from './feature.ts';

/** Pictures, on every engine. */
export const IMAGES: Feature<ImageDocument> = {
  name: 'images',
  plural: 'pictures',
  faultOf({ id, terms, slots = [], vector, trimmed }) {
    const fault = idFault(id);
    if (fault !== null) return fault;
    if (!Array.isArray(terms)) return `terms ${quoteValue(terms)} are not a list of texts`;
    const odd = [vector, trimmed].find((view) => view && !view.every(Number.isFinite));
    if (odd) return `vector ${quoteValue(odd)} holds something that is not a number`;
    return keyFault([...terms, ...slots]);
  },
};

/** Pictures of one search, and how their vectors are compared. */
export interface NearestImages {
  space: VectorSpace;
  documents: ImageDocument[];
}

/** Look-ups of pictures. */
export interface ImageSearches {
  /**
   * Pictures near a query, in any order: at least the `limit` nearest by exact distance, or about
   * these where the engine follows a graph; see `rankByVector`.
   */
  nearest(
    index: string,
    search: VectorSearch,
    options?: { signal?: AbortSignal },
  ): Promise<NearestImages>;
  /** Every picture of a hash, nearest first, then by id, up to the limit. */
  byHash(
    index: string,
    search: HashSearch,
    options?: { signal?: AbortSignal },
  ): Promise<ImageDocument[]>;
}
