import type { Engine } from '../engines/engine.ts';
import { EngineError, SearchError } from '../errors.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import type { HealthCheck } from './health.ts';
import { illnessOf } from './illness.ts';
import type { Limiter } from './limiter.ts';
import type { QueueWatch } from './queue-watch.ts';

/** A check that the engine answers and is not down. */
export function engineCheck(engine: Pick<Engine, 'health'>): HealthCheck {
  return {
    async run() {
      const { status } = await engine.health();
      if (status !== 'down') return;
      throw new EngineError('ENGINE_UNREACHABLE', 'The engine is down', 'Look at its own health.');
    },
  };
}

/** A check that no file of the engine is known to be damaged; without one it answers all the same, slower. */
export function filesCheck(engine: Pick<Engine, 'health'>): HealthCheck {
  return {
    async run() {
      const { damagedFiles = [] } = (await engine.health()).details as {
        damagedFiles?: string[];
      };
      if (damagedFiles.length === 0) return;
      const what = `${damagedFiles.length} files beside the database are damaged, and searches are slower`;
      throw new EngineError('FILE_DAMAGED', what, 'Run suoyin check-file --fix.');
    },
  };
}

/** A check that a limiter's circuit is closed. */
export function limiterCheck(limiter: Limiter): HealthCheck {
  return {
    run() {
      if (limiter.stats().circuit === 'closed') return Promise.resolve();
      const what = 'The backend of a limiter does not answer';
      return Promise.reject(new SearchError('CIRCUIT_OPEN', what, 'Look at the backend.'));
    },
  };
}

/** A check that a watched queue was in order at the last look; asks Redis nothing. */
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

/** Milliseconds that a look may take; and for how long the last good one counts where one takes longer. */
const LOOK_MS = 2000;
const STEADY_MS = 5000;
/** Milliseconds that a look is waited for where the last one was good. */
const GLANCE_MS = 300;

/**
 * A check that one of the threads that search answers.
 *
 * Required: where none does, nothing is found. On a machine with much to do one may be slow, so what
 * answered within the last 5 s passes.
 */
export function threadsCheck(threads: { answers(): Promise<void> }): HealthCheck {
  const look = steadily(() => threads.answers());
  return { required: true, timeoutMs: LOOK_MS, run: look };
}

/** An index that is served. */
export interface ServedIndex {
  /** Reads something of its live generation. */
  read: () => Promise<unknown>;
  /** It may be missing as long as another one of those served is there and it never was. Default false. */
  optional?: boolean;
}

/**
 * Checks, by their names, that indexes exist and that their live generations can be read.
 *
 * Required, but for a backend that does not answer: that is shared by all processes, and `warn`.
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

/** One look at a time; where it takes long, the last good one counts for a while. */
function steadily(look: () => Promise<void>): HealthCheck['run'] {
  let goodAt = -Infinity;
  let pending: Promise<void> | null = null;
  const begin = async (): Promise<void> => {
    try {
      await look();
      goodAt = SYSTEM_CLOCK.now();
    } catch (error) {
      goodAt = -Infinity;
      throw error;
    } finally {
      pending = null;
    }
  };
  return async () => {
    pending ??= begin();
    if (SYSTEM_CLOCK.now() - goodAt > STEADY_MS) return pending;
    let cancel = (): void => undefined;
    const glance = new Promise<void>((resolve) => {
      cancel = SYSTEM_CLOCK.after(GLANCE_MS, resolve);
    });
    await Promise.race([pending, glance]).finally(cancel);
  };
}
