import type Sharp from 'sharp';
import { MissingDependencyError, OptionError, quoteValue } from '../../errors.ts';
import { checkOptions } from '../../options.ts';
import {
  decodedBytes,
  MAX_DECODED_BYTES,
  MAX_PIXELS,
  MAX_SIDE,
  type PictureHeader,
} from './decode-cost.ts';
import { ImageError } from './image-error.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from './image-limits.ts';
import { withoutText } from './png-text.ts';
import { MAKE_THUMBNAIL_SPEC, type MakeThumbnailOptions } from './thumbnail-options.ts';
import {
  type ImageFormat,
  isReadableFormat,
  isTruncated,
  pictureStart,
  sniffFormat,
} from './image-format.ts';

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
  /** Number of frames: 1 unless animated. Only one is decoded. */
  frames: number;
  /** The whole picture, oriented, on its background, each side shrunk to at most 256 pixels. */
  raster: Raster;
  /** Whether the background shows through it. */
  transparent: boolean;
  /** `TRUNCATED` or `CORRUPT` if the picture was salvaged; `TEXT_BEFORE` if text precedes it. */
  warnings: string[];
}

/** Which frame of a picture is decoded, and on which background. */
export interface Shown {
  /** Default white. */
  background?: '#fff' | '#000';
  /** Frame of a GIF or WebP, from 0, the default. */
  frame?: number;
}

/** Longest side of a raster, in pixels. */
const RASTER_SIDE = 256;
/** Compression quality of thumbnails, 1..100. */
const QUALITY = 75;
/** Seconds after which the decoder gives up. */
const MAX_SECONDS = 20;
const CONVERT = 'Convert it to JPEG, PNG, GIF, WebP, TIFF, AVIF or BMP.';
/** Messages of decoders about pictures that they can't read, such as JPEG of 12 bits. */
const NOT_SUPPORTED = /unsupported|not supported|not implemented|no codec|unknown compression/i;
/** Why SVG is refused although a decoder exists. */
const SVG_HINT = 'An SVG can read files and take any time to draw; convert it to PNG.';

/**
 * Decodes a frame of a picture, and reads its format and size.
 *
 * The format is detected from the bytes, never from a file name or a Content-Type.
 *
 * @param bytes - A whole JPEG, PNG, GIF, WebP, TIFF, AVIF or BMP file.
 * @throws {ImageError} `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`,
 *   `TOO_MANY_PIXELS`, `DECODE_TIMEOUT`, `TRUNCATED`, `CORRUPT`.
 * @throws {OptionError} `IMAGE_BYTES_INVALID`, `IMAGE_LIMIT_INVALID`.
 * @throws {MissingDependencyError} `SHARP_MISSING`.
 */
export async function readPicture(
  bytes: Uint8Array,
  limits: ImageLimits = {},
  shown: Shown = {},
): Promise<Picture> {
  checkOptions(IMAGE_LIMITS_SPEC, limits);
  const source = await openPicture(bytes, limits);
  const { format, width, height, frames, transparent } = source;
  // Never enlarge: libvips would shift the picture by half a pixel, and mirror images would differ.
  const size = { width: Math.min(width, RASTER_SIDE), height: Math.min(height, RASTER_SIDE) };
  const { value: data, warnings } = await source.run((failOn) =>
    source
      .decoder(failOn, shown)
      .resize({ ...size, fit: 'fill' })
      .raw()
      .toBuffer(),
  );
  const raster = { ...size, data };
  return { format, width, height, frames, raster, transparent, warnings };
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
  const { width, height, format, quality = QUALITY, sharpen, gamma } = options;
  const source = await openPicture(bytes, options);
  const { value } = await source.run((failOn) => {
    const decoder = source.decoder(failOn, { background: format === 'webp' ? null : '#fff' });
    if (gamma !== undefined) decoder.gamma(gamma);
    const small = decoder.resize(width, height, { fit: 'inside', withoutEnlargement: true });
    if (sharpen !== undefined) small.sharpen({ sigma: sharpen });
    return (format === 'webp' ? small.webp({ quality }) : small.jpeg({ quality })).toBuffer();
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
  transparent: boolean;
  decoder: (
    failOn: FailOn,
    options?: { background?: string | null; frame?: number },
  ) => ReturnType<LoadedSharp>;
  run: <T>(decode: (failOn: FailOn) => Promise<T>) => Promise<{ value: T; warnings: string[] }>;
}

async function openPicture(file: Uint8Array, limits: ImageLimits): Promise<PictureSource> {
  const { maxPixels, salvage = true } = limits;
  const format = checkFormat(file);
  const sharp = await loadSharp();
  const start = pictureStart(file);
  const own = file.subarray(start);
  const bytes = format === 'png' ? withoutText(own) : own;
  const before = start === 0 ? [] : ['TEXT_BEFORE'];
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
    transparent: metadata.hasAlpha,
    decoder(failOn, { background = '#fff', frame = 0 } = {}) {
      const page = frame === 0 ? {} : { page: frame };
      const decoder = sharp(bytes, { failOn, limitInputPixels: false, autoOrient: true, ...page });
      const flat = background === null ? decoder : decoder.flatten({ background });
      return flat.toColourspace('srgb').timeout({ seconds: MAX_SECONDS });
    },
    async run(decode) {
      try {
        return { value: await decode('warning'), warnings: before };
      } catch (cause) {
        const error = fail(cause);
        if (!salvage || error.code === 'DECODE_TIMEOUT') throw error;
        const value = await decode('none').catch(() => {
          throw error;
        });
        return { value, warnings: [...before, error.code] };
      }
    },
  };
}

/** Decodes BMP here, since libvips can't read it. */
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
      ...{ format, width, height, frames: 1, transparent: false },
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
