/**
 * How a thread is ended from outside without harm.
 *
 * Node takes the whole process along where a thread is terminated within an add-on (SQLite, jieba). So calls
 * of these say when they are within, and refuse to begin once the thread is to end. A thread that runs
 * JavaScript can be terminated at any moment.
 */
export interface Interruption {
  /** Lets no further call of an add-on begin. */
  request(): void;
  /** Whether the thread is within an add-on; once it is not and an end was requested, it never will be. */
  within(): boolean;
  /** What the thread gets, for `interruptibleBy`. */
  shared: SharedArrayBuffer;
}

/** Places of the two numbers that are shared: an end was requested, calls of add-ons under way. */
const REQUESTED = 0;
const WITHIN = 1;

let own: Int32Array | null = null;

/** The side of whoever may end a thread. */
export function interruption(): Interruption {
  const shared = new SharedArrayBuffer(8);
  const state = new Int32Array(shared);
  return {
    shared,
    request() {
      Atomics.store(state, REQUESTED, 1);
    },
    within: () => Atomics.load(state, WITHIN) > 0,
  };
}

/** The side of the thread: from now on `native` heeds a request for its end. */
export function interruptibleBy(shared: SharedArrayBuffer): void {
  own = new Int32Array(shared);
}

/**
 * Calls an add-on.
 *
 * @throws {Error} Where this thread is to end.
 */
export function native<T>(call: () => T): T {
  if (own === null) return call();
  // Before the look at the request, so that one of the two sides sees the other.
  Atomics.add(own, WITHIN, 1);
  try {
    if (Atomics.load(own, REQUESTED) > 0) throw new Error('This thread is to end');
    return call();
  } finally {
    Atomics.sub(own, WITHIN, 1);
  }
}
