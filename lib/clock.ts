/**
 * The time of day in milliseconds since 1970, for times that are stored or shown. It may be set
 * back.
 */
export function wallClock(): number {
  return Date.now();
}

/** Milliseconds since some fixed moment, for durations. It never goes back. */
export function steadyClock(): number {
  return performance.now();
}
