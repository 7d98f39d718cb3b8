import { bmvbhash } from 'blockhash-core';
import { OptionError, quoteValue } from '../../errors.ts';
import { bitCount } from '../space.ts';
import { lowFrequencies } from './dct.ts';
import { LUMA_SIDE } from './planes.ts';

/** A 256-bit hash as text. */
export const HASH: RegExp = /^[0-9a-f]{64}$/;
const SLOTS = 16;
const SLOT_BITS = 16;
/** Rows and columns of DCT coefficients in a hash. */
const HASH_SIDE = 16;

/**
 * The block-mean hash of a picture: 64 hexadecimal digits, one bit for each of 16 x 16 blocks.
 *
 * @param means - 64 x 64 colours of three numbers each, 0..255; see `planesOf`.
 */
export function blockHash(means: Float64Array): string {
  // Not rounded to bytes, since equal blocks would then fall above or below the median by chance.
  const rgba: number[] = [];
  for (let at = 0; at < means.length; at += 3) {
    rgba.push(means[at]!, means[at + 1]!, means[at + 2]!, 255);
  }
  return bmvbhash({ data: rgba, width: LUMA_SIDE, height: LUMA_SIDE }, 16);
}

/**
 * The DCT hash of a picture: 64 hexadecimal digits, one bit for each of the 16 x 16 lowest
 * frequencies that vary in both directions; a bit is set if its coefficient is above the median.
 *
 * The method of PDQ (Meta, 2019), but on other pixels: PDQ hashes can't be compared with these.
 *
 * @param luma - A square of brightness levels, row by row; see `planesOf`.
 */
export function dctHash(luma: Float64Array): string {
  return hashOfWaves(hashWaves(luma));
}

/** The frequencies that a DCT hash is made of; see `posedWaves` for those of a turned picture. */
export function hashWaves(luma: Float64Array): Float64Array {
  return lowFrequencies(luma, { first: 1, count: HASH_SIDE });
}

export function hashOfWaves(coefficients: ArrayLike<number>): string {
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
 * The number of bits in which two 256-bit hashes differ, 0..256.
 *
 * Compare hashes of the same kind only: a block-mean hash and a DCT hash are unrelated.
 *
 * @throws {OptionError} `HASH_INVALID` for anything but 64 lower-case hexadecimal digits.
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
 * The 16 terms under which a hash is indexed, such as `0:ab12`: the slot and its 16 bits.
 *
 * @throws {OptionError} `HASH_INVALID` for anything but 64 lower-case hexadecimal digits.
 */
export function hashSlots(hash: string): string[] {
  return slotsOf(hash).map(termOf);
}

/**
 * The 272 terms that find every hash within 31 bits: each slot unchanged, and with each of its 16
 * bits flipped.
 *
 * 31 differing bits in 16 slots leave at least one slot with at most one of them. More distant
 * hashes may share a term as well: check the distance of what is found.
 *
 * @throws {OptionError} `HASH_INVALID` for anything but 64 lower-case hexadecimal digits.
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

/** Whether a value is a 256-bit hash: 64 lower-case hexadecimal digits. */
export function isHash(text: unknown): text is string {
  return typeof text === 'string' && HASH.test(text);
}

function checkHash(hash: string): void {
  if (isHash(hash)) return;
  const hint = 'Use 64 lower-case hexadecimal digits.';
  throw new OptionError('HASH_INVALID', `${quoteValue(hash)} is not a 256-bit hash`, hint);
}
