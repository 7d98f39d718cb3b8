import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { ImageDocument } from '../knn/document.ts';
import type { NoteDocument } from '../notes/document.ts';
import type { ImageSearches } from './images.ts';
import type { NoteSearches } from './notes.ts';
import type { PlaceSearches } from './places.ts';

// The features that engines keep. A new one is added to the two lists here, and to `features.ts` of each engine.

/** What engines keep. A generation holds documents of one feature, which its body names in `_meta`. */
export type IndexDocument = PlaceDocument | ImageDocument | NoteDocument;

/** Look-ups, by feature. Engines only fetch: the caller judges and ranks what they bring. */
export interface Searches extends PlaceSearches, ImageSearches, NoteSearches {}
