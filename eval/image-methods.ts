// Ways to tell how far apart two pictures are, side by side.
import { type ImageDescription, queryViews } from '../lib/knn/describe.ts';
import { hammingDistance } from '../lib/knn/hash.ts';
import { IMAGE_THRESHOLDS } from '../lib/knn/thresholds.ts';
import { vectorDistance } from '../lib/knn/vector.ts';

/** A description with what its comparisons need ready. */
export interface Compared {
  description: ImageDescription;
  /** That a query tries. */
  views: number[][];
  /** That an index has. */
  stored: number[][];
}

/** A distance, and up to where it means a near duplicate. */
export interface ImageMethod {
  title: string;
  threshold: number;
  /** Infinite where one of the two can't be compared. */
  distance: (query: Compared, stored: Compared) => number;
}

/** A picture ready to be compared. */
export function comparedOf(description: ImageDescription): Compared {
  const stored = [description.vector, description.trimmed].filter((vector) => vector !== null);
  return { description, views: queryViews(description), stored };
}

function hashMethod(title: string, field: 'blockhash' | 'dctHash'): ImageMethod {
  return {
    title,
    threshold: IMAGE_THRESHOLDS[field],
    distance(query, stored) {
      const [left, right] = [query.description[field], stored.description[field]];
      return left === null || right === null ? Infinity : hammingDistance(left, right);
    },
  };
}

function nearest(left: readonly number[][], right: readonly number[][]): number {
  let distance = Infinity;
  for (const a of left) for (const b of right) distance = Math.min(distance, vectorDistance(a, b));
  return distance;
}

/** In the order of the tables. */
export const IMAGE_METHODS: readonly ImageMethod[] = [
  hashMethod('blockhash', 'blockhash'),
  hashMethod('DCT hash', 'dctHash'),
  {
    title: 'DCT-C',
    threshold: IMAGE_THRESHOLDS.vector,
    distance: (query, { stored }) => nearest(query.views.slice(0, 1), stored.slice(0, 1)),
  },
  {
    title: 'DCT-C, views',
    threshold: IMAGE_THRESHOLDS.vector,
    distance: ({ views }, { stored }) => nearest(views, stored),
  },
];
