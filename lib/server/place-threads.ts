import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EngineError, OptionError, SearchError } from '../errors.ts';
import type { PlaceIndex } from '../place-index.ts';

/** What is asked of places over HTTP: a `PlaceIndex`, or threads that have one each. */
export type PlaceSearches = Pick<PlaceIndex, 'suggest' | 'search' | 'get'>;

/** What a thread is asked. */
export interface ThreadCall {
  id: number;
  verb: keyof PlaceSearches;
  text: string;
  options: object;
}

/** What a thread answers. */
export type ThreadAnswer = { id: number } & ({ result: unknown } | { fault: ThreadFault });

/** An error on its way between threads. */
export interface ThreadFault {
  name: string;
  code: string;
  what: string;
  hint: string;
}

/** Threads that search places, so that the calling one only reads requests and writes answers. */
export interface PlaceThreads extends PlaceSearches {
  /** Resolves when every thread has searched once, and so has loaded what it needs. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

interface Thread {
  worker: Worker;
  open: Map<number, Asked>;
}

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/place-threads(\.[jt]s)$/, 'place-thread$1'));

/** What a thread runs. In a checkout scripts are TypeScript, which threads can't read by themselves. */
const THREAD: URL | string = SCRIPT.pathname.endsWith('.js')
  ? SCRIPT
  : `import('tsx/esm/api').then(({ register }) => { register(); return import('${SCRIPT.href}'); })`;

/**
 * Starts threads over the embedded engine, each with a connection of its own that only reads.
 *
 * A signal makes the call reject at once; the thread finishes what it has begun. `search` is done by
 * the first thread alone, which then is the only one with dictionaries in memory.
 *
 * @param options - dataDir: of the embedded engine. alias: of the places. count: 1 or more.
 */
export function placeThreads(options: {
  dataDir: string;
  alias: string;
  count: number;
}): PlaceThreads {
  const { dataDir, alias, count } = options;
  const threads: (Thread | null)[] = Array.from({ length: count }, () => null);
  let lastId = 0;

  const start = (at: number): Thread => {
    const worker = new Worker(THREAD, { workerData: { dataDir, alias }, eval: THREAD !== SCRIPT });
    worker.unref();
    const thread: Thread = { worker, open: new Map() };
    worker.on('message', (answer: ThreadAnswer) => {
      const asked = thread.open.get(answer.id);
      thread.open.delete(answer.id);
      if ('fault' in answer) asked?.reject(revived(answer.fault));
      else asked?.resolve(answer.result as never);
    });
    const end = (): void => {
      if (threads[at] === thread) threads[at] = null;
      const what = 'The thread of a search has ended';
      const error = new EngineError('ENGINE_FAILED', what, 'Ask again, which starts another.');
      for (const asked of thread.open.values()) asked.reject(error);
      thread.open.clear();
    };
    worker.on('error', end).on('exit', end);
    threads[at] = thread;
    return thread;
  };
  const idlest = (): number => {
    const open = threads.map((thread) => thread?.open.size ?? 0);
    return open.indexOf(Math.min(...open));
  };
  const ask = <T>(
    at: number,
    verb: keyof PlaceSearches,
    text: string,
    { signal, ...options }: { signal?: AbortSignal } = {},
  ): Promise<T> => {
    const { worker, open } = threads[at] ?? start(at);
    const id = lastId++;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = (): void => {
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      open.set(id, { resolve, reject });
      worker.postMessage({ id, verb, text, options } satisfies ThreadCall);
    });
  };

  return {
    suggest: (text, options) => ask(idlest(), 'suggest', text, options),
    search: (text, options) => ask(0, 'search', text, options),
    get: (id) => ask(idlest(), 'get', id),
    async warm() {
      // Without an index it is loaded all the same.
      await Promise.allSettled(threads.map((_, at) => ask(at, 'suggest', '東京 tokyo')));
    },
    async close() {
      const running = threads.filter((thread) => thread !== null);
      await Promise.all(
        running.map(async ({ worker }) => {
          const gone = once(worker, 'exit');
          worker.ref();
          // Not `terminate`: a thread that is ended within its database takes the process along.
          worker.postMessage(null);
          await gone;
        }),
      );
    },
  };
}

/** An error as it goes to the other thread. */
export function faultOf(error: unknown): ThreadFault {
  if (!(error instanceof SearchError)) {
    const hint = 'Please report it.';
    return { name: 'EngineError', code: 'ENGINE_FAILED', what: 'A search failed', hint };
  }
  const { name, code, hint, message } = error;
  return { name, code, hint, what: message.slice(0, -hint.length - 2) };
}

function revived({ name, code, what, hint }: ThreadFault): SearchError {
  if (name === 'OptionError') return new OptionError(code, what, hint);
  return new EngineError(code, what, hint);
}
