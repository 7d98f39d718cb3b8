import { createHash } from 'node:crypto';
import { flatShare } from './flat-share.ts';
import { blockHash, dctHash } from './hash.ts';
import { type Picture, type Raster, readPicture, type Shown } from './image.ts';
import { MAX_PIXELS } from './decode-cost.ts';
import type { ImageLimits } from './image-limits.ts';
import type { ImageFormat } from './image-format.ts';
import { areaOf, innerBox } from './inner.ts';
import { partsOf } from './parts.ts';
import { type Box, contentBox, type Planes, planesOf, wholeOf } from './planes.ts';
import { mirrorVector } from './poses.ts';
import { previewText, squareText } from './preview.ts';
import { MIN_QUALITY, qualityOf, vectorDistance, vectorOf } from './vector.ts';

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
  /** Number of frames: 1 unless animated. The first one is described, or a middle one if the first is plain. */
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
  /**
   * The same for the picture without its borders. These are flat, or a frame with text and icons, as on a telephone's
   * screen. Null also if it has none.
   */
  trimmed: number[] | null;
  /** Small brightness images of the whole and of the trimmed picture, as base64. */
  preview: string | null;
  /**
   * Parts of a collage, or of a picture with a bar: at most four, between seams that run from edge to edge. A
   * search asks for them too; documents keep them if `collages` is on.
   */
  parts: PicturePart[];
  /**
   * `TRUNCATED`, `CORRUPT`: the picture was salvaged. `TEXT_BEFORE`: text precedes it. `TOO_SMALL`, `TOO_NARROW`,
   * `TOO_PLAIN`: why it can't be compared.
   */
  warnings: string[];
}

/** A part of a picture, as a search asks for it. */
export interface PicturePart {
  vector: number[];
  /** 64 x 64 levels of brightness, as base64. */
  preview: string;
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
 * This process decodes it, and can't interrupt a decode. Use `decoderProcesses` for pictures that are not
 * your own.
 *
 * @param bytes - A whole JPEG, PNG, GIF, WebP, TIFF, AVIF or BMP file.
 * @param limits - maxPixels: default 200,000,000 for JPEG, 50,000,000 for others.
 *   salvage: describe what can be read of a damaged file, default true.
 * @throws {ImageError} `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`,
 *   `TOO_MANY_PIXELS`, `DECODE_TIMEOUT`, `TRUNCATED`, `CORRUPT`.
 * @throws {OptionError} `IMAGE_BYTES_INVALID`, `IMAGE_LIMIT_INVALID`.
 * @throws {MissingDependencyError} `SHARP_MISSING`.
 */
export async function describeImage(
  bytes: Uint8Array,
  limits: ImageLimits = {},
): Promise<ImageDescription> {
  const { picture, planes, quality } = await readShown(bytes, limits);
  const { format, width, height, frames, raster } = picture;
  const reason = plainness(picture, quality);
  const comparable = reason === null;
  const views = comparable ? viewsOf(raster, planes) : null;
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
    trimmed: null,
    preview: null,
    parts: [],
    ...views,
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

interface Read {
  picture: Picture;
  planes: Planes;
  quality: number;
}

/**
 * Reads the form of a picture that shows most: on white, unless nothing is visible then, as with white letters; and
 * the first frame, unless it is empty, as where an animation fades in.
 */
async function readShown(bytes: Uint8Array, limits: ImageLimits): Promise<Read> {
  const read = async (shown: Shown): Promise<Read> => {
    const picture = await readPicture(bytes, limits, shown);
    const planes = planesOf(picture.raster);
    return { picture, planes, quality: qualityOf(planes.luma) };
  };
  const first = await read({});
  if (plainness(first.picture, first.quality) !== 'TOO_PLAIN') return first;
  for (const shown of othersOf(first.picture)) {
    const other = await read(shown);
    if (other.quality >= MIN_QUALITY) return other;
  }
  return first;
}

function othersOf({ format, frames, width, height, transparent }: Picture): Shown[] {
  const backgrounds = transparent ? (['#fff', '#000'] as const) : (['#fff'] as const);
  // All frames before it are decoded too.
  const most = Math.floor(MAX_PIXELS[format] / (width * height)) - 1;
  const middle = format === 'tiff' ? 0 : Math.min(Math.floor(frames / 2), most);
  return [0, ...(middle > 0 ? [middle] : [])]
    .flatMap((frame) => backgrounds.map((background) => ({ frame, background })))
    .slice(1);
}

function plainness({ width, height }: Picture, quality: number): string | null {
  if (Math.min(width, height) < MIN_SIDE) return 'TOO_SMALL';
  if (Math.max(width, height) > MAX_ASPECT * Math.min(width, height)) return 'TOO_NARROW';
  return quality < MIN_QUALITY ? 'TOO_PLAIN' : null;
}

/** Views of a picture that are compared besides the whole. */
function viewsOf(
  raster: Raster,
  whole: Planes,
): Pick<ImageDescription, 'trimmed' | 'preview' | 'parts'> {
  const content = contentBox(raster);
  const inner = innerBox(raster, content ?? wholeOf(raster));
  const trimmed = planesIn(raster, inner, 'inner') ?? planesIn(raster, content, 'content');
  const box = trimmed?.box ?? wholeOf(raster);
  return {
    trimmed: trimmed && vectorOf(trimmed.planes),
    preview: previewText({
      flat: flatShare(raster),
      within: areaOf(box) / areaOf(wholeOf(raster)),
      whole: whole.luma,
      trimmed: trimmed && { kind: trimmed.kind, luma: trimmed.planes.luma },
      parts: [],
    }),
    parts: partsOf(raster, box).flatMap((part) => {
      const view = planesIn(raster, part, 'part');
      return view ? { vector: vectorOf(view.planes), preview: squareText(view.planes.luma) } : [];
    }),
  };
}

/** Null if there is too little in a box to compare. */
function planesIn<Kind extends string>(
  raster: Raster,
  box: Box | null,
  kind: Kind,
): { planes: Planes; box: Box; kind: Kind } | null {
  if (box === null) return null;
  const planes = planesOf(raster, box);
  return qualityOf(planes.luma) < MIN_QUALITY ? null : { planes, box, kind };
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
