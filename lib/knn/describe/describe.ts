import { createHash } from 'node:crypto';
import { previewOf } from './alignment.ts';
import { blockHash, dctHash } from './hash.ts';
import { type ImageLimits, type Picture, type Raster, readPicture } from './image.ts';
import type { ImageFormat } from './image-format.ts';
import { contentBox, type Planes, planesOf } from './planes.ts';
import { mirrorVector, MIN_QUALITY, qualityOf, vectorDistance, vectorOf } from './vector.ts';

/** Everything suoyin derives from the bytes of a picture. */
export interface ImageDescription {
  /** SHA-256 of the bytes: 64 hexadecimal digits. */
  sha256: string;
  /** Length of the file in bytes. */
  bytes: number;
  format: ImageFormat;
  /** Pixels as displayed, after the orientation in the file is applied. */
  width: number;
  height: number;
  /** Number of frames: 1 unless animated. Only the first is described. */
  frames: number;
  /** Mean colour, `#rrggbb`. */
  color: string;
  /** How much there is to compare, 0..100. */
  quality: number;
  /** 64 hexadecimal digits. Null, like the fields below, if there is too little to compare. */
  blockhash: string | null;
  /** 64 hexadecimal digits. */
  dctHash: string | null;
  /** 132 numbers of unit length, of the whole picture. */
  vector: number[] | null;
  /** The same for the picture without its borders; null also if it has none. */
  trimmed: number[] | null;
  /** Small brightness image of the picture without its borders; see `previewOf`. */
  preview: string | null;
  /**
   * `TRUNCATED`, `CORRUPT`: the picture was salvaged. `TOO_SMALL`, `TOO_NARROW`, `TOO_PLAIN`: why
   * it can't be compared.
   */
  warnings: string[];
}

/** Pictures with a shorter side, in pixels, are not compared. */
const MIN_SIDE = 16;
/** Pictures with a larger ratio of the sides are not compared. */
const MAX_ASPECT = 20;
/** Distance below which two views of one picture would find the same pictures. */
const SAME_VIEW = 0.01;

/**
 * The description of a picture: hash of its bytes, size, colour, perceptual hashes and vectors.
 *
 * A picture with too little to compare is not an error: its hashes and vectors are null, and it can
 * be found by its bytes only.
 *
 * It is read in this process, where a decode can't be ended; see `decoderProcesses` for pictures that are not
 * your own.
 *
 * @param bytes - A whole JPEG, PNG, GIF, WebP, TIFF or AVIF file.
 * @param limits - maxPixels: default 200,000,000 for JPEG, 50,000,000 for others.
 *   salvage: describe what can be read of a damaged file, default false.
 * @throws {ImageError} `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`,
 *   `TOO_MANY_PIXELS`, `DECODE_TIMEOUT`, `TRUNCATED`, `CORRUPT`.
 * @throws {OptionError} `IMAGE_BYTES_INVALID`, `IMAGE_LIMIT_INVALID`.
 * @throws {MissingDependencyError} `SHARP_MISSING`.
 */
export async function describeImage(
  bytes: Uint8Array,
  limits: ImageLimits = {},
): Promise<ImageDescription> {
  const picture = await readPicture(bytes, limits);
  const { format, width, height, frames, raster } = picture;
  const planes = planesOf(raster);
  const quality = qualityOf(planes.luma);
  const reason = plainness(picture, quality);
  const comparable = reason === null;
  const content = comparable ? contentPlanes(raster) : null;
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    format,
    width,
    height,
    frames,
    color: meanColor(planes.means),
    quality,
    blockhash: comparable ? blockHash(planes.means) : null,
    dctHash: comparable ? dctHash(planes.luma) : null,
    vector: comparable ? vectorOf(planes) : null,
    trimmed: content && vectorOf(content),
    preview: comparable ? previewOf((content ?? planes).luma) : null,
    warnings: comparable ? picture.warnings : [...picture.warnings, reason],
  };
}

/**
 * The vectors that a query looks up: the whole picture, its mirror image, and both again without
 * borders.
 *
 * The distance of two pictures is that of their nearest pair of views: compare each of these with
 * the stored `vector` and `trimmed`.
 *
 * @returns At most four vectors, without near-equal ones; `[]` for a picture without a vector.
 */
export function queryViews(description: Pick<ImageDescription, 'vector' | 'trimmed'>): number[][] {
  const views: number[][] = [];
  for (const vector of [description.vector, description.trimmed]) {
    if (vector === null) continue;
    for (const view of [vector, mirrorVector(vector)]) {
      if (views.every((other) => vectorDistance(view, other) >= SAME_VIEW)) views.push(view);
    }
  }
  return views;
}

function plainness({ width, height }: Picture, quality: number): string | null {
  if (Math.min(width, height) < MIN_SIDE) return 'TOO_SMALL';
  if (Math.max(width, height) > MAX_ASPECT * Math.min(width, height)) return 'TOO_NARROW';
  return quality < MIN_QUALITY ? 'TOO_PLAIN' : null;
}

/** Null if a picture has no borders, or too little content within them. */
function contentPlanes(raster: Raster): Planes | null {
  const box = contentBox(raster);
  if (box === null) return null;
  const planes = planesOf(raster, box);
  return qualityOf(planes.luma) < MIN_QUALITY ? null : planes;
}

function meanColor(means: Float64Array): string {
  const sums = [0, 0, 0];
  for (let at = 0; at < means.length; at++) sums[at % 3]! += means[at]!;
  const mean = (sum: number): string =>
    Math.round((sum * 3) / means.length)
      .toString(16)
      .padStart(2, '0');
  return `#${sums.map(mean).join('')}`;
}
