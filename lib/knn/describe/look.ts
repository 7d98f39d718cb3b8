import { LUMA_SIDE } from './planes.ts';
import { fitWarp, sampled, squareOf, type Square, type Warp } from './warp.ts';

/** How well two pictures agree where they overlap, after one was aligned with the other. */
export interface Look {
  /** Correlation of slopes at 32 x 32, 0..1: over all, or in the 60 % of the windows that agree best. */
  coarse: number;
  /** The same over all at 64 x 64: details that look-alikes don't share. 0 if `coarse` is below 0.5. */
  fine: number;
  /**
   * The same at 32 x 32 in the middle half of each side, which a frame around both pictures does not reach; over all
   * if both are plain there.
   */
  middle: number;
  /** Whether there is enough to compare: the overlap is large, and a quarter of the windows have slopes. */
  enough: boolean;
}

const NOTHING: Look = Object.freeze({ coarse: 0, fine: 0, middle: 0, enough: false });

/** Side of the coarse squares, in pixels. */
const COARSE_SIDE = LUMA_SIDE / 2;
/** Windows have a quarter of the side, and begin every eighth: 49 in all. */
const WINDOWS = 4;
/** Fewest windows with slopes for which there is enough to compare. */
const WINDOWS_MIN = 12;
/** Share of a window that both pictures have to cover. */
const WINDOW_COVER = 0.6;
/** Share of one picture that must lie within the other. */
const MIN_COVER = 0.8;
/** Share of the windows that may have been drawn over, and are left out. */
const ODD_SHARE = 0.4;
/** Squared slopes that JPEG compression alone can cause, by pixel at 32 x 32. */
const NOISE = 6;
/** Correlation of the coarse squares below which the fine ones are not compared. */
const ROUGH_MIN = 0.5;
/** Agreement above which no other alignment is tried. */
const ENOUGH = 0.9;

/** A square at the three resolutions at which it is aligned. */
export interface Looked {
  fine: Square;
  middle: Square;
  small: Square;
}

/** Prepares a square of 64 x 64 brightness levels for looks. */
export function looked(luma: Float64Array): Looked {
  const middle = halved(luma);
  return {
    fine: squareOf(luma),
    middle: squareOf(middle),
    small: squareOf(smoothed(halved(middle))),
  };
}

/**
 * Aligns the second picture with the first one (shifts, scales, turns it by a few degrees, makes it lighter or
 * darker) and compares their slopes, not their brightness. So neither tone curves nor large even areas count.
 */
export function lookAt(target: Looked, source: Looked): Look {
  let best: { look: Compared; warp: Warp } | null = null;
  for (const robust of [false, true]) {
    const start = fitWarp(target.small, source.small, { iterations: 8, robust });
    const warp =
      start && fitWarp(target.middle, source.middle, { start, iterations: 3, robust: true });
    if (!warp) continue;
    const look = compared(target.middle, source.middle, warp);
    if (!best || look.most > best.look.most) best = { look, warp };
    if (best.look.most > ENOUGH) break;
  }
  if (!best) return NOTHING;
  const coarse = Math.max(0, best.look.all, best.look.most);
  const middle = Math.max(0, best.look.middle);
  const enough = best.look.cover >= MIN_COVER && best.look.windows >= WINDOWS_MIN;
  if (coarse < ROUGH_MIN) return { coarse, fine: 0, middle, enough };
  const options = { start: best.warp, iterations: 2, robust: true };
  const warp = fitWarp(target.fine, source.fine, options) ?? best.warp;
  const { all } = compared(target.fine, source.fine, warp);
  return { coarse, fine: Math.max(0, all), middle, enough };
}

interface Compared {
  /** Correlation of slopes over all windows; and that of the window at 40 % of their order. */
  all: number;
  most: number;
  /** Over those with slopes that lie in the middle half of each side; over all if there are none. */
  middle: number;
  /** Windows that have slopes. */
  windows: number;
  /** Share of the smaller picture that lies in the other. */
  cover: number;
}

