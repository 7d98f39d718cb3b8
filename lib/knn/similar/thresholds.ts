/** Distances up to which two pictures are near duplicates, by what is compared. */
export interface ImageThresholds {
  /** Bits of 256 in which the block-mean hashes differ. */
  blockhash: number;
  /** Bits of 256 in which the DCT hashes differ, if vectors or a look agree; slot terms find no more than 31. */
  dctHash: number;
  /** 1 - cosine of the nearest pair of views, if either picture has no preview. */
  vector: number;
  /** 1 - cosine up to which pictures are near duplicates if a look does not contradict. */
  sure: number;
  /** 1 - cosine beyond which a look is not worth its time. */
  far: number;
  /**
   * Bits up to which they are near duplicates if a look agrees, in an index of at most `pictures` pictures; `fewer`
   * bits for each factor of ten.
   */
  alike: { bits: number; pictures: number; fewer: number };
  /** How well previews agree, 0..1; see `lookAt`. */
  look: {
    /** Least `middle` of every copy, since a shared frame is no copy. */
    middle: number;
    /** Least `coarse` that does not contradict a near vector. */
    near: number;
    /** Least `coarse` that makes a copy of near hashes. */
    alike: number;
    /** Least `fine` that proves a copy alone. */
    alone: number;
    /** The same for two pages as wholes, which share a frame. */
    frames: number;
    /** 1 - cosine up to which near hashes prove a copy without a look; then the same for two pages. */
    hashVector: number;
    framesVector: number;
  };
}

/**
 * The distances that suoyin ships with.
 *
 * Chosen on 800 photos in 30 edits, with the same frames around other photos among them, but for `alike`, `middle`
 * and `hashVector`: two garments under the same lower third have 60 bits, a `coarse` look of .77 and a `middle` of
 * .49, copies .7 and more of each; two soft pictures in the same frame have 26 bits and a distance of .126, since most
 * of their waves are those of the frame. The nearest wrong pair of 3.26 million has a `fine` look of .64 or a distance
 * of .165. `npm run eval -- images` measures them on photos of your own.
 */
export const IMAGE_THRESHOLDS: Readonly<ImageThresholds> = Object.freeze({
  blockhash: 26,
  dctHash: 31,
  vector: 0.4,
  sure: 0.1,
  far: 0.8,
  alike: { bits: 72, pictures: 100_000, fewer: 8 },
  look: {
    middle: 0.7,
    near: 0.5,
    alike: 0.7,
    alone: 0.8,
    frames: 0.9,
    hashVector: 0.05,
    framesVector: 0.03,
  },
});
