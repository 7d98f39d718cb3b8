import { EngineError } from '../../errors.ts';
import type { ItemAnswer } from './bulk-answer.ts';
import {
  type Delivery,
  bulkDelivery,
  type DeliveryCounts,
  type PendingOperation,
} from './bulk-delivery.ts';
import { type BulkError, type BulkStop, bulkStopped } from './bulk-error.ts';
import { bulkLines, type BulkOperation } from './bulk-operation.ts';
import { bulkSettings, type BulkWriterOptions } from './bulk-options.ts';
import { adaptiveConcurrency } from './concurrency.ts';

/** Operations kept in order behind one that is being tried again, by operations of a request. */
const WINDOW = 64;

/** Counts of a bulk writer. */
export interface BulkStats extends DeliveryCounts {
  /** Operations added. */
  operations: number;
  /** Operations whose outcome is `ok`. */
  written: number;
  failed: number;
  /** Most requests that were in flight at once. */
  peakConcurrency: number;
}

/** Takes operations one by one and writes them in batches. */
export interface BulkWriter {
  /**
   * Takes an operation; resolves when there is room for more. Await it: that bounds the memory.
   *
   * @throws {EngineError} What stopped the writer, if it has stopped.
   */
  add(operation: BulkOperation): Promise<void>;
  /** Resolves when all that was added before has its outcome. */
  flush(): Promise<void>;
  /** Flushes; nothing can be added afterwards. */
  close(): Promise<BulkStats>;
  /** Stops at once: `add`, `flush` and `close` reject with `reason`, requests in flight are cancelled. */
  abort(reason?: unknown): void;
  stats(): BulkStats;
}

/**
 * A writer over OpenSearch's `_bulk` that loses nothing: every operation gets exactly one outcome,
 * or the writer stops with an error that counts what has none.
 *
 * Operations on one id are carried out in the order in which they were added. Push-back, outages and
 * lost answers are retried within a time without progress; refusals of a document are an outcome. A
 * request whose answer was lost may be carried out late by the server: where two writers meet, use
 * external versions.
 *
 * @throws {OptionError} `BULK_OPTION_INVALID`.
 * @throws {EngineError} From the methods: `BULK_UNAVAILABLE`, `CLUSTER_BLOCKED`, `UNAUTHORIZED` and
 *   `INDEX_NOT_FOUND`, each a `BulkError` with counts; `WRITER_CLOSED`.
 */
