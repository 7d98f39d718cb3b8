import { backOffMs } from '../../back-off.ts';
import type { EngineError } from '../../errors.ts';
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
export interface PendingOperation extends Omit<BulkOperation, 'source' | 'version'> {
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
  /** Called when operations were settled, or a batch lets others go first. */
  advance: () => void;
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
  /** Batches that wait and let others go first. */
  aside(): number;
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
  let sending = 0;
  let aside = 0;
  const turns: (() => void)[] = [];

  /** Batches that are tried again keep to the limit too, also when it fell after they were begun. */
  async function takeTurn(): Promise<void> {
    while (sending >= concurrency.limit()) {
      await new Promise<void>((resolve) => turns.push(resolve));
    }
    sending += 1;
    for (let ms = holdUntil - now(); ms > 0; ms = holdUntil - now()) await sleep(ms, signal);
  }

  function endTurn(): void {
    sending -= 1;
    for (const next of turns.splice(0, concurrency.limit() - sending)) next();
  }

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
    } finally {
      endTurn();
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
  ): Unsettled[] {
    const left: Unsettled[] = [];
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
    if (left.length < batch.length) {
      lastSettled = now();
      context.advance();
    }
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

  async function stepAside(ms: number): Promise<void> {
    aside += 1;
    context.advance();
    try {
      await sleep(ms, signal);
    } finally {
      aside -= 1;
    }
  }

  /** @returns The answer to a request that has to be split, else null when all is settled. */
  async function deliverGroup(group: readonly PendingOperation[]): Promise<ItemAnswer | null> {
    let left = group;
    let failures = 0;
    let stalledSince: number | null = null;
    let renewed = false;
    for (;;) {
      await takeTurn();
      const sentIn = concurrency.epoch();
      const credentials = renewals;
      const answer = await attempt(left);
      if (answer.kind === 'split') {
        if (answer.item.status === 413 && left.length > 1) context.tooLarge(sizeOf(left));
        return answer.item;
      }
      const rest = answer.kind === 'items' ? settleItems(left, answer.items) : null;
      if (rest?.length === 0) {
        concurrency.clean();
        return null;
      }
      if (rest && rest.length < left.length) {
        left = rest.map(({ operation }) => operation);
        [failures, stalledSince, renewed] = [0, null, false];
      }
      const { kind, what } = answer.kind === 'items' ? worstOf(rest!) : answer;
      if (kind === 'unauthorized' && !renewed) {
        renewed = true;
        await renew(credentials);
        continue;
      }
      if (kind !== 'retry') throw context.stopped(kind, what);
      counts.pushbacks += 1;
      // Else it is one shard that moves, and others need not wait for it.
      const busy = rest === null || rest.some(({ item }) => item.status === 429);
      if (busy) concurrency.pushback(sentIn);
      failures += 1;
      stalledSince ??= now();
      const remaining = stalledSince + retryBudgetMs - now();
      if (remaining <= 0) {
        // Where others get through, it lies with these operations and not with the engine.
        if (rest === null || lastSettled < stalledSince) throw context.stopped('unavailable', what);
        for (const { operation, item } of rest) context.settle(operation, item);
        context.advance();
        return null;
      }
      const asked = answer.kind === 'retry' ? answer.retryAfterMs : 0;
      // The last attempt is made when the budget ends.
      const wait = Math.min(remaining, backOffMs(failures, { ...options, retryAfterMs: asked }));
      if (asked > 0) holdUntil = now() + wait;
      await (busy ? sleep(wait, signal) : stepAside(wait));
    }
  }

  async function deliver(batch: readonly PendingOperation[]): Promise<void> {
    const groups = [batch];
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      const fault = await deliverGroup(group);
      if (fault === null) continue;
      const left = group.filter(({ settled }) => !settled);
      if (left.length === 1) {
        context.settle(left[0]!, fault);
        context.advance();
      } else {
        const half = left.length >>> 1;
        groups.push(left.slice(half), left.slice(0, half));
      }
    }
  }

  return { deliver, aside: () => aside, counts: () => ({ ...counts }) };
}

interface Unsettled {
  operation: PendingOperation;
  item: ItemAnswer;
}

/** What the answers to operations without an outcome mean for the writer. */
function worstOf(rest: readonly Unsettled[]): { kind: 'retry' | BulkStop; what: string } {
  const { item } = rest.find((one) => !isPassing(one.item)) ?? rest[0]!;
  const what = `refused operations with ${item.status} ${item.type ?? ''}`.trimEnd();
  if (isBlocked(item)) return { kind: 'blocked', what: item.reason ?? what };
  if (isIndexMissing(item)) return { kind: 'missing', what };
  return { kind: isUnauthorized(item) ? 'unauthorized' : 'retry', what };
}

function isUnauthorized(item: ItemAnswer): boolean {
  return item.status === 401 || item.status === 403;
}

function sizeOf(batch: readonly PendingOperation[]): number {
  return batch.reduce((total, { bytes }) => total + bytes, 0);
}
