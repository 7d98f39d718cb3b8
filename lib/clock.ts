/** The time of day, in milliseconds since 1970: for what others read. It may be set back. */
export function wallClock(): number {
  return Date.now();
}

/** Milliseconds since any fixed moment; never goes back: for how long something takes. */
export function steadyClock(): number {
  return performance.now();
}
