import { OptionError, quoteValue } from '../../errors.ts';

/** Limits of a fetch; times in milliseconds. */
export interface FetchLimits {
  /** Most bytes of the body, both as sent and as decoded. */
  maxBytes: number;
  /** Most redirects that are followed. */
  maxRedirects: number;
  /** From the start of a hop until it is connected, including DNS and TLS. */
  connectMs: number;
  /** From the connection to the end of the headers. */
  headersMs: number;
  /**
   * A body that arrives more slowly, in bytes per second as sent, counts as stalled; 0 allows any
   * rate.
   */
  minBytesPerSecond: number;
  /** Interval over which that rate is measured. */
  idleMs: number;
  /** For the whole fetch, redirects included. */
  totalMs: number;
}

/** Default limits of a fetch. */
export const FETCH_DEFAULTS: Readonly<FetchLimits> = Object.freeze({
  /** 32 MiB. */
  maxBytes: 33_554_432,
  maxRedirects: 5,
  connectMs: 10_000,
  headersMs: 15_000,
  /** With `idleMs`: a body of less than 10 kB in 10 seconds is stalled. */
  minBytesPerSecond: 1000,
  idleMs: 10_000,
  totalMs: 60_000,
});

/** Smallest values of the limits that may be 0; all others start at 1. */
const LEAST: Partial<FetchLimits> = { maxRedirects: 0, minBytesPerSecond: 0 };
/** Node's timers take 31 bits; with larger values they fire at once. */
const MOST = 2 ** 31 - 1;

/**
 * Fills in the defaults and checks the limits.
 *
 * @throws {OptionError} `FETCH_LIMIT_INVALID` if one is not a whole number or out of range.
 */
export function readLimits(given: Partial<FetchLimits>): FetchLimits {
  const limits = { ...FETCH_DEFAULTS };
  for (const name of Object.keys(limits) as (keyof FetchLimits)[]) {
    const value = given[name] ?? limits[name];
    const least = LEAST[name] ?? 1;
    if (!Number.isInteger(value) || value < least || value > MOST) {
      const what = `${name} ${quoteValue(value)} is not a valid limit`;
      const hint = `Use a whole number from ${least} to ${MOST}.`;
      throw new OptionError('FETCH_LIMIT_INVALID', what, hint);
    }
    limits[name] = value;
  }
  return limits;
}
