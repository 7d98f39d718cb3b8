/** Distance measures of vectors, under the names that OpenSearch uses. */
export type SpaceType = 'l2' | 'cosinesimil' | 'innerproduct' | 'hamming';

/**
 * Type of the numbers in a vector; a number of a `binary` vector is a byte that holds eight
 * dimensions.
 */
export type VectorDataType = 'float' | 'byte' | 'binary';

/** How the vectors of an index are read and compared. */
export interface VectorSpace {
  /** 1..16000; counted in bits if `dataType` is `binary`. */
  dimension: number;
  spaceType: SpaceType;
  dataType: VectorDataType;
}

/** The space of the vectors that suoyin itself makes of pictures. */
export const DEFAULT_SPACE: Readonly<VectorSpace> = Object.freeze({
  dimension: 132,
  spaceType: 'cosinesimil',
  dataType: 'float',
});

/** The space of the vectors of a second model. */
export function semanticSpace(dimension: number): VectorSpace {
  return { ...DEFAULT_SPACE, dimension };
}

/** How many numbers a vector of a space consists of. */
export function lengthOf({ dimension, dataType }: VectorSpace): number {
  return dataType === 'binary' ? dimension / 8 : dimension;
}

/**
 * The distance as OpenSearch's k-NN plugin defines it, so that smaller is nearer in every space: l2
 * is the **square** of the Euclidean distance; cosinesimil is 1 - cosine, 0..2; innerproduct is
 * minus the inner product; hamming is the number of differing bits.
 *
 * Numbers of `float` vectors are rounded to single precision, as engines store them.
 */
export function distanceBetween(
  { spaceType, dataType }: VectorSpace,
  a: readonly number[],
  b: readonly number[],
): number {
  if (spaceType === 'hamming') {
    return a.reduce((sum, x, i) => sum + bitCount((x ^ b[i]!) & 0xff), 0);
  }
  const round = dataType === 'float' ? Math.fround : (x: number): number => x;
  let dot = 0;
  let aa = 0;
  let bb = 0;
  let square = 0;
  for (let i = 0; i < a.length; i++) {
    const x = round(a[i]!);
    const y = round(b[i]!);
    dot += x * y;
    aa += x * x;
    bb += y * y;
    square += (x - y) ** 2;
  }
  if (spaceType === 'l2') return square;
  if (spaceType === 'innerproduct') return -dot;
  return Math.min(2, Math.max(0, 1 - dot / Math.sqrt(aa * bb)));
}

/**
 * The `_score` that OpenSearch gives to a distance; larger is nearer.
 *
 * Source: `SpaceType.java` of opensearch-project/k-NN.
 */
export function scoreOfDistance(spaceType: SpaceType, distance: number): number {
  if (spaceType === 'cosinesimil') return (2 - distance) / 2;
  if (spaceType === 'innerproduct' && distance < 0) return 1 - distance;
  return 1 / (1 + distance);
}

/** The distance that a `_score` of OpenSearch stands for: the inverse of `scoreOfDistance`. */
export function distanceOfScore(spaceType: SpaceType, score: number): number {
  if (spaceType === 'cosinesimil') return 2 - 2 * score;
  if (spaceType === 'innerproduct' && score > 1) return 1 - score;
  return 1 / score - 1;
}

/**
 * Why a vector does not fit into a space; null if it fits.
 *
 * Engines refuse a zero vector under cosine, since it has no direction.
 */
export function vectorFault(space: VectorSpace, vector: readonly number[]): string | null {
  const { spaceType, dataType } = space;
  const length = lengthOf(space);
  if (vector.length !== length) return `has ${vector.length} numbers and not ${length}`;
  const odd = vector.findIndex((x) => typeof x !== 'number' || !Number.isFinite(Math.fround(x)));
  if (odd >= 0) return `has ${String(vector[odd])} at ${odd}`;
  if (dataType !== 'float') {
    const wide = vector.findIndex((x) => !Number.isInteger(x) || x < -128 || x > 127);
    if (wide >= 0) return `has ${String(vector[wide])} at ${wide}, which is not a signed byte`;
  }
  if (spaceType === 'cosinesimil' && vector.every((x) => Math.fround(x) === 0)) return 'is zero';
  return null;
}

/** How many of the 32 bits of an integer are set. */
export function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
