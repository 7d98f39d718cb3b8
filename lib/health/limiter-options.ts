import { OptionError, quoteValue } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { Illness } from './illness.ts';

/** What may wait for what: autocomplete goes before images, images before batch. */
export type Priority = 'autocomplete' | 'images' | 'batch';

/** Every priority, most urgent first. */
export const PRIORITIES: readonly Priority[] = Object.freeze([
  'autocomplete',
  'images',
  'batch',
] as const);

/** How much a limiter lets through, for how long, and what it takes for an ill backend. */
export interface LimiterOptions {
  /** Least work in flight, also for a backend that is slow; 1 or more, default 1. */
  minLimit?: number;
  /** Most work in flight; default 200. */
  maxLimit?: number;
  /** Where the limit begins; low, so that the unloaded latency is seen first. Default 4. */
  initialLimit?: number;
  /** Most work that waits, of all priorities together; 0 or more, default 100. */
  maxQueue?: number;
  /** Milliseconds that work may wait for its turn; default 250, images 1000, batch 30000. */
  maxWaitMs?: Partial<Record<Priority, number>>;
  /** Milliseconds until work is given up as unanswered; default 5000, images 10000, batch 120000. */
  timeoutMs?: Partial<Record<Priority, number>>;
  /**
   * Pieces of work that may start in one turn of the event loop; default no bound. Give 1 where the
   * work runs on this thread, as with the embedded engine: requests that came in meanwhile are then
   * queued or refused at once, instead of waiting where nobody sees them.
   */
  perTurn?: number;
  /** Pieces of work in a row, unanswered, that open the circuit; default 5. */
  failuresToOpen?: number;
  /** Milliseconds between probes of a backend that does not answer; default 1000. */
  probeEveryMs?: number;
  /** Tells failures of the backend from those of the caller; default `illnessOf`. */
  illnessOf?: (error: unknown) => Illness;
  /** Default: the machine's. */
  clock?: Clock;
  /** Gives numbers in [0, 1), to spread `retryAfterSeconds`. */
  random?: () => number;
}

/** What holds where `LimiterOptions` are silent. Times are milliseconds. */
export const LIMITER_DEFAULTS: Readonly<{
  minLimit: number;
  maxLimit: number;
  initialLimit: number;
  maxQueue: number;
  perTurn: number;
  failuresToOpen: number;
  probeEveryMs: number;
  maxWaitMs: Readonly<Record<Priority, number>>;
  timeoutMs: Readonly<Record<Priority, number>>;
}> = Object.freeze({
  minLimit: 1,
  maxLimit: 200,
  initialLimit: 4,
  maxQueue: 100,
  perTurn: Infinity,
  failuresToOpen: 5,
  probeEveryMs: 1000,
  maxWaitMs: Object.freeze({ autocomplete: 250, images: 1000, batch: 30_000 }),
  timeoutMs: Object.freeze({ autocomplete: 5000, images: 10_000, batch: 120_000 }),
});

/** Options with every default filled in. */
export type LimiterSettings = typeof LIMITER_DEFAULTS;

/** @throws {OptionError} `LIMITER_OPTION_INVALID`. */
export function limiterSettings(options: LimiterOptions): LimiterSettings {
  const { maxWaitMs, timeoutMs } = LIMITER_DEFAULTS;
  const settings = {
    ...LIMITER_DEFAULTS,
    ...options,
    maxWaitMs: { ...maxWaitMs, ...options.maxWaitMs },
    timeoutMs: { ...timeoutMs, ...options.timeoutMs },
  };
  for (const name of ['minLimit', 'maxLimit', 'initialLimit', 'failuresToOpen'] as const) {
    check(name, settings[name], Number.isInteger(settings[name]) && settings[name] >= 1);
  }
  check('maxLimit', settings.maxLimit, settings.maxLimit >= settings.minLimit);
  check(
    'maxQueue',
    settings.maxQueue,
    Number.isInteger(settings.maxQueue) && settings.maxQueue >= 0,
  );
  check('perTurn', settings.perTurn, settings.perTurn >= 1);
  check('probeEveryMs', settings.probeEveryMs, settings.probeEveryMs > 0);
  for (const priority of PRIORITIES) {
    check(`maxWaitMs.${priority}`, settings.maxWaitMs[priority], settings.maxWaitMs[priority] >= 0);
    check(`timeoutMs.${priority}`, settings.timeoutMs[priority], settings.timeoutMs[priority] > 0);
  }
  return settings;
}

function check(name: string, value: number, fits: boolean): void {
  if (fits) return;
  throw new OptionError(
    'LIMITER_OPTION_INVALID',
    `${name} of a limiter can't be ${quoteValue(value)}`,
    'Limits are whole numbers from 1 on (maxQueue from 0), times are milliseconds over 0.',
  );
}
