import { OptionError } from '../errors.ts';
import {
  defaultsOf,
  type NumberOption,
  type ObjectOption,
  OPTION_INVALID,
  settle,
  SIGNAL,
  type Spec,
  TIMER_MAX,
} from '../options.ts';
import type { Clock } from './clock.ts';
import type { Illness } from './illness.ts';

/** Kinds of work by urgency: autocomplete goes before images, images before batch. */
export type Priority = 'autocomplete' | 'images' | 'batch';

/** Every priority, most urgent first. */
export const PRIORITIES: readonly Priority[] = Object.freeze([
  'autocomplete',
  'images',
  'batch',
] as const);

/** How much work a limiter admits, for how long, and which failures it blames on the backend. */
export interface LimiterOptions {
  /** Lowest limit of work in flight, however slow the backend is; 1 or more, default 1. */
  minLimit?: number;
  /** Highest limit of work in flight; default 200. */
  maxLimit?: number;
  /** The limit at the start, default 4: low, so that latency without load is measured first. */
  initialLimit?: number;
  /** Most work that waits, over all priorities; 0 or more, default 100. */
  maxQueue?: number;
  /** Milliseconds that work may wait for its turn; default 250, images 1000, batch 30000. */
  maxWaitMs?: Partial<Record<Priority, number>>;
  /** Milliseconds until work is given up as unanswered; default 5000, images 10000, batch 120000. */
  timeoutMs?: Partial<Record<Priority, number>>;
  /**
   * Pieces of work that may start in one turn of the event loop; default no bound. Give 1 if the
   * work runs on this thread, as with the embedded engine. Requests that arrived meanwhile are then
   * queued or refused at once, instead of waiting unseen in a socket.
   */
  perTurn?: number;
  /** Consecutive pieces of work without an answer that open the circuit; default 5. */
  failuresToOpen?: number;
  /** Milliseconds between probes of a backend that does not answer; default 1000. */
  probeEveryMs?: number;
  /** Distinguishes failures of the backend from those of the caller; default `illnessOf`. */
  illnessOf?: (error: unknown) => Illness;
  /** Default: the machine's. */
  clock?: Clock;
  /** Returns numbers in [0, 1), to spread `retryAfterSeconds`. */
  random?: () => number;
}

type PriorityTimes = Partial<Record<Priority, number>>;

const time = (bound: { min: 0 } | { over: 0 }, ms: number): NumberOption & { default: number } => ({
  type: 'number',
  ...bound,
  max: TIMER_MAX,
  default: ms,
  unit: 'ms',
  help: 'for work of this priority',
});
const WAITS: Spec<PriorityTimes, Priority> = {
  code: 'LIMITER_OPTION_INVALID',
  options: {
    autocomplete: time({ min: 0 }, 250),
    images: time({ min: 0 }, 1000),
    batch: time({ min: 0 }, 30_000),
  },
};
const TIMEOUTS: Spec<PriorityTimes, Priority> = {
  code: 'LIMITER_OPTION_INVALID',
  options: {
    autocomplete: time({ over: 0 }, 5000),
    images: time({ over: 0 }, 10_000),
    batch: time({ over: 0 }, 120_000),
  },
};

/** Options of `createLimiter`. */
export const LIMITER_SPEC: Spec<
  LimiterOptions,
  | 'minLimit'
  | 'maxLimit'
  | 'initialLimit'
  | 'maxQueue'
  | 'perTurn'
  | 'failuresToOpen'
  | 'probeEveryMs'
> = {
  code: 'LIMITER_OPTION_INVALID',
  options: {
    minLimit: { type: 'whole', min: 1, default: 1, help: 'lowest limit of work in flight' },
    maxLimit: { type: 'whole', min: 1, default: 200, help: 'highest limit of work in flight' },
    initialLimit: { type: 'whole', min: 1, default: 4, help: 'limit at the start' },
    maxQueue: { type: 'whole', min: 0, default: 100, help: 'most work that waits' },
    maxWaitMs: { type: 'object', spec: WAITS, help: 'how long work may wait, by priority' },
    timeoutMs: { type: 'object', spec: TIMEOUTS, help: 'until work is given up, by priority' },
    perTurn: {
      type: 'whole',
      min: 1,
      orEndless: true,
      default: Infinity,
      help: 'work that may start in one turn of the event loop',
    },
    failuresToOpen: {
      type: 'whole',
      min: 1,
      default: 5,
      help: 'consecutive work without an answer that opens the circuit',
    },
    probeEveryMs: {
      type: 'number',
      over: 0,
      max: TIMER_MAX,
      default: 1000,
      unit: 'ms',
      help: 'between probes of a backend that does not answer',
    },
    illnessOf: {
      type: 'function',
      help: 'distinguishes failures of the backend from those of the caller',
    },
    clock: { type: 'object', like: ['steadyNow', 'after'], help: 'default: that of the machine' },
    random: { type: 'function', help: 'returns numbers in [0, 1)' },
  },
};

/** Options of `Limiter.run`. */
export const RUN_SPEC: Spec<{ signal?: AbortSignal }> = {
  code: OPTION_INVALID,
  options: { signal: SIGNAL },
};

/** The option `limiter` of calls. */
export const LIMITER_OPTION: ObjectOption = {
  type: 'object',
  like: ['run', 'stats'],
  wanted: 'what createLimiter returns',
  help: 'limits searches to what the backend can take',
};

/** Defaults of `LimiterOptions`. Times are milliseconds. */
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
  ...defaultsOf(LIMITER_SPEC),
  maxWaitMs: defaultsOf(WAITS),
  timeoutMs: defaultsOf(TIMEOUTS),
});

/** Options with all defaults filled in. */
export type LimiterSettings = typeof LIMITER_DEFAULTS;

/** @throws {OptionError} `LIMITER_OPTION_INVALID`. */
export function limiterSettings(options: LimiterOptions): LimiterSettings {
  const settings = {
    ...settle(LIMITER_SPEC, options),
    maxWaitMs: settle(WAITS, options.maxWaitMs ?? {}),
    timeoutMs: settle(TIMEOUTS, options.timeoutMs ?? {}),
  };
  const { minLimit, maxLimit } = settings;
  if (maxLimit >= minLimit) return settings;
  const what = `maxLimit can't be ${maxLimit}`;
  throw new OptionError('LIMITER_OPTION_INVALID', what, `Give at least minLimit, ${minLimit}.`);
}
