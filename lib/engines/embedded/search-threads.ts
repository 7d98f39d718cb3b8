import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SearchError } from '../../errors.ts';
import { EngineError, OptionError } from '../../errors.ts';
import type { ImageDocument } from '../../knn/document.ts';
import type { VectorSearch } from '../../knn/query.ts';
import type { VectorSpace } from '../../knn/space.ts';

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/search-threads(\.[jt]s)$/, 'search-thread$1'));

/** What a thread runs. In a checkout scripts are TypeScript, which threads can't read by themselves. */
const THREAD: URL | string = SCRIPT.pathname.endsWith('.js')
  ? SCRIPT
  : `import('tsx/esm/api').then(({ register }) => { register(); return import('${SCRIPT.href}'); })`;

/** What a thread is asked. */
export interface ThreadRequest {
  id: number;
  /** Name of the generation. */
  index: string;
  search: VectorSearch;
}

/** What a thread answers. */
export type ThreadReply = { id: number } & (
  | { answer: { space: VectorSpace; documents: ImageDocument[] } }
  | { fault: { name: string; code: string; what: string; hint: string } }
);

/** Threads that search vectors, so that the calling one goes on serving. */
export interface SearchThreads {
  nearest(
    index: string,
    search: VectorSearch,
  ): Promise<{ space: VectorSpace; documents: ImageDocument[] }>;
  close(): Promise<void>;
}

interface Thread {
  worker: Worker;
  open: Map<number, { resolve(reply: ThreadReply): void; reject(error: Error): void }>;
}

/**
 * Threads over a file, each with a connection of its own; started when first needed, and no reason
 * for the process to stay alive.
 *
 * @param dataDir - Of the file.
 * @param count - >= 1. The views of one query go to different threads.
 */
export function searchThreads(dataDir: string, count: number): SearchThreads {
  const threads: Thread[] = [];
  let nextId = 0;
  let closing = false;

  function start(): Thread {
    const worker = new Worker(THREAD, { workerData: { dataDir }, eval: THREAD !== SCRIPT });
    worker.unref();
    const thread: Thread = { worker, open: new Map() };
    worker.on('message', (reply: ThreadReply) => {
      const asked = thread.open.get(reply.id);
      thread.open.delete(reply.id);
      if (thread.open.size === 0 && !closing) worker.unref();
      asked?.resolve(reply);
    });
    const end = (error: Error): void => {
      const at = threads.indexOf(thread);
      if (at >= 0) threads.splice(at, 1);
      for (const asked of thread.open.values()) asked.reject(error);
      thread.open.clear();
    };
    worker.on('error', end);
    worker.on('exit', () => {
      end(new EngineError('ENGINE_CLOSED', 'This engine was closed', 'Make a new one.'));
    });
    threads.push(thread);
    return thread;
  }

  function ask(index: string, search: VectorSearch): Promise<ThreadReply> {
    const idle = threads.find(({ open }) => open.size === 0);
    const thread =
      idle ??
      (threads.length < count
        ? start()
        : threads.reduce((a, b) => (b.open.size < a.open.size ? b : a)));
    const id = nextId++;
    thread.worker.ref();
    return new Promise((resolve, reject) => {
      thread.open.set(id, { resolve, reject });
      thread.worker.postMessage({ id, index, search } satisfies ThreadRequest);
    });
  }

  return {
    async nearest(index, search) {
      const replies = await Promise.all(
        search.vectors.map((vector) => ask(index, { ...search, vectors: [vector] })),
      );
      const found = new Map<string, ImageDocument>();
      let space: VectorSpace | null = null;
      for (const reply of replies) {
        if ('fault' in reply) throw faultOf(reply.fault);
        space = reply.answer.space;
        for (const document of reply.answer.documents) found.set(document.id, document);
      }
      return { space: space!, documents: [...found.values()] };
    },
    async close() {
      closing = true;
      // Not `terminate`: the driver would be torn down in the middle of a call.
      const ended = threads.map(({ worker }) => {
        worker.ref();
        worker.postMessage(null);
        return once(worker, 'exit');
      });
      await Promise.all(ended);
    },
  };
}

function faultOf({
  name,
  code,
  what,
  hint,
}: Extract<ThreadReply, { fault: unknown }>['fault']): SearchError {
  if (name === 'OptionError') return new OptionError(code, what, hint);
  return new EngineError(code, what, hint);
}
