// Compares different ways to measure the distance of two pictures.
import { type ImageDescription, queryViews } from '../lib/knn/describe/describe.ts';
import { hammingDistance } from '../lib/knn/describe/hash.ts';
import { vectorDistance } from '../lib/knn/describe/vector.ts';
import { type ImageDocument, toImageDocument } from '../lib/knn/document.ts';
import { rankSimilar } from '../lib/knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from '../lib/knn/similar/thresholds.ts';
import { DEFAULT_SPACE } from '../lib/knn/space.ts';

/** Largest cosine distance. */
const FARTHEST = 2;

/** A description with everything prepared for comparisons. */
export interface Compared {
  description: ImageDescription;
  /** The vectors that a query looks up. */
  views: number[][];
  /** The vectors that an index stores. */
  stored: number[][];
  /** Its vectors and preview, without hashes. */
  document: ImageDocument;
}

/** A distance measure, and the threshold up to which it means a near duplicate. */
export interface ImageMethod {
  title: string;
  threshold: number;
  /** Distance of each photo from a query; infinite if one of the two can't be compared. */
  distances: (query: Compared, photos: readonly Compared[]) => number[];
}

/** Prepares a picture for comparisons. */
export function comparedOf(description: ImageDescription): Compared {
  const stored = [description.vector, description.trimmed].filter((vector) => vector !== null);
  const { vector, trimmed, preview } = description;
  const content = { vector, trimmed, preview };
  const document = toImageDocument('picture', { content, addedAt: '' });
  return { description, views: queryViews(description), stored, document };
}

function hashMethod(title: string, field: 'blockhash' | 'dctHash'): ImageMethod {
  return {
    title,
    threshold: IMAGE_THRESHOLDS[field],
    distances: ({ description: { [field]: left } }, photos) =>
      photos.map(({ description: { [field]: right } }) =>
        left === null || right === null ? Infinity : hammingDistance(left, right),
      ),
  };
}

function nearest(left: readonly number[][], right: readonly number[][]): number {
  let distance = Infinity;
  for (const a of left) for (const b of right) distance = Math.min(distance, vectorDistance(a, b));
  return distance;
}

/**
 * As `similar` ranks them without hashes: pictures that are not near duplicates come after all
 * others.
 */
function lookedDistances({ description, views }: Compared, photos: readonly Compared[]): number[] {
  const documents = photos.map(({ document }, at) => ({ ...document, id: String(at) }));
  const distances = photos.map(() => Infinity);
  const { vector, trimmed, preview, parts } = description;
  const ranked = rankSimilar(documents, {
    content: { vector, trimmed, preview, parts },
    views,
    space: DEFAULT_SPACE,
    threshold: IMAGE_THRESHOLDS.vector,
    turned: true,
    limit: photos.length,
  });
  for (const { id, rule, distance } of ranked) {
    // Those that are told come first; the largest distance is that of opposite vectors.
    distances[Number(id)] = (distance ?? Infinity) + (rule === 'nearest' ? FARTHEST + 0.001 : 0);
  }
  return distances;
}

/** The methods, in the order of the tables. */
export const IMAGE_METHODS: readonly ImageMethod[] = [
  hashMethod('blockhash', 'blockhash'),
  hashMethod('DCT hash', 'dctHash'),
  {
    title: 'DCT-C',
    threshold: IMAGE_THRESHOLDS.vector,
    distances: ({ views }, photos) =>
      photos.map(({ stored }) => nearest(views.slice(0, 1), stored.slice(0, 1))),
  },
  {
    title: 'DCT-C, views',
    threshold: IMAGE_THRESHOLDS.vector,
    distances: ({ views }, photos) => photos.map(({ stored }) => nearest(views, stored)),
  },
  {
    title: 'views, look',
    threshold: FARTHEST,
    distances: lookedDistances,
  },
];
