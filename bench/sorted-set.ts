import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { type BuildInput, type Contender, LIMIT } from './competitor.ts';
import { placesOf } from './corpus.ts';

const KEY = 'places';
/** Members (prefixes and names) that the original reads after the prefix. */
const WINDOW = 50;
/** Members per ZADD. */
const BATCH = 5_000;

/**
 * The design that suoyin replaces: one sorted set in Redis. Its members, which all have score 0 and
 * so are in byte order, are every prefix of every name, and `name*id`. A query takes the ZRANK of
 * the input, reads 50 members from there, and keeps those with `*`.
 *
 * @see https://redis.antirez.com/fundamental/autocomplete.html and techblog.funliday.com,
 *   2019-01-08
 */
export async function sortedSet(input: BuildInput): Promise<Contender> {
  const port = await freePort();
  const server = spawn(
    input.redisServer,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { cwd: input.dataDir, stdio: 'ignore' },
  );
  const stop = (): boolean => server.kill();
  process.once('exit', stop);
  await once(server, 'spawn');
  const redis = new Redis({ port, host: '127.0.0.1' });
  redis.on('error', () => {}); // ioredis retries while the server is starting.
  const [, before] = await Promise.all([redis.ping(), usedMemory(redis)]);

  let members = new Set<string>();
  const flush = async (): Promise<void> => {
    if (members.size === 0) return;
    await redis.zadd(KEY, ...Array.from(members).flatMap((member) => ['0', member]));
    members = new Set();
  };
  for await (const { id, names } of placesOf(input.placesFile)) {
    for (const name of names) {
      let prefix = '';
      for (const character of name) members.add((prefix += character));
      members.add(`${name}*${id}`);
    }
    if (members.size >= BATCH) await flush();
  }
  await flush();

  const info = await redis.info('server');
  return {
    ways: {
      'sorted set in Redis': async (text) => {
        const rank = await redis.zrank(KEY, text);
        if (rank === null) return [];
        const window = await redis.zrange(KEY, String(rank), String(rank + WINDOW - 1));
        const ids = new Set<string>();
        for (const member of window) {
          const star = member.lastIndexOf('*');
          if (star > 0 && member.startsWith(text)) ids.add(member.slice(star + 1));
          if (ids.size === LIMIT) break;
        }
        return [...ids];
      },
    },
    version: `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version'}, ioredis`,
    outside: {
      bytes: (await usedMemory(redis)) - before,
      what: 'used_memory of the Redis server',
    },
    close: async () => {
      redis.disconnect();
      process.off('exit', stop);
      await stopServer(server);
    },
  };
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill();
  await gone;
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port on 127.0.0.1');
  return address.port;
}
