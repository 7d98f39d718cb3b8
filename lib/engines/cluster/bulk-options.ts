import { steadyClock } from '../../clock.ts';
import { setTimeout } from 'node:timers/promises';
import { random } from '../../back-off.ts';
import type { BulkReply } from './bulk-answer.ts';
import type { BulkOutcome } from './bulk-operation.ts';
import type { ConcurrencyBounds } from './concurrency.ts';

/** Limits of what a bulk writer sends at once. */
export interface BulkLimits {
  /** Most bytes of a request, default 5 MiB; halved when the server refuses one as too large. */
  maxBytes: number;
  /** Most operations of a request, default 1000. */
  maxDocuments: number;
  /**
   * Most bytes of one operation, default 100 MiB: the server's default of
   * `http.max_content_length`.
   */
  maxDocumentBytes: number;
  /** Requests in flight, default 1 to 8, 2 at first. */
  concurrency: ConcurrencyBounds;
}

/** Clock and random numbers of a bulk writer. */
export interface BulkClock {
  /** Milliseconds of a steady clock. */
  steadyNow: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Numbers in [0, 1). */
  random: () => number;
}

/** Options of a bulk writer. */
export interface BulkWriterOptions
  extends Partial<Omit<BulkLimits, 'concurrency'>>, Partial<BulkClock> {
  /**
   * Sends the body of one `_bulk` request: NDJSON. It must not retry and must time out by itself.
   * An answer of any status is returned, or thrown as an error with `statusCode`, `body`, `headers`; an
   * `EngineError` ends the writer.
   */
  send: (lines: string, options: { signal: AbortSignal }) => Promise<BulkReply>;
  /** Name of the index, for messages. */
  index: string;
  /** Called once for every operation, in any order. */
  onOutcome: (outcome: BulkOutcome) => void;
  concurrency?: Partial<ConcurrencyBounds>;
  /** Milliseconds for which a batch is retried without any progress, default 300000. */
  retryBudgetMs?: number;
  /** Called once after a 401 or 403, before the request is sent again. */
  refreshAuth?: () => Promise<void>;
  signal?: AbortSignal;
}

/** Options of a bulk writer with the defaults filled in. */
export type BulkSettings = BulkWriterOptions & BulkLimits & BulkClock & { retryBudgetMs: number };

const LIMITS: BulkLimits = {
  maxBytes: 5 * 2 ** 20,
  maxDocuments: 1000,
  maxDocumentBytes: 100 * 2 ** 20,
  concurrency: { min: 1, start: 2, max: 8 },
};

const RETRY_BUDGET_MS = 300_000;

const CLOCK: BulkClock = {
  steadyNow: steadyClock,
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal });
  },
  random,
};

/** Fills in the defaults. */
export function bulkSettings(options: BulkWriterOptions): BulkSettings {
  const { retryBudgetMs = RETRY_BUDGET_MS } = options;
  const concurrency = { ...LIMITS.concurrency, ...options.concurrency };
  return { ...LIMITS, ...CLOCK, ...options, concurrency, retryBudgetMs };
}
