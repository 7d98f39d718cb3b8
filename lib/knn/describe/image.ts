import type Sharp from 'sharp';
import { MissingDependencyError, OptionError, quoteValue } from '../../errors.ts';
import {
  checkOptions,
  type NumberOption,
  OPTION_INVALID,
  type Spec,
  type TextOption,
} from '../../options.ts';
import {
  decodedBytes,
  MAX_DECODED_BYTES,
  MAX_PIXELS,
  MAX_SIDE,
  type PictureHeader,
} from './decode-cost.ts';
import { ImageError } from './image-error.ts';
import { type ImageFormat, isReadableFormat, isTruncated, sniffFormat } from './image-format.ts';

/** Limits of decoding. */
export interface ImageLimits {
  /**
   * Pixels, summed over all frames. Default 200,000,000 for JPEG, 50,000,000 for others, of the first frame,
   * which is the only one that is decoded. Whatever it is, decoding takes at most 400 MiB by estimate, and a
   * side has at most 65,535 pixels.
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
      help: 'summed over all frames',
    },
    salvage: {
      type: 'flag',
      default: true,
      code: OPTION_INVALID,
      help: 'decodes as much as possible of a damaged picture',
    },
  },
};

/** The box that a thumbnail fits into, its format, and limits of decoding. */
export interface MakeThumbnailOptions extends ImageLimits {
  /** Pixels, 1..4096. */
  width: number;
  /** Pixels, 1..4096. */
  height: number;
  /** Of the thumbnail. */
  format: 'webp' | 'jpeg';
}

/** A side of a picture that is made. */
export const SIDE: NumberOption & { default?: undefined } = {
  type: 'whole',
  min: 1,
  max: 4096,
  unit: 'pixels',
  required: true,
  help: 'of the picture',
};

/** Format of a thumbnail. */
export const THUMBNAIL_FORMAT: TextOption & { default?: undefined } = {
  type: 'text',
  choices: ['webp', 'jpeg'],
  code: 'THUMBNAIL_FORMAT_INVALID',
  help: 'of thumbnails',
};

/** Options of `makeThumbnail`. */
export const MAKE_THUMBNAIL_SPEC: Spec<MakeThumbnailOptions, 'salvage'> = {
  code: OPTION_INVALID,
  options: {
    width: { ...SIDE, code: 'THUMBNAIL_SIZE_INVALID' },
    height: { ...SIDE, code: 'THUMBNAIL_SIZE_INVALID' },
    format: { ...THUMBNAIL_FORMAT, required: true },
    ...IMAGE_LIMITS_SPEC.options,
  },
};

/** 8-bit sRGB pixels: `width * height * 3` bytes, row by row. */
export interface Raster {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A decoded picture. */
export interface Picture {
  format: ImageFormat;
  /** Pixels as displayed, after the orientation in the file is applied. */
  width: number;
  height: number;
  /** Number of frames: 1 unless animated. Only the first is decoded. */
  frames: number;
  /** The whole picture, oriented, on a white background, each side shrunk to at most 256 pixels. */
  raster: Raster;
  /** `TRUNCATED` or `CORRUPT` if the picture was salvaged. */
  warnings: string[];
}

/** Longest side of a raster, in pixels. */
const RASTER_SIDE = 256;
/** Seconds after which the decoder gives up. */
const MAX_SECONDS = 20;
const CONVERT = 'Convert it to JPEG, PNG, GIF, WebP, TIFF, AVIF or BMP.';
/** What decoders say of pictures that they do not know how to read, such as JPEG of 12 bits. */
const NOT_SUPPORTED = /unsupported|not supported|not implemented|no codec|unknown compression/i;
/** Why SVG is refused although a decoder exists. */
const SVG_HINT = 'An SVG can read files and take any time to draw; convert it to PNG.';

/**
 * Decodes the first frame of a picture, and reads its format and size.
 *
 * The format is detected from the bytes, never from a file name or a Content-Type.
 *
 * @param bytes - A whole JPEG, PNG, GIF, WebP, TIFF, AVIF or BMP file.
 * @throws {ImageError} `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`,
 *   `TOO_MANY_PIXELS`, `DECODE_TIMEOUT`, `TRUNCATED`, `CORRUPT`.
 * @throws {OptionError} `IMAGE_BYTES_INVALID`, `IMAGE_LIMIT_INVALID`.
 * @throws {MissingDependencyError} `SHARP_MISSING`.
 */
export async function readPicture(bytes: Uint8Array, limits: ImageLimits = {}): Promise<Picture> {
  checkOptions(IMAGE_LIMITS_SPEC, limits);
  const source = await openPicture(bytes, limits);
  const { format, width, height, frames } = source;
  // Never enlarge: libvips would shift the picture by half a pixel, and mirror images would differ.
  const size = { width: Math.min(width, RASTER_SIDE), height: Math.min(height, RASTER_SIDE) };
  const { value: data, warnings } = await source.run((failOn) =>
    source
      .decoder(failOn)
      .resize({ ...size, fit: 'fill' })
      .raw()
      .toBuffer(),
  );
  const raster = { ...size, data };
  return { format, width, height, frames, raster, warnings };
}

/**
 * Decodes a picture to the size that a model expects.
 *
 * @param options - width, height: >= 1 pixels. fit: `fill` stretches, `cover` crops around the
 *   centre, `contain` pads with white.
 * @throws {ImageError} As `readPicture`.
 */
export async function rasterOf(
  bytes: Uint8Array,
  options: { width: number; height: number; fit: 'fill' | 'cover' | 'contain' } & ImageLimits,
): Promise<Raster> {
  const { width, height, fit } = options;
  const source = await openPicture(bytes, options);
  const { value: data } = await source.run((failOn) =>
    source.decoder(failOn).resize(width, height, { fit, background: '#fff' }).raw().toBuffer(),
  );
  return { width, height, data };
}

/**
 * Makes a thumbnail that fits into a box and keeps the proportions, without metadata.
 *
 * A picture smaller than the box is not enlarged. WebP keeps transparency; JPEG gets a white
 * background.
 *
 * @param options - width, height: 1..4096 pixels, the box. format: `webp` or `jpeg`.
 * @throws {ImageError} As `readPicture`.
 */
export async function makeThumbnail(
  bytes: Uint8Array,
  options: MakeThumbnailOptions,
): Promise<Uint8Array> {
  checkOptions(MAKE_THUMBNAIL_SPEC, options);
  const { width, height, format } = options;
  const source = await openPicture(bytes, options);
  const { value } = await source.run((failOn) => {
    const decoder = source.decoder(failOn, { keepAlpha: format === 'webp' });
    const small = decoder.resize(width, height, { fit: 'inside', withoutEnlargement: true });
    return (format === 'webp' ? small.webp() : small.jpeg({ mozjpeg: false })).toBuffer();
  });
  return value;
}

type LoadedSharp = typeof Sharp;
type FailOn = 'none' | 'warning';

interface PictureSource {
  format: ImageFormat;
  width: number;
  height: number;
  frames: number;
  decoder: (failOn: FailOn, options?: { keepAlpha?: boolean }) => ReturnType<LoadedSharp>;
  run: <T>(decode: (failOn: FailOn) => Promise<T>) => Promise<{ value: T; warnings: string[] }>;
}

async function openPicture(bytes: Uint8Array, limits: ImageLimits): Promise<PictureSource> {
  const { maxPixels, salvage = true } = limits;
  const format = checkFormat(bytes);
  const sharp = await loadSharp();
  if (format === 'bmp') return openBmp(bytes, { sharp, limits });
  // Reads the header only. sharp's own limit is off: ours report the size.
  const header = sharp(bytes, { failOn: 'none', limitInputPixels: false });
  const fail = (cause: unknown): ImageError => decodeError(bytes, format, cause);
  const metadata = await header.metadata().catch((cause: unknown) => {
    throw fail(cause);
  });
  const { width, height } = metadata.autoOrient;
  const frames = metadata.pages ?? 1;
  checkCost({ format, width, height, ...costOf(metadata) }, { frames, maxPixels });
  return {
    format,
    width,
    height,
    frames,
    decoder(failOn, { keepAlpha = false } = {}) {
      const decoder = sharp(bytes, { failOn, limitInputPixels: false, autoOrient: true });
      const flat = keepAlpha ? decoder : decoder.flatten({ background: '#fff' });
      return flat.toColourspace('srgb').timeout({ seconds: MAX_SECONDS });
    },
    async run(decode) {
      try {
        return { value: await decode('warning'), warnings: [] };
      } catch (cause) {
        const error = fail(cause);
        if (!salvage || error.code === 'DECODE_TIMEOUT') throw error;
        const value = await decode('none').catch(() => {
          throw error;
        });
        return { value, warnings: [error.code] };
      }
    },
  };
}

/** BMP is decoded here, since libvips has no reader of it. */
async function openBmp(
  bytes: Uint8Array,
  { sharp, limits }: { sharp: LoadedSharp; limits: ImageLimits },
): Promise<PictureSource> {
  const format = 'bmp';
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [wide, high] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
    const cost = { channels: 4, bytesPerBand: 1, progressive: false, subsampling: null };
    checkCost(
      { format, width: wide, height: high, ...cost },
      { frames: 1, maxPixels: limits.maxPixels },
    );
    const { decode } = await import('bmp-ts');
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data, width, height } = decode(buffer, { toRGBA: true });
    const pixels = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
    const value = await pixels.raw().toBuffer();
    const raw = { width, height, channels: 3 as const };
    return {
      ...{ format, width, height, frames: 1 },
      decoder: () => sharp(value, { raw }).timeout({ seconds: MAX_SECONDS }),
      run: async (made) => ({ value: await made('warning'), warnings: [] }),
    };
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw decodeError(bytes, format, cause);
  }
}

