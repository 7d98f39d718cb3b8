import { LUMA_SIDE } from './planes.ts';
import { fitWarp, sampled, type Square, squareOf, type Warp } from './warp.ts';

/** A decoded preview at two resolutions. */
export interface Preview {
  fine: Square;
  coarse: Square;
}

/** Side of a preview, in pixels. */
const SIDE = LUMA_SIDE / 2;
/** Side of the windows that are compared one by one, in pixels, and their distance. */
const WINDOW = 8;
const WINDOW_STEP = 4;
/** A window counts if both pictures cover at least this many of its 64 pixels. */
const WINDOW_MIN = 48;
/**
 * Variance in squared levels that JPEG compression alone can cause; it is added to denominators.
 */
const NOISE = 4;
/** Share of the windows that may have been drawn over, and are left out. */
const ODD_SHARE = 0.4;
/** Penalty on the agreement if windows are left out. */
const ODD_PRICE = 0.02;
/** Share of one picture that must lie within the other. */
const MIN_COVER = 0.8;
/** Largest ratio of the areas at which the two pictures show the same content. */
const MAX_ZOOM = 2.5;
/** Agreement above which other alignments are not tried: they would gain little. */
const ENOUGH = 0.97;
/** Agreement from which the reverse direction is tried as well. */
const NEAR = 0.75;
/** Correlation of the coarse squares below which the fine ones are not tried. */
const ROUGH_MIN = 0.5;

/**
 * The preview of a picture: 32 x 32 brightness levels, one byte each, in base64.
 *
 * @param luma - 64 x 64, 0..255; see `planesOf`.
 */
export function previewOf(luma: Float64Array): string {
  const levels = Array.from(halved(luma), Math.round);
  return btoa(String.fromCharCode(...levels));
}

/** Whether a string has the form of a preview: 1024 bytes in base64. */
export function isPreview(text: string): boolean {
  return /^[A-Za-z0-9+/]{1366}==$/.test(text);
}

/** Decodes a preview for comparison; null if the string is not a preview. */
export function readPreview(text: string): Preview | null {
  if (!isPreview(text)) return null;
  return prepared(Float64Array.from(atob(text), (char) => char.charCodeAt(0)));
}

/**
 * How well two pictures agree where they overlap, 0..1, after one has been aligned with the other:
 * mirrored, shifted, scaled, rotated by a few degrees, made lighter or darker.
 *
 * It is the correlation of brightness within windows: over all of them, or over the 60 % that agree
 * best, so that text or a bar drawn over one picture doesn't matter. 0 if they can't be aligned.
 */
export function agreementOf(left: Preview, right: Preview): number {
  // Warping the whole picture onto a crop works better than the reverse.
  const first = agreementOnto(left, right);
  if (first < NEAR || first > ENOUGH) return first;
  return Math.max(first, agreementOnto(right, left));
}

function agreementOnto(left: Preview, right: Preview): number {
  const ways = [right, mirrored(right)].map((other) => roughFit(left, other, false));
  const plain = ways.reduce((a, b) => (b.correlation > a.correlation ? b : a));
  let best = 0;
  for (const { other, start, correlation } of [plain, roughFit(left, plain.other, true)]) {
    if (start === null || correlation < ROUGH_MIN || best > ENOUGH) continue;
    const warp = fitWarp(left.fine, other.fine, { start, iterations: 3, robust: true });
    if (warp !== null) best = Math.max(best, windowAgreement(left.fine, other.fine, warp));
  }
  return best;
}

interface RoughFit {
  other: Preview;
  start: Warp | null;
  /** Correlation of the coarse squares where both have pixels, -1..1. */
  correlation: number;
}

function roughFit(left: Preview, other: Preview, robust: boolean): RoughFit {
  const start = fitWarp(left.coarse, other.coarse, { iterations: 8, robust });
  if (start === null) return { other, start, correlation: -1 };
  const { side, values } = left.coarse;
  const moments = momentsOf(values, sampled(other.coarse.values, side, start), side);
  const correlation = moments.both / Math.sqrt(moments.own * moments.other + NOISE);
  return { other, start, correlation };
}

function mirrored({ fine: { values } }: Preview): Preview {
  return prepared(values.map((_, at) => values[at - 2 * (at % SIDE) + SIDE - 1]!));
}

function prepared(values: Float64Array): Preview {
  return { fine: squareOf(values), coarse: squareOf(smoothed(halved(values))) };
}

function windowAgreement(left: Square, right: Square, warp: Warp): number {
  const samples = sampled(right.values, SIDE, warp);
  const cover = samples.reduce((sum, sample) => sum + Number(!Number.isNaN(sample)), 0);
  const zoom = Math.abs(warp[1] * warp[5] - warp[2] * warp[4]);
  const share = (cover / samples.length) * Math.max(1, zoom);
  if (share < MIN_COVER || Math.max(zoom, 1 / zoom) > MAX_ZOOM) return 0;
  const total = { both: 0, own: 0, other: 0 };
  const each: number[] = [];
  for (let top = 0; top + WINDOW <= SIDE; top += WINDOW_STEP) {
    for (let start = 0; start + WINDOW <= SIDE; start += WINDOW_STEP) {
      const moments = momentsOf(left.values, samples, WINDOW, top * SIDE + start);
      if (moments.count < WINDOW_MIN) continue;
      const { both, own, other } = moments;
      total.both += both;
      total.own += own;
      total.other += other;
      each.push(both / Math.sqrt((own + NOISE) * (other + NOISE)));
    }
  }
  if (each.length === 0) return 0;
  each.sort((a, b) => a - b);
  const most = each[Math.floor(each.length * ODD_SHARE)]!;
  return Math.max(total.both / Math.sqrt(total.own * total.other + NOISE), most - ODD_PRICE);
}

interface Moments {
  /** Pixels that both pictures cover. */
  count: number;
  /** Covariance, and the variance of each. */
  both: number;
  own: number;
  other: number;
}

/**
 * Moments of the same `size` x `size` window of two equal squares; `from` is the index of its first
 * pixel.
 */
function momentsOf(left: Float64Array, right: Float64Array, size: number, from = 0): Moments {
  const side = Math.sqrt(left.length);
  let [count, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = from + row * side + column;
      const y = right[at]!;
      if (Number.isNaN(y)) continue;
      const x = left[at]!;
      count++;
      a += x;
      b += y;
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
  }
  return {
    count,
    both: (ab - (a * b) / count) / count,
    own: (aa - (a * a) / count) / count,
    other: (bb - (b * b) / count) / count,
  };
}

function halved(values: Float64Array): Float64Array {
  const side = Math.sqrt(values.length);
  return Float64Array.from({ length: values.length / 4 }, (_, at) => {
    const from = 4 * at - 2 * (at % (side / 2));
    return (
      (values[from]! + values[from + 1]! + values[from + side]! + values[from + side + 1]!) / 4
    );
  });
}

/** Smooths with the kernel 1 2 1 in both directions; edge pixels are repeated outwards. */
function smoothed(values: Float64Array): Float64Array {
  const side = Math.sqrt(values.length);
  const along = (from: Float64Array, step: number): Float64Array =>
    from.map((value, at) => {
      const place = Math.floor(at / step) % side;
      const before = place === 0 ? value : from[at - step]!;
      const after = place === side - 1 ? value : from[at + step]!;
      return (before + 2 * value + after) / 4;
    });
  return along(along(values, 1), side);
}
