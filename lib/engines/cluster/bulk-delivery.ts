import { backOffMs } from '../../back-off.ts';
import { EngineError } from '../../errors.ts';
import {
  type BulkAnswer,
  isBlocked,
  isIndexClosed,
  isIndexMissing,
  isPassing,
  type ItemAnswer,
  readBulkFailure,
  readBulkReply,
} from './bulk-answer.ts';
import type { BulkStop } from './bulk-error.ts';
import type { PendingOperation } from './bulk-operation.ts';
import type { BulkSettings } from './bulk-options.ts';
import type { Concurrency } from './concurrency.ts';
import { renewalOf } from './renewal.ts';
import { requestTurns } from './request-turns.ts';

/** Milliseconds: upper bound of the first wait, which doubles, and of every wait. */
const DELAYS = { baseDelayMs: 250, maxDelayMs: 30_000 };

/** What a delivery needs from its writer. */
export interface DeliveryContext {
  signal: AbortSignal;
  concurrency: Concurrency;
  settle: (operation: PendingOperation, item: ItemAnswer) => void;
  /** Called when operations were settled, or a batch backs off outside the limit. */
  advance: () => void;
  /** Called when a request of `bytes` was too large. */
  tooLarge: (bytes: number) => void;
  /** Makes the error that ends the writer. */
  stopped: (stop: BulkStop, said: string) => EngineError;
}

/** Sends batches until each operation is settled. */
export interface Delivery {
  /**
   * Resolves when every operation of the batch is settled. Ids must be unique among the operations
   * in flight.
   */
  deliver(batch: readonly PendingOperation[]): Promise<void>;
  /** Batches that back off outside the concurrency limit. */
  aside(): number;
}

/** An operation without an outcome, and its last answer. */
interface Unsettled {
  operation: PendingOperation;
  item: ItemAnswer;
}

/** Delivers batches: back-off and retries, splitting, renewal of credentials. */
export function bulkDelivery(settings: BulkSettings, context: DeliveryContext): Delivery {
  const { steadyNow, sleep, random, retryBudgetMs } = settings;
  const { signal, concurrency } = context;
  const turns = requestTurns(concurrency, settings, signal);
  const renewal = renewalOf(settings.refreshAuth);
  let lastSettled = -Infinity;
  let aside = 0;

  /** Settles operations with a final answer; returns the others with their answers. */
  function settleItems(
    batch: readonly PendingOperation[],
    items: readonly ItemAnswer[],
  ): Unsettled[] {
    const left: Unsettled[] = [];
    for (const [i, operation] of batch.entries()) {
      const item = items[i]!;
      if (isFinal(item)) {
        context.settle(operation, item);
      } else {
        // After 429 an operation was not started; after other failures it may have been.
        if (isPassing(item) && item.status !== 429) operation.ambiguous = true;
        left.push({ operation, item });
      }
    }
    if (left.length < batch.length) {
      lastSettled = steadyNow();
      context.advance();
    }
    return left;
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

  /** @returns The answer to a request that has to be split; null when everything is settled. */
  async function deliverGroup(group: readonly PendingOperation[]): Promise<ItemAnswer | null> {
    let left = group;
    let failures = 0;
    let stalledSince: number | null = null;
    let renewed = false;
    /** The last answer since then: a node that gives none hides it. */
    let said: string | null = null;
    for (;;) {
      await turns.take();
      const [sentIn, credentials] = [concurrency.epoch(), renewal.epoch()];
      const answer = await attempt(left, settings.send, signal).finally(() => {
        turns.end();
      });
      signal.throwIfAborted();
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
        [failures, stalledSince, renewed, said] = [0, null, false, null];
      }
      const { kind, what } = answer.kind === 'items' ? worstOf(rest!) : answer;
      if (kind === 'unauthorized' && !renewed) {
        renewed = true;
        await renewal.renew(credentials);
        continue;
      }
      if (kind !== 'retry') throw context.stopped(kind, what);
      if (!(answer.kind === 'retry' && answer.silent)) said = what;
      // Otherwise a single shard is moving, and other batches need not wait for it.
      const busy = rest === null || rest.some(({ item }) => item.status === 429);
      if (busy) concurrency.pushback(sentIn);
      failures += 1;
      stalledSince ??= steadyNow();
      const remaining = stalledSince + retryBudgetMs - steadyNow();
      if (remaining <= 0) {
        // If other batches get through, the cause is these operations and not the engine.
        if (rest === null || lastSettled < stalledSince)
          throw context.stopped('unavailable', said ?? what);
        for (const { operation, item } of rest) context.settle(operation, item);
        context.advance();
        return null;
      }
      const retryAfterMs = answer.kind === 'retry' ? answer.retryAfterMs : 0;
      const delay = backOffMs(failures, { ...DELAYS, random, retryAfterMs });
      // The last attempt is made when the budget ends.
      const wait = Math.min(remaining, delay);
      if (retryAfterMs > 0) turns.hold(wait);
      await (busy ? sleep(wait, signal) : stepAside(wait));
    }
  }

  return {
    async deliver(batch) {
      const groups = [batch];
      const refused: Unsettled[] = [];
      for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
        const fault = await deliverGroup(group);
        if (fault === null) continue;
        const left = group.filter(({ settled }) => !settled);
        if (left.length === 1) refused.push({ operation: left[0]!, item: fault });
        else {
          const half = left.length >>> 1;
          groups.push(left.slice(half), left.slice(0, half));
        }
      }
      if (refused.length === batch.length && isOneRefusal(refused)) {
        const { status, type, reason } = refused[0]!.item;
        const why = [type, reason].filter(Boolean).join(': ');
        throw context.stopped('refused', `every request is answered ${status} ${why}`);
      }
      for (const { operation, item } of refused) context.settle(operation, item);
      if (refused.length > 0) context.advance();
    },
    aside: () => aside,
  };
}

