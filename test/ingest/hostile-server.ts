import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as RawServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server on 127.0.0.1 and what was asked of it. */
export interface TestServer {
  port: number;
  /** `http://127.0.0.1:port`. */
  origin: string;
  close(): Promise<void>;
}

/** Starts servers that are closed after each test of the suite it is called in. */
export function testServers(): {
  started: (pending: Promise<TestServer>) => Promise<TestServer>;
  server: typeof serve;
  raw: typeof serveRaw;
} {
  const servers: TestServer[] = [];
  const started = async (pending: Promise<TestServer>): Promise<TestServer> => {
    const server = await pending;
    servers.push(server);
    return server;
  };
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  return {
    started,
    server: (handle) => started(serve(handle)),
    raw: (answer, after) => started(serveRaw(answer, after)),
  };
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
function serveRaw(answer: string, after: 'close' | 'hang' = 'close'): Promise<TestServer> {
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
  return {
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll?.();
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** A key and its certificate, as PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** A self-signed certificate for 127.0.0.1; null where there is no openssl. */
export function selfSigned(): Certificate | null {
  const dir = mkdtempSync(join(tmpdir(), 'suoyin-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const form = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  try {
    const files = ['-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...form, ...files, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
