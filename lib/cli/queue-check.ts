import type BullQueue from 'bull';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { MissingDependencyError, OptionError, SearchError } from '../errors.ts';
import type { WatchedQueue } from '../health/queue-look.ts';
import { type QueueReport, WATCH_SPEC, watchQueue } from '../health/queue-watch.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { type Io, note, print, printJson } from './io.ts';
import { JSON_OPTION, timeOf } from './options.ts';

interface Flags {
  redis?: string;
  redisEnv?: string;
  queue: string;
  prefix: string;
  /** Milliseconds. */
  wait?: number;
  json?: true;
}

const WATCH = flagsOf(WATCH_SPEC, ['maxJobMs']);

/** Exit codes of monitoring plugins, which also work in cron and without Prometheus. */
const LEVELS = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
/** Milliseconds. */
const WAIT = 10_000;
const CONNECT = 5000;
const CLOSE = 1000;

/** `suoyin queue-check`: checks whether the jobs of a Bull or BullMQ queue get done. */
export const queueCheckCommand: CommandSpec = {
  name: 'queue-check',
  summary:
    'tell whether a Bull or BullMQ queue does its jobs; exit 0 ok, 1 warning, 2 critical, 3 unknown',
  options: [
    { flags: '--redis <url>', description: 'redis:// or rediss://, without a password' },
    { flags: '--redis-env <var>', description: 'environment variable with the whole URL' },
    { flags: '--queue <name>', description: 'name of the queue', required: true },
    { flags: '--prefix <text>', description: 'prefix of its keys', default: 'bull' },
    {
      flags: '--wait <time>',
      description:
        'how long jobs may wait with nothing moving (such as 90s, 15m or 7d; default: 10s)',
      parse: (text) => timeOf('--wait', text),
    },
    ...WATCH.options,
    JSON_OPTION,
  ],
  examples: [
    'suoyin queue-check --redis redis://127.0.0.1:6379 --queue thumbnails',
    'suoyin queue-check --redis-env REDIS_URL --queue thumbnails --max-job 15m --json',
  ],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    try {
      const report = await checkQueueOf(flags, io);
      if (flags.json) await printJson(io, report);
      else await print(io, reportText(report));
      return LEVELS[report.level];
    } catch (error) {
      const { message, code } = error instanceof SearchError ? error : refusal(error as Error);
      note(io, `suoyin: ${message} [${code}]`);
      return LEVELS.unknown;
    }
  },
};

async function checkQueueOf(flags: Flags, io: Io): Promise<QueueReport> {
  const url = redisUrl(flags, io);
  const redis = await connectRedis(url);
  const closing: (() => Promise<unknown>)[] = [() => Promise.resolve(redis.disconnect())];
  try {
    await soon(refuseReplica(redis), CONNECT);
    const queue = await soon(openQueue(flags, redis, url), CONNECT);
    closing.unshift(async () => {
      await soon(queue.close(), CLOSE).catch(() => undefined);
      // Bull opens its own connections; one that is never answered would keep the process alive.
      const { clients = [] } = queue as { clients?: Redis[] };
      for (const client of clients) client.disconnect();
    });
    return await observe(queue as WatchedQueue, flags, io.onInterrupt());
  } finally {
    // Don't wait long for a Redis that does not answer.
    for (const close of closing) await soon(close(), CLOSE).catch(() => undefined);
  }
}

/** Observes the queue until it moves, or has stood still for as long as it may. */
async function observe(queue: WatchedQueue, flags: Flags, stop: AbortSignal): Promise<QueueReport> {
  const wait = flags.wait ?? WAIT;
  const watch = watchQueue(queue, {
    pollMs: null,
    maxStillMs: wait,
    maxLonelyMs: wait,
    ...WATCH.read(flags),
  });
  const from = performance.now();
  for (;;) {
    const report = await watch.look();
    const { figures, level } = report;
    const over = performance.now() - from > wait + 2000;
    if (figures === null || level === 'critical' || over || stop.aborted) return report;
    const idle = figures.pending + (figures.workers === 0 ? figures.jobs.active : 0) === 0;
    const moves =
      performance.now() - from > 1000 && figures.workers !== 0 && figures.stillForSeconds === 0;
    if (idle || moves || figures.paused) return report;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function redisUrl({ redis, redisEnv }: Flags, io: Io): string {
  const hint = 'Give --redis redis://HOST:6379 or --redis-env VARIABLE.';
  const text = redisEnv === undefined ? redis : io.env[redisEnv];
  if (text === undefined || !URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol)) {
    throw new OptionError('REDIS_INVALID', 'There is no address of Redis', hint);
  }
  const { password, searchParams } = new URL(text);
  if (redisEnv === undefined && (password !== '' || searchParams.has('password'))) {
    const what = '--redis holds a password, which other users of this machine can see';
    throw new OptionError(
      'REDIS_INVALID',
      what,
      'Put the URL in a variable: --redis-env VARIABLE.',
    );
  }
  return text;
}

async function connectRedis(url: string): Promise<Redis> {
  const { Redis } = await load('ioredis', () => import('ioredis'));
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT,
    // This check waits for INFO without a limit, and prints a warning if the user may not run INFO.
    enableReadyCheck: false,
    maxRetriesPerRequest: null,
    retryStrategy: () => null,
  });
  // `connect` reports errors too.
  redis.on('error', () => undefined);
  try {
    await soon(
      redis.connect().then(() => redis.ping()),
      CONNECT,
    );
    return redis;
  } catch (error) {
    redis.disconnect();
    if (/^NOPERM/.test((error as Error).message)) throw error;
    const { host } = new URL(url);
    const what = `Redis at ${host} does not answer`;
    throw new SearchError('REDIS_UNREACHABLE', what, 'Check the address, and that it runs.');
  }
}

