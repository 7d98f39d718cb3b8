import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';

/** How many connections a server keeps open at the same time. */
export interface ConnectionBounds {
  /** Of all clients together. */
  connections: number;
  /** Of one address; default no bound, since behind a proxy all come from one address. */
  perClient?: number;
}

/** Connections of a server. */
export interface OpenConnections {
  readonly count: number;
  /** Destroys every connection, even one with a request in progress. */
  destroyAll(): void;
}

/** Connections of one address. */
interface Client {
  address: string;
  count: number;
  idle: Set<Socket>;
}

interface Connection {
  client: Client;
  /** Requests in progress. */
  requests: number;
}

/**
 * Bounds the connections of a server, so that a flood of them doesn't shut other clients out.
 *
 * At a bound, the connection that has been idle longest is closed in favour of the new one. Only
 * if every connection has a request in progress, the new one is closed at once.
 */
export function boundConnections(server: Server, bounds: ConnectionBounds): OpenConnections {
  const { connections, perClient = Infinity } = bounds;
  const open = new Map<Socket, Connection>();
  const clients = new Map<string, Client>();
  /** Connections without a request in progress, the longest idle first. */
  const idle = new Set<Socket>();

  const forget = (socket: Socket): void => {
    const connection = open.get(socket);
    if (!connection) return;
    const { client } = connection;
    open.delete(socket);
    idle.delete(socket);
    client.idle.delete(socket);
    if (--client.count === 0) clients.delete(client.address);
  };
  /** @returns Whether an idle one was closed. */
  const makeRoom = (among: Set<Socket>): boolean => {
    const [oldest] = among;
    if (oldest === undefined) return false;
    // Its `close` event comes later; new connections may arrive before it.
    forget(oldest);
    oldest.destroy();
    return true;
  };
  const admits = (client: Client): boolean => {
    if (client.count >= perClient) return makeRoom(client.idle);
    return open.size < connections || makeRoom(idle);
  };

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const client = clients.get(address) ?? { address, count: 0, idle: new Set() };
    if (!admits(client)) {
      socket.destroy();
      return;
    }
    clients.set(address, client);
    client.count++;
    client.idle.add(socket);
    idle.add(socket);
    open.set(socket, { client, requests: 0 });
    socket.once('close', () => {
      forget(socket);
    });
  });
  const track: RequestListener = ({ socket }, response) => {
    const connection = open.get(socket);
    if (!connection) return;
    connection.requests++;
    idle.delete(socket);
    connection.client.idle.delete(socket);
    response.once('close', () => {
      if (--connection.requests > 0 || !open.has(socket)) return;
      idle.add(socket);
      connection.client.idle.add(socket);
    });
  };
  server.prependListener('request', track);
  if (server.listenerCount('checkContinue') > 0) server.prependListener('checkContinue', track);
  return {
    get count() {
      return open.size;
    },
    destroyAll() {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
