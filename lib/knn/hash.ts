import { bmvbhash } from 'blockhash-core';
import { OptionError, quoteValue } from '../errors.ts';
import { lowFrequencies } from './dct.ts';
import type { Raster } from './image.ts';

const HASH = /^[0-9a-f]{64}$/;
const SLOTS = 16;
const SLOT_BITS = 16;
/** Rows and columns of the DCT in a hash. */
const HASH_SIDE = 16;

/**
 * The block-mean hash of a picture: 64 hexadecimal digits, a bit for each of 16 x 16 blocks.
 *
 * @param raster - Sides of 16 and more.
 */
export function blockHash({ data, width, height }: Raster): string {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  return bmvbhash({ data: rgba, width, height }, 16);
}

/**
 * The DCT hash of a picture: 64 hexadecimal digits, a bit for each of the 16 x 16 lowest frequencies
 * but those that change in one direction only; set where the coefficient is above the median.
 *
 * The way of PDQ (Meta, 2019), but on other pixels: its hashes can't be compared with these.
 *
 * @param luma - A square of brightness, row by row; see `planesOf`.
 */
export function dctHash(luma: Float64Array): string {
  const coefficients = lowFrequencies(luma, { first: 1, count: HASH_SIDE });
  const sorted = Float64Array.from(coefficients).sort();
  const median = (sorted[127]! + sorted[128]!) / 2;
  let hash = '';
  for (let at = 0; at < coefficients.length; at += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + Number(coefficients[at + bit]! > median);
    hash += digit.toString(16);
  }
  return hash;
}

/**
 * The number of bits in which two hashes differ, 0..256.
 *
 * Compare hashes of one kind: a block-mean hash has nothing to do with a DCT hash.
 *
 * @throws {OptionError} `HASH_INVALID` for what is not 64 lower-case hexadecimal digits.
 */
export function hammingDistance(left: string, right: string): number {
  checkHash(left);
  checkHash(right);
  let distance = 0;
  for (let at = 0; at < 64; at += 8) {
    distance += bitCount(
      parseInt(left.slice(at, at + 8), 16) ^ parseInt(right.slice(at, at + 8), 16),
    );
  }
  return distance;
}

/**
 * The 16 terms under which a hash is indexed: `0:ab12`, slot and its 16 bits.
 *
 * @throws {OptionError} `HASH_INVALID` for what is not 64 lower-case hexadecimal digits.
 */
export function hashSlots(hash: string): string[] {
  return slotsOf(hash).map(termOf);
}

/**
 * The 272 terms of which every hash within 31 bits has at least one: each slot as it is, and with each
 * of its bits turned.
 *
 * 31 bits over 16 slots leave one slot with at most one of them. Hashes further away may share a
 * term as well: check the distance of what is found.
 *
 * @throws {OptionError} `HASH_INVALID` for what is not 64 lower-case hexadecimal digits.
 */
export function probeSlots(hash: string): string[] {
  return slotsOf(hash).flatMap((bits, slot) => {
    const near = Array.from({ length: SLOT_BITS }, (_, bit) => termOf(bits ^ (1 << bit), slot));
    return [termOf(bits, slot), ...near];
  });
}

function slotsOf(hash: string): number[] {
  checkHash(hash);
  return Array.from({ length: SLOTS }, (_, slot) =>
    parseInt(hash.slice(slot * 4, slot * 4 + 4), 16),
  );
}

function termOf(bits: number, slot: number): string {
  return `${slot}:${bits.toString(16).padStart(4, '0')}`;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function checkHash(hash: string): void {
  if (typeof hash === 'string' && HASH.test(hash)) return;
  const hint = 'Use 64 lower-case hexadecimal digits.';
  throw new OptionError('HASH_INVALID', `${quoteValue(hash)} is no hash of 256 bits`, hint);
}
