import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SearchError } from '../errors.ts';
import { type NumberOption, OPTION_INVALID, settle, type Spec, TIMER_MAX } from '../options.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { type EventLoop, measureEventLoop } from './event-loop.ts';
import { countHosts, hostsOf, isHostOf } from './host-header.ts';
import { boundConnections, type ConnectionBounds } from './open-connections.ts';

/** One check of readiness. */
export interface HealthCheck {
  /**
   * Resolves if all is well. If it rejects, the error's `code` is shown, its message never. It
   * must obey the signal.
   */
  run(signal: AbortSignal): Promise<unknown>;
  /**
   * Whether this process is of no use while the check fails; default false. Keep false for what
   * the whole fleet shares, such as a search cluster: otherwise its failure takes every process out
   * at once, including those that can still answer, and brings all of them back at once. A function
   * decides by the code of the failure.
   */
  required?: boolean | ((code: string) => boolean);
  /** Time limit in milliseconds; default that of `createHealth`. */
  timeoutMs?: number;
}

/** The checks of readiness, and how often they run. */
export interface HealthOptions {
  /** By name; names are shown in reports. */
  checks?: Readonly<Record<string, HealthCheck>>;
  /** Milliseconds for which a result is reused; default 1000. */
  maxAgeMs?: number;
  /** Milliseconds that a check may take; default 500. */
  timeoutMs?: number;
  /**
   * Delay of the event loop (99th percentile) in milliseconds from which the process is degraded;
   * default 250.
   */
  maxLagMs?: number;
  clock?: Clock;
  /** Measures the event loop and is closed with the health; default: the loop of this thread. */
  eventLoop?: EventLoop;
}

const time = (ms: number, help: string): NumberOption & { default: number } => ({
  type: 'number',
  min: 0,
  max: TIMER_MAX,
  default: ms,
  unit: 'ms',
  help,
});

/** A port to listen on. */
export const PORT: NumberOption & { default?: undefined } = {
  type: 'whole',
  min: 0,
  max: 65_535,
  help: 'port; 0 for any that is free',
};

/** Where probes are answered. */
interface ListenOptions {
  port: number;
  host?: string;
}

/** Options of `Health.listen`. */
export const LISTEN_SPEC: Spec<ListenOptions, 'host'> = {
  code: OPTION_INVALID,
  options: {
    port: { ...PORT, required: true },
    host: { type: 'text', default: '127.0.0.1', help: 'address to listen on' },
  },
};

const CHECK_SPEC: Spec<HealthCheck, 'required'> = {
  code: 'HEALTH_OPTION_INVALID',
  options: {
    run: { type: 'function', required: true, help: 'resolves if all is well' },
    required: {
      type: 'custom',
      fits: (value) => typeof value === 'boolean' || typeof value === 'function',
      wanted: 'true, false, or a function of the error code',
      default: false,
      help: 'this process is of no use without it',
    },
    timeoutMs: {
      type: 'number',
      min: 0,
      max: TIMER_MAX,
      unit: 'ms',
      help: 'time limit of the check',
    },
  },
};

/** Options of `createHealth`. */
export const HEALTH_SPEC: Spec<HealthOptions, 'maxAgeMs' | 'timeoutMs' | 'maxLagMs'> = {
  code: 'HEALTH_OPTION_INVALID',
  options: {
    checks: {
      type: 'object',
      each: { type: 'object', spec: CHECK_SPEC, instances: true, help: '' },
      help: 'checks of readiness, by name',
    },
    maxAgeMs: time(1000, 'how long a result is reused'),
    timeoutMs: time(500, 'time limit of a check'),
    maxLagMs: time(250, 'delay of the event loop from which the process is degraded'),
    clock: { type: 'object', like: ['steadyNow', 'after'], help: 'default: that of the machine' },
    eventLoop: { type: 'object', like: ['lagMs'], help: 'what measures the event loop' },
  },
};

/** `pass`: healthy. `warn`: degraded but usable. `fail`: send no requests here. */
export type HealthStatus = 'pass' | 'warn' | 'fail';

/** The outcome of one check. */
export interface HealthCheckReport {
  status: HealthStatus;
  /** Code of the error, or `TIMEOUT`; absent if the check passed. */
  code?: string;
  durationMs: number;
}

/** The outcome of all checks. */
export interface HealthReport {
  status: HealthStatus;
  checks: Record<string, HealthCheckReport>;
  /** 99th percentile since the previous report, in milliseconds. */
  eventLoopLagMs: number;
}

