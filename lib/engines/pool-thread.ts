import { steadyClock } from '../clock.ts';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { interruption } from '../interruption.ts';
import { type Asked, READY, type Reply, revived, timeoutError } from './thread-message.ts';

/** A call without an answer so far. */
export interface OpenCall {
  call: unknown;
  /** Time limit in milliseconds, from when the thread could start on it. */
  limitMs: number;
  /** Number of threads that were ended while the call waited in their queue. */
  moves: number;
  /** Tells the thread that nobody waits for the answer any more; set by the pool. */
  cancel?: () => void;
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** A thread of a pool. */
export interface PoolThread {
  /** Number of calls without an answer so far. */
  readonly open: number;
  /** Milliseconds since its last message, while it has calls to answer or a script to load. */
  silentMs(): number;
  ask(call: OpenCall): void;
  /** Resolves when it has answered a ping. */
  listens(): Promise<void>;
  /** Removes and returns its open calls, in order. */
  takeOpen(): OpenCall[];
  /** Ends it whatever it does. @returns False if it does not return from an add-on. */
  end(): Promise<boolean>;
  /** Lets it finish its calls for `graceMs` milliseconds, then ends it. */
  finish(graceMs: number): Promise<boolean>;
}

/** Events that a thread reports to its pool. */
interface Events {
  /** It answered neither a call in time nor a ping. */
  onStuck(): void;
  onExit(reason: ErrorOptions | undefined): void;
}

/** Milliseconds that a thread may take to load its script. */
const LOAD_MS = 120_000;
/** Milliseconds within which a thread that is not stuck answers a ping. */
const LISTEN_MS = 1000;
/** Milliseconds within which it has to answer `listens`. */
const PING_MS = 10_000;
/** Milliseconds to wait for a thread to return from an add-on, and between two checks. */
const END_MS = 2000;
const LOOK_MS = 5;

/** Starts a thread. It keeps the process alive only while it has open calls. */
export function startThread(script: URL, data: object, events: Events): PoolThread {
  const worker = startWorker(script, data);
  const stop = interruption();
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let ready = false;
  let gone = false;
  let finishing = false;
  let ending = false;
  let heardAt = steadyClock();
  let pending: Promise<void> | null = null;

  const send = (asked: Asked): void => {
    worker.postMessage(asked);
  };
  const limits = watchLimits(open, send, events);
  const hear = (): void => {
    heardAt = steadyClock();
    if (open.size === 0 && !finishing) worker.unref();
    limits.heard();
  };
  const take = (): OpenCall[] => {
    const calls = [...open.values()];
    open.clear();
    limits.changed();
    return calls;
  };
  worker.unref();
  worker.postMessage(stop.shared);
  worker.on('message', (reply: Reply | typeof READY) => {
    // Messages while it is being ended only report that end.
    if (ending) return;
    if (reply === READY) {
      ready = true;
      limits.ready();
      return hear();
    }
    const asked = open.get(reply.id);
    open.delete(reply.id);
    hear();
    if ('fault' in reply) asked?.reject(revived(reply.fault));
    else asked?.resolve(reply.answer as never);
  });
  let reason: ErrorOptions | undefined;
  worker.on('error', (cause) => (reason = { cause }));
  worker.on('exit', () => {
    gone = true;
    limits.stop();
    events.onExit(reason);
  });

  const thread: PoolThread = {
    get open() {
      return open.size;
    },
    silentMs: () => (open.size === 0 && ready ? 0 : steadyClock() - heardAt),
    ask(call) {
      const id = lastId++;
      send({ id, call: call.call });
      call.cancel = () => {
        send({ cancel: id });
      };
      worker.ref();
      if (open.size === 0) heardAt = steadyClock();
      open.set(id, call);
      limits.changed();
    },
    listens() {
      pending ??= new Promise<void>((resolve, reject) => {
        const call = { call: null, limitMs: PING_MS, moves: Infinity };
        thread.ask({ ...call, resolve, reject });
      }).finally(() => (pending = null));
      return pending;
    },
    takeOpen: take,
    async end() {
      ending = true;
      stop.request();
      const ended = (async () => {
        while (stop.within() && !gone) await sleep(LOOK_MS, undefined, { ref: false });
        if (!gone) await worker.terminate();
        return true;
      })();
      return Promise.race([ended, sleep(END_MS, false)]);
    },
    async finish(graceMs) {
      finishing = true;
      if (gone) return true;
      worker.ref();
      worker.postMessage(null);
      const stopWaiting = new AbortController();
      const { signal } = stopWaiting;
      await Promise.race([
        once(worker, 'exit', { signal }),
        sleep(graceMs, undefined, { signal }),
      ]).catch(() => undefined);
      stopWaiting.abort();
      return gone || thread.end();
    },
  };
  return thread;
}

/** Watches the time limit of the oldest open call. */
interface LimitWatch {
  /** Call it when calls were added or removed. */
  changed(): void;
  /** Call it when the thread has sent a message. */
  heard(): void;
  /** Call it when the thread has loaded its script: limits count from then on. */
  ready(): void;
  stop(): void;
}

/**
 * Watches the time limit of the oldest open call. When it is exceeded, a thread that answers a
 * ping is only waiting for something, so just the call is given up; otherwise the thread is stuck.
 */
function watchLimits(
  open: Map<number, OpenCall>,
  send: (asked: Asked) => void,
  events: Pick<Events, 'onStuck'>,
): LimitWatch {
  /** The oldest open call, and the timer of its limit. */
  let headId = -1;
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  let heard = 0;

  const look = (id: number): void => {
    const before = heard;
    send({ id: -1, call: null });
    const judge = (): void => {
      if (headId !== id) return;
      if (heard === before) return events.onStuck();
      const late = open.get(id)!;
      open.delete(id);
      send({ cancel: id });
      late.reject(timeoutError(late.limitMs));
      changed();
    };
    // If this thread was itself delayed, the answer has arrived and is only unread.
    timer = setTimeout(() => setImmediate(judge), LISTEN_MS).unref();
  };
  const changed = (): void => {
    const [id = -1] = open.keys();
    if (id === headId) return;
    clearTimeout(timer);
    headId = id;
    if (id < 0) return;
    const limitMs = isReady ? open.get(id)!.limitMs : LOAD_MS;
    timer = setTimeout(() => {
      look(id);
    }, limitMs).unref();
  };
  return {
    changed,
    heard() {
      heard++;
      changed();
    },
    ready() {
      isReady = true;
      headId = -1;
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** In a checkout scripts are TypeScript, which threads can't load without tsx. */
function startWorker(script: URL, workerData: object): Worker {
  if (script.pathname.endsWith('.js')) return new Worker(script, { workerData });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import('${script.href}'); })`;
  return new Worker(load, { workerData, eval: true });
}
