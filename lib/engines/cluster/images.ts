import type { ImageDocument } from '../../knn/document.ts';
import { readImageSource } from '../../knn/hits.ts';
import { IMAGES, type ImageSearches } from '../images.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import { imageSearchIn } from './image-search.ts';
import { imageSource } from './image-source.ts';

/** Pictures on a cluster. */
export function imagesIn(cluster: Cluster): ClusterFeature<ImageDocument, ImageSearches> {
  return {
    ...IMAGES,
    toSource: imageSource,
    fromSource: (source) => readImageSource(source as ImageDocument),
    searches: imageSearchIn(cluster),
  };
}
