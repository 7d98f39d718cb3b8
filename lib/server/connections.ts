import { once } from 'node:events';
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { EngineError } from '../errors.ts';
import { defaultsOf, type NumberOption, OPTION_INVALID, type Spec, TIMER_MAX } from '../options.ts';
import { boundConnections } from '../health/open-connections.ts';
import type { ProblemStatus } from './problem.ts';
import { openRequests } from './open-requests.ts';

/** Limits of connections. */
export interface ConnectionLimits {
  /** Milliseconds for the headers of a request. */
  headersMs: number;
  /** Milliseconds for a whole request. */
  requestMs: number;
  /** Milliseconds without a byte in either direction. */
  idleMs: number;
  /** Milliseconds that an open connection waits for its next request. */
  keepAliveMs: number;
  /**
   * Most connections at the same time. A further one replaces the one that has been idle longest, else the one that has been
   * sending a body longest; if each waits for an answer, the new one is closed at once.
   */
  connections: number;
  /** The same for the connections of one address. Default no bound: behind a proxy all come from one. */
  connectionsPerClient: number;
  /** Most open requests of a connection. Further ones are dropped and the connection is closed. */
  pipelined: number;
  /** Requests after which a connection is closed, so that load spreads over servers again. */
  requestsPerConnection: number;
  /** Bytes of request line and headers. */
  headerBytes: number;
}

const limit = (
  byDefault: number,
  help: string,
  more: Partial<NumberOption> = {},
): NumberOption & { default: number } => ({
  type: 'whole',
  min: 1,
  ...more,
  default: byDefault,
  help,
});
const MS = { max: TIMER_MAX, unit: 'ms' } as const;

/** Limits of connections. */
export const CONNECTION_SPEC: Spec<Partial<ConnectionLimits>, keyof ConnectionLimits> = {
  code: OPTION_INVALID,
  options: {
    headersMs: limit(10_000, 'for the headers of a request', MS),
    requestMs: limit(30_000, 'for a whole request', MS),
    idleMs: limit(60_000, 'without a byte in either direction', MS),
    keepAliveMs: limit(5000, 'that an open connection waits for its next request', MS),
    connections: limit(2000, 'connections at the same time'),
    connectionsPerClient: limit(Infinity, 'the same for one address', { orEndless: true }),
    pipelined: limit(32, 'requests that a connection may have open at once'),
    requestsPerConnection: limit(10_000, 'requests after which a connection is closed'),
    headerBytes: limit(16_384, 'of request line and headers', { unit: 'bytes' }),
  },
};

/** Defaults of the limits of connections. */
export const CONNECTION_LIMITS: Readonly<ConnectionLimits> = defaultsOf(CONNECTION_SPEC);

/** A server that listens. */
export interface Listening {
  port: number;
  /** Numbers of unanswered requests and of open connections. */
  stats(): { requests: number; connections: number };
  /**
   * Accepts no more connections, lets requests in flight finish, then closes.
   *
   * @param drainMs - Milliseconds after which the remaining connections are cut.
   * @returns Requests that were cut.
   */
  close(drainMs: number): Promise<number>;
}

/**
 * Listens, with limits against clients that send slowly, endlessly or not at all.
 *
 * @throws {EngineError} `LISTEN_FAILED`.
 */
export async function listen(
  listener: RequestListener,
  options: {
    port: number;
    host: string;
    limits: ConnectionLimits;
    onBroken?: (code: string) => void;
    /** Not shared with other processes of a `node:cluster`. */
    exclusive?: boolean;
  },
): Promise<Listening> {
  const { port, host, limits, onBroken, exclusive = false } = options;
  const requests = openRequests(limits);
  const newest = new WeakMap<Socket, ServerResponse>();
  const handle: RequestListener = (request, response) => {
    newest.set(request.socket, response);
    if (requests.begin(request, response)) listener(request, response);
  };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs),
      maxHeaderSize: limits.headerBytes,
      requireHostHeader: false,
    },
    handle,
  );
  server.timeout = limits.idleMs;
  // The reader of the body sends `100 Continue`, if it reads it at all.
  server.on('checkContinue', handle);
  // Answered as other faults are, and not by Node.js itself without a word.
  server.on('checkExpectation', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const last = newest.get(socket as Socket);
    if (last?.headersSent && last.getHeader('connection') === 'close') {
      // The last answer has been given.
      socket.end(() => socket.destroy());
      return;
    }
    const status = refuse(error, socket as Socket);
    if (status !== null) onBroken?.(status);
  });
  const { connections, connectionsPerClient: perClient } = limits;
  const sockets = boundConnections(server, { connections, perClient });
  await begin(server, { port, host, exclusive });
  return {
    port: (server.address() as AddressInfo).port,
    stats: () => ({ requests: requests.count, connections: sockets.count }),
    async close(drainMs) {
      const closed = once(server, 'close');
      server.close();
      requests.close();
      await requests.settled(drainMs);
      const cut = requests.count;
      sockets.destroyAll();
      server.closeAllConnections();
      await closed;
      return cut;
    },
  };
}

async function begin(
  server: Server,
  { port, host, exclusive }: { port: number; host: string; exclusive: boolean },
): Promise<void> {
  try {
    server.listen({ port, host, exclusive });
    await once(server, 'listening');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const what = `${host} port ${port} can't be listened on (${code})`;
    throw new EngineError('LISTEN_FAILED', what, 'Use another port, 0 for any that is free.');
  }
}

const BROKEN: Readonly<
  Record<string, readonly [status: ProblemStatus, code: string, detail: string]>
> = {
  HPE_HEADER_OVERFLOW: [431, 'HEADERS_TOO_LARGE', 'The headers are too large. Send fewer.'],
  HPE_INVALID_URL: [
    400,
    'REQUEST_MALFORMED',
    'The address has characters that must be percent-encoded: q=%E4%B9%9D for q=九.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'The request did not come in time.'],
};

/**
 * Answers a request that the parser could not read. @returns The code of the answer; null if there
 * was none.
 */
function refuse(error: NodeJS.ErrnoException, socket: Socket): string | null {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return null;
  }
  const [status, code, detail] = BROKEN[error.code ?? ''] ?? [
    400,
    'REQUEST_MALFORMED',
    'This is not HTTP/1.1.',
  ];
  const title = STATUS_CODES[status]!;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
  return code;
}