/** Bull and BullMQ both keep a `meta`, but only BullMQ has a version in it and a stream of events. Writes nothing. */
async function openQueue(
  { queue: name, prefix }: Flags,
  redis: Redis,
  url: string,
): Promise<Queue | BullQueue.Queue> {
  const key = `${prefix}:${name}`;
  const isBullMq =
    (await redis.exists(`${key}:events`)) > 0 ||
    (await redis.hexists(`${key}:meta`, 'version')) > 0;
  if (isBullMq) {
    const { Queue } = await load('bullmq', () => import('bullmq'));
    const queue = new Queue(name, { connection: redis, prefix, skipMetasUpdate: true });
    queue.on('error', () => undefined);
    return queue;
  }
  if ((await redis.exists(`${key}:id`, `${key}:meta`)) > 0) {
    const { default: Bull } = await load('bull', () => import('bull'));
    const queue = new Bull(name, url, {
      prefix,
      redis: { retryStrategy: () => null, enableReadyCheck: false },
    });
    queue.on('error', () => undefined);
    return queue;
  }
  const what = `There is no queue ${key} in this Redis`;
  throw new SearchError('QUEUE_NOT_FOUND', what, 'Check --queue and --prefix.');
}

/** @throws {SearchError} `REDIS_REPLICA`: workers connect to the primary, so a replica sees none of them. */
async function refuseReplica(redis: Redis): Promise<void> {
  const info = await redis.info('replication').catch((error: Error) => {
    if (/^NOPERM/.test(error.message)) return '';
    throw error;
  });
  if (!/^role:slave\b/m.test(info)) return;
  const what = 'This Redis is a replica, where no worker is connected';
  throw new SearchError('REDIS_REPLICA', what, 'Give the address of its primary.');
}

/** The error for a refusal by Redis, in its own words, which quote names of commands and keys but no data. */
function refusal({ message }: Error): SearchError {
  const hint = 'Check the rights of the user, the key and the state of Redis.';
  return new SearchError('REDIS_REFUSED', `Redis refused to answer: ${message}`, hint);
}

/** @throws {SearchError} `REDIS_UNREACHABLE` if it takes longer. */
async function soon<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const what = `Redis accepts connections and does not answer within ${ms} ms`;
      reject(
        new SearchError('REDIS_UNREACHABLE', what, 'See whether it is stopped or overloaded.'),
      );
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function load<T>(name: string, importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (cause) {
    throw new MissingDependencyError(
      'QUEUE_PACKAGE_MISSING',
      `${name} is not installed`,
      `Run npm install ${name}.`,
      { cause },
    );
  }
}

function reportText({ queue, verdict, level, findings, figures, reason }: QueueReport): string[] {
  const lines = [`${level.toUpperCase()}  ${queue}  ${verdict}`];
  if (reason !== undefined) lines.push(`  ${reason}`);
  lines.push(...findings.map(({ verdict: name, detail }) => `  ${name}: ${detail}`));
  if (figures) {
    const { pending, jobs, workers, oldestWaitingSeconds } = figures;
    const age = oldestWaitingSeconds === null ? '' : `, the oldest for ${oldestWaitingSeconds} s`;
    lines.push(`  ${pending} wait${age}; ${jobs.active} active; ${workers ?? 'unknown'} workers`);
    const parents = jobs['waiting-children'];
    if (parents > 0) lines.push(`  ${parents} parents wait for their children`);
    const { limitedForSeconds } = figures;
    if (limitedForSeconds > 0) lines.push(`  rate limited for another ${limitedForSeconds} s`);
  }
  return lines;
}
