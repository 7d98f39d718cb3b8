import { steadyClock } from '../clock.ts';

/** The clock that this folder uses; tests pass one that they advance by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment; never decreases. */
  steadyNow(): number;
  /** Calls `run` once, after at least `ms` milliseconds. @returns A function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the machine. Its timers don't keep the process alive. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  steadyNow: steadyClock,
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
});
