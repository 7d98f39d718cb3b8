/** Distances up to which two pictures are near duplicates, by what they are compared with. */
export interface ImageThresholds {
  /** Bits of 256 in which the block-mean hashes differ. */
  blockhash: number;
  /** Bits of 256 in which the DCT hashes differ; slot terms find no more than 31. */
  dctHash: number;
  /** 1 - cosine of the nearest two views. */
  vector: number;
}

/**
 * The distances that suoyin ships with.
 *
 * Measured with 28 edits of each photo against all others (`npm run eval -- images`). Of 2.9 million wrong
 * pairs of 320 photos of 320 kinds of things the vector lets 1 pass and the DCT hash none, at a recall of
 * 0.88 and 0.55. Pictures of one kind taken in one way are closer: of 2.5 million wrong pairs of 300 clothes
 * on floors and hangers 3,600, 0 and, for the block-mean hash, 100. There take 0.16 for 1 in a million, at a
 * recall of 0.74.
 */
export const IMAGE_THRESHOLDS: Readonly<ImageThresholds> = Object.freeze({
  blockhash: 26,
  dctHash: 31,
  vector: 0.4,
});
