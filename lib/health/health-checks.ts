import type { Engine } from '../engines/engine.ts';
import { EngineError, SearchError } from '../errors.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import type { HealthCheck } from './health.ts';
import { illnessOf } from './illness.ts';
import type { Limiter } from './limiter.ts';
import type { QueueWatch } from './queue-watch.ts';

/** Checks that the engine answers and does not report that it is down. */
export function engineCheck(engine: Pick<Engine, 'health'>): HealthCheck {
  return {
    async run() {
      const { status } = await engine.health();
      if (status !== 'down') return;
      throw new EngineError('ENGINE_UNREACHABLE', 'The engine is down', 'Look at its own health.');
    },
  };
}

/**
 * Checks that no file of the engine is known to be damaged. With a damaged file the engine still
 * answers, but more slowly.
 *
 * @param engines - One, or several on one folder: each knows the files that it has read.
 */
export function filesCheck(...engines: readonly Pick<Engine, 'health'>[]): HealthCheck {
  return {
    async run() {
      const all = await Promise.all(engines.map((engine) => engine.health()));
      const damaged = new Set(
        all.flatMap(({ details }) => (details as { damagedFiles?: string[] }).damagedFiles ?? []),
      );
      if (damaged.size === 0) return;
      const what = `${damaged.size} files beside the database are damaged, and searches are slower`;
      throw new EngineError('FILE_DAMAGED', what, 'Run suoyin check-file --fix.');
    },
  };
}

/** Checks that a limiter's circuit is closed. */
export function limiterCheck(limiter: Limiter): HealthCheck {
  return {
    run() {
      if (limiter.stats().circuit === 'closed') return Promise.resolve();
      const what = 'The backend of a limiter does not answer';
      return Promise.reject(new SearchError('CIRCUIT_OPEN', what, 'Look at the backend.'));
    },
  };
}

/** Checks that the last look at a watched queue found nothing wrong. Sends nothing to Redis. */
export function queueCheck(watch: QueueWatch): HealthCheck {
  return {
    run() {
      const report = watch.report();
      if (report === null || report.verdict === 'ok') return Promise.resolve();
      const code = `QUEUE_${report.verdict.toUpperCase().replaceAll('-', '_')}`;
      return Promise.reject(new SearchError(code, 'A queue is not in order', 'See its findings.'));
    },
  };
}

/**
 * Time limit of a look in milliseconds, and how long a good result stands in for one that takes
 * longer.
 */
const LOOK_MS = 2000;
const STEADY_MS = 5000;
/** Milliseconds to wait for a look if the last one was good. */
const GLANCE_MS = 300;

/**
 * Checks that at least one search thread answers.
 *
 * Required, since without one nothing can be found. On a busy machine an answer may be slow, so
 * one within the last 5 s is enough.
 */
export function threadsCheck(threads: { answers(): Promise<void> }): HealthCheck {
  const look = steadily(() => threads.answers());
  return { required: true, timeoutMs: LOOK_MS, run: look };
}

/** An index that is served. */
export interface ServedIndex {
  /** Reads something from its live generation. */
  read: () => Promise<unknown>;
  /**
   * Whether it may be missing, as long as it has never existed and another served index exists.
   * Default false.
   */
  optional?: boolean;
}

/**
 * Checks that indexes exist and that their live generations can be read; one check per index name.
 *
 * The checks are required, except that a backend that does not answer is only `warn`: all
 * processes share it.
 */
export function indexChecks(
  indexes: Readonly<Record<string, ServedIndex>>,
): Record<string, HealthCheck> {
  const seen = new Set<string>();
  const entries = Object.entries(indexes);
  const checkOf = ([name, { read, optional = false }]: [string, ServedIndex]): HealthCheck => ({
    required: (code) => code !== 'TIMEOUT' && illnessOf({ code }) === null,
    timeoutMs: LOOK_MS,
    run: steadily(async () => {
      try {
        await read();
        seen.add(name);
      } catch (error) {
        const missing = error instanceof SearchError && error.code === 'INDEX_NOT_FOUND';
        if (!missing || !optional || seen.has(name)) throw error;
        if (!(await isAnyThere(name))) throw error;
      }
    }),
  });
  const isAnyThere = async (but: string): Promise<boolean> => {
    const others = entries.filter(([name]) => name !== but);
    const looks = await Promise.allSettled(others.map(([, { read }]) => read()));
    return looks.some(({ status }) => status === 'fulfilled');
  };
  return Object.fromEntries(entries.map((entry) => [entry[0], checkOf(entry)]));
}

/** Runs one look at a time. While a look is slow, the last good result is used for a while. */
function steadily(look: () => Promise<void>): HealthCheck['run'] {
  let goodAt = -Infinity;
  let pending: Promise<void> | null = null;
  const begin = async (): Promise<void> => {
    try {
      await look();
      goodAt = SYSTEM_CLOCK.steadyNow();
    } catch (error) {
      goodAt = -Infinity;
      throw error;
    } finally {
      pending = null;
    }
  };
  return async () => {
    pending ??= begin();
    if (SYSTEM_CLOCK.steadyNow() - goodAt > STEADY_MS) return pending;
    let cancel = (): void => undefined;
    const glance = new Promise<void>((resolve) => {
      cancel = SYSTEM_CLOCK.after(GLANCE_MS, resolve);
    });
    await Promise.race([pending, glance]).finally(cancel);
  };
}
