import { spawn } from 'node:child_process';
import type Bull from 'bull';
import { FlowProducer, Worker } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { endOf, killAtEnd, type Run, startCli } from '../support/processes.ts';
import { onRedis } from '../support/redis.ts';
import { freePort } from '../support/servers.ts';
import { openQueue, startWorker } from './queues.ts';

function queueCheck(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return endOf(startCli(['queue-check', ...args], { env: { ...process.env, ...env } }));
}

describe('suoyin queue-check', function () {
  const redis = onRedis(this);

  for (const flavour of ['bull', 'bullmq'] as const) {
    it(`ends with 0 for an idle ${flavour} queue, and with 1 for a paused one`, async () => {
      const name = `idle-${flavour}`;
      const queue = openQueue(flavour, name, redis.port);
      await startWorker(flavour, name, redis.port);
      await queue.put({});
      const idle = await queueCheck(['--redis', redis.url, '--queue', name]);
      expect(idle.out).to.equal(`OK  ${name}  ok\n  0 wait; 0 active; 1 workers\n`);
      expect(idle.code).to.equal(0);
      await queue.pause();
      await queue.put({});
      const paused = await queueCheck(['--redis', redis.url, '--queue', name]);
      expect(paused.out).to.match(
        new RegExp(
          `^WARNING  ${name}  paused\n  paused: the queue is paused, seen so for 0 s; 1 jobs wait`,
        ),
      );
      expect(paused.code).to.equal(1);
    });

    it(`ends with 2 for a ${flavour} queue without workers, with figures as JSON`, async () => {
      const name = `lonely-${flavour}`;
      const queue = openQueue(flavour, name, redis.port);
      await queue.put({ secret: 'swordfish' });
      const args = ['--redis-env', 'QUEUES', '--queue', name, '--wait', '1s', '--json'];
      const { code, out, err } = await queueCheck(args, { QUEUES: redis.url });
      const report = JSON.parse(out) as { verdict: string; figures: { pending: number } };
      expect(report.verdict).to.equal('no-workers');
      expect(report.figures.pending).to.equal(1);
      expect(out + err).not.to.include('swordfish');
      expect(code).to.equal(2);
    });
  }

  it('ends with 3 where there is no such queue, no Redis and no address', async () => {
    const missing = await queueCheck(['--redis', redis.url, '--queue', 'nowhere']);
    expect(missing.err).to.include('There is no queue bull:nowhere in this Redis');
    const away = `redis://127.0.0.1:${await freePort()}`;
    const unreachable = await queueCheck(['--redis', away, '--queue', 'x']);
    expect(unreachable.err).to.include('[REDIS_UNREACHABLE]');
    const nothing = await queueCheck(['--queue', 'x']);
    expect(nothing.err).to.include('[REDIS_INVALID]');
    expect([missing.code, unreachable.code, nothing.code]).to.deep.equal([3, 3, 3]);
  });

  it('takes no password from the command line, and prints none', async () => {
    const url = redis.url.replace('//', '//:swordfish@');
    const flag = await queueCheck(['--redis', url, '--queue', 'x']);
    expect(flag.err).to.include('--redis holds a password');
    const variable = await queueCheck(['--redis-env', 'R', '--queue', 'nowhere'], {
      R: `redis://:swordfish@127.0.0.1:${await freePort()}`,
    });
    expect(variable.err).to.include('REDIS_UNREACHABLE');
    expect(flag.err + flag.out + variable.err + variable.out).not.to.include('swordfish');
  });

  it('ends with 3 where Redis accepts connections and does not answer', async () => {
    redis.freeze();
    try {
      const { code, err, out } = await queueCheck(['--redis', redis.url, '--queue', 'x']);
      expect(err).to.match(/^suoyin: .*does not answer.*\[REDIS_UNREACHABLE\]\n$/);
      expect([code, out]).to.deep.equal([3, '']);
    } finally {
      redis.thaw();
    }
  });

  for (const flavour of ['bull', 'bullmq'] as const) {
    it(`judges a ${flavour} queue for a user who may not list clients`, async () => {
      const name = `rights-${flavour}`;
      const queue = openQueue(flavour, name, redis.port);
      await queue.put({});
      const admin = new Redis(redis.port, '127.0.0.1');
      await admin.acl(
        'SETUSER',
        'half',
        'on',
        '>pw',
        '~*',
        '&*',
        '+@all',
        '-client|list',
        '-client|setname',
      );
      await admin.acl('SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@read', '+@connection');
      admin.disconnect();
      const as = (user: string): Promise<Run> =>
        queueCheck(['--redis-env', 'R', '--queue', name, '--wait', '1s'], {
          R: `redis://${user}:pw@127.0.0.1:${redis.port}`,
        });
      const half = await as('half');
      expect(half.out, half.err).to.include('1 wait').and.include('unknown workers');
      expect(half.out).to.match(/^CRITICAL .* not-consuming\n/);
      expect([half.code, half.err]).to.deep.equal([2, '']);
      const reader = await as('reader');
      expect(reader.code).to.equal(3);
      expect(reader.out + reader.err)
        .to.include('NOPERM')
        .and.match(/'\w+' command/);
      expect(reader.out + reader.err).not.to.include('[WARN]');
      await queue.close();
    });
  }

  it('ends with 3 and says why for a key of another type', async () => {
    const client = new Redis(redis.port, '127.0.0.1');
    for (const key of ['meta', 'wait', 'active', 'failed', 'delayed', 'waiting-children']) {
      const name = `odd-${key}`;
      const queue = openQueue('bullmq', name, redis.port);
      await queue.put({});
      await client.set(`bull:${name}:${key}`, 'text');
      const { code, out, err } = await runCli([
        'queue-check',
        '--redis',
        redis.url,
        '--queue',
        name,
      ]);
      expect(out + err, key).to.include('WRONGTYPE');
      expect(code, key).to.equal(3);
      await queue.close().catch(() => undefined);
    }
    for (const key of ['wait', 'active', 'paused', 'delayed', 'completed', 'failed']) {
      const name = `odd-bull-${key}`;
      await client.set(`bull:${name}:id`, '1');
      await client.set(`bull:${name}:${key}`, 'text');
      const { code, out, err } = await queueCheck(['--redis', redis.url, '--queue', name]);
      expect(out + err, key).to.include('WRONGTYPE');
      expect(code, key).to.equal(3);
    }
    await client.hset('bull:odd-id:meta', { a: 1 });
    await client.lpush('bull:odd-id:wait', '1');
    await client.set('bull:odd-id:1', 'text');
    const { code, out, err } = await queueCheck(['--redis', redis.url, '--queue', 'odd-id']);
    expect(out + err).to.include('WRONGTYPE');
    expect(code).to.equal(3);
    client.disconnect();
  });

  it('refuses a replica, where no worker is connected, and says so', async () => {
    const queue = openQueue('bullmq', 'copied', redis.port);
    await queue.put({});
    const port = await freePort();
    const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', tempFolder(), '--save', ''];
    const replicaOf = ['--replicaof', `127.0.0.1 ${redis.port}`];
    killAtEnd(spawn('redis-server', [...settings, ...replicaOf].map(String), { stdio: 'ignore' }));
    const replica = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 });
    replica.on('error', () => undefined);
    await until(async () => (await replica.exists('bull:copied:meta')) === 1);
    replica.disconnect();
    const args = ['--redis', `redis://127.0.0.1:${port}`, '--queue', 'copied'];
    const { code, err, out } = await queueCheck(args);
    expect(err).to.match(/^suoyin: This Redis is a replica, .* \[REDIS_REPLICA\]\n$/);
    expect([code, out]).to.deep.equal([3, '']);
  });

  it('ends with 1 for a parent whose child has failed, and names both', async () => {
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const flows = closeAtEnd(new FlowProducer({ connection }));
    const child = (data: object): object => ({ name: 'c', queueName: 'children', data });
    const { job } = await flows.add({
      name: 'p',
      queueName: 'parents',
      data: {},
      children: [child({}), child({ fail: true })] as never,
    });
    const check = (): Promise<Run> => queueCheck(['--redis', redis.url, '--queue', 'parents']);
    expect((await check()).out).to.equal(
      'OK  parents  ok\n  0 wait; 0 active; 0 workers\n  1 parents wait for their children\n',
    );
    await startWorker('bullmq', 'children', redis.port);
    const children = openQueue('bullmq', 'children', redis.port);
    await until(async () => {
      const { completed, failed } = (await children.getJobCounts()) as Record<string, number>;
      return completed === 1 && failed === 1;
    });
    const { code, out } = await check();
    expect(code).to.equal(1);
    expect(out).to.match(/^WARNING {2}parents {2}blocked-parent\n/);
    expect(out).to.match(
      new RegExp(`parent job ${job.id} waits for its child bull:children:\\S+, which has failed`),
    );
  });

  it('takes a limit of the workers for no standstill, as they set it', async () => {
    const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
    const queue = openQueue('bullmq', 'slow', redis.port);
    for (const _ of [1, 2, 3]) await queue.put({});
    const limiter = { max: 1, duration: 60_000 };
    const worker = closeAtEnd(new Worker('slow', () => Promise.resolve(), { connection, limiter }));
    worker.on('error', () => undefined);
    await until(async () => ((await queue.getJobCounts()) as { completed: number }).completed > 0);
    const { code, out } = await queueCheck([
      '--redis',
      redis.url,
      '--queue',
      'slow',
      '--wait',
      '1s',
    ]);
    expect(out).to.match(/^OK {2}slow {2}ok\n.*\n {2}rate limited for another \d+ s\n$/);
    expect(code).to.equal(0);
  });

  it('takes a rate limit for no standstill', async () => {
    const queue = openQueue('bullmq', 'limited', redis.port);
    for (const _ of [1, 2, 3]) await queue.put({});
    const client = new Redis(redis.port, '127.0.0.1');
    await client.set('bull:limited:limiter', '1', 'PX', 30_000);
    // Connected as a worker is, and held back by the limit.
    await client.client('SETNAME', `bull:${Buffer.from('limited').toString('base64')}`);
    const { out } = await queueCheck(['--redis', redis.url, '--queue', 'limited', '--wait', '1s']);
    expect(out)
      .to.match(/rate limited for another \d+ s/)
      .and.not.include('not-consuming');
    client.disconnect();
    await queue.close();
  });

  it('shows what jobs hold escaped', async () => {
    const queue = openQueue('bull', 'failing', redis.port);
    const bull = queue as unknown as Bull.Queue;
    for (let n = 0; n < 6; n++)
      await queue.put({ source: '\u001b[31mred\r\nFAKE OK\u202e' }, { attempts: 1 });
    for (let n = 0; n < 6; n++) {
      const job = await bull.getNextJob();
      await job!.moveToFailed({ message: 'no' }, true);
    }
    const { out } = await queueCheck(['--redis', redis.url, '--queue', 'failing', '--wait', '1s']);
    expect(out).to.include('source \\u{1b}[31mred\\r\\nFAKE OK\\u{202e}');
    await queue.close();
  });
});
