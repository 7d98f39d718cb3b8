import type { EngineError } from '../../errors.ts';
import { backOffMs } from './back-off.ts';
import {
  type BulkAnswer,
  type BulkReply,
  isBlocked,
  isIndexMissing,
  isPassing,
  type ItemAnswer,
  readBulkFailure,
  readBulkReply,
} from './bulk-answer.ts';
import type { BulkStop } from './bulk-error.ts';
import type { BulkOperation } from './bulk-operation.ts';
import type { Concurrency } from './concurrency.ts';

/** An operation that has no outcome yet. */
export interface PendingOperation extends Omit<BulkOperation, 'source'> {
  /** Its lines in a bulk body; emptied when it is settled. */
  lines: string;
  bytes: number;
  attempts: number;
  /** Whether an attempt's answer was lost. */
  ambiguous: boolean;
  inFlight: boolean;
  settled: boolean;
  /** The next operation on the same id, which waits for this one. */
  next: PendingOperation | null;
}

/** How requests are sent and tried again. */
export interface DeliveryOptions {
  send: (lines: string, options: { signal: AbortSignal }) => Promise<BulkReply>;
  refreshAuth?: () => Promise<void>;
  retryBudgetMs: number;
  baseDelayMs: number;
  maxDelayMs: number;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
}

/** What a delivery needs of the writer it works for. */
export interface DeliveryContext {
  signal: AbortSignal;
  concurrency: Concurrency;
  settle: (operation: PendingOperation, item: ItemAnswer) => void;
  /** Called after several were settled. */
  settledSome: () => void;
  /** A request of so many bytes was too large. */
  tooLarge: (bytes: number) => void;
  /** Makes the error that ends the writer. */
  stopped: (stop: BulkStop, said: string) => EngineError;
}

/** Counts over all requests. */
export interface DeliveryCounts {
  requests: number;
  /** Operations sent again. */
  retries: number;
  /** Requests that were refused, whole or in part, or got no answer. */
  pushbacks: number;
  bytes: number;
}

/** Sends batches until each operation is settled. */
export interface Delivery {
  /** Resolves when every operation of the batch is settled. Ids must be unique in what is under way. */
  deliver(batch: readonly PendingOperation[]): Promise<void>;
  counts(): DeliveryCounts;
}

