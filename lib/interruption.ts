/**
 * Ends a thread from outside without crashing the process.
 *
 * Node.js crashes if a thread is terminated inside an add-on (SQLite, jieba). So each call of an
 * add-on registers itself, and refuses to start once the end of the thread is requested. A thread
 * that runs JavaScript can be terminated at any moment.
 */
export interface Interruption {
  /** From now on no call of an add-on can start. */
  request(): void;
  /** Whether the thread is inside an add-on. After `request`, false is final. */
  within(): boolean;
  /** Memory to pass to the thread, for `interruptibleBy`. */
  shared: SharedArrayBuffer;
}

/**
 * Indexes of the two shared numbers: whether an end was requested, and the calls of add-ons in
 * progress.
 */
const REQUESTED = 0;
const WITHIN = 1;

let own: Int32Array | null = null;

/** The side of the thread that may end another one. */
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

/** The side of the thread that may be ended: from now on `native` obeys a request. */
export function interruptibleBy(shared: SharedArrayBuffer): void {
  own = new Int32Array(shared);
}

/**
 * Calls an add-on.
 *
 * @throws {Error} If the end of this thread was requested.
 */
export function native<T>(call: () => T): T {
  if (own === null) return call();
  // Registered before the request is read, so that at least one side sees the other.
  Atomics.add(own, WITHIN, 1);
  try {
    if (Atomics.load(own, REQUESTED) > 0) throw new Error('This thread has to end');
    return call();
  } finally {
    Atomics.sub(own, WITHIN, 1);
  }
}
