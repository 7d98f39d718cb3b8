import type { Searches } from '../engine.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import { imagesIn } from './images.ts';
import { notesIn } from './notes.ts';
import { placesIn } from './places.ts';

/** The features of this engine. Add a new one here; nothing else in this folder lists them. */
export function featuresIn(cluster: Cluster): {
  features: readonly ClusterFeature[];
  searches: Searches;
} {
  const places = placesIn(cluster);
  const images = imagesIn(cluster);
  const notes = notesIn(cluster);
  return {
    features: [places, images, notes],
    searches: { ...places.searches, ...images.searches, ...notes.searches },
  };
}
