import type { IncomingMessage, ServerResponse } from 'node:http';
import { OptionError, quoteValue } from '../errors.ts';
import { indexChecks, limiterCheck, threadsCheck } from '../health/health-checks.ts';
import {
  createHealth,
  HEALTH_SPEC,
  type HealthCheck,
  PORT,
  PROBE_CONNECTIONS,
} from '../health/health.ts';
import { hostsOf, isLoopback } from '../health/host-header.ts';
import type { LimiterOptions } from '../health/limiter-options.ts';
import { createMetrics } from '../health/metrics.ts';
import { defined, OPTION_INVALID, partOf, settle, type Spec, TIMER_MAX } from '../options.ts';
import {
  CONNECTION_LIMITS,
  CONNECTION_SPEC,
  type ConnectionLimits,
  listen,
  type Listening,
} from './connections.ts';
import { createHandler } from './handler.ts';
import { type HandlerOptions, SERVED_SPEC } from './handler-options.ts';
import type { PlaceThreads } from './place-threads.ts';
import { probeHandler, type Probes } from './probe-handler.ts';
import { type LogEntry, requestLog } from './request-log.ts';

/** Options of `serve`. */
export interface ServeOptions extends Omit<HandlerOptions, 'basePath' | 'metrics' | 'log'> {
  /** Port of the API; 0 for any free one, default 8080. */
  port?: number;
  /** Address to listen on; default 127.0.0.1, which other machines can't reach. */
  host?: string;
  /** Port of `/livez`, `/readyz` and `/metrics`; 0 for any free one, default 8081. */
  healthPort?: number;
  /** Address for probes; default 127.0.0.1. */
  healthHost?: string;
  /**
   * Must be true for addresses that other machines can reach: there is no encryption, and without
   * `token` no authentication.
   */
  openToNetwork?: boolean;
  /**
   * Checks of readiness beside those of the limiter, the search threads and the indexes, each of
   * which has to exist. One named `places` or `images` replaces that check.
   */
  checks?: Readonly<Record<string, HealthCheck>>;
  /**
   * Answers requests that are not for the API, such as for a page. It requires no token. Default
   * 404.
   */
  fallback?: (request: IncomingMessage, response: ServerResponse) => void;
  connections?: Partial<ConnectionLimits>;
  /** Milliseconds that requests in flight get when the server stops; default 10000. */
  drainMs?: number;
  /** Default: nothing is logged. */
  log?: (entry: LogEntry) => void;
}

const HOST = '127.0.0.1';

/** Options of `serve`. */
export const SERVE_SPEC: Spec<
  ServeOptions,
  | 'port'
  | 'host'
  | 'healthPort'
  | 'healthHost'
  | 'openToNetwork'
  | 'drainMs'
  | 'cors'
  | 'fetchUrls'
  | 'dictionaries'
> = {
  code: OPTION_INVALID,
  options: {
    ...SERVED_SPEC.options,
    port: { ...PORT, default: 8080, help: 'port of the API; 0 for any that is free' },
    host: {
      type: 'text',
      default: HOST,
      flag: '--listen <host>',
      help: 'address of the API',
    },
    healthPort: { ...PORT, default: 8081, help: 'port of /livez, /readyz and /metrics' },
    healthHost: {
      type: 'text',
      default: HOST,
      flag: '--health-listen <host>',
      help: 'address for probes',
    },
    openToNetwork: {
      type: 'flag',
      default: false,
      help: 'allows addresses that others can reach; there is no encryption',
    },
    checks: HEALTH_SPEC.options.checks,
    fallback: {
      type: 'function',
      otherwise: '404',
      help: 'answers requests that are not for the API, such as for a page',
    },
    connections: { type: 'object', spec: CONNECTION_SPEC, help: 'what a connection may cost' },
    drainMs: {
      type: 'number',
      min: 0,
      max: TIMER_MAX,
      unit: 'ms',
      default: 10_000,
      help: 'how long requests may take to end when it stops',
    },
    log: { type: 'function', otherwise: 'nothing is logged', help: 'gets every entry' },
  },
};

/** A running server. */
export interface Serving {
  url: string;
  healthUrl: string;
  /**
   * Makes readiness fail, accepts no more connections, lets requests in flight finish, then
   * closes. The caller closes the stores afterwards.
   *
   * @returns Requests that were cut because they took too long.
   */
  stop(): Promise<number>;
}

/**
 * Most searches in the queue of a thread, so that it has work while this thread is busy with
 * refusals.
 */
const PER_THREAD = 10;

/**
 * Limiter options for an embedded engine: as much as its threads can take or, without threads (0),
 * one search per turn of the event loop. The queue is short, so that a request is either answered
 * in time or refused at once.
 */
export function embeddedLimits(threads: number): LimiterOptions {
  if (threads === 0) return { ...CLUSTER_LIMITS, perTurn: 1 };
  const limit = threads * PER_THREAD;
  return { ...CLUSTER_LIMITS, minLimit: limit, initialLimit: limit, maxLimit: limit };
}

/** Limiter options for a cluster, which always has threads for a few searches. */
export const CLUSTER_LIMITS: Readonly<LimiterOptions> = Object.freeze({
  minLimit: 4,
  maxQueue: 20,
  maxWaitMs: Object.freeze({ autocomplete: 10, images: 1000 }),
});

