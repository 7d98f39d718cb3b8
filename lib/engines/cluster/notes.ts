import { noteCountsBody, noteSearchBody, readNoteCounts, readNoteHits } from '../../notes/body.ts';
import type { NoteDocument } from '../../notes/document.ts';
import { NOTES, type NoteSearches } from '../notes.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { checkWhole } from './whole.ts';

/** Notes, as a cluster keeps and finds them. */
export function notesIn(cluster: Cluster): ClusterFeature<NoteDocument, NoteSearches> {
  const search = async (
    index: string,
    body: Record<string, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> => {
    signal?.throwIfAborted();
    const path = `/${pathOf(index)}/_search`;
    const answer = objectOf(await cluster.send({ method: 'POST', path, body, signal }));
    checkWhole(answer, index);
    return answer;
  };
  return {
    ...NOTES,
    toSource: (document) => document,
    fromSource: (source) => source as NoteDocument,
    searches: {
      findNotes: async (index, asked, { signal } = {}) =>
        readNoteHits(await search(index, noteSearchBody(asked), signal)),
      countNotes: async (index, terms, { signal } = {}) =>
        readNoteCounts(await search(index, noteCountsBody(terms), signal), terms.length),
    },
  };
}
