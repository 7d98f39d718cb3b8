import { type NumberOption, OPTION_INVALID, type Spec, type TextOption } from '../../options.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from './image-limits.ts';

/** A side of a picture to make, optional. */
export const SIDE_IF_GIVEN: NumberOption & { default?: undefined } = {
  type: 'whole',
  min: 1,
  max: 4096,
  unit: 'pixels',
  help: 'of the picture',
};
/** A side of a picture to make. */
export const SIDE: NumberOption & { default?: undefined } = { ...SIDE_IF_GIVEN, required: true };

/** The box that a thumbnail fits into, its format, and limits of decoding. */
export interface MakeThumbnailOptions extends ImageLimits {
  /** Pixels, 1..4096. */
  width: number;
  /** Pixels, 1..4096. */
  height: number;
  /** Format of the thumbnail. */
  format: 'webp' | 'jpeg';
  /** 1..100. Default 75. */
  quality?: number;
  /** Radius of sharpening in pixels of the thumbnail, 0.3..10. Default none. */
  sharpen?: number;
  /** Gamma for shrinking in linear light, 1..3: 2.2 keeps fine bright lines. Default none. */
  gamma?: number;
}

/** Format of a thumbnail. */
export const THUMBNAIL_FORMAT: TextOption & { default?: undefined } = {
  type: 'text',
  choices: ['webp', 'jpeg'],
  code: 'THUMBNAIL_FORMAT_INVALID',
  help: 'of thumbnails',
};

/** How a thumbnail looks. */
export const THUMBNAIL_LOOK: Readonly<
  Record<'quality' | 'sharpen' | 'gamma', NumberOption & { default?: undefined }>
> = {
  quality: {
    type: 'whole',
    min: 1,
    max: 100,
    otherwise: '75',
    code: 'THUMBNAIL_LOOK_INVALID',
    help: 'of the compression of thumbnails',
  },
  sharpen: {
    type: 'number',
    min: 0.3,
    max: 10,
    unit: 'pixels',
    otherwise: 'none',
    code: 'THUMBNAIL_LOOK_INVALID',
    help: 'radius of sharpening',
  },
  gamma: {
    type: 'number',
    min: 1,
    max: 3,
    otherwise: 'none',
    code: 'THUMBNAIL_LOOK_INVALID',
    help: 'shrinks in linear light: 2.2 keeps fine bright lines',
  },
};

/** Options of `makeThumbnail`. */
export const MAKE_THUMBNAIL_SPEC: Spec<MakeThumbnailOptions, 'salvage'> = {
  code: OPTION_INVALID,
  options: {
    width: { ...SIDE, code: 'THUMBNAIL_SIZE_INVALID' },
    height: { ...SIDE, code: 'THUMBNAIL_SIZE_INVALID' },
    format: { ...THUMBNAIL_FORMAT, required: true },
    ...THUMBNAIL_LOOK,
    ...IMAGE_LIMITS_SPEC.options,
  },
};
