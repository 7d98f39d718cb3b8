import type { IncomingMessage, RequestListener, Server } from 'node:http';
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

/** Connections that may wait for their client. */
interface Waiting {
  /** Those without a request in progress, the longest idle first. */
  idle: Set<Socket>;
  /** Last requests of the others, of which the body may not be here yet, the oldest first. */
  receiving: Map<Socket, IncomingMessage>;
}

/** Connections of one address. */
interface Client extends Waiting {
  address: string;
  count: number;
}

interface Connection {
  client: Client;
  /** Requests in progress. */
  requests: number;
}

/**
 * Bounds the connections of a server, so that a flood of them doesn't shut other clients out.
 *
 * At a bound, the connection that has been idle longest is closed in favour of the new one; where none is idle, the one
 * that has been sending the body of its request longest. Only if every connection waits for an answer, the new one is
 * closed at once.
 */
export function boundConnections(server: Server, bounds: ConnectionBounds): OpenConnections {
  const { connections, perClient = Infinity } = bounds;
  const open = new Map<Socket, Connection>();
  const clients = new Map<string, Client>();
  const shared: Waiting = { idle: new Set(), receiving: new Map() };

  const forget = (socket: Socket): void => {
    const connection = open.get(socket);
    if (!connection) return;
    const { client } = connection;
    open.delete(socket);
    for (const { idle: silent, receiving: sent } of [shared, client]) {
      silent.delete(socket);
      sent.delete(socket);
    }
    if (--client.count === 0) clients.delete(client.address);
  };
  /** @returns Whether one was closed that waits for its client. */
  const makeRoom = (among: Waiting): boolean => {
    const [oldest = firstSending(among.receiving)] = among.idle;
    if (oldest === undefined) return false;
    // Its `close` event comes later; new connections may arrive before it.
    forget(oldest);
    oldest.destroy();
    return true;
  };
  const admits = (client: Client): boolean => {
    if (client.count >= perClient) return makeRoom(client);
    return open.size < connections || makeRoom(shared);
  };

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const client = clients.get(address) ?? newClient(address);
    if (!admits(client)) {
      socket.destroy();
      return;
    }
    clients.set(address, client);
    client.count++;
    for (const { idle } of [shared, client]) idle.add(socket);
    open.set(socket, { client, requests: 0 });
    socket.once('close', () => {
      forget(socket);
    });
  });
  const track: RequestListener = (request, response) => {
    const { socket } = request;
    const connection = open.get(socket);
    if (!connection) return;
    connection.requests++;
    const both = [shared, connection.client];
    for (const { idle, receiving } of both) {
      idle.delete(socket);
      // Taken out first, so that it becomes the newest.
      receiving.delete(socket);
      receiving.set(socket, request);
    }
    response.once('close', () => {
      if (--connection.requests > 0 || !open.has(socket)) return;
      for (const { idle, receiving } of both) {
        receiving.delete(socket);
        idle.add(socket);
      }
    });
  };
  server.prependListener('request', track);
  for (const event of ['checkContinue', 'checkExpectation']) {
    if (server.listenerCount(event) > 0) server.prependListener(event, track);
  }
  return {
    get count() {
      return open.size;
    },
    destroyAll() {
      for (const socket of open.keys()) socket.destroy();
    },
  };
}

function newClient(address: string): Client {
  return { address, count: 0, idle: new Set(), receiving: new Map() };
}

/** The connection that has been sending a body longest; forgets those that have sent all. */
function firstSending(receiving: Map<Socket, IncomingMessage>): Socket | undefined {
  for (const [socket, request] of receiving) {
    if (!request.complete) return socket;
    receiving.delete(socket);
  }
  return undefined;
}
