/** A square of brightness levels and its gradients. */
export interface Square {
  side: number;
  /** Row by row. */
  values: Float64Array;
  /** Gradients to the right and downwards, in levels per half side. */
  right: Float64Array;
  down: Float64Array;
}

/**
 * An affine map from one square to another: x' = w0 + w1 x + w2 y, y' = w3 + w4 x + w5 y. Both have
 * the origin in the centre and their edges at -1 and 1.
 */
export type Warp = readonly [number, number, number, number, number, number];

const IDENTITY: Warp = Object.freeze([0, 1, 0, 0, 0, 1]);

/** Unknowns of a fit: contrast, brightness, and the six numbers of a warp. */
const UNKNOWNS = 8;
/** Largest change of a warp in one iteration, in half sides. */
const MAX_STEP = 0.25;
/** Change below which a fit has converged: 1/30 of a pixel at a side of 32. */
const DONE_STEP = 0.002;
/** Share of the target that the source must cover. */
const MIN_COVER = 0.25;
/** Relative ridge on the diagonal: directions that hardly matter stay put. */
const RIDGE = 1e-4;
/** Pivot below which the equations count as singular. */
const TINY = 1e-9;
/** Fitted contrast below which the squares have nothing in common. */
const MIN_CONTRAST = 0.05;
/** A residual of this many spreads has half the weight, so that overlays count less. */
const ODD_RESIDUAL = 1.2;

/** Computes the gradients of a square; `values` are side x side levels, row by row. */
export function squareOf(values: Float64Array): Square {
  const side = Math.sqrt(values.length);
  const right = new Float64Array(values.length);
  const down = new Float64Array(values.length);
  for (let y = 0, at = 0; y < side; y++) {
    const above = Math.max(0, y - 1);
    const below = Math.min(side - 1, y + 1);
    for (let x = 0; x < side; x++, at++) {
      const before = Math.max(0, x - 1);
      const after = Math.min(side - 1, x + 1);
      const [l, r] = [values[y * side + before]!, values[y * side + after]!];
      const [u, d] = [values[above * side + x]!, values[below * side + x]!];
      right[at] = (((r - l) / (after - before)) * side) / 2;
      down[at] = (((d - u) / (below - above)) * side) / 2;
    }
  }
  return { side, values, right, down };
}

/**
 * Samples a square at the warped pixels of an equal one, bilinearly; NaN outside of it.
 *
 * @param values - Side x side numbers, row by row.
 */
export function sampled(values: Float64Array, side: number, warp: Warp): Float64Array {
  const samples = new Float64Array(values.length).fill(NaN);
  const last = side - 1;
  for (let row = 0, at = 0; row < side; row++) {
    const v = (2 * row + 1) / side - 1;
    for (let column = 0; column < side; column++, at++) {
      const u = (2 * column + 1) / side - 1;
      const x = ((warp[0] + warp[1] * u + warp[2] * v + 1) * side - 1) / 2;
      const y = ((warp[3] + warp[4] * u + warp[5] * v + 1) * side - 1) / 2;
      if (x < -0.5 || y < -0.5 || x > last + 0.5 || y > last + 0.5) continue;
      // The outer half of the edge pixels repeats their value.
      const left = Math.min(Math.max(Math.floor(x), 0), last - 1);
      const top = Math.min(Math.max(Math.floor(y), 0), last - 1);
      const right = Math.min(Math.max(x - left, 0), 1);
      const below = Math.min(Math.max(y - top, 0), 1);
      const from = top * side + left;
      const upper = values[from]! * (1 - right) + values[from + 1]! * right;
      const lower = values[from + side]! * (1 - right) + values[from + side + 1]! * right;
      samples[at] = upper * (1 - below) + lower * below;
    }
  }
  return samples;
}

/**
 * Finds the warp under which one square agrees best with another, up to brightness and contrast;
 * null if there is none that an ordinary edit of a picture would cause.
 *
 * Uses Gauss-Newton iterations, so it finds solutions near the start only.
 *
 * @param target - The square whose pixels are looked up in `source`.
 * @param options - start: default the identity. robust: pixels that disagree count less, so that
 *   overlays don't distort the fit; leave it off while the start may be far away.
 */
