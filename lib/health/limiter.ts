import { random as chance } from '../back-off.ts';
import { checkOptions } from '../options.ts';
import { adaptiveLimit } from './adaptive-limit.ts';
import { type CircuitState, createCircuit } from './circuit.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { illnessOf } from './illness.ts';
import {
  type LimiterOptions,
  limiterSettings,
  PRIORITIES,
  type Priority,
  RUN_SPEC,
} from './limiter-options.ts';
import { OverloadError } from './overload-error.ts';
import { waitingRoom } from './waiting-room.ts';

/** Why work was not done: the `code` of the `OverloadError`. */
export type RefusalCode = 'OVERLOADED' | 'QUEUE_TIMEOUT' | 'CIRCUIT_OPEN' | 'BACKEND_TIMEOUT';

/** The present state of a limiter, and its counts since it was made. */
export interface LimiterStats {
  /** Most work in flight at present. */
  limit: number;
  circuit: CircuitState;
  inFlight: Record<Priority, number>;
  queued: Record<Priority, number>;
  /** `failed`: rejected, by the backend's fault or the caller's. `aborted`: by the caller's signal. */
  finished: Record<Priority, { answered: number; failed: number; aborted: number }>;
  refused: Record<Priority, Record<RefusalCode, number>>;
  /** Milliseconds that an answer takes without load, by priority, as far as known. */
  unloadedMs: Partial<Record<Priority, number>>;
}