/** Carries out batches: back-off and retries, splitting, renewal of credentials. */
export function bulkDelivery(options: DeliveryOptions, context: DeliveryContext): Delivery {
  const { now, sleep, retryBudgetMs } = options;
  const { signal, concurrency } = context;
  const counts: DeliveryCounts = { requests: 0, retries: 0, pushbacks: 0, bytes: 0 };
  /** No request before this time: a server has asked for it. */
  let holdUntil = -Infinity;
  let lastSettled = -Infinity;
  let renewals = 0;
  let renewing: Promise<void> | null = null;

  async function attempt(batch: readonly PendingOperation[]): Promise<BulkAnswer> {
    const actions = batch.map(({ action }) => action);
    counts.requests += 1;
    for (const operation of batch) {
      counts.bytes += operation.bytes;
      if (operation.attempts > 0) counts.retries += 1;
      operation.attempts += 1;
      operation.inFlight = true;
    }
    let answer: BulkAnswer;
    try {
      const reply = await options.send(batch.map(({ lines }) => lines).join(''), { signal });
      answer = readBulkReply(reply, actions);
    } catch (error) {
      signal.throwIfAborted();
      answer = readBulkFailure(error, actions);
    }
    signal.throwIfAborted();
    const lost = answer.kind === 'retry' && answer.ambiguous;
    for (const operation of batch) {
      operation.inFlight = false;
      operation.ambiguous ||= lost;
    }
    return answer;
  }

  /** Settles what has a final answer; returns the rest with the answers it got. */
  function settleItems(
    batch: readonly PendingOperation[],
    items: readonly ItemAnswer[],
  ): { operation: PendingOperation; item: ItemAnswer }[] {
    const left: { operation: PendingOperation; item: ItemAnswer }[] = [];
    for (const [i, operation] of batch.entries()) {
      const item = items[i]!;
      if (isBlocked(item) || isPassing(item) || isUnauthorized(item) || isIndexMissing(item)) {
        // A rejected operation was not begun; one that failed on its way may have been.
        if (isPassing(item) && item.status !== 429) operation.ambiguous = true;
        left.push({ operation, item });
      } else {
        context.settle(operation, item);
      }
    }
    if (left.length < batch.length) lastSettled = now();
    return left;
  }

  /** One renewal for all batches that were refused with the same credentials. */
  async function renew(seen: number): Promise<void> {
    if (seen !== renewals) return;
    renewing ??= (async () => {
      try {
        await options.refreshAuth?.();
        renewals += 1;
      } finally {
        renewing = null;
      }
    })();
    await renewing;
  }

  async function deliverGroup(group: readonly PendingOperation[]): Promise<ItemAnswer | null> {
    let left = group;
    let failures = 0;
    let stalledSince: number | null = null;
    let renewed = false;
    while (left.length > 0) {
      for (let ms = holdUntil - now(); ms > 0; ms = holdUntil - now()) await sleep(ms, signal);
      const sentIn = concurrency.epoch();
      const credentials = renewals;
      const answer = await attempt(left);
      let what: string;
      let wait = 0;
      let items: { operation: PendingOperation; item: ItemAnswer }[] | null = null;
      if (answer.kind === 'items') {
        items = settleItems(left, answer.items);
        const progress = items.length < left.length;
        left = items.map(({ operation }) => operation);
        context.settledSome();
        if (items.length === 0) {
          concurrency.clean();
          break;
        }
        if (progress) {
          failures = 0;
          stalledSince = null;
          renewed = false;
        }
        const { item } = items.find((one) => !isPassing(one.item)) ?? items[0]!;
        what = `refused operations with ${item.status} ${item.type ?? ''}`.trimEnd();
        if (isBlocked(item)) throw context.stopped('blocked', item.reason ?? what);
        if (isIndexMissing(item)) throw context.stopped('missing', what);
        if (isUnauthorized(item)) {
          if (renewed) throw context.stopped('unauthorized', what);
          renewed = true;
          await renew(credentials);
          continue;
        }
      } else if (answer.kind === 'retry') {
        what = answer.what;
        wait = answer.retryAfterMs;
      } else if (answer.kind === 'split') {
        if (answer.item.status === 413 && left.length > 1) context.tooLarge(sizeOf(left));
        return answer.item;
      } else if (answer.kind === 'unauthorized') {
        if (renewed) throw context.stopped('unauthorized', answer.what);
        renewed = true;
        await renew(credentials);
        continue;
      } else if (answer.kind === 'missing') {
        throw context.stopped('missing', 'answered 404 index_not_found_exception');
      } else {
        throw context.stopped(answer.kind === 'blocked' ? 'blocked' : 'unavailable', answer.what);
      }
      counts.pushbacks += 1;
      concurrency.pushback(sentIn);
      failures += 1;
      stalledSince ??= now();
      const remaining = stalledSince + retryBudgetMs - now();
      if (remaining <= 0) {
        // Others get through, so it lies with these operations and not with the engine.
        if (items === null || lastSettled < stalledSince)
          throw context.stopped('unavailable', what);
        for (const { operation, item } of items) context.settle(operation, item);
        context.settledSome();
        break;
      }
      // The last attempt is made when the budget ends.
      wait = Math.min(remaining, backOffMs(failures, { ...options, retryAfterMs: wait }));
      if (answer.kind === 'retry' && answer.retryAfterMs > 0) holdUntil = now() + wait;
      await sleep(wait, signal);
    }
    return null;
  }

  async function deliver(batch: readonly PendingOperation[]): Promise<void> {
    const groups = [batch];
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      const fault = await deliverGroup(group);
      if (fault === null) continue;
      const left = group.filter(({ settled }) => !settled);
      if (left.length === 1) {
        context.settle(left[0]!, fault);
        context.settledSome();
      } else {
        const half = left.length >>> 1;
        groups.push(left.slice(half), left.slice(0, half));
      }
    }
  }

  return { deliver, counts: () => ({ ...counts }) };
}

function isUnauthorized(item: ItemAnswer): boolean {
  return (item.status === 401 || item.status === 403) && !isBlocked(item);
}

function sizeOf(batch: readonly PendingOperation[]): number {
  return batch.reduce((total, { bytes }) => total + bytes, 0);
}
