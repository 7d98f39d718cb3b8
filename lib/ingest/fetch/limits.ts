import { OptionError, quoteValue } from '../../errors.ts';

/** Limits of a fetch; times in milliseconds. */
export interface FetchLimits {
  /** Bytes of the body at most, as sent and as decoded. */
  maxBytes: number;
  /** Redirects followed at most. */
  maxRedirects: number;
  /** From the start of a hop to its connection, name look-up and TLS included. */
  connectMs: number;
  /** From the connection to the end of the headers. */
  headersMs: number;
  /** Bytes a second, as sent, below which a body counts as stalled; 0 for any. */
  minBytesPerSecond: number;
  /** Over how long that rate is taken. */
  idleMs: number;
  /** For everything, redirects included. */
  totalMs: number;
}

/** Limits of a fetch where none are given. */
export const FETCH_DEFAULTS: Readonly<FetchLimits> = Object.freeze({
  /** 32 MiB. */
  maxBytes: 33_554_432,
  maxRedirects: 5,
  connectMs: 10_000,
  headersMs: 15_000,
  /** With the next: stalled at under 10 kB in 10 seconds. */
  minBytesPerSecond: 1000,
  idleMs: 10_000,
  totalMs: 60_000,
});

/** The smallest value of the limits that are not counted from 1. */
const LEAST: Partial<FetchLimits> = { maxRedirects: 0, minBytesPerSecond: 0 };
/** Node's timers hold 31 bits and fire at once beyond. */
const MOST = 2 ** 31 - 1;

/**
 * Limits with the defaults filled in.
 *
 * @throws {OptionError} `FETCH_LIMIT_INVALID` when one is no whole number or out of range.
 */
export function readLimits(given: Partial<FetchLimits>): FetchLimits {
  const limits = { ...FETCH_DEFAULTS };
  for (const name of Object.keys(limits) as (keyof FetchLimits)[]) {
    const value = given[name] ?? limits[name];
    const least = LEAST[name] ?? 1;
    if (!Number.isInteger(value) || value < least || value > MOST) {
      const what = `${name} ${quoteValue(value)} is no limit`;
      const hint = `Use a whole number from ${least} to ${MOST}.`;
      throw new OptionError('FETCH_LIMIT_INVALID', what, hint);
    }
    limits[name] = value;
  }
  return limits;
}
