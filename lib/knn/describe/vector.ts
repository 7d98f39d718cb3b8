import { lowFrequencies } from './dct.ts';
import { LUMA_SIDE, type Planes } from './planes.ts';

/** Rows and columns of brightness frequencies in a vector, from 1 on. */
const LUMA_COUNT = 10;
/** Rows and columns of frequencies in a vector of each colour difference, from 0 on. */
const CHROMA_COUNT = 4;
/** What colour counts beside brightness. */
const CHROMA_WEIGHT = 0.7;

/** Contrast in levels of 255, and number of frequencies, of the plainest of 300 photos (4.0 and 21). */
const FULL_CONTRAST = 4;
const FULL_SPREAD = 20;

/** Quality from which a picture can be compared. */
export const MIN_QUALITY = 50;

/**
 * The vector of a picture: 132 numbers of unit length, compared by cosine.
 *
 * Signed square roots of the lowest DCT coefficients of brightness and of both colour differences.
 */
export function vectorOf({ luma, blue, red }: Planes): number[] {
  const light = signedRoots(lowFrequencies(luma, { first: 1, count: LUMA_COUNT }));
  const range = { first: 0, count: CHROMA_COUNT };
  const color = [
    ...signedRoots(lowFrequencies(blue, range)),
    ...signedRoots(lowFrequencies(red, range)),
  ];
  return scaled([...scaled(light, 1), ...scaled(color, CHROMA_WEIGHT)], 1);
}

/**
 * The vector of the mirrored picture (left and right exchanged).
 *
 * @param vector - Of `vectorOf`. Not changed.
 */
export function mirrorVector(vector: readonly number[]): number[] {
  return vector.map((value, at) => (isOdd(at) ? -value : value));
}

/** 1 - cosine of two vectors of unit length: 0..2. */
export function vectorDistance(left: readonly number[], right: readonly number[]): number {
  let dot = 0;
  for (let at = 0; at < left.length; at++) dot += left[at]! * right[at]!;
  return 1 - dot;
}

/**
 * How much of a picture there is to compare, 0..100; below `MIN_QUALITY` it has neither hashes nor vectors.
 *
 * Flat, striped and evenly shaded pictures have close to no energy in the frequencies of a vector, and
 * a lone shape has it in few of them: all of these would be near duplicates of each other.
 *
 * @param luma - 64 x 64, 0..255; see `planesOf`.
 */
export function qualityOf(luma: Float64Array): number {
  const coefficients = lowFrequencies(luma, { first: 1, count: LUMA_COUNT });
  let sum = 0;
  let energy = 0;
  for (const value of coefficients) {
    sum += Math.abs(value);
    energy += value ** 2;
  }
  if (energy === 0) return 0;
  const contrast = Math.sqrt(energy) / LUMA_SIDE;
  // 1 where a single frequency has all of the energy, 100 where all have the same.
  const spread = sum ** 2 / energy;
  return Math.round(100 * Math.min(1, contrast / FULL_CONTRAST, spread / FULL_SPREAD));
}

/** Whether the horizontal frequency of a vector's component is odd: mirroring turns its sign. */
function isOdd(at: number): boolean {
  const lumaLength = LUMA_COUNT ** 2;
  if (at < lumaLength) return ((at % LUMA_COUNT) + 1) % 2 === 1;
  return ((at - lumaLength) % CHROMA_COUNT) % 2 === 1;
}

function signedRoots(values: Float64Array): number[] {
  return Array.from(values, (value) => Math.sign(value) * Math.sqrt(Math.abs(value)));
}

function scaled(values: readonly number[], length: number): number[] {
  const norm = Math.hypot(...values);
  return norm === 0 ? [...values] : values.map((value) => (value * length) / norm);
}