/**
 * Whether the server refused several operations with the same words, which then apply to the whole
 * request.
 */
function isOneRefusal(refused: readonly Unsettled[]): boolean {
  const [first, ...others] = refused.map(({ item }) => item);
  if (!first || others.length === 0 || first.status !== 400 || first.type === null) return false;
  return others.every(({ type, reason }) => type === first.type && reason === first.reason);
}

/** Sends a batch once, and records for its operations whether they may have been executed. */
async function attempt(
  batch: readonly PendingOperation[],
  send: BulkSettings['send'],
  signal: AbortSignal,
): Promise<BulkAnswer> {
  const actions = batch.map(({ action }) => action);
  for (const operation of batch) {
    operation.attempts += 1;
    operation.inFlight = true;
  }
  let answer: BulkAnswer;
  try {
    const reply = await send(batch.map(({ lines }) => lines).join(''), { signal });
    answer = readBulkReply(reply, actions);
  } catch (error) {
    signal.throwIfAborted();
    // A retry would not help; see `BulkWriterOptions.send`.
    if (error instanceof EngineError) throw error;
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

/** Whether an answer is final. */
function isFinal(item: ItemAnswer): boolean {
  const isOfIndex = isBlocked(item) || isIndexMissing(item) || isIndexClosed(item);
  return !(isOfIndex || isPassing(item) || isUnauthorized(item));
}

/** The gravest of the answers to unsettled operations. */
function worstOf(rest: readonly Unsettled[]): { kind: 'retry' | BulkStop; what: string } {
  const { item } = rest.find((one) => !isPassing(one.item)) ?? rest[0]!;
  const what = `refused operations with ${item.status} ${item.type ?? ''}`.trimEnd();
  if (isBlocked(item)) return { kind: 'blocked', what: item.reason ?? what };
  if (isIndexMissing(item)) return { kind: 'missing', what };
  if (isIndexClosed(item)) return { kind: 'closed', what };
  return { kind: isUnauthorized(item) ? 'unauthorized' : 'retry', what };
}

function isUnauthorized(item: ItemAnswer): boolean {
  return item.status === 401 || item.status === 403;
}

function sizeOf(batch: readonly PendingOperation[]): number {
  return batch.reduce((total, { bytes }) => total + bytes, 0);
}
