import type { NoteDocument } from '../../notes/document.ts';
import { NOTES, type NoteSearches } from '../notes.ts';
import { noteFaults, sealNotes } from './check-notes.ts';
import type { EmbeddedFeature } from './feature.ts';
import { noteSearchIn } from './note-search.ts';
import { noteTables } from './note-tables.ts';
import type { Store } from './store.ts';

/** Notes in this engine. */
export function notesIn(store: Store): EmbeddedFeature<NoteDocument, NoteSearches> {
  return {
    ...NOTES,
    tables: noteTables,
    tableFaults: noteFaults,
    sealDocuments: sealNotes,
    searches: noteSearchIn(store),
  };
}
