/** Bounds of the number of requests in flight, each 1 or more. */
export interface ConcurrencyBounds {
  min: number;
  start: number;
  max: number;
}

/** A limit of requests in flight that falls when the server pushes back and then rises again. */
export interface Concurrency {
  limit(): number;
  /** Changes whenever the limit falls; read it before sending a request. */
  epoch(): number;
  /** Reports a request that was accepted. */
  clean(): void;
  /**
   * Reports a request that was pushed back. Those sent before the limit last fell don't count,
   * since they belong to the same event.
   */
  pushback(sentIn: number): void;
}

/** Accepted requests after which the limit rises by one. */
const CLEAN_REQUESTS = 5;

/** Additive increase, multiplicative decrease: half on push-back, one more after five clean requests. */
export function adaptiveConcurrency(bounds: ConcurrencyBounds): Concurrency {
  let limit = bounds.start;
  let epoch = 0;
  let clean = 0;
  return {
    limit: () => limit,
    epoch: () => epoch,
    clean(): void {
      clean += 1;
      if (clean < CLEAN_REQUESTS) return;
      clean = 0;
      limit = Math.min(bounds.max, limit + 1);
    },
    pushback(sentIn: number): void {
      if (sentIn !== epoch) return;
      epoch += 1;
      clean = 0;
      limit = Math.max(bounds.min, Math.floor(limit / 2));
    },
  };
}
