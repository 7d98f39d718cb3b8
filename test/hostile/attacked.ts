import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { DecoderOptions } from '../../lib/ingest/decode/decoder-processes.ts';
import type { LogEntry } from '../../lib/server/request-log.ts';
import type { ServeOptions } from '../../lib/server/serve.ts';
import { killAtEnd } from '../support/processes.ts';

/** Of the server, as far as JSON can tell them. */
export interface ServerSettings extends Pick<
  ServeOptions,
  'limits' | 'connections' | 'drainMs' | 'fetchUrls' | 'token'
> {
  /** Threads that search places. Default 1. */
  threads?: number;
  /** Milliseconds that they have to answer. Default 60000. */
  limitMs?: number;
  /** Of the processes that read pictures. Default: one, as `suoyin serve` has them. */
  decoder?: DecoderOptions;
}

/** What a server says of itself after its garbage is collected. */
export interface ServerState {
  /** What is reachable, in bytes: what is resident depends on when memory was given back as well. */
  memory: number;
}

/** A server in a process of its own. */
export interface Attacked {
  url: string;
  healthUrl: string;
  port: number;
  healthPort: number;
  child: ChildProcess;
  state(): Promise<ServerState>;
  /** A gauge of `/metrics`. */
  gauge(name: string): Promise<number>;
  /** Sends SIGTERM. @returns The last line of its log, and whether its threads have ended; it has too. */
  stop(): Promise<[last: LogEntry, ended: boolean]>;
}

const SCRIPT = fileURLToPath(new URL('server.ts', import.meta.url));

/** Starts a server over the example places and two photos. */
export async function startAttacked(settings: ServerSettings = {}): Promise<Attacked> {
  const child = killAtEnd(
    fork(SCRIPT, [JSON.stringify(settings)], {
      execArgv: ['--import=tsx', '--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
  const [urls] = (await once(child, 'message')) as [{ url: string; healthUrl: string }];
  const { url, healthUrl } = urls;
  return {
    url,
    healthUrl,
    port: Number(new URL(url).port),
    healthPort: Number(new URL(healthUrl).port),
    child,
    async state() {
      child.send('state');
      const [state] = (await once(child, 'message')) as [ServerState];
      return state;
    },
    async gauge(name) {
      const text = await (await fetch(`${healthUrl}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1]);
    },
    async stop() {
      const said = once(child, 'message') as Promise<[[LogEntry, boolean]]>;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [last] = await said;
      await ended;
      return last;
    },
  };
}

/** A connection whose errors are what a hostile client expects. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
