/** So many at a time; those that wait get their turn in order. */
export interface Slots {
  /** Waits for a free slot, and takes it. */
  take(): Promise<void>;
  free(): void;
}

/** @param size - 1 or more. */
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
