import { CHROMA_COUNT, LUMA_COUNT } from './vector.ts';

/** One of the eight orientations of a picture, and whether light and dark are exchanged. */
export interface Pose {
  /** Rows become columns first; */
  transposed: boolean;
  /** then left and right are exchanged, */
  mirrored: boolean;
  /** and top and bottom. */
  flipped: boolean;
  inverted: boolean;
}

function pose(...changes: (keyof Pose)[]): Pose {
  const has = (name: keyof Pose): boolean => changes.includes(name);
  return {
    transposed: has('transposed'),
    mirrored: has('mirrored'),
    flipped: has('flipped'),
    inverted: has('inverted'),
  };
}

export const UPRIGHT: Pose = Object.freeze(pose());
/** As it is, and mirrored. */
export const PLAIN_POSES: readonly Pose[] = Object.freeze([UPRIGHT, pose('mirrored')]);
/** Turned by 90, 180 and 270 degrees, each also mirrored, and inverted, also mirrored. */
export const TURNED_POSES: readonly Pose[] = Object.freeze([
  pose('flipped'),
  pose('mirrored', 'flipped'),
  pose('transposed'),
  pose('transposed', 'mirrored'),
  pose('transposed', 'flipped'),
  pose('transposed', 'mirrored', 'flipped'),
  pose('inverted'),
  pose('inverted', 'mirrored'),
]);

/**
 * The vector of the mirrored picture (left and right exchanged), without decoding it again.
 *
 * @param vector - As returned by `vectorOf`. Not modified.
 */
export function mirrorVector(vector: readonly number[]): number[] {
  return posedVector(vector, PLAIN_POSES[1]!);
}

/** The vector of a picture in a pose, without decoding it again. */
export function posedVector(vector: readonly number[], pose: Pose): number[] {
  const luma = LUMA_COUNT ** 2;
  const chroma = CHROMA_COUNT ** 2;
  return [
    ...posedWaves(vector.slice(0, luma), 1, pose),
    ...posedWaves(vector.slice(luma, luma + chroma), 0, pose),
    ...posedWaves(vector.slice(luma + chroma), 0, pose),
  ];
}

/**
 * Frequencies of a picture in a pose. Exchanging left and right changes the sign of those that are odd across;
 * exchanging light and dark changes the sign of all.
 *
 * @param waves - Side x side, rows are vertical frequencies; the first has the number `first`.
 */
export function posedWaves(waves: ArrayLike<number>, first: number, pose: Pose): number[] {
  const { transposed, mirrored, flipped, inverted } = pose;
  const side = Math.sqrt(waves.length);
  return Array.from({ length: waves.length }, (_, at) => {
    const row = Math.floor(at / side);
    const column = at % side;
    const value = transposed ? waves[column * side + row]! : waves[at]!;
    const turns =
      Number(mirrored && (column + first) % 2 === 1) +
      Number(flipped && (row + first) % 2 === 1) +
      Number(inverted);
    return turns % 2 === 1 ? -value : value;
  });
}

/** A square of brightness levels (0..255) in a pose. */
export function posedSquare(levels: Float64Array, pose: Pose): Float64Array {
  const { transposed, mirrored, flipped, inverted } = pose;
  const side = Math.sqrt(levels.length);
  return levels.map((_, at) => {
    const column = at % side;
    const row = Math.floor(at / side);
    const x = mirrored ? side - 1 - column : column;
    const y = flipped ? side - 1 - row : row;
    const value = levels[transposed ? x * side + y : y * side + x]!;
    return inverted ? 255 - value : value;
  });
}
