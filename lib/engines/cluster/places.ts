import type { PlaceDocument } from '../../autocomplete/record/document.ts';
import { PLACES, type PlaceSearches } from '../places.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import { placeSearchIn } from './place-search.ts';
import { textSearchIn } from './text-search.ts';

/** Places on a cluster. */
export function placesIn(cluster: Cluster): ClusterFeature<PlaceDocument, PlaceSearches> {
  return {
    ...PLACES,
    toSource: (document) => document,
    fromSource: (source) => source as PlaceDocument,
    searches: { ...placeSearchIn(cluster), ...textSearchIn(cluster) },
  };
}
