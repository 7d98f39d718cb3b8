import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { ImageDocument } from '../knn/document.ts';
import type { NoteDocument } from '../notes/document.ts';
import type { ImageSearches } from './images.ts';
import type { NoteSearches } from './notes.ts';
import type { PlaceSearches } from './places.ts';

// The features of engines. Add a new one to the two lists here, and to `features.ts` of each
// engine.

/** Any document. A generation has documents of one feature, which its body names in `_meta`. */
export type IndexDocument = PlaceDocument | ImageDocument | NoteDocument;

/** Look-ups by feature. Engines only fetch; the caller judges and ranks what they return. */
export interface Searches extends PlaceSearches, ImageSearches, NoteSearches {}
