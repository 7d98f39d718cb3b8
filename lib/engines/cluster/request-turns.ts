import type { BulkClock } from './bulk-options.ts';
import type { Concurrency } from './concurrency.ts';

/** A semaphore for requests whose size is the concurrency limit. */
export interface RequestTurns {
  /** Resolves when a request may be sent. */
  take(): Promise<void>;
  end(): void;
  /** Stops all sending for `ms` milliseconds, as a server has asked. */
  hold(ms: number): void;
}

/** Retried batches obey the limit too, also if it fell after they were started. */
export function requestTurns(
  concurrency: Concurrency,
  { steadyNow, sleep }: BulkClock,
  signal: AbortSignal,
): RequestTurns {
  let holdUntil = -Infinity;
  let sending = 0;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      while (sending >= concurrency.limit()) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      sending += 1;
      for (let ms = holdUntil - steadyNow(); ms > 0; ms = holdUntil - steadyNow())
        await sleep(ms, signal);
    },
    end() {
      sending -= 1;
      for (const next of waiting.splice(0, concurrency.limit() - sending)) next();
    },
    hold(ms) {
      holdUntil = steadyNow() + ms;
    },
  };
}
