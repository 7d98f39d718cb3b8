import type { Raster } from './image.ts';

/** A rectangle in the pixels of a raster; right and bottom are exclusive. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * A picture stretched to squares, from which hashes and vectors are made. Brightness is 0..255;
 * colour differences are centred on 0.
 */
export interface Planes {
  /** 64 x 64 colours, three numbers each. */
  means: Float64Array;
  /** Brightness, 64 x 64. */
  luma: Float64Array;
  /** Blue difference (Cb), 32 x 32. */
  blue: Float64Array;
  /** Red difference (Cr), 32 x 32. */
  red: Float64Array;
}

/** Side of the brightness square. */
export const LUMA_SIDE = 64;
const CHROMA_SIDE = LUMA_SIDE / 2;
/**
 * Range of levels (of 255) within a line of a flat border, per channel: JPEG adds that much noise.
 */
const BORDER_RANGE = 14;
/** Most that is trimmed at each end, as a share of the side. */
const MAX_TRIM = 0.45;
/** Trimming less than this share of a side would give two nearly equal views. */
const MIN_TRIM = 0.02;

/** Computes the planes of a picture or of a part of it. */
export function planesOf(raster: Raster, box: Box = wholeOf(raster)): Planes {
  const means = meansOf(raster, box);
  const size = CHROMA_SIDE * CHROMA_SIDE;
  const planes: Planes = {
    means,
    luma: new Float64Array(LUMA_SIDE * LUMA_SIDE),
    blue: new Float64Array(size),
    red: new Float64Array(size),
  };
  for (let y = 0, from = 0; y < LUMA_SIDE; y++) {
    for (let x = 0; x < LUMA_SIDE; x++, from += 3) {
      const r = means[from]!;
      const b = means[from + 2]!;
      // ITU-R BT.601, as JPEG uses it.
      const luma = 0.299 * r + 0.587 * means[from + 1]! + 0.114 * b;
      planes.luma[y * LUMA_SIDE + x] = luma;
      const at = (y >> 1) * CHROMA_SIDE + (x >> 1);
      planes.blue[at]! += (0.564 * (b - luma)) / 4;
      planes.red[at]! += (0.713 * (r - luma)) / 4;
    }
  }
  return planes;
}

/** The part within the flat borders of a picture; null if there are none worth trimming. */
export function contentBox(raster: Raster): Box | null {
  const whole = wholeOf(raster);
  const box = { ...whole };
  const maxX = Math.floor(raster.width * MAX_TRIM);
  const maxY = Math.floor(raster.height * MAX_TRIM);
  for (let before = -1, trimmed = 0; before !== trimmed;) {
    before = trimmed;
    while (box.top < maxY && isFlat(raster, { ...box, bottom: box.top + 1 })) box.top++;
    while (whole.bottom - box.bottom < maxY && isFlat(raster, { ...box, top: box.bottom - 1 }))
      box.bottom--;
    while (box.left < maxX && isFlat(raster, { ...box, right: box.left + 1 })) box.left++;
    while (whole.right - box.right < maxX && isFlat(raster, { ...box, left: box.right - 1 }))
      box.right--;
    trimmed = box.top + box.left + (whole.bottom - box.bottom) + (whole.right - box.right);
  }
  const width = (box.right - box.left) / raster.width;
  const height = (box.bottom - box.top) / raster.height;
  return Math.min(width, height) > 1 - MIN_TRIM ? null : box;
}

/** All of a raster. */
export function wholeOf({ width, height }: Raster): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

function isFlat({ data, width }: Raster, { left, top, right, bottom }: Box): boolean {
  for (let channel = 0; channel < 3; channel++) {
    let low = 255;
    let high = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const value = data[(y * width + x) * 3 + channel]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (high - low > BORDER_RANGE) return false;
  }
  return true;
}

/** Mean colours of 64 x 64 equal cells of a box; a pixel on a cell's edge counts by its share. */
function meansOf({ data, width }: Raster, { left, top, right, bottom }: Box): Float64Array {
  const columns = cellsOf(right - left);
  const lineLength = (right - left) * 3;
  const means = new Float64Array(LUMA_SIDE * LUMA_SIDE * 3);
  let to = 0;
  for (const { from, weights } of cellsOf(bottom - top)) {
    const line = new Float64Array(lineLength);
    for (const [at, weight] of weights.entries()) {
      const start = ((top + from + at) * width + left) * 3;
      for (let x = 0; x < lineLength; x++) line[x]! += weight * data[start + x]!;
    }
    for (const { from, weights } of columns) {
      for (let at = 0, pixel = from * 3; at < weights.length; at++, pixel += 3) {
        const weight = weights[at]!;
        means[to]! += weight * line[pixel]!;
        means[to + 1]! += weight * line[pixel + 1]!;
        means[to + 2]! += weight * line[pixel + 2]!;
      }
      to += 3;
    }
  }
  return means;
}

/**
 * For each of 64 cells along a side: the first pixel it covers, and the weights of the pixels it
 * covers.
 */
function cellsOf(length: number): { from: number; weights: number[] }[] {
  const size = length / LUMA_SIDE;
  return Array.from({ length: LUMA_SIDE }, (_, cell) => {
    const low = cell * size;
    const high = low + size;
    const from = Math.floor(low);
    // Rounding may put the end slightly into the next pixel, or past the last one.
    const count = Math.ceil(high - 1e-9) - from;
    const weights = Array.from({ length: count }, (_, at) => {
      const covered = Math.min(high, from + at + 1) - Math.max(low, from + at);
      return covered / size;
    });
    return { from, weights };
  });
}
