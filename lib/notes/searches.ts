import type { NoteDocument } from './document.ts';

// Searches of notes that engines answer.

/** A term of a search; whole weights, so that every engine adds up the same. */
export interface NoteTerm {
  /** A term of documents, with its letter in front. */
  value: string;
  /** Added once for a note that has the term: a whole number over 0. */
  weight: number;
}

/** Conditions that every note of an answer meets. */
export interface NoteFilter {
  /** Only notes with each of these terms, such as tags. */
  all?: readonly string[];
  /** Only notes with one of these terms, such as sources. */
  any?: readonly string[];
  /** Only notes written at this time or later, in ms since 1970. */
  from?: number;
  /** Only notes written before this time, in ms since 1970. */
  before?: number;
}

/** A look-up of notes that have any of the terms; without terms, of all that pass the filter. */
export interface NoteSearch {
  terms: readonly NoteTerm[];
  filter: NoteFilter;
  /** Most notes to return: those with the highest sum of weights, then by `rank`, then by `id`. */
  limit: number;
  /** Whether hits include the body. */
  bodies?: true;
}

/** A hit: everything that a note is judged by. */
export type NoteHit = Omit<NoteDocument, 'body' | 'terms'> & { body?: string };

/** Counts over a whole index, the same on every engine. */
export interface NoteCounts {
  notes: number;
  /** Sum of `length`. */
  length: number;
  /** For each given term, the number of notes that have it. */
  having: number[];
}
