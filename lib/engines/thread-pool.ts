import { parentPort } from 'node:worker_threads';
import { EngineError } from '../errors.ts';
import { interruptibleBy } from '../interruption.ts';
import { type OpenCall, type PoolThread, startThread } from './pool-thread.ts';
import { type Asked, faultOf, READY, type Reply, timeoutError } from './thread-message.ts';

/** Threads that run one script, which calls `answerCalls`. */
export interface ThreadPool<Call> {
  /**
   * Runs a call in a thread and returns its answer. Both are copied; an error keeps its class and
   * code.
   *
   * A signal makes it reject at once. The thread stops waiting for anything, but finishes what it
   * is computing.
   *
   * @param options - at: number of the thread, from 0; default: the one with the fewest open calls
   *   among those that have answered recently. limitMs: default that of the pool.
   * @throws {EngineError} `SEARCH_TIMEOUT` where the thread did not answer in time, and was ended;
   *   `ENGINE_CLOSED`; `ENGINE_FAILED` where the thread has ended by itself, or anything
   *   unforeseen, with its cause.
   */
  ask<Answer>(
    call: Call,
    options?: {
      at?: number | undefined;
      signal?: AbortSignal | undefined;
      limitMs?: number | undefined;
    },
  ): Promise<Answer>;
  /** Resolves when one of the threads has answered; rejects if none can. */
  answers(): Promise<void>;
  /**
   * Lets threads finish what they have started, and ends those that don't.
   *
   * @param graceMs - Milliseconds that they get; default 5000.
   * @returns Whether all have ended: false if one is inside an add-on that does not return.
   */
  close(graceMs?: number): Promise<boolean>;
}

/** Options of `threadPool`. */
export interface ThreadPoolOptions<Call> {
  /** Number of threads, 1 or more. */
  count: number;
  /** Passed to the script as `workerData`. */
  data: object;
  /** Milliseconds within which a thread has to answer a call that it has started; default 60000. */
  limitMs?: number;
  /** First call of every thread, which loads what later calls need. Default none. */
  warmUp?: Call;
}

const LIMIT_MS = 60_000;
const GRACE_MS = 5000;
/** Milliseconds that a thread may take to load its script and warm up. */
const START_MS = 120_000;
/** Milliseconds without an answer after which a thread gets calls only if no other is better. */
const SUSPECT_MS = 200;
/**
 * Threads that may be ended while a call waits there; after that, the call itself may be what
 * blocks them.
 */
const MAX_MOVES = 2;

/**
 * Makes a pool of threads. They are started when first needed, also after one has died, and keep
 * the process alive only while they have open calls.
 *
 * A call that is not answered within its limit is given up. If its thread does not answer a ping
 * either, it is ended and replaced, and the calls that waited behind are asked again.
 *
 * @param script - What every thread runs.
 */
export function threadPool<Call>(script: URL, options: ThreadPoolOptions<Call>): ThreadPool<Call> {
  const { count, data, warmUp, limitMs: poolLimitMs = LIMIT_MS } = options;
  const threads: (PoolThread | null)[] = Array.from({ length: count }, () => null);
  /** Threads whose end is requested but not complete. */
  const leaving = new Set<Promise<boolean>>();
  let closed = false;

  const start = (at: number): PoolThread => {
    const thread = startThread(script, data, {
      onStuck() {
        const [head, ...waiting] = thread.takeOpen();
        threads[at] = null;
        const left = thread.end();
        leaving.add(left);
        void left.finally(() => leaving.delete(left));
        head?.reject(timeoutError(head.limitMs));
        for (const call of waiting) move(call, at);
      },
      onExit(reason) {
        if (threads[at] === thread) threads[at] = null;
        const error = closed ? closedError() : endedError(reason);
        for (const { reject } of thread.takeOpen()) reject(error);
      },
    });
    threads[at] = thread;
    if (warmUp !== undefined) thread.ask(unheard(warmUp));
    return thread;
  };
  const threadAt = (at: number): PoolThread => threads[at] ?? start(at);
  const move = (call: OpenCall, at: number): void => {
    if (closed) call.reject(closedError());
    else if (call.moves++ >= MAX_MOVES) call.reject(timeoutError(call.limitMs));
    else threadAt(at).ask(call);
  };
  const idlest = (): number => {
    const loads = threads.map((thread) =>
      thread === null ? 0 : thread.open + (thread.silentMs() > SUSPECT_MS ? 1e6 : 0),
    );
    return loads.indexOf(Math.min(...loads));
  };

  return {
    async ask(call, { at = idlest(), signal, limitMs = poolLimitMs } = {}) {
      signal?.throwIfAborted();
      if (closed) throw closedError();
      let onAbort = (): void => undefined;
      try {
        return await new Promise((resolve, reject) => {
          const asked: OpenCall = { call, limitMs, moves: 0, resolve, reject };
          onAbort = () => {
            asked.cancel?.();
            reject(signal!.reason as Error);
          };
          signal?.addEventListener('abort', onAbort);
          threadAt(at).ask(asked);
        });
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async answers() {
      if (closed) throw closedError();
      await Promise.any(threads.map((_, at) => threadAt(at).listens()));
    },
    async close(graceMs = GRACE_MS) {
      closed = true;
      const running = threads.filter((thread) => thread !== null);
      const ended = await Promise.all(running.map((thread) => thread.finish(graceMs)));
      const before = await Promise.all(leaving);
      return [...ended, ...before].every(Boolean);
    },
  };
}

/** A call whose answer is ignored. */
function unheard(call: unknown): OpenCall {
  const ignore = (): void => undefined;
  return { call, limitMs: START_MS, moves: MAX_MOVES, resolve: ignore, reject: ignore };
}

/**
 * Makes this thread answer the calls of its pool.
 *
 * @param answer - Answers a call. Its signal aborts when nobody waits for the answer any more.
 * @param close - Called when the pool is closed, before the thread ends.
 */
export function answerCalls<Call>(
  answer: (call: Call, signal: AbortSignal) => Promise<unknown>,
  close: () => Promise<void>,
): void {
  const port = parentPort!;
  const stops = new Map<number, AbortController>();
  const reply = async (id: number, call: unknown): Promise<Reply> => {
    if (call === null) return { id, answer: null };
    const stop = new AbortController();
    stops.set(id, stop);
    try {
      return { id, answer: await answer(call as Call, stop.signal) };
    } catch (error) {
      return { id, fault: faultOf(error) };
    } finally {
      stops.delete(id);
    }
  };
  port.on('message', (asked: Asked | SharedArrayBuffer | null) => {
    if (asked === null) void close().then(() => port.close());
    else if (asked instanceof SharedArrayBuffer) interruptibleBy(asked);
    else if ('cancel' in asked) stops.get(asked.cancel)?.abort();
    else void reply(asked.id, asked.call).then((text) => port.postMessage(text));
  });
  port.postMessage(READY);
}

function closedError(): EngineError {
  return new EngineError('ENGINE_CLOSED', 'This engine was closed', 'Make a new one.');
}

function endedError(reason: ErrorOptions | undefined): EngineError {
  const what = 'The thread of a search has ended';
  return new EngineError('ENGINE_FAILED', what, 'Ask again, which starts another.', reason);
}
