import type { Engine } from '../engines/engine.ts';
import { EngineError, SearchError } from '../errors.ts';
import type { HealthCheck } from './health.ts';
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
