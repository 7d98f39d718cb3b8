import type { PlaceDocument } from '../../autocomplete/record/document.ts';
import { PLACES, type PlaceSearches } from '../places.ts';
import { placeFaults, sealPlaces } from './check-places.ts';
import type { EmbeddedFeature } from './feature.ts';
import { placeSearchIn } from './place-search.ts';
import { placeTables } from './place-tables.ts';
import type { Store } from './store.ts';
import { textSearchIn } from './text-search.ts';

/** Places, as this engine keeps and finds them. */
export function placesIn(store: Store): EmbeddedFeature<PlaceDocument, PlaceSearches> {
  return {
    ...PLACES,
    tables: placeTables,
    tableFaults: placeFaults,
    sealDocuments: sealPlaces,
    searches: { ...placeSearchIn(store), ...textSearchIn(store) },
  };
}
