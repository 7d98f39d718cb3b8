import { noteCountsBody, noteSearchBody, readNoteCounts, readNoteHits } from '../../notes/body.ts';
import type { NoteDocument } from '../../notes/document.ts';
import { NOTES, type NoteSearches } from '../notes.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import { searchWhole } from './whole.ts';

/** Notes on a cluster. */
export function notesIn(cluster: Cluster): ClusterFeature<NoteDocument, NoteSearches> {
  return {
    ...NOTES,
    toSource: (document) => document,
    fromSource: (source) => source as NoteDocument,
    searches: {
      findNotes: async (index, asked, how) =>
        readNoteHits(await searchWhole(cluster, index, noteSearchBody(asked), how)),
      countNotes: async (index, terms, how) =>
        readNoteCounts(await searchWhole(cluster, index, noteCountsBody(terms), how), terms.length),
    },
  };
}