/** An id that does not exist, looked up to check that an index can be read. */
export const PROBE_ID = 'suoyin-readiness';

/** Limits of the port for probes, which are short and few. */
const PROBE_LIMITS = {
  headersMs: 2000,
  requestMs: 5000,
  connections: PROBE_CONNECTIONS.connections,
  connectionsPerClient: PROBE_CONNECTIONS.perClient,
  pipelined: 4,
} satisfies Partial<ConnectionLimits>;

/**
 * Serves the API, and on a separate port health and metrics.
 *
 * On loopback only requests for `localhost` and the like are answered, against DNS rebinding by web
 * pages. Give other names in `hosts`, such as that of a proxy.
 *
 * With a `token` every route requires it; probes and metrics, on their own port, do not.
 *
 * @throws {OptionError} `LISTEN_PUBLIC`, `ORIGIN_INVALID`, `REQUEST_LIMIT_INVALID`,
 *   `TOKEN_INVALID`.
 * @throws {EngineError} `LISTEN_FAILED`.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const settings = settle(SERVE_SPEC, options);
  const { port, host, healthPort, healthHost, openToNetwork, drainMs } = settings;
  const { checks = {}, limiter, fallback, log = () => undefined } = settings;
  for (const address of [host, healthHost]) refusePublic(address, openToNetwork);
  const limits = { ...CONNECTION_LIMITS, ...defined(settings.connections ?? {}) };
  const { headersMs, requestMs } = limits;
  if (headersMs > requestMs) {
    const what = `connections.headersMs can't be ${headersMs}`;
    throw new OptionError(OPTION_INVALID, what, `Give at most requestMs, ${requestMs}.`);
  }
  const hosts = hostsOf(host, options.hosts);
  const journal = requestLog(log);
  const health = createHealth({ checks: { ...ownChecks(options), ...checks } });
  const opened: Listening[] = [];
  const traffic = (): { requests: number; connections: number } =>
    opened[1]?.stats() ?? { requests: 0, connections: 0 };
  const metrics = createMetrics({
    health,
    traffic,
    indexes: options.status ?? [],
    ...(limiter ? { limiter } : {}),
  });
  const handler = createHandler({
    ...partOf(SERVED_SPEC, settings),
    ...(hosts ? { hosts } : {}),
    metrics,
    log: (entry) => {
      journal.request(entry);
    },
  });
  const onBroken = (code: string): void => {
    journal.event('info', 'broken', { code });
  };
  const closeAll = async (): Promise<void> => {
    for (const listening of opened) await listening.close(0);
    health.close();
  };
  try {
    opened.push(
      await listenForProbes(
        { health, metrics, host: healthHost, hosts: options.hosts },
        healthPort,
        limits,
      ),
    );
    opened.push(
      await listen(
        (request, response) => {
          handler(request, response, fallback && (() => fallback(request, response)));
        },
        { port, host, limits, onBroken },
      ),
    );
  } catch (error) {
    await closeAll();
    throw error;
  }
  const [probes, api] = opened as [Listening, Listening];
  const url = urlOf(host, api.port);
  const healthUrl = urlOf(healthHost, probes.port);
  journal.event('info', 'listening', { url, healthUrl });
  if (!isLoopback(host)) {
    const text =
      options.token === undefined
        ? 'Everybody who can reach this address can search: there is no log-in.'
        : 'The token is sent without encryption: put a proxy with TLS before this address.';
    journal.event('warn', 'open', { text });
  }
  let stopped: Promise<number> | null = null;
  const stop = async (): Promise<number> => {
    journal.event('info', 'stopping');
    health.drain();
    const cut = await api.close(drainMs);
    await closeAll();
    journal.flush();
    journal.event(cut > 0 ? 'warn' : 'info', 'stopped', { cut });
    return cut;
  };
  return { url, healthUrl, stop: () => (stopped ??= stop()) };
}

/** Listens on a port for probes, which is of this process alone. */
export function listenForProbes(
  probes: Probes,
  port: number,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<Listening> {
  return listen(probeHandler(probes), {
    port,
    host: probes.host,
    limits: { ...limits, ...PROBE_LIMITS },
    exclusive: true,
  });
}

function ownChecks({ limiter, places, images, notes }: ServeOptions): Record<string, HealthCheck> {
  const read = (index: { get(id: string): Promise<unknown> }) => ({
    read: () => index.get(PROBE_ID),
  });
  return {
    ...(limiter ? { limiter: limiterCheck(limiter) } : {}),
    ...(places && 'answers' in places ? { threads: threadsCheck(places as PlaceThreads) } : {}),
    ...indexChecks({
      ...(places ? { places: read(places) } : {}),
      ...(images ? { images: read(images) } : {}),
      ...(notes ? { notes: read(notes) } : {}),
    }),
  };
}

/** @throws {OptionError} `LISTEN_PUBLIC`. */
export function refusePublic(host: string, openToNetwork: boolean): void {
  if (isLoopback(host) || openToNetwork) return;
  throw new OptionError(
    'LISTEN_PUBLIC',
    `${quoteValue(host)} can be reached from other machines, and there is no encryption`,
    'Listen on 127.0.0.1 behind a proxy, or say openToNetwork (--open-to-network).',
  );
}

/** The address of a server. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
