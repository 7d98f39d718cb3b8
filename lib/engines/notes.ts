import { quoteValue } from '../errors.ts';
import type { NoteDocument } from '../notes/document.ts';
import type { NoteCounts, NoteHit, NoteSearch } from '../notes/searches.ts';
import type { LookUpOptions } from '../partial.ts';
import { type Feature, idFault, keyFault } from './feature.ts';

/** Headroom above the highest rank: documents that ask for the same rank move to the next free one. */
const RANK_MAX: number = 2 ** 53 - 2 ** 32;

/** Notes, on every engine. */
export const NOTES: Feature<NoteDocument> = {
  name: 'notes',
  plural: 'notes',
  faultOf({ id, rank, length, time, terms, words }) {
    const fault = idFault(id);
    if (fault !== null) return fault;
    if (!Number.isSafeInteger(rank) || rank < 0 || rank > RANK_MAX) {
      return `rank ${quoteValue(rank)} is not a whole number from 0 to 2^53 - 2^32`;
    }
    if (!Number.isSafeInteger(length) || length < 1) {
      return `length ${quoteValue(length)} is not a whole number over 0`;
    }
    if (time !== undefined && !Number.isSafeInteger(time)) {
      return `time ${quoteValue(time)} is not in whole milliseconds`;
    }
    if (typeof words?.title !== 'string' || typeof words.body !== 'string') {
      return `words ${quoteValue(words)} are not those of a title and a body`;
    }
    if (!Array.isArray(terms)) return `terms ${quoteValue(terms)} are not a list of texts`;
    return keyFault(terms);
  },
};

/** Look-ups of notes. */
export interface NoteSearches {
  /** Notes that have terms: highest weight first, then by `rank`, then by `id`; see `rankNotes`. */
  findNotes(index: string, search: NoteSearch, options?: LookUpOptions): Promise<NoteHit[]>;
  /** Present counts over all notes. */
  countNotes(index: string, terms: readonly string[], options?: LookUpOptions): Promise<NoteCounts>;
}
