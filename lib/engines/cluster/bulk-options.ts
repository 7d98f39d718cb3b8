import { setTimeout } from 'node:timers/promises';
import { random } from '../../back-off.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import type { BulkReply } from './bulk-answer.ts';
import type { BulkOutcome } from './bulk-operation.ts';
import type { ConcurrencyBounds } from './concurrency.ts';

/** What a bulk writer does unless told otherwise. */
export const BULK_DEFAULTS: Readonly<{
  maxBytes: number;
  maxDocuments: number;
  maxDocumentBytes: number;
  concurrency: Readonly<ConcurrencyBounds>;
  retryBudgetMs: number;
  baseDelayMs: number;
  maxDelayMs: number;
}> = Object.freeze({
  /** Bytes of a request; halved when a server finds one too large. */
  maxBytes: 5 * 2 ** 20,
  /** Operations of a request. */
  maxDocuments: 1000,
  /** Bytes of one operation: the engine's default of `http.max_content_length`. */
  maxDocumentBytes: 100 * 2 ** 20,
  /** Requests in flight. */
  concurrency: Object.freeze({ min: 1, start: 2, max: 8 }),
  /** Milliseconds for which one batch is tried again without any progress. */
  retryBudgetMs: 300_000,
  /** Milliseconds: ceiling of the first wait; it doubles. */
  baseDelayMs: 250,
  /** Milliseconds: ceiling of every wait. */
  maxDelayMs: 30_000,
});

/** Where a bulk writer sends to, and how. */
export interface BulkWriterOptions {
  /**
   * Sends the body of one `_bulk` request: NDJSON. It must not retry and must time out by itself.
   * An answer of any status is returned, or thrown as an error with `statusCode`, `body`, `headers`.
   */
  send: (lines: string, options: { signal: AbortSignal }) => Promise<BulkReply>;
  /** Name of what is written to, for messages. */
  index: string;
  maxBytes?: number;
  maxDocuments?: number;
  maxDocumentBytes?: number;
  concurrency?: Partial<ConcurrencyBounds>;
  retryBudgetMs?: number;
  baseDelayMs?: number;
  maxDelayMs?: number;
  /** Called once for a 401 or 403 before the same is sent again. */
  refreshAuth?: () => Promise<void>;
  /** Called once for every operation, in any order. */
  onOutcome?: (outcome: BulkOutcome) => void;
  /** Called when all operations from the first one on up to a later one than before have their outcome. */
  onFlush?: (flushed: BulkFlush) => void;
  signal?: AbortSignal;
  /** Milliseconds of a steady clock. */
  now?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Numbers in [0, 1). */
  random?: () => number;
}

/** How far the operations are settled without a gap, in the order in which they were added. */
export interface BulkFlush {
  /** Tag of the last one. */
  through: number;
  /** How many. */
  settled: number;
}

/** Options of a bulk writer with the defaults filled in. */
export type BulkSettings = typeof BULK_DEFAULTS &
  BulkWriterOptions &
  Required<Pick<BulkWriterOptions, 'now' | 'sleep' | 'random'>> & {
    concurrency: ConcurrencyBounds;
  };

/**
 * Fills in the defaults.
 *
 * @throws {OptionError} `BULK_OPTION_INVALID`.
 */
export function bulkSettings(options: BulkWriterOptions): BulkSettings {
  const settings = { ...BULK_DEFAULTS, now, sleep, random, ...options };
  const concurrency = { ...BULK_DEFAULTS.concurrency, ...options.concurrency };
  checkOptions(settings, concurrency);
  return { ...settings, concurrency };
}

function checkOptions(
  settings: Record<'maxBytes' | 'maxDocuments' | 'maxDocumentBytes', number> &
    Record<'retryBudgetMs' | 'baseDelayMs' | 'maxDelayMs', number>,
  bounds: ConcurrencyBounds,
): void {
  const { maxBytes, maxDocuments, maxDocumentBytes, retryBudgetMs, baseDelayMs, maxDelayMs } =
    settings;
  const { min, start, max } = bounds;
  const counts = { maxBytes, maxDocuments, maxDocumentBytes, min, start, max };
  const bad =
    Object.entries(counts).find(([, n]) => !Number.isSafeInteger(n) || n < 1) ??
    Object.entries({ retryBudgetMs, baseDelayMs, maxDelayMs }).find(([, ms]) => !(ms >= 0)) ??
    (min > start || start > max ? ['concurrency', { min, start, max }] : undefined);
  if (bad === undefined) return;
  const hint = 'Give whole numbers of 1 or more, times of 0 or more, and min <= start <= max.';
  throw new OptionError('BULK_OPTION_INVALID', `${bad[0]} can't be ${quoteValue(bad[1])}`, hint);
}

function now(): number {
  return performance.now();
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal });
}