export function fitWarp(
  target: Square,
  source: Square,
  options: { start?: Warp; iterations: number; robust: boolean },
): Warp | null {
  const { start = IDENTITY, iterations, robust } = options;
  let fit: Fit = { warp: start, contrast: 1, brightness: 0, spread: Infinity };
  for (let iteration = 0; iteration < iterations; iteration++) {
    const solution = solve(equationsOf(target, source, fit));
    if (solution === null) return null;
    const [contrast, brightness, ...moves] = solution.unknowns as [number, number, ...number[]];
    if (contrast < MIN_CONTRAST) return null;
    const steps = moves.map((move) => move / contrast);
    const longest = Math.max(...steps.map(Math.abs));
    const factor = Math.min(1, MAX_STEP / longest);
    const warp = fit.warp.map((value, at) => value + factor * steps[at]!) as unknown as Warp;
    if (!isEdit(warp)) return null;
    if (longest < DONE_STEP) return warp;
    const spread = robust ? Math.max(1, solution.spread) : Infinity;
    fit = { warp, contrast, brightness, spread };
  }
  return fit.warp;
}

interface Fit {
  warp: Warp;
  contrast: number;
  brightness: number;
  /** Root mean square of the residuals, in levels; infinite if all pixels count equally. */
  spread: number;
}

/** Normal equations of a least squares fit. */
interface Equations {
  /** 8 x 8, lower half. */
  matrix: Float64Array;
  vector: Float64Array;
  /** Sums of the weights, and of the weighted squares of the target values. */
  weight: number;
  square: number;
}

function equationsOf(target: Square, source: Square, fit: Fit): Equations | null {
  const { warp, contrast, brightness, spread } = fit;
  const { side } = target;
  const values = sampled(source.values, side, warp);
  const right = sampled(source.right, side, warp);
  const down = sampled(source.down, side, warp);
  const matrix = new Float64Array(UNKNOWNS * UNKNOWNS);
  const vector = new Float64Array(UNKNOWNS);
  const row = new Float64Array(UNKNOWNS);
  let [weight, square, count] = [0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    const goal = target.values[at]!;
    const u = (2 * (at % side) + 1) / side - 1;
    const v = (2 * Math.floor(at / side) + 1) / side - 1;
    const residual = (goal - contrast * value - brightness) / (ODD_RESIDUAL * spread);
    const own = 1 / (1 + residual * residual);
    row[0] = value;
    row[1] = 1;
    row[2] = right[at]!;
    row[3] = right[at]! * u;
    row[4] = right[at]! * v;
    row[5] = down[at]!;
    row[6] = down[at]! * u;
    row[7] = down[at]! * v;
    for (let i = 0; i < UNKNOWNS; i++) {
      const weighted = row[i]! * own;
      vector[i]! += weighted * goal;
      for (let j = 0; j <= i; j++) matrix[i * UNKNOWNS + j]! += weighted * row[j]!;
    }
    weight += own;
    square += own * goal * goal;
    count++;
  }
  return count < MIN_COVER * values.length ? null : { matrix, vector, weight, square };
}

/** Solves by Cholesky decomposition; null if the pixels don't determine all unknowns. */
function solve(equations: Equations | null): { unknowns: number[]; spread: number } | null {
  if (equations === null) return null;
  const { matrix, vector, weight, square } = equations;
  const n = UNKNOWNS;
  const root = matrix.slice();
  for (let j = 0; j < n; j++) {
    let diagonal = root[j * n + j]! * (1 + RIDGE);
    for (let k = 0; k < j; k++) diagonal -= root[j * n + k]! ** 2;
    if (!(diagonal > TINY)) return null;
    root[j * n + j] = Math.sqrt(diagonal);
    for (let i = j + 1; i < n; i++) {
      let sum = root[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= root[i * n + k]! * root[j * n + k]!;
      root[i * n + j] = sum / root[j * n + j]!;
    }
  }
  const unknowns = Array.from(vector);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) unknowns[i]! -= root[i * n + k]! * unknowns[k]!;
    unknowns[i]! /= root[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) unknowns[i]! -= root[k * n + i]! * unknowns[k]!;
    unknowns[i]! /= root[i * n + i]!;
  }
  const met = unknowns.reduce((sum, unknown, at) => sum + unknown * vector[at]!, 0);
  return { unknowns, spread: Math.sqrt(Math.max(0, square - met) / weight) };
}

/**
 * Whether an ordinary edit could be this warp: scaled by at most 2.5, shifted by at most half the
 * picture, rotated by at most about 20 degrees.
 */
function isEdit([x, xx, xy, y, yx, yy]: Warp): boolean {
  const width = Math.hypot(xx, yx);
  const height = Math.hypot(xy, yy);
  const slant = (xx * xy + yx * yy) / (width * height);
  return (
    Math.min(width, height) > 0.4 &&
    Math.max(width, height) < 2.5 &&
    Math.max(width / height, height / width) < 2 &&
    Math.abs(yx) < 0.35 * width &&
    Math.abs(xy) < 0.35 * height &&
    Math.abs(slant) < 0.3 &&
    Math.max(Math.abs(x), Math.abs(y)) < 1
  );
}
