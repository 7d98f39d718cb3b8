/** A FIFO semaphore. */
export interface Slots {
  /** Waits for a free slot, and takes it. */
  take(): Promise<void>;
  /** Returns the slot; it goes to the caller that has waited longest. */
  free(): void;
}

/**
 * A semaphore with a number of slots.
 *
 * @param size - 1 or more.
 */
export function slotsOf(size: number): Slots {
  let left = size;
  const waiting: (() => void)[] = [];
  return {
    take() {
      if (left === 0) return new Promise((resolve) => waiting.push(resolve));
      left -= 1;
      return Promise.resolve();
    },
    free() {
      const next = waiting.shift();
      if (next) next();
      else left += 1;
    },
  };
}
