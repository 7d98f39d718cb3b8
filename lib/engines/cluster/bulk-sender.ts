import { bulkDelivery, type DeliveryContext } from './bulk-delivery.ts';
import type { PendingOperation } from './bulk-operation.ts';
import type { BulkSettings } from './bulk-options.ts';
import type { BulkQueue } from './bulk-queue.ts';

/** What a sender needs from its writer. */
export interface SenderContext extends Omit<DeliveryContext, 'tooLarge'> {
  /** Whether a caller waits for the queued operations, so that batches need not be full. */
  isAwaited: () => boolean;
  /** Ends the writer, and aborts `signal`. */
  fail: (reason: unknown) => void;
}

/** Makes batches of queued operations and sends several at the same time. */
export interface BulkSender {
  /** Sends ready operations, as far as the limit of concurrent requests allows. */
  pump(): void;
  /** Bytes of a full batch: less after a request was too large. */
  maxBytes(): number;
}

/** @param queue - The operations to send. */
export function bulkSender(
  settings: BulkSettings,
  queue: BulkQueue,
  context: SenderContext,
): BulkSender {
  const { maxDocuments } = settings;
  const { signal, concurrency, fail, isAwaited } = context;
  let { maxBytes } = settings;
  let inFlight = 0;
  const delivery = bulkDelivery(settings, {
    ...context,
    tooLarge: (bytes) => {
      maxBytes = Math.min(maxBytes, Math.max(1, bytes >>> 1));
    },
  });

  function pump(): void {
    const awaited = isAwaited();
    for (;;) {
      const { documents, bytes } = queue.ready();
      const isFull = documents >= maxDocuments || bytes >= maxBytes;
      if (signal.aborted || documents === 0 || !(isFull || awaited)) return;
      if (inFlight - delivery.aside() >= concurrency.limit()) return;
      void run(queue.take({ maxDocuments, maxBytes }));
    }
  }

  async function run(batch: PendingOperation[]): Promise<void> {
    inFlight += 1;
    try {
      await delivery.deliver(batch);
    } catch (error) {
      fail(error);
    }
    inFlight -= 1;
    pump();
  }

  return { pump, maxBytes: () => maxBytes };
}
