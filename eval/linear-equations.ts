/**
 * Solves `matrix` x = `values` by elimination; the matrix must be symmetric and positive definite.
 */
export function solve(matrix: readonly (readonly number[])[], values: readonly number[]): number[] {
  const size = values.length;
  const rows = matrix.map((row, index) => [...row, values[index]!]);
  for (let at = 0; at < size; at++) {
    const pivot = rows[at]!;
    for (let below = at + 1; below < size; below++) {
      const row = rows[below]!;
      const factor = row[at]! / pivot[at]!;
      if (factor !== 0)
        for (let column = at; column <= size; column++) row[column]! -= factor * pivot[column]!;
    }
  }
  const found = new Array<number>(size).fill(0);
  for (let at = size - 1; at >= 0; at--) {
    const row = rows[at]!;
    let rest = row[size]!;
    for (let column = at + 1; column < size; column++) rest -= row[column]! * found[column]!;
    found[at] = rest / row[at]!;
  }
  return found;
}
