import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Suite } from 'mocha';
import { tempFolder } from './folders.ts';
import { killAtEnd } from './processes.ts';
import { freePort } from './servers.ts';

/** A real redis-server of a suite's own, on loopback, with its data in a temporary folder. */
export interface RedisServer {
  port: number;
  url: string;
  start(): Promise<void>;
  /** Ends the process, and with it what was not saved; `start` brings it back on the same port. */
  kill(): Promise<void>;
  /** It accepts connections from now on and answers nothing, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

/**
 * Gives a suite a Redis; where there can be none its tests are skipped with the reason, and in CI they fail.
 *
 * @returns Running when the first test runs.
 */
export function onRedis(suite: Suite): RedisServer {
  let folder = '';
  let child: ChildProcess | null = null;
  const server: RedisServer = {
    port: 0,
    url: '',
    async start() {
      const { port } = server;
      const settings = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '' };
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
      // Also where a test brings it back: for the rest of the suite.
      child = killAtEnd(spawn('redis-server', args, { stdio: 'ignore' }), { until: 'suite' });
      while (!(await accepts(port))) if (child.exitCode !== null) throw new Error('no Redis');
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async kill() {
      if (child === null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      child = null;
    },
  };
  suite.beforeAll(async function () {
    if (spawnSync('redis-server', ['--version']).error) {
      if (process.env['CI']) throw new Error('CI needs a redis-server');
      console.log('    skipped: there is no redis-server');
      this.skip();
    }
    folder = tempFolder();
    server.port = await freePort();
    server.url = `redis://127.0.0.1:${server.port}`;
    await server.start();
  });
  return server;
}

/** Whether Redis answers PING: it accepts connections while it still loads its file. */
async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(String(data).startsWith('+PONG'));
    });
    socket.on('error', () => {
      setTimeout(resolve, 20, false);
    });
  });
}
