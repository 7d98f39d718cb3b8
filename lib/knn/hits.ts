import { hammingDistance } from './describe/hash.ts';
import { type ImageDocument, type ImageViews, VECTOR_FIELDS, VIEWS } from './document.ts';
import { distanceBetween, type VectorSpace } from './space.ts';

/** A picture that a search found. */
export interface ImageHit {
  id: string;
  /** As `distanceBetween` measures it; differing bits if the search was by hash. */
  distance: number;
  document: ImageDocument;
}

/** The documents in OpenSearch's response to `_search`, in the same order. */
export function readImageHits(response: {
  hits: { hits: readonly { _source: ImageDocument }[] };
}): ImageDocument[] {
  return response.hits.hits.map(({ _source }) => readImageSource(_source));
}

/**
 * Restores a document as it was written: OpenSearch 3 stores vectors outside `_source` and returns
 * them as the shortest decimals of single precision.
 */
export function readImageSource(source: ImageDocument): ImageDocument {
  const document = { ...source };
  for (const name of VECTOR_FIELDS) {
    const vector = source[name];
    if (vector) document[name] = vector.map(Math.fround);
  }
  return document;
}

/**
 * Sorts documents that an engine found by their distance to a query: nearest first, then by id.
 *
 * The distance is computed again from the stored vectors, so that it is exact and equal on every
 * engine, whether the index is compressed or not.
 */
export function rankByVector(
  space: VectorSpace,
  documents: readonly ImageDocument[],
  views: readonly (readonly number[])[],
): ImageHit[] {
  const hits = documents.flatMap((document) => {
    const distance = distanceOfViews(space, document, views);
    return distance === null ? [] : [{ id: document.id, distance, document }];
  });
  return hits.sort(byDistance);
}

/** Distance of the nearest pair of a picture's views and a query's; null if either has no views. */
export function distanceOfViews(
  space: VectorSpace,
  document: ImageViews,
  views: readonly (readonly number[])[],
): number | null {
  const own = VIEWS.map((name) => document[name]).filter((view) => view !== undefined);
  const distances = own.flatMap((a) => views.map((b) => distanceBetween(space, a, b)));
  return distances.length === 0 ? null : Math.min(...distances);
}

/**
 * Sorts documents that an engine found by hash by their differing bits: nearest first, then by id.
 */
export function rankByHash(documents: readonly ImageDocument[], dctHash: string): ImageHit[] {
  const hits = documents.map((document) => {
    const distance = hammingDistance(document.dctHash ?? dctHash, dctHash);
    return { id: document.id, distance, document };
  });
  return hits.sort(byDistance);
}

/** Nearest first; the lower id first if the distances are equal. */
function byDistance(a: ImageHit, b: ImageHit): number {
  return a.distance - b.distance || (a.id < b.id ? -1 : Number(a.id > b.id));
}
