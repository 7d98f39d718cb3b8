import type { ImageDocument } from '../../knn/document.ts';
import { IMAGES, type ImageSearches } from '../images.ts';
import { imageFaults, sealImages } from './check-images.ts';
import type { EmbeddedFeature } from './feature.ts';
import { type GraphSettings, vectorGraphs } from './graphs.ts';
import { imageSearchIn } from './image-search.ts';
import { imageTables } from './image-tables.ts';
import type { Store } from './store.ts';
import { vectorScans } from './vector-scans.ts';

/**
 * Pictures in this engine.
 *
 * @param options - threads: number of threads for vector searches, 0 for none. graphFrom: number
 *   of vectors from which a generation gets a graph. resident: whether vectors are kept in memory
 *   for searches. readOnly: damaged graphs are not made again. warn: called for these.
 */
export function imagesIn(
  store: Store,
  options: { threads: number; graphFrom: number; resident: boolean } & Omit<GraphSettings, 'from'>,
): EmbeddedFeature<ImageDocument, ImageSearches> {
  const { graphFrom, readOnly, warn } = options;
  const graphs = vectorGraphs(store, { from: graphFrom, readOnly, warn });
  const scans = options.resident ? vectorScans(store) : null;
  const { close, ...searches } = imageSearchIn({ store, graphs, scans }, options);
  return {
    ...IMAGES,
    tables: imageTables,
    tableFaults: imageFaults,
    sealDocuments: sealImages,
    searches,
    complete: (entry) => graphs.build(entry),
    keepOnly: (generations) => {
      graphs.keepOnly(generations);
      scans?.keepOnly(generations);
    },
    checkFiles: (entry) => graphs.check(entry),
    faults: () => graphs.damaged(),
    close: async () => {
      await graphs.settled();
      await close();
    },
  };
}
