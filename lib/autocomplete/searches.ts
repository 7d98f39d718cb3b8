import type { PlaceKind } from './place.ts';
import type { KeyField, PlaceDocument, PlaceSource } from './record/document.ts';
import type { JudgedPlace } from './suggest/judged-place.ts';

/**
 * How a key search compares: the whole key; keys that begin with the value (`prefix`); keys that the value
 * begins with, at given lengths (`beginning`); or within one edit (Damerau-Levenshtein 1, first character equal).
 */
export type KeyMatch = 'whole' | 'prefix' | 'beginning' | 'edit';

/**
 * One look-up in one key field. The engine answers with up to `limit` documents, lowest `rank` first; of
 * `beginning` those with the longest key first, then by `rank`.
 */
export interface KeySearch {
  field: KeyField;
  /** Folded; never empty. */
  value: string;
  match: KeyMatch;
  /** Of `beginning`: lengths of `value`, in UTF-16 units, that a key may have; longest first. */
  lengths?: readonly number[];
  /** Only documents with one of these folded keys in `within`. */
  within?: readonly string[];
  /** Only documents of these countries (ISO codes). */
  countries?: readonly string[];
  /** Only documents located in this box (degrees; west > east crosses the antimeridian). */
  box?: GeoBox;
  limit: number;
}

/** A box in degrees, bounds included; west > east crosses the antimeridian. */
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
  /** Number, from 0, of the first search that found it. */
  search: number;
  /** How it is judged, where the engine keeps that; else by its source. */
  place?: JudgedPlace;
}

/** Where a term is looked up: words by language, grams, the names of containers, or descriptions. */
export type TextField = 'zh' | 'ja' | 'grams' | 'within' | 'about';

/** A term of a text search; whole weights, so that every engine adds up the same. */
export interface TextTerm {
  field: TextField;
  /** Folded; never empty. */
  value: string;
  /** Counted once for a document that has the term: a whole number over 0. */
  weight: number;
}

/**
 * A look-up of documents that have any of the terms. A container alone is not enough: else a city's
 * name would bring everything in it.
 */
export interface TextSearch {
  terms: readonly TextTerm[];
  /** Documents at the most: those with the highest sum of weights, then by `rank`, then by `id`. */
  limit: number;
  /** Hits bring their descriptions along. */
  descriptions?: true;
}

/** An engine's raw answer for one document. */
export interface TextHit {
  id: string;
  source: TextSource;
}

/** What a hit of a text search carries. */
export type TextSource = Omit<PlaceDocument, 'grams' | 'keys' | 'about'>;
