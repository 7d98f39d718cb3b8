import type { KeyField, PlaceSource } from './document.ts';
import type { PlaceKind } from './record.ts';

/** How a key search compares: the whole key, its beginning, or within one edit (Damerau-Levenshtein 1, first character equal). */
export type KeyMatch = 'whole' | 'prefix' | 'edit';

/** One look-up in one key field. The engine answers with up to `limit` documents, lowest `rank` first. */
export interface KeySearch {
  field: KeyField;
  /** Folded; never empty. */
  value: string;
  match: KeyMatch;
  /** Only documents with this folded key in `within`. */
  within?: string;
  /** Only documents of these countries (ISO codes). */
  countries?: readonly string[];
  /** Only documents located in this box (degrees; west > east crosses the antimeridian). */
  box?: GeoBox;
  limit: number;
}

export interface GeoBox {
  south: number;
  west: number;
  north: number;
  east: number;
}

/** Hard limits on every document of an answer. */
export interface PlaceFilter {
  countries?: readonly string[];
  kinds?: readonly PlaceKind[];
  box?: GeoBox;
}

/** An engine's raw answer for one document. */
export interface PlaceHit {
  id: string;
  source: PlaceSource;
}
