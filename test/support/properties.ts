/** Most runs of a property: FC_RUNS, where that is a number. */
export const MOST_RUNS: number = Number(process.env['FC_RUNS'] ?? NaN) || Infinity;

/** Runs of a property that says how many it wants. */
export function runs(wanted: number): number {
  return Math.min(wanted, MOST_RUNS);
}
