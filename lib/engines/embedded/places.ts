import type { PlaceDocument } from '../../autocomplete/record/document.ts';
import { PLACES, type PlaceSearches } from '../places.ts';
import { placeFaults, sealPlaces } from './check-places.ts';
import type { EmbeddedFeature } from './feature.ts';
import { placeFiles, type PlaceFileSettings } from './place-files.ts';
import { placeSearchIn } from './place-search.ts';
import { placeTables } from './place-tables.ts';
import type { Store } from './store.ts';
import { textSearchIn } from './text-search.ts';

/**
 * Places in this engine.
 *
 * @param settings - readOnly: no files of generations are written. resident: places are searched
 *   in memory. warn: called for damaged files.
 */
export function placesIn(
  store: Store,
  settings: PlaceFileSettings,
): EmbeddedFeature<PlaceDocument, PlaceSearches> {
  const files = placeFiles(store, settings);
  return {
    ...PLACES,
    tables: placeTables,
    tableFaults: placeFaults,
    sealDocuments: sealPlaces,
    searches: { ...placeSearchIn(store, files), ...textSearchIn(store) },
    async finished(generation) {
      try {
        await files.make(generation);
      } catch (error) {
        settings.warn(`The file of ${generation} could not be made: ${String(error)}`);
      }
    },
    keepOnly: (generations) => {
      files.keepOnly(generations);
    },
    checkFiles: (entry) => files.check(entry),
    faults: () => files.damaged(),
    close: () => files.close(),
  };
}