/** Health of a process, for probes. */
export interface Health {
  /** Checks nothing: that the process answers is enough. */
  livez(): { status: 'pass' };
  /** Never rejects, and takes no longer than the longest time limit of a check. */
  readyz(): Promise<HealthReport>;
  /** The last report, null before the first. */
  report(): HealthReport | null;
  /**
   * From now on the process is not ready: it is stopping and only finishes the work in progress.
   */
  drain(): void;
  /** Answers `/livez`, `/readyz` and `/readyz?verbose`; 404 for every other path. */
  handler(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Serves the handler on a separate port, so that a full queue of searches does not delay probes.
   *
   * @param options - port: 0 for any free one. host: default 127.0.0.1, which other machines can't
   * reach.
   */
  listen(options: ListenOptions): Promise<{ port: number; close: () => Promise<void> }>;
  /** Stops measuring the event loop. */
  close(): void;
}

/**
 * Makes the health of a process from its checks.
 *
 * `/livez` checks no dependency, since a restart would repair none. `/readyz` is 503 only while
 * the process drains or a required check fails; any other failure is `warn` with status 200.
 *
 * @throws {OptionError} `HEALTH_OPTION_INVALID`.
 */
export function createHealth(options: HealthOptions = {}): Health {
  const settings = settle(HEALTH_SPEC, options);
  const { checks = {}, maxAgeMs, timeoutMs, maxLagMs } = settings;
  const { clock = SYSTEM_CLOCK } = options;
  const { eventLoop = measureEventLoop() } = options;
  let draining = false;
  let last: HealthReport | null = null;
  let lastAt = -Infinity;
  let current: Promise<HealthReport> | null = null;

  const lookAround = async (): Promise<HealthReport> => {
    const outcomes = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, await runCheck(check, timeoutMs, clock)] as const,
      ),
    );
    const eventLoopLagMs = eventLoop.lagMs();
    const statuses = outcomes.map(([, { status }]) => status);
    if (eventLoopLagMs > maxLagMs) statuses.push('warn');
    const status = worst(statuses);
    last = { status, checks: Object.fromEntries(outcomes), eventLoopLagMs };
    lastAt = clock.steadyNow();
    return last;
  };
  const readyz = async (): Promise<HealthReport> => {
    const fresh = last !== null && clock.steadyNow() - lastAt < maxAgeMs;
    const report = fresh ? last! : await (current ??= lookAround().finally(() => (current = null)));
    return draining ? { ...report, status: 'fail' } : report;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [pathname, query = ''] = (request.url ?? '').split('?', 2);
    const known = pathname === '/livez' || pathname === '/readyz';
    if (!known) return send(response, 404, { status: 'fail' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, { status: 'fail' });
    }
    if (pathname === '/livez') return send(response, 200, health.livez());
    const report = await readyz();
    const shown = new URLSearchParams(query).has('verbose') ? report : { status: report.status };
    send(response, report.status === 'fail' ? 503 : 200, shown);
  };
  const health: Health = {
    livez: () => ({ status: 'pass' }),
    readyz,
    report: () => last,
    drain() {
      draining = true;
    },
    handler(request, response) {
      void answer(request, response);
    },
    async listen(given) {
      const { port, host } = settle(LISTEN_SPEC, given);
      const hosts = hostsOf(host);
      const server = createServer(LIMITS, (request, response) => {
        if (countHosts(request.rawHeaders) > 1) return send(response, 400, { status: 'fail' });
        const foreign = hosts && !isHostOf(request.headers.host, hosts);
        if (foreign && isProbe(request)) return send(response, 421, { status: 'fail' });
        health.handler(request, response);
      });
      boundConnections(server, PROBE_CONNECTIONS);
      server.listen(port, host);
      await once(server, 'listening');
      const close = async (): Promise<void> => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      };
      return { port: (server.address() as AddressInfo).port, close };
    },
    close() {
      eventLoop.close();
    },
  };
  return health;
}

function isProbe({ url = '' }: IncomingMessage): boolean {
  return /^\/(livez|readyz)(\?|$)/.test(url);
}

/** Probes are short: a client that needs more is no probe. Milliseconds and bytes. */
const LIMITS = {
  requestTimeout: 5000,
  headersTimeout: 2000,
  keepAliveTimeout: 5000,
  maxHeaderSize: 8192,
  connectionsCheckingInterval: 1000,
};
/** Connections of a port for probes: more than any orchestrator opens, too few to be a burden. */
export const PROBE_CONNECTIONS: Readonly<Required<ConnectionBounds>> = Object.freeze({
  connections: 128,
  perClient: 32,
});

async function runCheck(
  check: HealthCheck,
  timeoutMs: number,
  clock: Clock,
): Promise<HealthCheckReport> {
  const startedAt = clock.steadyNow();
  const stop = new AbortController();
  let cancel = (): void => undefined;
  const late = new Promise<string>((resolve) => {
    cancel = clock.after(check.timeoutMs ?? timeoutMs, () => {
      stop.abort();
      resolve('TIMEOUT');
    });
  });
  const code = await Promise.race([outcomeOf(check, stop.signal), late]);
  cancel();
  const durationMs = Math.round(clock.steadyNow() - startedAt);
  if (code === null) return { status: 'pass', durationMs };
  const { required = false } = check;
  const fails = typeof required === 'function' ? required(code) : required;
  return { status: fails ? 'fail' : 'warn', code, durationMs };
}

/**
 * @returns Null if the check passed, else a code; messages may hold addresses and names, so they
 * are not shown.
 */
async function outcomeOf(check: HealthCheck, signal: AbortSignal): Promise<string | null> {
  try {
    await check.run(signal);
    return null;
  } catch (error) {
    return error instanceof SearchError ? error.code : 'CHECK_FAILED';
  }
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes('fail')) return 'fail';
  return statuses.includes('warn') ? 'warn' : 'pass';
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
