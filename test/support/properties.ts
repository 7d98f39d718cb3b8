/** Most runs of a property: FC_RUNS, where that is a number. */
export const MOST_RUNS: number = Number(process.env['FC_RUNS'] ?? NaN) || Infinity;

/** Number of runs of a property that states how many it wants, and how many it needs to mean anything. */
export function runs(wanted: number, needed = 0): number {
  return Math.max(Math.min(wanted, MOST_RUNS), needed);
}

/** Size of a test's data: `all` if properties run as often as they say, else `few`. */
export function sized(all: number, few: number): number {
  return MOST_RUNS === Infinity ? all : few;
}
