import type { PendingOperation } from './bulk-operation.ts';

/**
 * Operations in the order in which they were added. Outcomes arrive in any order; the low-water
 * mark is the number of operations settled without a gap:
 *
 *     added    0  1  2  3  4  5  6
 *     settled  x  x  x  .  x  .  x
 *                     ^ low-water mark: 3; the window is 3 to 6
 *
 * A flush waits until the mark reaches the operations added before it.
 */
export interface BulkWindow {
  add(operation: PendingOperation): void;
  /** Number of operations from the low-water mark. */
  width(): number;
  /** Moves the low-water mark past settled operations. */
  advance(): void;
  /** Operations without an outcome. */
  open(): PendingOperation[];
  /**
   * Resolves when `count` operations are settled without a gap; rejects with the argument of
   * `fail`.
   */
  settled(count: number): Promise<void>;
  /** Whether anybody waits in `settled`. */
  isAwaited(): boolean;
  fail(reason: unknown): void;
}

/** @param chunk - Number of settled operations that are dropped from memory together. */
export function bulkWindow(chunk: number): BulkWindow {
  let window: PendingOperation[] = [];
  /** Operations at the beginning of `window` that the mark has passed. */
  let head = 0;
  let low = 0;
  let waiting: { count: number; resolve: () => void; reject: (reason: unknown) => void }[] = [];

  return {
    add(operation) {
      window.push(operation);
    },
    width: () => window.length - head,

    advance() {
      const before = head;
      while (head < window.length && window[head]!.settled) head += 1;
      if (head === before) return;
      low += head - before;
      if (head >= chunk || head === window.length) {
        window = window.slice(head);
        head = 0;
      }
      waiting = waiting.filter(({ count, resolve }) => {
        if (count <= low) resolve();
        return count > low;
      });
    },

    open: () => window.filter(({ settled }) => !settled),

    async settled(count) {
      if (count <= low) return;
      await new Promise<void>((resolve, reject) => {
        waiting.push({ count, resolve, reject });
      });
    },

    isAwaited: () => waiting.length > 0,

    fail(reason) {
      for (const { reject } of waiting.splice(0)) reject(reason);
    },
  };
}
