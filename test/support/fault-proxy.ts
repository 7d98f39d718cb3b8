import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came, with its whole body. */
export interface ProxiedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface ProxiedAnswer {
  status: number;
  headers?: IncomingHttpHeaders;
  body?: string | Buffer;
}

/** What goes wrong with a request. */
export type Fault =
  /** The connection is reset, upstream sees nothing. */
  | { kind: 'reset' }
  /** Upstream carries the request out; the connection is reset instead of the answer. */
  | { kind: 'lose-answer' }
  /** Upstream carries the request out; half the answer arrives, then the connection is closed. */
  | { kind: 'half-close' }
  /** Upstream carries the request out; nothing arrives and the connection stays open until the proxy is closed. */
  | { kind: 'stall' }
  /** Passed on after so many milliseconds. */
  | { kind: 'delay'; ms: number }
  /** Answered by the proxy, upstream sees nothing. */
  | { kind: 'answer'; answer: ProxiedAnswer }
  /** Answered by the test, which may forward what it likes. */
  | {
      kind: 'handle';
      handle: (
        request: ProxiedRequest,
        forward: (request: ProxiedRequest) => Promise<ProxiedAnswer>,
      ) => Promise<ProxiedAnswer>;
    };

export interface FaultRule {
  /** Requests that the fault hits; all where left out. */
  when?: (request: ProxiedRequest) => boolean;
  /** How many of them, default 1. */
  times?: number;
}

/** A proxy over real TCP that passes on everything but what a test has asked it to spoil. */
export interface FaultProxy {
  /** `http://127.0.0.1:port`; the same after `resume`. */
  url: string;
  /** Spoils requests to come. Rules are tried in the order in which they were given. */
  inject(fault: Fault, rule?: FaultRule): void;
  /** Forgets all rules. */
  clear(): void;
  /** Kinds of the faults that have hit, in order. */
  hits(): readonly Fault['kind'][];
  /** Requests seen, spoilt or not. */
  requests(): number;
  /** Cuts all connections and refuses new ones. */
  stop(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Headers that belong to one connection. */
const OF_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/**
 * Starts a proxy on loopback before an HTTP server.
 *
 * @param target - `http://host:port`.
 */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const upstream = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const hits: Fault['kind'][] = [];
  let rules: { fault: Fault; when: (request: ProxiedRequest) => boolean; left: number }[] = [];
  let requests = 0;

  function faultFor(request: ProxiedRequest): Fault | null {
    const rule = rules.find(({ when, left }) => left > 0 && when(request));
    if (rule === undefined) return null;
    rule.left -= 1;
    hits.push(rule.fault.kind);
    return rule.fault;
  }

  async function forward(request: ProxiedRequest): Promise<ProxiedAnswer> {
    const { method, path, body } = request;
    const headers = { ...passedOn(request.headers), 'content-length': String(body.length) };
    const { hostname, port } = upstream;
    const sent = httpRequest({ hostname, port, method, path, headers, agent });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: answer.statusCode!, headers: answer.headers, body: await bodyOf(answer) };
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers, socket } = incoming;
    const request = { method, path, headers, body: await bodyOf(incoming) };
    requests += 1;
    const fault = faultFor(request);
    switch (fault?.kind) {
      case 'reset':
        socket.resetAndDestroy();
        return;
      case 'lose-answer':
        await forward(request);
        socket.resetAndDestroy();
        return;
      case 'half-close': {
        const { status, headers: given = {}, body = '' } = await forward(request);
        const whole = Buffer.from(body);
        const promised = { ...passedOn(given), 'content-length': String(whole.length) };
        outgoing.writeHead(status, promised);
        outgoing.write(whole.subarray(0, whole.length >>> 1), () => socket.end());
        return;
      }
      case 'stall':
        await forward(request);
        return;
      case 'delay':
        setTimeout(() => void forward(request).then((answer) => reply(outgoing, answer)), fault.ms);
        return;
      case 'answer':
        reply(outgoing, fault.answer);
        return;
      case 'handle':
        reply(outgoing, await fault.handle(request, forward));
        return;
      case undefined:
        reply(outgoing, await forward(request));
    }
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    // What fails upstream fails for the client too.
    serve(incoming, outgoing).catch(() => incoming.socket.resetAndDestroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const gone = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await gone;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    inject(fault, rule = {}): void {
      rules.push({ fault, when: rule.when ?? (() => true), left: rule.times ?? 1 });
    },
    clear(): void {
      rules = [];
    },
    hits: () => hits,
    requests: () => requests,
    stop,
    resume: () => listen(port),
    async close(): Promise<void> {
      await stop();
      agent.destroy();
    },
  };
}

function reply(outgoing: ServerResponse, answer: ProxiedAnswer): void {
  const body = Buffer.from(answer.body ?? '');
  outgoing.writeHead(answer.status, {
    ...passedOn(answer.headers ?? {}),
    'content-length': String(body.length),
  });
  outgoing.end(body);
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name)),
  );
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
