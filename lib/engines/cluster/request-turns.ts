import type { BulkClock } from './bulk-options.ts';
import type { Concurrency } from './concurrency.ts';

/** Turns to send a request, as many at a time as the concurrency allows. */
export interface RequestTurns {
  /** Resolves when a request may be sent. */
  take(): Promise<void>;
  end(): void;
  /** Lets nobody send for so many milliseconds: a server has asked for it. */
  hold(ms: number): void;
}

/** Batches that are tried again keep to the limit too, also when it fell after they were begun. */
export function requestTurns(
  concurrency: Concurrency,
  { now, sleep }: BulkClock,
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
      for (let ms = holdUntil - now(); ms > 0; ms = holdUntil - now()) await sleep(ms, signal);
    },
    end() {
      sending -= 1;
      for (const next of waiting.splice(0, concurrency.limit() - sending)) next();
    },
    hold(ms) {
      holdUntil = now() + ms;
    },
  };
}
