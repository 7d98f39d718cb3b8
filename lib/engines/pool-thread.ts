import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { interruption } from '../interruption.ts';
import { type Asked, READY, type Reply, revived, timeoutError } from './thread-message.ts';

/** A call that has no answer yet. */
export interface OpenCall {
  call: unknown;
  /** Milliseconds from when the thread could begin with it. */
  limitMs: number;
  /** Threads that were ended while it waited there for its turn. */
  moves: number;
  /** Tells the thread that nobody waits for it any more; set by whoever asks a thread. */
  cancel?: () => void;
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** A thread of a pool. */
export interface PoolThread {
  /** Calls that have no answer yet. */
  readonly open: number;
  /** Milliseconds since it last said something, while it has something to answer or to load. */
  silentMs(): number;
  ask(call: OpenCall): void;
  /** Resolves when it has answered that it listens. */
  listens(): Promise<void>;
  /** Takes its open calls away, in the order in which they were asked. */
  takeOpen(): OpenCall[];
  /** Ends it whatever it does. @returns False where it does not return from an add-on. */
  end(): Promise<boolean>;
  /** Lets it finish what it has, for so many milliseconds, then ends it. */
  finish(graceMs: number): Promise<boolean>;
}

/** What a thread tells its pool. */
interface Events {
  /** It neither answered in time nor listens. */
  onStuck(): void;
  onExit(reason: ErrorOptions | undefined): void;
}

/** Milliseconds that a thread may take to load its script. */
const LOAD_MS = 120_000;
/** Milliseconds in which a thread that is not stuck answers that it listens. */
const LISTEN_MS = 1000;
/** Milliseconds in which it has to answer that where it was asked whether it does. */
const PING_MS = 10_000;
/** Milliseconds that an end waits for a thread to return from an add-on, and between two looks. */
const END_MS = 2000;
const LOOK_MS = 5;

/** Starts a thread, which is no reason for the process to stay alive but while it has open calls. */
export function startThread(script: URL, data: object, events: Events): PoolThread {
  const worker = startWorker(script, data);
  const stop = interruption();
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let ready = false;
  let gone = false;
  let finishing = false;
  let ending = false;
  let heardAt = performance.now();
  let pending: Promise<void> | null = null;

  const send = (asked: Asked): void => {
    worker.postMessage(asked);
  };
  const limits = watchLimits(open, send, events);
  const hear = (): void => {
    heardAt = performance.now();
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
    // What it says while it is ended is that it was.
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
    silentMs: () => (open.size === 0 && ready ? 0 : performance.now() - heardAt),
    ask(call) {
      const id = lastId++;
      send({ id, call: call.call });
      call.cancel = () => {
        send({ cancel: id });
      };
      worker.ref();
      if (open.size === 0) heardAt = performance.now();
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

/** Holds the call that was asked first to its limit. */
interface LimitWatch {
  /** Calls were added or taken away. */
  changed(): void;
  /** The thread has said something. */
  heard(): void;
  /** The thread has loaded its script: limits count from now on. */
  ready(): void;
  stop(): void;
}

/**
 * Watches the limit of the call that was asked first. Where it is up, a thread that still listens waits for
 * something, and only the call is given up; else the thread is stuck.
 */
function watchLimits(
  open: Map<number, OpenCall>,
  send: (asked: Asked) => void,
  events: Pick<Events, 'onStuck'>,
): LimitWatch {
  /** The call that was asked first of those that are open, and the timer of its limit. */
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
    // Where this thread was held up itself, the answer is there and only not read yet.
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

/** In a checkout scripts are TypeScript, which threads can't read by themselves. */
function startWorker(script: URL, workerData: object): Worker {
  if (script.pathname.endsWith('.js')) return new Worker(script, { workerData });
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import('${script.href}'); })`;
  return new Worker(load, { workerData, eval: true });
}
