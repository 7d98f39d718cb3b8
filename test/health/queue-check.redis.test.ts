import { expect } from 'chai';
import { endOf, type Run, startCli } from '../support/processes.ts';
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
});
