import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as RawServer,
} from 'node:net';
import type { Certificate } from './certificate.ts';
import { closeAtEnd } from './lifetime.ts';

/** A server on 127.0.0.1, closed when the test or suite ends. */
export interface TestServer {
  port: number;
  /** `http://127.0.0.1:port`. */
  origin: string;
  close(): Promise<void>;
}

/** An HTTP server. */
export function serve(handle: RequestListener): Promise<TestServer> {
  return listen(createServer(handle), 'http');
}

/** An HTTPS server with the given certificate. */
export function serveSecure(pair: Certificate, handle: RequestListener): Promise<TestServer> {
  return listen(createSecureServer(pair, handle), 'https');
}

/** A server that answers every request with these bytes, and then closes or hangs. */
export function serveRaw(answer: string, after: 'close' | 'hang' = 'close'): Promise<TestServer> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer, 'latin1');
      if (after === 'close') socket.end();
    });
  });
  return listen(server, 'http', () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(
  server: Server | RawServer,
  scheme: string,
  dropAll?: () => void,
): Promise<TestServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return closeAtEnd({
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        dropAll?.();
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  });
}

/** A loopback port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = await serve(() => undefined);
  await server.close();
  return server.port;
}
