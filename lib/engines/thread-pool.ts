import { parentPort, Worker } from 'node:worker_threads';
import { EngineError, MissingDependencyError, OptionError, SearchError } from '../errors.ts';

/** Threads that run one script, which calls `answerCalls`. */
export interface ThreadPool<Call> {
  /**
   * What a thread makes of a call; both are copied on their way, an error keeps class and code.
   *
   * A signal makes it reject at once; the thread finishes what it has begun.
   *
   * @param options - at: which thread, from 0; default: the one with the fewest open calls.
   * @throws {EngineError} `ENGINE_CLOSED`; `ENGINE_FAILED` where the thread has ended, or anything
   *   unforeseen, with its cause.
   */
  ask<Answer>(
    call: Call,
    options?: { at?: number | undefined; signal?: AbortSignal | undefined },
  ): Promise<Answer>;
  close(): Promise<void>;
}

interface Thread {
  worker: Worker;
  /** Calls that have no answer yet. */
  open: Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>;
}

type Asked<Call> = { id: number; call: Call };
type Reply = { id: number } & ({ answer: unknown } | { fault: Fault });

/** An error on its way between threads. */
interface Fault {
  name: string;
  code: string;
  what: string;
  hint: string;
  cause?: string;
}

/**
 * Threads that are started when first needed, also after one has died, and that are no reason for
 * the process to stay alive but while they have open calls.
 *
 * @param script - What every thread runs.
 * @param options - count: 1 or more. data: what the script finds in `workerData`.
 */
export function threadPool<Call>(
  script: URL,
  options: { count: number; data: object },
): ThreadPool<Call> {
  const threads: (Thread | null)[] = Array.from({ length: options.count }, () => null);
  let lastId = 0;
  let closed = false;

  const start = (at: number): Thread => {
    const worker = startWorker(script, options.data);
    const thread: Thread = { worker, open: new Map() };
    worker.unref();
    worker.on('message', (reply: Reply) => {
      const asked = thread.open.get(reply.id);
      thread.open.delete(reply.id);
      if (thread.open.size === 0 && !closed) worker.unref();
      if ('fault' in reply) asked?.reject(revived(reply.fault));
      else asked?.resolve(reply.answer as never);
    });
    let reason: ErrorOptions | undefined;
    worker.on('error', (cause) => (reason = { cause }));
    worker.on('exit', () => {
      threads[at] = null;
      const error = closed ? closedError() : endedError(reason);
      for (const { reject } of thread.open.values()) reject(error);
    });
    threads[at] = thread;
    return thread;
  };
  const idlest = (): number => {
    const open = threads.map((thread) => thread?.open.size ?? 0);
    return open.indexOf(Math.min(...open));
  };

  return {
    async ask(call, { at = idlest(), signal } = {}) {
      signal?.throwIfAborted();
      if (closed) throw closedError();
      const { worker, open } = threads[at] ?? start(at);
      const id = lastId++;
      worker.postMessage({ id, call } satisfies Asked<Call>);
      worker.ref();
      const onAbort = (): void => {
        open.get(id)?.reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', onAbort);
      try {
        return await new Promise((resolve, reject) => open.set(id, { resolve, reject }));
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      closed = true;
      const running = threads.filter((thread) => thread !== null);
      const ended = running.map(({ worker }) => {
        worker.ref();
        // Not `terminate`: a thread that is ended within its database takes the process along.
        worker.postMessage(null);
        return new Promise((resolve) => worker.once('exit', resolve));
      });
      await Promise.all(ended);
    },
  };
}

/**
 * Makes this thread answer what its pool asks.
 *
 * @param close - Run when the pool is closed; the thread ends after it.
 */
export function answerCalls<Call>(
  answer: (call: Call) => Promise<unknown>,
  close: () => Promise<void>,
): void {
  const port = parentPort!;
  const reply = async ({ id, call }: Asked<Call>): Promise<Reply> => {
    try {
      return { id, answer: await answer(call) };
    } catch (error) {
      return { id, fault: faultOf(error) };
    }
  };
  port.on('message', (asked: Asked<Call> | null) => {
    if (asked !== null) void reply(asked).then((text) => port.postMessage(text));
    else void close().then(() => port.close());
  });
}

/** In a checkout scripts are TypeScript, which threads can't read by themselves. */
function startWorker(script: URL, workerData: object): Worker {
  if (script.pathname.endsWith('.js')) return new Worker(script, { workerData });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import('${script.href}'); })`;
  return new Worker(load, { workerData, eval: true });
}

function closedError(): EngineError {
  return new EngineError('ENGINE_CLOSED', 'This engine was closed', 'Make a new one.');
}

function endedError(reason: ErrorOptions | undefined): EngineError {
  const what = 'The thread of a search has ended';
  return new EngineError('ENGINE_FAILED', what, 'Ask again, which starts another.', reason);
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof SearchError)) {
    const hint = 'Please report it.';
    const what = 'A search failed';
    return { name: 'EngineError', code: 'ENGINE_FAILED', what, hint, cause: String(error) };
  }
  const { name, code, hint, message } = error;
  return { name, code, hint, what: message.slice(0, -hint.length - 2) };
}

const CLASSES = { OptionError, MissingDependencyError };

function revived({ name, code, what, hint, cause }: Fault): SearchError {
  const Class = name in CLASSES ? CLASSES[name as keyof typeof CLASSES] : EngineError;
  return new Class(code, what, hint, cause === undefined ? undefined : { cause });
}
