/** Rounds a score or an importance to four decimals. */
export function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