export function bulkWriter(options: BulkWriterOptions): BulkWriter {
  const settings = bulkSettings(options);
  const { index, maxDocuments, onOutcome, onFlush, signal } = settings;
  const concurrency = adaptiveConcurrency(settings.concurrency);
  const controller = new AbortController();

  let maxBytes = settings.maxBytes;
  /** Added and not yet settled without a gap, in order; the first `head` are. */
  let window: PendingOperation[] = [];
  let head = 0;
  /** Operations settled without a gap. */
  let low = 0;
  /** Ready to be sent: the first unsettled operation of its id, and not in a batch. */
  let queue: PendingOperation[] = [];
  let queuedBytes = 0;
  let heldBytes = 0;
  let held = 0;
  let inFlight = 0;
  /** Last unsettled operation of each id. */
  const last = new Map<string, PendingOperation>();
  const adders: { operation: BulkOperation; resolve: () => void; reject: (e: unknown) => void }[] =
    [];
  let flushers: { target: number; resolve: () => void; reject: (e: unknown) => void }[] = [];
  let failure: { reason: unknown } | null = null;
  let closed = false;
  const total = { operations: 0, written: 0, failed: 0, peakConcurrency: 0 };

  const delivery: Delivery = bulkDelivery(settings, {
    signal: controller.signal,
    concurrency,
    settle,
    advance,
    tooLarge: (bytes) => {
      maxBytes = Math.min(maxBytes, Math.max(1, bytes >>> 1));
    },
    stopped,
  });
  const onAbort = (): void => fail(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  function hasRoom(): boolean {
    const requests = concurrency.limit() + 1;
    return (
      heldBytes < maxBytes * requests &&
      held < maxDocuments * requests &&
      window.length - head < maxDocuments * WINDOW
    );
  }

  function accept(operation: BulkOperation): void {
    const { id, tag, action } = operation;
    const shared = { attempts: 0, ambiguous: false, inFlight: false, settled: false, next: null };
    const pending: PendingOperation = { id, tag, action, ...shared, lines: '', bytes: 0 };
    total.operations += 1;
    window.push(pending);
    held += 1;
    const refused = prepare(pending, operation);
    if (refused) {
      settle(pending, refused);
      return;
    }
    heldBytes += pending.bytes;
    const before = last.get(id);
    last.set(id, pending);
    if (before) before.next = pending;
    else enqueue(pending);
  }

  /** Fills in lines and bytes; returns the outcome of what can't be sent. */
  function prepare(pending: PendingOperation, operation: BulkOperation): ItemAnswer | null {
    try {
      pending.lines = bulkLines(operation);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: 400, type: 'DOCUMENT_NOT_JSON', reason };
    }
    const bytes = Buffer.byteLength(pending.lines);
    if (bytes <= settings.maxDocumentBytes) {
      pending.bytes = bytes;
      return null;
    }
    pending.lines = '';
    const reason = `${bytes} bytes, over the ${settings.maxDocumentBytes} that a request may have`;
    return { status: 413, type: 'DOCUMENT_TOO_LARGE', reason };
  }

  function enqueue(pending: PendingOperation): void {
    queue.push(pending);
    queuedBytes += pending.bytes;
  }

  const active = (): number => inFlight - delivery.aside();

  function pump(): void {
    const pressing = flushers.length > 0 || adders.length > 0;
    while (failure === null && queue.length > 0 && active() < concurrency.limit()) {
      if (!pressing && queue.length < maxDocuments && queuedBytes < maxBytes) return;
      void run(takeBatch());
    }
  }

  function takeBatch(): PendingOperation[] {
    let bytes = 0;
    let count = 0;
    for (const operation of queue) {
      if (count === maxDocuments || (count > 0 && bytes + operation.bytes > maxBytes)) break;
      bytes += operation.bytes;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queuedBytes -= bytes;
    return batch;
  }

  async function run(batch: PendingOperation[]): Promise<void> {
    inFlight += 1;
    total.peakConcurrency = Math.max(total.peakConcurrency, active());
    try {
      await delivery.deliver(batch);
    } catch (error) {
      fail(error);
    }
    inFlight -= 1;
    pump();
  }

  function settle(operation: PendingOperation, item: ItemAnswer): void {
    const { id, tag, action, next, attempts } = operation;
    held -= 1;
    heldBytes -= operation.bytes;
    operation.settled = true;
    operation.lines = '';
    operation.next = null;
    if (next) enqueue(next);
    else if (last.get(id) === operation) last.delete(id);
    const carriedOut = item.status < 300 || (action === 'delete' && item.status === 404);
    const ambiguous = item.status === 409 && operation.ambiguous;
    const ok = carriedOut || ambiguous;
    total[ok ? 'written' : 'failed'] += 1;
    const type = item.status === 413 ? 'DOCUMENT_TOO_LARGE' : item.type;
    onOutcome?.({ id, tag, action, ok, ambiguous, attempts, ...item, type });
  }

  /** After operations were added or settled: moves the low mark, lets adders in, sends what is ready. */
  function advance(): void {
    moveLowMark();
    while (failure === null && adders.length > 0 && hasRoom()) {
      const { operation, resolve, reject } = adders.shift()!;
      try {
        accept(operation);
        resolve();
      } catch (error) {
        reject(error);
        throw error;
      }
    }
    moveLowMark();
    pump();
  }

  function moveLowMark(): void {
    const before = head;
    while (head < window.length && window[head]!.settled) head += 1;
    if (head === before) return;
    low += head - before;
    const through = window[head - 1]!.tag;
    if (head >= maxDocuments || head === window.length) {
      window = window.slice(head);
      head = 0;
    }
    onFlush?.({ through, settled: low });
    flushers = flushers.filter(({ target, resolve }) => {
      if (target <= low) resolve();
      return target > low;
    });
  }

  function stopped(stop: BulkStop, said: string): BulkError {
    const { written, failed } = total;
    const open = window.filter(({ settled }) => !settled);
    const unknown = open.filter((one) => one.inFlight || one.ambiguous).length;
    const progress = { written, failed, notWritten: open.length - unknown, unknown };
    return bulkStopped(stop, index, said, progress);
  }

  function fail(reason: unknown): void {
    if (failure !== null) return;
    failure = { reason };
    signal?.removeEventListener('abort', onAbort);
    controller.abort(reason);
    for (const { reject } of [...adders.splice(0), ...flushers.splice(0)]) reject(reason);
  }

  function throwIfStopped(): void {
    if (failure !== null) throw failure.reason;
  }

  async function add(operation: BulkOperation): Promise<void> {
    throwIfStopped();
    if (closed) {
      const hint = 'Make a new writer, or close it later.';
      throw new EngineError('WRITER_CLOSED', 'This bulk writer was closed', hint);
    }
    const room = new Promise<void>((resolve, reject) => {
      adders.push({ operation, resolve, reject });
    });
    try {
      advance();
    } catch (error) {
      fail(error);
    }
    await room;
  }

  async function flush(): Promise<void> {
    throwIfStopped();
    const target = total.operations + adders.length;
    if (low >= target) return;
    const done = new Promise<void>((resolve, reject) => {
      flushers.push({ target, resolve, reject });
    });
    pump();
    await done;
  }

  const stats = (): BulkStats => ({ ...total, ...delivery.counts() });
  return {
    add,
    flush,
    async close(): Promise<BulkStats> {
      closed = true;
      await flush();
      signal?.removeEventListener('abort', onAbort);
      return stats();
    },
    abort(reason?: unknown): void {
      fail(reason ?? new DOMException('The bulk writer was aborted', 'AbortError'));
    },
    stats,
  };
}
