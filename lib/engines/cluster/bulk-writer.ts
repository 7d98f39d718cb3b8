import { EngineError } from '../../errors.ts';
import type { ItemAnswer } from './bulk-answer.ts';
import { type BulkError, type BulkStop, bulkStopped } from './bulk-error.ts';
import {
  bulkLines,
  type BulkOperation,
  type BulkOutcome,
  type PendingOperation,
  pendingOf,
} from './bulk-operation.ts';
import { bulkSettings, type BulkWriterOptions } from './bulk-options.ts';
import { bulkQueue } from './bulk-queue.ts';
import { bulkSender } from './bulk-sender.ts';
import { bulkWindow } from './bulk-window.ts';
import { adaptiveConcurrency } from './concurrency.ts';

/** Most operations from the low-water mark, as a multiple of the operations of a request. */
const WINDOW = 64;

/** Accepts operations one by one and writes them in batches. */
export interface BulkWriter {
  /**
   * Adds an operation; resolves when there is room for more. Await it to bound memory.
   *
   * @throws {EngineError} The error that stopped the writer, if it has stopped.
   */
  add(operation: BulkOperation): Promise<void>;
  /** Resolves when everything added before has its outcome. */
  flush(): Promise<void>;
  /** Flushes; nothing can be added afterwards. @returns Numbers of `ok` and of failed outcomes. */
  close(): Promise<{ written: number; failed: number }>;
}

/**
 * A writer on `_bulk` that loses nothing: every operation gets exactly one outcome, or the writer
 * stops with an error that counts those without one.
 *
 * Operations on one id are executed in the order in which they were added. Push-back, outages and
 * lost answers are retried until there is no progress for `retryBudgetMs`; the refusal of a
 * document is an outcome. The server may execute a request late if its answer was lost, so with two
 * writers use external versions.
 *
 * When `signal` fires, requests in flight are cancelled and every call rejects with its reason.
 *
 * @throws {EngineError} From the methods: `BULK_UNAVAILABLE`, `CLUSTER_BLOCKED`, `UNAUTHORIZED`,
 *   `INDEX_CLOSED` and `INDEX_NOT_FOUND`, each a `BulkError` with counts; `WRITER_CLOSED`.
 */
export function bulkWriter(options: BulkWriterOptions): BulkWriter {
  const settings = bulkSettings(options);
  const { index, maxDocuments, onOutcome, signal } = settings;
  const concurrency = adaptiveConcurrency(settings.concurrency);
  const controller = new AbortController();
  const window = bulkWindow(maxDocuments);
  const queue = bulkQueue();
  /** Waiting callers of `add`, in order. */
  const adders: { operation: BulkOperation; resolve: () => void; reject: (e: unknown) => void }[] =
    [];
  const held = { documents: 0, bytes: 0 };
  const total = { written: 0, failed: 0 };
  let added = 0;
  let failure: { reason: unknown } | null = null;
  let closed = false;

  const sender = bulkSender(settings, queue, {
    signal: controller.signal,
    concurrency,
    settle,
    advance,
    stopped,
    fail,
    isAwaited: () => window.isAwaited() || adders.length > 0,
  });
  const onAbort = (): void => fail(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });

  function hasRoom(): boolean {
    const requests = concurrency.limit() + 1;
    return (
      held.bytes < sender.maxBytes() * requests &&
      held.documents < maxDocuments * requests &&
      window.width() < maxDocuments * WINDOW
    );
  }

  function accept(operation: BulkOperation): void {
    const pending = pendingOf(operation);
    added += 1;
    window.add(pending);
    held.documents += 1;
    const refused = fillLines(pending, operation, settings.maxDocumentBytes);
    if (refused) {
      settle(pending, refused);
      return;
    }
    held.bytes += pending.bytes;
    queue.add(pending);
  }

  function settle(operation: PendingOperation, item: ItemAnswer): void {
    held.documents -= 1;
    held.bytes -= operation.bytes;
    operation.settled = true;
    operation.lines = '';
    queue.settle(operation);
    const outcome = outcomeOf(operation, item);
    total[outcome.ok ? 'written' : 'failed'] += 1;
    onOutcome(outcome);
  }

  /**
   * After operations were added or settled: moves the low-water mark, admits waiting callers, and
   * sends ready operations.
   */
  function advance(): void {
    window.advance();
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
    window.advance();
    sender.pump();
  }

  function stopped(stop: BulkStop, said: string): BulkError {
    const open = window.open();
    const unknown = open.filter((one) => one.inFlight || one.ambiguous).length;
    return bulkStopped(stop, index, said, {
      ...total,
      notWritten: open.length - unknown,
      unknown,
    });
  }

  function fail(reason: unknown): void {
    if (failure !== null) return;
    failure = { reason };
    signal?.removeEventListener('abort', onAbort);
    controller.abort(reason);
    for (const { reject } of adders.splice(0)) reject(reason);
    window.fail(reason);
  }

  async function flush(): Promise<void> {
    if (failure !== null) throw failure.reason;
    const settled = window.settled(added + adders.length);
    sender.pump();
    await settled;
  }

  return {
    async add(operation) {
      if (failure !== null) throw failure.reason;
      if (closed) throw writerClosed();
      const room = new Promise<void>((resolve, reject) => {
        adders.push({ operation, resolve, reject });
      });
      try {
        advance();
      } catch (error) {
        fail(error);
      }
      await room;
    },
    flush,
    async close() {
      closed = true;
      await flush();
      signal?.removeEventListener('abort', onAbort);
      return { ...total };
    },
  };
}

/** Fills in lines and bytes; returns the outcome of an operation that can't be sent. */
function fillLines(
  pending: PendingOperation,
  operation: BulkOperation,
  maxDocumentBytes: number,
): ItemAnswer | null {
  let lines: string;
  try {
    lines = bulkLines(operation);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 400, type: 'DOCUMENT_NOT_JSON', reason };
  }
  const bytes = Buffer.byteLength(lines);
  if (bytes > maxDocumentBytes) {
    const reason = `${bytes} bytes, over the ${maxDocumentBytes} that a request may have`;
    return { status: 413, type: 'DOCUMENT_TOO_LARGE', reason };
  }
  Object.assign(pending, { lines, bytes });
  return null;
}

function outcomeOf(operation: PendingOperation, item: ItemAnswer): BulkOutcome {
  const { id, tag, action, attempts } = operation;
  const carriedOut = item.status < 300 || (action === 'delete' && item.status === 404);
  const ambiguous = item.status === 409 && operation.ambiguous;
  const type = item.status === 413 ? 'DOCUMENT_TOO_LARGE' : item.type;
  return { id, tag, ok: carriedOut || ambiguous, ambiguous, attempts, ...item, type };
}

function writerClosed(): EngineError {
  const hint = 'Make a new writer, or close it later.';
  return new EngineError('WRITER_CLOSED', 'This bulk writer was closed', hint);
}
