import type { ImageFormat } from './image-format.ts';

/** Facts in the header of a picture that decide the cost of decoding it. */
export interface PictureHeader {
  format: ImageFormat;
  width: number;
  height: number;
  /** Bands, including transparency. */
  channels: number;
  /** Bytes of one pixel in one band. */
  bytesPerBand: number;
  /** A progressive JPEG or an interlaced PNG, which is in memory as a whole until its end. */
  progressive: boolean;
  /** Such as `4:2:0`; null if the header does not say. */
  subsampling: string | null;
}

/** Most bytes of memory that decoding may take, by estimate. */
export const MAX_DECODED_BYTES: number = 400 * 2 ** 20;
/** Longest side in pixels, that of JPEG: rows are decoded whole, and columns cost one step per row. */
export const MAX_SIDE = 65_535;
/**
 * Most pixels, which bounds the time. A JPEG is shrunk while it is decoded, so that 200 megapixels from a telephone
 * are no more work than 50 in another format.
 */
export const MAX_PIXELS: Readonly<Record<ImageFormat, number>> = Object.freeze({
  jpeg: 200_000_000,
  png: 50_000_000,
  gif: 50_000_000,
  webp: 50_000_000,
  tiff: 50_000_000,
  avif: 50_000_000,
  bmp: 50_000_000,
});

/**
 * Upper bound of the bytes of memory that decoding the first frame takes.
 *
 * Measured with libvips as the growth of a fresh process, on 16 and 49 megapixels. Bytes per pixel: JPEG 0.2,
 * progressive 4:4:4 6.2; PNG 1.4, interlaced 4.9 for pixels of 4 bytes and 9.9 for 8; AVIF 18. Lossless WebP, GIF
 * and TIFF may hold the whole picture.
 */
export function decodedBytes(header: PictureHeader): number {
  return header.width * header.height * bytesPerPixel(header);
}

function bytesPerPixel(header: PictureHeader): number {
  const { format, channels, bytesPerBand, progressive, subsampling } = header;
  const whole = channels * bytesPerBand + 2;
  switch (format) {
    case 'jpeg':
      // Coefficients of two bytes; a band that is halved in both directions has a quarter of them.
      return progressive ? (subsampling === '4:2:0' ? 3.5 : 2 * channels + 0.5) : 1;
    case 'png':
      return progressive ? whole : 2;
    case 'gif':
    case 'webp':
      return 8;
    case 'tiff':
      return whole;
    case 'bmp':
      // Four bytes per pixel, decoded in JavaScript.
      return 8;
    case 'avif':
      return 18;
  }
}
