import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createHealth } from '../health/health.ts';
import { addedMetrics } from '../health/metric-sum.ts';
import {
  listenForProbes,
  refusePublic,
  SERVE_SPEC,
  type ServeOptions,
  urlOf,
} from '../server/serve.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print } from './io.ts';

/** Addresses of a server. */
interface Serving {
  url: string;
  healthUrl: string;
}

/** Where a process that shares its port answers probes: only the first process asks there. */
export const OWN_PROBES = { healthPort: 0, healthHost: '127.0.0.1' } as const;

/** Message that asks a process to stop. */
const STOP = 'stop';
/** Milliseconds before a process that could not begin to serve is started again, doubled each time. */
const AGAIN = { first: 200, most: 10_000 };
/** Milliseconds that a process has to end after its drain, before it is killed. */
const GRACE_MS = 5000;
/** Milliseconds within which a process must report its state. */
const PROBE_MS = 400;

/** The line that is printed when a server begins to serve. */
export function servesLine({ url, healthUrl }: Serving): string {
  return `suoyin serves ${url}, health at ${healthUrl}`;
}

/** Resolves when a signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** One of several serving processes, as seen from inside. */
export interface ServingProcess {
  /** Aborted when the first process stops. */
  stop: AbortSignal;
  serves(serving: Serving): void;
  /** Lets the process end. */
  end(): void;
}

/** This process, if it is one of several that the first one started. */
export function servingProcess(): ServingProcess | null {
  const { worker } = cluster;
  if (!worker) return null;
  const stop = new AbortController();
  worker.on('message', (message) => {
    if (message === STOP) stop.abort();
  });
  return {
    stop: stop.signal,
    serves: ({ url, healthUrl }) => void worker.send({ url, healthUrl }),
    end: () => void worker.disconnect(),
  };
}

type Options = Pick<
  ServeOptions,
  'healthPort' | 'healthHost' | 'hosts' | 'openToNetwork' | 'drainMs'
>;

/**
 * Serves in several processes that share the port of the API, and answers probes for all of them. A process that
 * ends is started again. If the first one can't begin to serve, none does.
 *
 * @returns The exit code.
 */
export async function serveInProcesses(count: number, options: Options, io: Io): Promise<number> {
  const { healthPort = 8081, healthHost = '127.0.0.1', hosts, openToNetwork = false } = options;
  const { drainMs = SERVE_SPEC.options.drainMs.default } = options;
  refusePublic(healthHost, openToNetwork);
  const stop = io.onInterrupt();
  const processes = new Processes(count, io);
  const health = createHealth({
    // Processes are few and local, so their present state is reported, not an earlier one.
    maxAgeMs: 0,
    checks: {
      'some-process': { run: async (signal) => processes.expect(1, signal), required: true },
      'every-process': { run: async (signal) => processes.expect(count, signal) },
    },
  });
  const metrics = { text: () => processes.metrics() };
  const probes = await listenForProbes({ health, metrics, host: healthHost, hosts }, healthPort);
  try {
    const url = await Promise.race([processes.begin(), aborted(stop), processes.ended]);
    if (typeof url === 'string') {
      await print(io, servesLine({ url, healthUrl: urlOf(healthHost, probes.port) }));
    }
    await Promise.race([aborted(stop), processes.ended]);
    health.drain();
    return await processes.stop(drainMs + GRACE_MS);
  } finally {
    await probes.close(0);
    health.close();
  }
}

/** The serving processes, as seen from the first one. */
class Processes {
  /** Resolves if none could begin to serve, or when all have stopped. */
  readonly ended: Promise<void>;
  readonly #count: number;
  readonly #io: Io;
  readonly #all = new Set<Worker>();
  readonly #serving = new Map<Worker, Serving>();
  /** The last metrics of each running process, and the counts of those that ended. */
  readonly #lastMetrics = new Map<Worker, string>();
  #counted = '';
  #hasServed = false;
  #isStopping = false;
  #exitCode: number = EXIT.done;
  #again: number = AGAIN.first;
  #end: () => void = () => undefined;
  #onServing: (url: string) => void = () => undefined;

