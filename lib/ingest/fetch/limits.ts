import { type NumberOption, partOf, settle, type Spec, TIMER_MAX } from '../../options.ts';

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

const limit = (
  [min, byDefault]: readonly [min: 0 | 1, byDefault: number],
  help: string,
  unit?: string,
): NumberOption & { default: number } => ({
  type: 'whole',
  min,
  max: TIMER_MAX,
  default: byDefault,
  code: 'FETCH_LIMIT_INVALID',
  ...(unit === undefined ? {} : { unit }),
  help,
});

/** The limits of a fetch. */
export const FETCH_LIMITS_SPEC: Spec<Partial<FetchLimits>, keyof FetchLimits> = {
  code: 'FETCH_LIMIT_INVALID',
  options: {
    maxBytes: limit([1, 32 * 2 ** 20], 'largest body, both as sent and as decoded', 'bytes'),
    maxRedirects: limit([0, 5], 'redirects that are followed'),
    connectMs: limit([1, 10_000], 'from the start of a hop until it is connected', 'ms'),
    headersMs: limit([1, 15_000], 'from the connection to the end of the headers', 'ms'),
    // With `idleMs`: a body of less than 10 kB in 10 seconds is stalled.
    minBytesPerSecond: limit(
      [0, 1000],
      'a body that arrives more slowly counts as stalled',
      'bytes/s',
    ),
    idleMs: limit([1, 10_000], 'over which that rate is measured', 'ms'),
    totalMs: {
      ...limit([1, 60_000], 'for the whole fetch, redirects included', 'ms'),
      flag: '--timeout',
    },
  },
};

/**
 * Fills in the defaults and checks the limits; ignores other options of a fetch.
 *
 * @throws {OptionError} `FETCH_LIMIT_INVALID` if one is not a whole number or out of range.
 */
export function readLimits(given: Partial<FetchLimits>): FetchLimits {
  return settle(FETCH_LIMITS_SPEC, partOf(FETCH_LIMITS_SPEC, given));
}
