/** Distances up to which two pictures are near duplicates, by what they are compared with. */
export interface ImageThresholds {
  /** Bits of 256 in which the block-mean hashes differ. */
  blockhash: number;
  /** Bits of 256 in which the DCT hashes differ; slot terms find no more than 31. */
  dctHash: number;
  /** 1 - cosine of the nearest two views, where one of both has no preview. */
  vector: number;
  /** The same where both have previews, which then are not compared. */
  sure: number;
  /** Beyond that: how well the previews must agree up to a distance; see `agreementOf`. */
  aligned: readonly { distance: number; agreement: number }[];
}

/**
 * The distances that suoyin ships with.
 *
 * @@
 */
export const IMAGE_THRESHOLDS: Readonly<ImageThresholds> = Object.freeze({
  blockhash: 26,
  dctHash: 31,
  vector: 0.4,
  sure: 0.1,
  aligned: [
    { distance: 0.2, agreement: 0.89 },
    { distance: 0.8, agreement: 0.96 },
  ],
});
