import type { PendingOperation } from './bulk-operation.ts';

/** Operations that may be sent: of each id the first that is unsettled, so that its writes stay in order. */
export interface BulkQueue {
  /** Adds an operation behind those of its id. */
  add(operation: PendingOperation): void;
  /** Lets the next operation of the id in. */
  settle(operation: PendingOperation): void;
  /** Takes out the first ones, as many as a request may have; at least one where there is any. */
  take(limits: { maxDocuments: number; maxBytes: number }): PendingOperation[];
  /** Operations that may be sent now. */
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
