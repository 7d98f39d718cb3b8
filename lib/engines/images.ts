import { EngineError, quoteValue } from '../errors.ts';
import { type ImageDocument, VECTOR_FIELDS } from '../knn/document.ts';
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
    const odd = VECTOR_FIELDS.map((name) => document[name]).find(
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

/** The error for a search by vectors of a second model where an index has none. */
export function noSemantic(index: string): EngineError {
  const what = `${index} keeps no vectors of a second model`;
  const hint =
    'Rebuild it with one (suoyin index-rebuild images --semantic-model FILE), then describe its pictures again ' +
    '(images add --again with the same option), or leave the model out.';
  return new EngineError('SEMANTIC_OFF', what, hint);
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
