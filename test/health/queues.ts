import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Bull from 'bull';
import { type JobsOptions, Queue } from 'bullmq';
import type { WatchedQueue } from '../../lib/health/queue-look.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { type Child, startScript } from '../support/processes.ts';

const program = fileURLToPath(new URL('./queue-worker.ts', import.meta.url));

/** What the two packages have in common, as far as the tests use it. */
export interface TestQueue extends WatchedQueue {
  put(data: object, options?: JobsOptions & Bull.JobOptions): Promise<{ id: string }>;
  putMany(count: number): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a real queue of either package, closed when the test ends. */
export function openQueue(flavour: 'bull' | 'bullmq', name: string, port: number): TestQueue {
  const redis = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const queue =
    flavour === 'bull' ? new Bull(name, { redis }) : new Queue(name, { connection: redis });
  queue.on('error', () => undefined);
  const opened = Object.assign(queue as Queue, {
    async put(data: object, options?: object) {
      const job = await (queue as Queue).add('job', data, options);
      return { id: String(job.id) };
    },
    async putMany(count: number) {
      for (let done = 0; done < count; done += 10_000) {
        const size = Math.min(10_000, count - done);
        await (queue as Queue).addBulk(
          Array.from({ length: size }, () => ({ name: 'job', data: {} })),
        );
      }
    },
  });
  return closeAtEnd(opened);
}

/** Starts a real worker in a process of its own. @returns It, connected. */
export async function startWorker(
  flavour: 'bull' | 'bullmq',
  name: string,
  port: number,
): Promise<Child> {
  const worker = startScript(program, [flavour, String(port), name]);
  worker.stderr.pipe(process.stderr);
  await once(worker.stdout, 'data');
  return worker;
}

/** Ends a worker as a crash would. */
export async function killWorker(worker: Child): Promise<void> {
  const ended = once(worker, 'exit');
  worker.kill('SIGKILL');
  await ended;
}