function compared(target: Square, source: Square, warp: Warp): Compared {
  const { side } = target;
  const samples = sampled(source.values, side, warp);
  const [own, other] = [slopesOf(target.values), slopesOf(samples)];
  const inside = samples.reduce((sum, sample) => sum + Number(!Number.isNaN(sample)), 0);
  const zoom = Math.abs(warp[1] * warp[5] - warp[2] * warp[4]);
  const size = side / WINDOWS;
  const noise = side === COARSE_SIDE ? NOISE : NOISE / 2;
  const total = { both: 0, own: 0, other: 0 };
  const middle = { both: 0, own: 0, other: 0 };
  const isInner = (from: number): boolean => from >= side / 4 && from + size <= (side * 3) / 4;
  const each: number[] = [];
  for (let top = 0; top + size <= side; top += size / 2) {
    for (let left = 0; left + size <= side; left += size / 2) {
      const sums = sumsOf(own, other, { side, size, from: top * side + left });
      if (sums.count < WINDOW_COVER * size * size) continue;
      addSums(total, sums);
      const quiet = noise * sums.count;
      // A window that is plain in both says nothing.
      if (Math.max(sums.own, sums.other) < quiet) continue;
      if (isInner(top) && isInner(left)) addSums(middle, sums);
      each.push(sums.both / Math.sqrt((sums.own + quiet / 4) * (sums.other + quiet / 4)));
    }
  }
  const cover = (inside / samples.length) * Math.max(1, zoom);
  if (each.length === 0) return { all: 0, most: 0, middle: 0, windows: 0, cover };
  each.sort((a, b) => a - b);
  return {
    all: correlation(total),
    middle: correlation(middle.own + middle.other === 0 ? total : middle),
    most: each[Math.floor(each.length * ODD_SHARE)]!,
    windows: each.length,
    cover,
  };
}

interface Sums {
  both: number;
  own: number;
  other: number;
}

function addSums(to: Sums, { both, own, other }: Sums): void {
  to.both += both;
  to.own += own;
  to.other += other;
}

/** 0 where either has no slopes. */
function correlation({ both, own, other }: Sums): number {
  return own === 0 || other === 0 ? 0 : both / Math.sqrt(own * other);
}

/** Sums of products of slopes within a window, over the pixels that both pictures have. */
function sumsOf(
  own: Float64Array,
  other: Float64Array,
  { side, size, from }: { side: number; size: number; from: number },
): Sums & { count: number } {
  const sums = { count: 0, both: 0, own: 0, other: 0 };
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = 2 * (from + row * side + column);
      const [a, b, c, d] = [own[at]!, own[at + 1]!, other[at]!, other[at + 1]!];
      if (Number.isNaN(c + d)) continue;
      sums.count++;
      sums.both += a * c + b * d;
      sums.own += a * a + b * b;
      sums.other += c * c + d * d;
    }
  }
  return sums;
}

/** Slopes to the right and downwards, scaled to the square root of their length: edges of all strengths count. */
function slopesOf(values: Float64Array): Float64Array {
  const side = Math.sqrt(values.length);
  const slopes = new Float64Array(2 * values.length);
  for (let y = 0, at = 0; y < side; y++) {
    const [above, below] = [Math.max(0, y - 1) * side, Math.min(side - 1, y + 1) * side];
    for (let x = 0; x < side; x++, at++) {
      const [before, after] = [Math.max(0, x - 1), Math.min(side - 1, x + 1)];
      const right = values[y * side + after]! - values[y * side + before]!;
      const down = values[below + x]! - values[above + x]!;
      const root = Math.sqrt(Math.hypot(right, down)) || 1;
      slopes[2 * at] = right / root;
      slopes[2 * at + 1] = down / root;
    }
  }
  return slopes;
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
