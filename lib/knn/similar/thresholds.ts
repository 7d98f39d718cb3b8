/** Distances up to which two pictures are near duplicates, by what is compared. */
export interface ImageThresholds {
  /** Bits of 256 in which the block-mean hashes differ. */
  blockhash: number;
  /** Bits of 256 in which the DCT hashes differ; slot terms find no more than 31. */
  dctHash: number;
  /** 1 - cosine of the nearest pair of views, if either picture has no preview. */
  vector: number;
  /** 1 - cosine up to which pictures are near duplicates without comparing their previews. */
  sure: number;
  /** Beyond `sure`: how well the previews must agree, by distance; see `agreementOf`. */
  aligned: readonly { distance: number; agreement: number }[];
}

/**
 * The distances that suoyin ships with.
 *
 * Measured with 28 edits of each photo against all other photos (`npm run eval -- images`). The
 * limits were chosen on one half of 300 similar product photos of clothes. On the other half
 * (625,800 wrong pairs), vectors up to 0.4 find 0.877 of the copies and accept 680 wrong pairs;
 * with previews they find 0.874 and accept none. On 320 photos of 320 kinds of things (2.9 million
 * wrong pairs): 0.88 and 1 without previews, 0.89 and none with them. The cost of previews: copies
 * with a bar over a fifth of the picture are found less often (0.4 instead of 0.9), as are those
 * with a watermark over all of it (0.8 instead of 1). The gain: crops by a fifth (from 0.07 to
 * 0.6). The DCT hash alone finds 0.55 and accepts no wrong pair.
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
