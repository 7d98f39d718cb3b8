import { quoteValue } from '../errors.ts';
import { type ImageDocument, VIEWS } from '../knn/document.ts';
import type { HashSearch, VectorSearch } from '../knn/query.ts';
import type { VectorSpace } from '../knn/space.ts';
import type { LookUpOptions } from '../partial.ts';
import { type Feature, idFault, keyFault } from './feature.ts';

/** Pictures, on every engine. */
export const IMAGES: Feature<ImageDocument> = {
  name: 'images',
  plural: 'pictures',
  faultOf(document) {
    const { id, terms, slots = [] } = document;
    const fault = idFault(id);
    if (fault !== null) return fault;
    if (!Array.isArray(terms)) return `terms ${quoteValue(terms)} are not a list of texts`;
    const odd = VIEWS.map((name) => document[name]).find(
      (view) => view?.every(Number.isFinite) === false,
    );
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
   * Pictures near a query, in any order: at least the `limit` nearest by exact distance, or
   * approximately these if the engine uses a graph; see `rankByVector`.
   */
  nearest(index: string, search: VectorSearch, options?: LookUpOptions): Promise<NearestImages>;
  /** Pictures within the distance of a hash, nearest first, then by id, up to the limit. */
  byHash(index: string, search: HashSearch, options?: LookUpOptions): Promise<ImageDocument[]>;
}
