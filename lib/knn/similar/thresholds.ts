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
 * Measured with 28 edits of each photo against all others (`npm run eval -- images`), the limits chosen on
 * one half of 300 clothes photographed alike. On the other half, 625,800 wrong pairs, vectors up to 0.4
 * find 0.877 of the copies and let 680 wrong pairs pass; with previews it is 0.874 and none. Of 320 photos
 * of 320 kinds of things, 2.9 million wrong pairs, 0.88 and 1; with previews 0.89 and none. The price: a bar
 * over a fifth of a picture (0.4 instead of 0.9) and a watermark over all of it (0.8 instead of 1) hide it more
 * often; crops of a fifth are gained (0.07 to 0.6). The DCT hash finds 0.55 and lets none of them pass.
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
