/** Time as the parts of this folder see it; tests pass one that they turn by hand. */
export interface Clock {
  /** Milliseconds since any fixed moment; never goes back. */
  now(): number;
  /** Calls `run` once, in `ms` milliseconds at the earliest. @returns What cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's own clock. Its timers don't keep a process alive. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
});
