import type { Searches } from '../engine.ts';
import type { EmbeddedFeature } from './feature.ts';
import { imagesIn } from './images.ts';
import { notesIn } from './notes.ts';
import { placesIn } from './places.ts';
import type { Store } from './store.ts';

/** The features of this engine. Add a new one here; nothing else in this folder lists them. */
export function featuresIn(
  store: Store,
  options: Parameters<typeof placesIn>[1] & Parameters<typeof imagesIn>[1],
): { features: readonly EmbeddedFeature[]; searches: Searches } {
  const places = placesIn(store, options);
  const images = imagesIn(store, options);
  const notes = notesIn(store);
  return {
    features: [places, images, notes],
    searches: { ...places.searches, ...images.searches, ...notes.searches },
  };
}
