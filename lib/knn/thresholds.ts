/** Distances up to which two pictures are near duplicates, by what they are compared with. */
export interface ImageThresholds {
  /** Bits of 256 in which the block-mean hashes differ. */
  blockhash: number;
  /** Bits of 256 in which the DCT hashes differ; slot terms find no more than 31. */
  dctHash: number;
  /** 1 - cosine of the nearest two views. */
  vector: number;
}

export const IMAGE_THRESHOLDS: Readonly<ImageThresholds> = {
  blockhash: 26,
  dctHash: 31,
  vector: 0.3,
};