function costOf(
  metadata: Awaited<ReturnType<ReturnType<LoadedSharp>['metadata']>>,
): Pick<PictureHeader, 'channels' | 'bytesPerBand' | 'progressive' | 'subsampling'> {
  const { channels, depth, isProgressive, chromaSubsampling } = metadata;
  const bytesPerBand = depth === 'uchar' || depth === 'char' ? 1 : /short$/.test(depth) ? 2 : 8;
  const subsampling = chromaSubsampling ?? null;
  return { channels, bytesPerBand, progressive: isProgressive ?? false, subsampling };
}

/** @throws {ImageError} `TOO_MANY_PIXELS`, before anything is decoded. */
function checkCost(
  header: PictureHeader,
  { frames, maxPixels }: { frames: number; maxPixels: number | undefined },
): void {
  const { format, width, height } = header;
  const refuse = (over: string, hint: string): never => {
    const of = frames > 1 ? ` in ${frames} frames` : '';
    const what = `The picture has ${width} x ${height} pixels${of}, ${over}`;
    throw new ImageError('TOO_MANY_PIXELS', what, hint, { format });
  };
  if (Math.max(width, height) > MAX_SIDE) refuse(`more than ${MAX_SIDE} a side`, 'Shrink it.');
  // The pages of a TIFF are separate pictures; as in a viewer, only the first one counts.
  const counted = maxPixels === undefined || format === 'tiff' ? 1 : frames;
  const most = maxPixels ?? MAX_PIXELS[format];
  if (width * height * counted > most) {
    refuse(`more than ${most}`, 'Shrink it or raise maxPixels (--max-pixels).');
  }
  const bytes = decodedBytes(header);
  if (bytes > MAX_DECODED_BYTES) {
    const mebibytes = Math.ceil(bytes / 2 ** 20);
    refuse(`which take ${mebibytes} MiB to decode`, 'Shrink it, or make a plain JPEG of it.');
  }
}

