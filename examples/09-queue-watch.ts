// Watches a BullMQ queue from outside: without workers, while it works, and with one bad source.
//
//     REDIS_URL=redis://127.0.0.1:6379 npx tsx examples/09-queue-watch.ts
import { Queue, QueueEvents, Worker } from 'bullmq';
import { createHealth, queueCheck, watchQueue } from 'suoyin';

const connection = { url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379' };
const name = `suoyin-example-${process.pid}`;
const queue = new Queue(name, { connection });
const events = new QueueEvents(name, { connection });

// An application would keep the default of `pollMs`, so that it checks by itself every ten seconds.
const watch = watchQueue(queue, {
  pollMs: null,
  maxLonelyMs: 0,
  maxSourceFailures: 3,
  sourceOf: ({ data }) => (data as { source: string }).source,
  onVerdict: ({ verdict, level }) => console.log(`  from now on ${verdict} (${level})`),
});
const look = async (what: string): Promise<void> => {
  console.log(what);
  // `findings` say the same in sentences, with times and job ids.
  const { verdict, figures } = await watch.look();
  console.log(`  ${verdict}: ${figures?.pending} to do, ${figures?.workers} workers`);
};
/** Adds pictures of a source to the queue, and waits until each is done or has failed. */
const work = async (source: string, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) {
    const job = await queue.add('picture', { source });
    await job.waitUntilFinished(events).catch(() => undefined);
  }
};

await look('an empty queue');

const first = await queue.add('picture', { source: 'good.example' });
await look('one job and nobody to do it');

const worker = new Worker(
  name,
  ({ data }: { data: { source: string } }) =>
    data.source === 'bad.example' ? Promise.reject(new Error('404')) : Promise.resolve(),
  { connection },
);
await worker.waitUntilReady();
await first.waitUntilFinished(events);
await look('a worker came');

await work('good.example', 2);
await work('bad.example', 3);
await look('one source answers with errors only');

// The last result as part of the application's readiness, beside its own checks.
const health = createHealth({ checks: { pictures: queueCheck(watch) } });
const { pictures } = (await health.readyz()).checks;
console.log(`readiness: ${pictures?.status}, ${pictures?.code}`);

health.close();
watch.stop();
await worker.close();
await events.close();
await queue.obliterate({ force: true });
await queue.close();
