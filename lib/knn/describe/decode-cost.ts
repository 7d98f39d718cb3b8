import type { ImageFormat } from './image-format.ts';

/** What a header says of a picture, as far as decoding costs by it. */
export interface PictureHeader {
  format: ImageFormat;
  width: number;
  height: number;
  /** Bands, with the one of transparency. */
  channels: number;
  /** Of one band of a pixel. */
  bytesPerBand: number;
  /** A progressive JPEG or an interlaced PNG, which is held whole until its end. */
  progressive: boolean;
  /** Such as `4:2:0`; null where it does not say. */
  subsampling: string | null;
}

/** Most bytes of memory that decoding may take, by estimate. */
export const MAX_DECODED_BYTES: number = 400 * 2 ** 20;
/** Longest side in pixels, that of JPEG: rows are decoded whole, and columns cost a step a row. */
export const MAX_SIDE = 65_535;
/**
 * Most pixels, for their time. A JPEG is shrunk while it is decoded, so those of telephones (200 megapixels) are
 * no more work than 50 of another format.
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
 * Bytes of memory that decoding the first frame takes, at the most.
 *
 * Measured with libvips by the growth of a fresh process, on 16 and 49 megapixels: JPEG 0.2 bytes a pixel,
 * progressive 4:4:4 6.2; PNG 1.4, interlaced 4.9 with 4 bytes a pixel and 9.9 with 8; AVIF 18. WebP without
 * loss, GIF and TIFF may hold the whole picture.
 */
export function decodedBytes(header: PictureHeader): number {
  return header.width * header.height * bytesPerPixel(header);
}

function bytesPerPixel(header: PictureHeader): number {
  const { format, channels, bytesPerBand, progressive, subsampling } = header;
  const whole = channels * bytesPerBand + 2;
  switch (format) {
    case 'jpeg':
      // Coefficients of two bytes, of a band that is halved both ways a quarter.
      return progressive ? (subsampling === '4:2:0' ? 3.5 : 2 * channels + 0.5) : 1;
    case 'png':
      return progressive ? whole : 2;
    case 'gif':
    case 'webp':
      return 8;
    case 'tiff':
      return whole;
    case 'bmp':
      // Four bytes a pixel, made by JavaScript.
      return 8;
    case 'avif':
      return 18;
  }
}
