import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { SYSTEM_CLOCK } from '../../lib/health/clock.ts';
import {
  type QueueReport,
  watchQueue,
  type WatchQueueOptions,
} from '../../lib/health/queue-watch.ts';
import { onRedis } from '../support/redis.ts';
import { killWorker, openQueue, startWorker, type TestQueue } from './queues.ts';
import type { Child } from '../support/processes.ts';
import { until } from '../support/polling.ts';

describe('watchQueue', function () {
  const redis = onRedis(this);
  let at = 0;
  let number = 0;

  beforeEach(() => {
    at = Date.now();
  });

  for (const flavour of ['bull', 'bullmq'] as const) {
    const open = (): TestQueue => openQueue(flavour, `pictures-${++number}`, redis.port);
    const hire = async (queue: TestQueue): Promise<Child> => {
      const worker = await startWorker(flavour, queue.name, redis.port);
      await until(async () => (await queue.getWorkers())?.length === 1);
      return worker;
    };
    const watch = (
      queue: TestQueue,
      options: WatchQueueOptions = {},
    ): ReturnType<typeof watchQueue> =>
      watchQueue(queue, {
        pollMs: null,
        now: () => at,
        clock: { ...SYSTEM_CLOCK, steadyNow: () => at },
        ...options,
      });
    /** Looks every ten seconds of the watch's time. */
    const lookFor = async (
      watched: ReturnType<typeof watchQueue>,
      seconds: number,
    ): Promise<QueueReport[]> => {
      const reports = [await watched.look()];
      for (let passed = 0; passed < seconds; passed += 10) {
        at += 10_000;
        reports.push(await watched.look());
      }
      return reports;
    };

    describe(`with ${flavour}`, () => {
      it('tells a hung processor within 90 s, with the age of its job', async () => {
        const queue = open();
        await hire(queue);
        const { id } = await queue.put({ hang: true });
        await queue.put({});
        // From when it runs, however long the worker took to start.
        const begun = async (): Promise<number> =>
          ((await queue.getJob(id)) as { processedOn?: number }).processedOn ?? 0;
        await until(async () => (at = await begun()) > 0);
        const reports = await lookFor(watch(queue), 90);
        const { verdict, level, findings, figures } = reports.at(-1)!;
        expect({ verdict, level }).to.deep.equal({ verdict: 'stuck-job', level: 'critical' });
        expect(findings[0]!.detail).to.match(
          new RegExp(
            `^job ${id} has been active for \\d\\d s, where 60 s are allowed; 1 jobs wait$`,
          ),
        );
        expect(figures!.oldestActiveSeconds).to.equal(90);
        expect(reports[0]!.verdict).to.equal('ok');
      });

      it('tells a killed worker within 90 s', async () => {
        const queue = open();
        const worker = await hire(queue);
        const watched = watch(queue);
        expect((await watched.look()).figures!.workers).to.equal(1);
        await killWorker(worker);
        await queue.put({});
        const report = (await lookFor(watched, 40)).at(-1)!;
        expect(report.verdict).to.equal('no-workers');
        expect(report.level).to.equal('critical');
        expect(report.findings[0]!.detail).to.equal(
          '1 jobs wait and 0 are active, and for 40 s no worker has been connected',
        );
      });

      it('tells a paused queue where jobs wait, and only there', async () => {
        const queue = open();
        await hire(queue);
        await queue.pause();
        const watched = watch(queue);
        expect((await watched.look()).verdict).to.equal('ok');
        await queue.put({});
        const reports = await lookFor(watched, 60);
        expect(reports.at(-1)).to.deep.include({ verdict: 'paused', level: 'warning' });
        expect(reports.at(-1)!.figures).to.deep.include({ pending: 1, pausedForSeconds: 60 });
      });

      it('tells jobs that no connected worker does', async () => {
        const queue = open();
        const worker = await hire(queue);
        worker.kill('SIGSTOP');
        const ps = ['-o', 'state=', '-p', String(worker.pid)];
        await until(() => /^T/.test(String(spawnSync('ps', ps).stdout)));
        await queue.put({});
        const report = (await lookFor(watch(queue), 80)).at(-1)!;
        expect(report.figures!.workers).to.equal(1);
        // Redis itself hands jobs of Bull to a worker that waits for one, also a frozen one.
        const wanted = flavour === 'bull' ? ['stuck-job', 'not-consuming'] : ['not-consuming'];
        expect(wanted).to.include(report.verdict);
      });

      it('tells a source whose jobs fail', async () => {
        const queue = open();
        await hire(queue);
        for (let n = 0; n < 6; n++) await queue.put({ fail: true, source: 'broken.example' });
        for (let n = 0; n < 8; n++) await queue.put({ source: 'fine.example' });
        await until(async () => {
          const { completed, failed } = (await queue.getJobCounts()) as Record<string, number>;
          return completed === 8 && failed === 6;
        });
        const report = await watch(queue).look();
        expect(report.verdict).to.equal('bad-source');
        expect(report.findings[0]!.detail).to.match(
          /^of the last 6 finished jobs of source broken\.example 6 failed, the first of these \d s ago$/,
        );
      });

      it('tells a job that is tried again and again', async () => {
        const queue = open();
        await hire(queue);
        const { id } = await queue.put(
          { fail: true },
          { attempts: 1000, backoff: { type: 'fixed', delay: 20 } },
        );
        const watched = watch(queue);
        let report = await watched.look();
        await until(async () => (report = await watched.look()).verdict === 'bad-retry');
        expect(report.findings[0]!.detail).to.match(
          new RegExp(`^job ${id} has failed \\d+ times in \\d+ s and is tried again$`),
        );
      });

      it('takes a look at 80,000 waiting jobs without reading them', async () => {
        const queue = open();
        await queue.putMany(80_000);
        let read = 0;
        const getJobs = queue.getJobs.bind(queue);
        queue.getJobs = async (...args) => {
          const jobs = await getJobs(...args);
          read += jobs.length;
          return jobs;
        };
        const { figures } = await watch(queue).look();
        expect(figures!.pending).to.equal(80_000);
        expect(read).to.equal(2);
      });

      it('is content with a deep queue that moves', async () => {
        const queue = open();
        await queue.putMany(80_000);
        await hire(queue);
        // The jobs' own times are real, those of the watch are not.
        const watched = watch(queue, { maxJobMs: Infinity });
        const verdicts = new Set<string>();
        for (let n = 0; n < 12; n++) {
          const { completed = 0 } = (await queue.getJobCounts()) as Record<string, number>;
          await until(
            async () =>
              ((await queue.getJobCounts()) as Record<string, number>)['completed']! > completed,
          );
          verdicts.add((await watched.look()).verdict);
          at += 30_000;
        }
        expect([...verdicts]).to.deep.equal(['ok']);
      });

      it('says unknown while Redis is away, and holds that time against nobody', async () => {
        const queue = open();
        await hire(queue);
        const verdicts: string[] = [];
        const watched = watch(queue, {
          timeoutMs: 300,
          // The job's own times are real, those of the watch are not.
          maxJobMs: Infinity,
          onVerdict: ({ verdict }) => void verdicts.push(verdict),
        });
        await watched.look();
        await redis.kill();
        await lookFor(watched, 20);
        expect(watched.report()).to.deep.include({ level: 'unknown', figures: null });
        await redis.start();
        await until(async () => (await watched.look()).verdict === 'ok');
        await until(async () => (await queue.getWorkers())?.length === 1);
        at += 600_000;
        await queue.put({});
        await watched.look();
        expect(verdicts).to.deep.equal(['unknown', 'ok']);
      });

      it('says unknown, and why, where a key is of another type', async () => {
        const keys = { bull: ['wait', 'active', 'paused', 'delayed', 'failed'], bullmq: ['wait'] };
        const client = new Redis(redis.port, { maxRetriesPerRequest: null });
        try {
          for (const key of keys[flavour]) {
            const queue = open();
            await queue.getJobCounts();
            await client.set(`bull:${queue.name}:${key}`, 'text');
            const report = await watch(queue).look();
            expect(report, key).to.include({ verdict: 'unknown', level: 'unknown', figures: null });
            expect(report.reason, key).to.include('WRONGTYPE');
            await client.del(`bull:${queue.name}:${key}`);
          }
        } finally {
          client.disconnect();
        }
      });

      it('raises no alarm in a day of idling, and is awake for a job after it', async () => {
        const queue = open();
        const worker = await hire(queue);
        const watched = watch(queue);
        const verdicts = new Set<string>();
        for (let minute = 0; minute < 24 * 60; minute++) {
          verdicts.add((await watched.look()).verdict);
          at += 60_000;
        }
        expect([...verdicts]).to.deep.equal(['ok']);
        await killWorker(worker);
        await queue.put({});
        expect((await lookFor(watched, 40)).at(-1)!.verdict).to.equal('no-workers');
      });
    });
  }
});