  constructor(count: number, io: Io) {
    this.#count = count;
    this.#io = io;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Starts one process, then the others; @returns the address of the API when all serve. */
  begin(): Promise<string> {
    const serving = new Promise<string>((resolve) => (this.#onServing = resolve));
    this.#start();
    return serving;
  }

  /**
   * Lets requests end; @returns the exit code when all processes have ended, by themselves or, after `graceMs`
   * milliseconds, by SIGKILL.
   */
  async stop(graceMs: number): Promise<number> {
    this.#isStopping = true;
    if (this.#all.size === 0) return this.#exitCode;
    for (const worker of this.#all) if (worker.isConnected()) worker.send(STOP);
    const late = setTimeout(() => {
      for (const worker of this.#all) worker.process.kill('SIGKILL');
    }, graceMs);
    await this.ended;
    clearTimeout(late);
    return this.#exitCode;
  }

  /** @throws If fewer processes are ready. */
  async expect(least: number, signal: AbortSignal): Promise<void> {
    const answers = await this.#ask('/readyz', signal);
    const ready = answers.filter(({ ok }) => ok).length;
    if (ready < least) throw new Error(`${ready} of ${this.#count} processes are ready`);
  }

  async metrics(): Promise<string> {
    for (const { worker, text } of await this.#ask('/metrics', AbortSignal.timeout(PROBE_MS))) {
      if (this.#all.has(worker)) this.#lastMetrics.set(worker, text);
    }
    return addedMetrics([...this.#lastMetrics.values()], [this.#counted]);
  }

  /** The answers that are complete and in time. */
  async #ask(
    path: string,
    signal: AbortSignal,
  ): Promise<{ worker: Worker; ok: boolean; text: string }[]> {
    const answers = await Promise.allSettled(
      Array.from(this.#serving, async ([worker, { healthUrl }]) => {
        const response = await fetch(healthUrl + path, { signal });
        return { worker, ok: response.ok, text: await response.text() };
      }),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  #start(): void {
    if (this.#isStopping) return;
    const worker = cluster.fork();
    this.#all.add(worker);
    worker.on('message', (serving: Serving) => {
      this.#serves(worker, serving);
    });
    worker.on('exit', (code: number | null, signal: string | null) => {
      this.#hasEnded(worker, code, signal);
    });
  }

  #serves(worker: Worker, serving: Serving): void {
    this.#serving.set(worker, serving);
    this.#hasServed = true;
    this.#again = AGAIN.first;
    // It began while the others were being stopped, perhaps before it could receive that message.
    if (this.#isStopping) {
      worker.send(STOP);
      return;
    }
    while (this.#all.size < this.#count) this.#start();
    if (this.#serving.size === this.#count) this.#onServing(serving.url);
  }

  #hasEnded(worker: Worker, code: number | null, signal: string | null): void {
    const last = this.#lastMetrics.get(worker);
    if (last !== undefined) this.#counted = addedMetrics([], [this.#counted, last]);
    this.#lastMetrics.delete(worker);
    this.#all.delete(worker);
    const served = this.#serving.delete(worker);
    if (!this.#hasServed && !this.#isStopping) this.#exitCode = code ?? EXIT.failed;
    if (this.#isStopping || !this.#hasServed) {
      if (this.#all.size === 0) this.#end();
      return;
    }
    const why = signal ?? `exit code ${code}`;
    note(this.#io, `suoyin: process ${worker.process.pid} has ended (${why}) and is started again`);
    if (served) this.#start();
    else {
      setTimeout(() => {
        this.#start();
      }, this.#again).unref();
      this.#again = Math.min(AGAIN.most, this.#again * 2);
    }
  }
}
