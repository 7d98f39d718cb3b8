import { OPTION_INVALID, type Spec } from '../../options.ts';
import { MAX_PIXELS } from './decode-cost.ts';

/** Limits of decoding. */
export interface ImageLimits {
  /**
   * Most pixels, summed over all frames. Default: 200,000,000 for JPEG and 50,000,000 for others, counting only the
   * first frame, the only one that is decoded. In any case, decoding takes at most 400 MiB by estimate, and a side
   * has at most 65,535 pixels.
   */
  maxPixels?: number;
  /**
   * Decodes as much as possible of a truncated or corrupt picture, with a warning. Default true.
   */
  salvage?: boolean;
}

/** Options that limit decoding. */
export const IMAGE_LIMITS_SPEC: Spec<ImageLimits, 'salvage'> = {
  code: 'IMAGE_LIMIT_INVALID',
  options: {
    maxPixels: {
      type: 'whole',
      min: 1,
      unit: 'pixels',
      otherwise: `${MAX_PIXELS.jpeg} for JPEG, ${MAX_PIXELS.png} for others`,
      code: 'IMAGE_LIMIT_INVALID',
      help: 'most pixels of a picture, summed over all frames',
    },
    salvage: {
      type: 'flag',
      default: true,
      code: OPTION_INVALID,
      help: 'decodes as much as possible of a damaged picture',
      off: 'refuse pictures that are damaged or end too early',
    },
  },
};