function checkFormat(bytes: Uint8Array): ImageFormat {
  // sharp would open a string as a file path.
  if (!(bytes instanceof Uint8Array)) {
    const what = `${quoteValue(bytes)} is not a picture`;
    throw new OptionError('IMAGE_BYTES_INVALID', what, 'Give the bytes of the file.');
  }
  if (bytes.length === 0) {
    throw new ImageError('EMPTY', 'The picture has no bytes', 'Get it again.', { format: null });
  }
  const format = sniffFormat(bytes);
  if (isReadableFormat(format)) return format;
  if (format === null) {
    const hint = 'A server may have sent an error page instead; look at the content.';
    throw new ImageError('NOT_IMAGE', `${beginning(bytes)} is not a picture`, hint, {
      format: null,
    });
  }
  if (format === 'svg') {
    throw new ImageError('SVG_REFUSED', 'The picture is an SVG', SVG_HINT, { format });
  }
  throw new ImageError('UNSUPPORTED_FORMAT', `No decoder for ${format}`, CONVERT, { format });
}

function beginning(bytes: Uint8Array): string {
  return quoteValue(String.fromCharCode(...bytes.subarray(0, 24)));
}

function decodeError(bytes: Uint8Array, format: ImageFormat, cause: unknown): ImageError {
  if (cause instanceof Error && cause.message.startsWith('timeout:')) {
    const what = `The ${format} takes more than ${MAX_SECONDS} s to decode`;
    const hint = 'Shrink it, or make a plain JPEG of it.';
    return new ImageError('DECODE_TIMEOUT', what, hint, { format, cause });
  }
  if (isTruncated(bytes, format)) {
    const what = `The ${format} ends after ${bytes.length} bytes, before the picture is complete`;
    return new ImageError('TRUNCATED', what, 'Get it again.', { format, cause });
  }
  if (cause instanceof Error && NOT_SUPPORTED.test(cause.message)) {
    const what = `No decoder for this kind of ${format}`;
    return new ImageError('UNSUPPORTED_FORMAT', what, CONVERT, { format, cause });
  }
  const what = `The ${format} cannot be decoded`;
  return new ImageError('CORRUPT', what, 'Get it again or skip it.', { format, cause });
}

let loading: Promise<LoadedSharp> | undefined;

function loadSharp(): Promise<LoadedSharp> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      loading = undefined;
      const hint = 'Install it: npm install sharp.';
      throw new MissingDependencyError('SHARP_MISSING', 'sharp cannot be loaded', hint, { cause });
    },
  );
  return loading;
}
