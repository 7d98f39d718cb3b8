import type { ImageDocument } from '../../knn/document.ts';
import { IMAGES, type ImageSearches } from '../images.ts';
import type { EmbeddedFeature } from './feature.ts';
import { vectorGraphs } from './graphs.ts';
import { imageSearchIn } from './image-search.ts';
import { imageTables } from './image-tables.ts';
import type { Store } from './store.ts';

/**
 * Pictures, as this engine keeps and finds them.
 *
 * @param options - threads: that search vectors, 0 for none. graphFrom: vectors from which on a
 *   generation gets a graph.
 */
export function imagesIn(
  store: Store,
  options: { threads: number; graphFrom: number },
): EmbeddedFeature<ImageDocument, ImageSearches> {
  const graphs = vectorGraphs(store, options.graphFrom);
  const { close, ...searches } = imageSearchIn(store, graphs, options);
  return {
    ...IMAGES,
    tables: imageTables,
    searches,
    complete: (entry) => graphs.build(entry),
    keepOnly: (generations) => {
      graphs.keepOnly(generations);
    },
    close,
  };
}