/** Limits work in flight to what a backend can take. */
export interface Limiter {
  /**
   * Runs `work` as soon as there is room for it.
   *
   * The work must obey its signal, which aborts with the caller's and when its time is up. Its
   * place is then given to other work, whether or not it has stopped.
   *
   * @param options - signal: takes the work out of the queue, or aborts it.
   * @throws {OverloadError} `OVERLOADED`, `QUEUE_TIMEOUT`, `CIRCUIT_OPEN`: the work was not
   * started.
   *   `BACKEND_TIMEOUT`: it was started and given up.
   */
  run<T>(
    priority: Priority,
    work: (signal: AbortSignal) => Promise<T> | T,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<T>;
  /** A copy of the figures; cheap enough to make at every scrape. */
  stats(): LimiterStats;
}

/**
 * Share of the limit that each priority may fill, which leaves room for a burst of more urgent
 * work.
 */
const SHARE: Readonly<Record<Priority, number>> = { autocomplete: 1, images: 0.8, batch: 0.5 };

/**
 * Share of `timeoutMs` after which the abort of a caller is taken as a sign that the backend
 * hangs.
 */
const PATIENCE = 0.2;

const REASONS: Readonly<Record<RefusalCode, string>> = {
  OVERLOADED: 'The server has more to do than it can',
  QUEUE_TIMEOUT: "The request's turn did not come in time",
  CIRCUIT_OPEN: 'The search backend does not answer',
  BACKEND_TIMEOUT: 'The search backend did not answer in time',
};
const CODES = { full: 'OVERLOADED', late: 'QUEUE_TIMEOUT', down: 'CIRCUIT_OPEN' } as const;

/**
 * Makes a limiter for one backend. Use the same one for every call of that backend in this process.
 *
 * The limit rises while answers are as fast as without load, and falls when they get slower or the
 * backend refuses. When answers stop, a circuit opens: work is refused at once, except for one
 * probe a second. Only failures of the backend count, not bad input of a caller. A caller who
 * aborts after a fifth of `timeoutMs` counts as a failure too.
 *
 * @throws {OptionError} `LIMITER_OPTION_INVALID`.
 */
export function createLimiter(options: LimiterOptions = {}): Limiter {
  const settings = limiterSettings(options);
  const { clock = SYSTEM_CLOCK, random = chance, illnessOf: tell = illnessOf } = options;
  const steadyNow = (): number => clock.steadyNow();
  const limit = adaptiveLimit({
    min: settings.minLimit,
    max: settings.maxLimit,
    initial: Math.max(settings.minLimit, Math.min(settings.initialLimit, settings.maxLimit)),
    steadyNow,
  });
  const circuit = createCircuit({ ...settings, steadyNow });
  const room = waitingRoom({ ...settings, clock });
  const inFlight: Record<Priority, number> = { autocomplete: 0, images: 0, batch: 0 };
  const finished = perPriority(() => ({ answered: 0, failed: 0, aborted: 0 }));
  const refused = perPriority(() => ({
    OVERLOADED: 0,
    QUEUE_TIMEOUT: 0,
    CIRCUIT_OPEN: 0,
    BACKEND_TIMEOUT: 0,
  }));
  let startedThisTurn = 0;

  const refusal = (priority: Priority, code: RefusalCode): OverloadError => {
    refused[priority][code]++;
    // Random, so that clients that were refused together don't return together.
    const seconds = 1 + Math.floor(random() * (code === 'OVERLOADED' ? 2 : 4));
    return new OverloadError(code, REASONS[code], seconds);
  };
  const total = (): number => inFlight.autocomplete + inFlight.images + inFlight.batch;
  const hasRoom = (priority: Priority): boolean =>
    startedThisTurn < settings.perTurn &&
    total() < Math.max(1, Math.floor(limit.value * SHARE[priority]));

  const countTurn = (): void => {
    if (settings.perTurn === Infinity || startedThisTurn++ > 0) return;
    setImmediate(() => {
      startedThisTurn = 0;
      room.startAll(hasRoom);
    });
  };

  const judge = (priority: Priority, error: unknown, tookMs: number): void => {
    const illness = tell(error);
    const aborted = illness === null && (error as Error | null)?.name === 'AbortError';
    finished[priority][aborted ? 'aborted' : 'failed']++;
    if (illness !== null) limit.failed();
    const unanswered = aborted && tookMs >= settings.timeoutMs[priority] * PATIENCE;
    if ((illness === 'down' || unanswered) && circuit.failed()) room.refuseAll('down');
  };

  /**
   * Increments the counters synchronously, before the first await, so that two callers cannot take one
   * place.
   */
  const execute: Limiter['run'] = async (priority, work, { signal } = {}) => {
    inFlight[priority]++;
    countTurn();
    const load = total();
    const startedAt = steadyNow();
    try {
      const result = await within(work, {
        clock,
        signal,
        ms: settings.timeoutMs[priority],
        lateError: () => refusal(priority, 'BACKEND_TIMEOUT'),
      });
      finished[priority].answered++;
      if (circuit.answered()) limit.restart(settings.initialLimit);
      else limit.answered(priority, steadyNow() - startedAt, load);
      return result;
    } catch (error) {
      judge(priority, error, steadyNow() - startedAt);
      throw error;
    } finally {
      inFlight[priority]--;
      room.startAll(hasRoom);
    }
  };

  const wait: Limiter['run'] = (priority, work, { signal } = {}) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        leave?.();
        finished[priority].aborted++;
        reject(signal?.reason as Error);
      };
      const settle = (then: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        then();
      };
      const leave = room.enter(priority, {
        start() {
          settle(() => {
            resolve(execute(priority, work, { signal }));
          });
        },
        refuse(why) {
          settle(() => {
            reject(refusal(priority, CODES[why]));
          });
        },
      });
      if (leave) signal?.addEventListener('abort', onAbort);
      else reject(refusal(priority, 'OVERLOADED'));
    });

  return {
    async run(priority, work, given) {
      if (given !== undefined) checkOptions(RUN_SPEC, given);
      given?.signal?.throwIfAborted();
      if (!circuit.admits()) throw refusal(priority, 'CIRCUIT_OPEN');
      // A probe skips the queue, which was emptied when the circuit opened.
      if (circuit.state !== 'closed' || hasRoom(priority)) return execute(priority, work, given);
      return wait(priority, work, given);
    },
    stats: () => ({
      limit: limit.value,
      circuit: circuit.state,
      inFlight: { ...inFlight },
      queued: room.sizes(),
      finished: structuredClone(finished),
      refused: structuredClone(refused),
      unloadedMs: limit.baselines(),
    }),
  };
}

/** Runs the work, and stops waiting for it when its time is up or the signal aborts. */
async function within<T>(
  work: (signal: AbortSignal) => Promise<T> | T,
  options: {
    clock: Clock;
    ms: number;
    signal: AbortSignal | undefined;
    lateError: () => OverloadError;
  },
): Promise<T> {
  const { clock, ms, signal, lateError } = options;
  const stop = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => {
      reject(stop.signal.reason as Error);
    });
  });
  const cancel = clock.after(ms, () => {
    stop.abort(lateError());
  });
  const onAbort = (): void => {
    stop.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work(stop.signal), ended]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}

function perPriority<T>(make: () => T): Record<Priority, T> {
  return Object.fromEntries(PRIORITIES.map((priority) => [priority, make()])) as Record<
    Priority,
    T
  >;
}
