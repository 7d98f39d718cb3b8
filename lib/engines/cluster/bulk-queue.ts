import type { PendingOperation } from './bulk-operation.ts';

/**
 * Operations that may be sent: the first unsettled one of each id, so that writes of an id stay in
 * order.
 */
export interface BulkQueue {
  /** Adds an operation after the others with its id. */
  add(operation: PendingOperation): void;
  /** Releases the next operation with the same id. */
  settle(operation: PendingOperation): void;
  /**
   * Removes and returns the first operations, as many as fit in a request; at least one if there
   * is any.
   */
  take(limits: { maxDocuments: number; maxBytes: number }): PendingOperation[];
  /** Number and bytes of the operations that may be sent now. */
  ready(): { documents: number; bytes: number };
}

export function bulkQueue(): BulkQueue {
  let queue: PendingOperation[] = [];
  let queuedBytes = 0;
  /** Last unsettled operation of each id. */
  const last = new Map<string, PendingOperation>();

  function enqueue(operation: PendingOperation): void {
    queue.push(operation);
    queuedBytes += operation.bytes;
  }

  return {
    add(operation) {
      const before = last.get(operation.id);
      last.set(operation.id, operation);
      if (before) before.next = operation;
      else enqueue(operation);
    },

    settle(operation) {
      if (operation.next) enqueue(operation.next);
      else if (last.get(operation.id) === operation) last.delete(operation.id);
      operation.next = null;
    },

    take({ maxDocuments, maxBytes }) {
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
    },

    ready: () => ({ documents: queue.length, bytes: queuedBytes }),
  };
}
