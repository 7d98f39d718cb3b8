/** Basis rows of the orthonormal DCT-II, by side of the square. */
const bases = new Map<number, Float64Array>();

/**
 * Coefficients of the two-dimensional DCT-II of a square: `count` x `count` frequencies starting at
 * `first`, row by row. Rows are vertical frequencies, columns horizontal ones.
 *
 * @param square - Side x side numbers, row by row.
 * @param range - first + count must not exceed the side.
 */
export function lowFrequencies(
  square: Float64Array,
  range: { first: number; count: number },
): Float64Array {
  const { first, count } = range;
  const side = Math.sqrt(square.length);
  const basis = basisOf(side);
  const half = new Float64Array(side * count);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < count; u++) {
      const row = (u + first) * side;
      let sum = 0;
      for (let x = 0; x < side; x++) sum += square[y * side + x]! * basis[row + x]!;
      half[y * count + u] = sum;
    }
  }
  const result = new Float64Array(count * count);
  for (let v = 0; v < count; v++) {
    const row = (v + first) * side;
    for (let u = 0; u < count; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += half[y * count + u]! * basis[row + y]!;
      result[v * count + u] = sum;
    }
  }
  return result;
}

function basisOf(side: number): Float64Array {
  let basis = bases.get(side);
  if (basis !== undefined) return basis;
  basis = new Float64Array(side * side);
  for (let frequency = 0; frequency < side; frequency++) {
    const scale = Math.sqrt((frequency === 0 ? 1 : 2) / side);
    for (let at = 0; at < side; at++) {
      basis[frequency * side + at] =
        scale * Math.cos((Math.PI * (2 * at + 1) * frequency) / (2 * side));
    }
  }
  bases.set(side, basis);
  return basis;
}
