import { lowFrequencies } from './dct.ts';
import { LUMA_SIDE, type Planes } from './planes.ts';

/** Rows and columns of brightness frequencies in a vector, starting at frequency 1. */
export const LUMA_COUNT: number = 10;
/** Rows and columns of frequencies of each colour difference, starting at frequency 0. */
export const CHROMA_COUNT: number = 4;
/** Numbers of a vector. */
export const VECTOR_LENGTH: number = LUMA_COUNT ** 2 + 2 * CHROMA_COUNT ** 2;
/** Weight of colour relative to brightness. */
const CHROMA_WEIGHT = 0.7;

/**
 * Contrast (in levels of 255) and number of frequencies of full quality: the plainest of 300 photos
 * has 4.0 and 21.
 */
const FULL_CONTRAST = 4;
const FULL_SPREAD = 20;

/** Quality from which a picture can be compared. */
export const MIN_QUALITY = 50;

/**
 * The vector of a picture: 132 numbers of unit length, compared by cosine.
 *
 * It holds signed square roots of the lowest DCT coefficients: 100 of brightness, 16 of each colour
 * difference.
 */
export function vectorOf({ luma, blue, red }: Planes): number[] {
  const range = { first: 0, count: CHROMA_COUNT };
  return vectorOfWaves({
    luma: lowFrequencies(luma, { first: 1, count: LUMA_COUNT }),
    blue: lowFrequencies(blue, range),
    red: lowFrequencies(red, range),
  });
}

/** The vector of the frequencies that it is made of. */
export function vectorOfWaves(waves: Pick<Planes, 'luma' | 'blue' | 'red'>): number[] {
  const color = [...signedRoots(waves.blue), ...signedRoots(waves.red)];
  const light = scaled(signedRoots(waves.luma), 1);
  return scaled([...light, ...scaled(color, CHROMA_WEIGHT)], 1);
}

/** 1 - cosine of two vectors of unit length: 0..2. */
export function vectorDistance(left: readonly number[], right: readonly number[]): number {
  let dot = 0;
  for (let at = 0; at < left.length; at++) dot += left[at]! * right[at]!;
  return 1 - dot;
}

/** The same for brightness alone: near 0 for a picture in grey or in other colours. */
export function lightDistance(left: readonly number[], right: readonly number[]): number {
  const light = (vector: readonly number[]): number[] =>
    scaled(vector.slice(0, LUMA_COUNT ** 2), 1);
  return vectorDistance(light(left), light(right));
}

/**
 * How much there is to compare in a picture, 0..100. Below `MIN_QUALITY` it gets neither hashes nor
 * vectors.
 *
 * Flat, striped and evenly shaded pictures have almost no energy in the frequencies of a vector,
 * and a single shape has energy in few of them: they would all be near duplicates of each other.
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
  // 1 if a single frequency has all the energy, 100 if it is spread evenly.
  const spread = sum ** 2 / energy;
  return Math.round(100 * Math.min(1, contrast / FULL_CONTRAST, spread / FULL_SPREAD));
}

function signedRoots(values: Float64Array): number[] {
  return Array.from(values, (value) => Math.sign(value) * Math.sqrt(Math.abs(value)));
}

function scaled(values: readonly number[], length: number): number[] {
  const norm = Math.hypot(...values);
  return norm === 0 ? [...values] : values.map((value) => (value * length) / norm);
}
