/** A worker as its own process: `queue-worker.ts <bull|bullmq> <port> <queue>`; a job's data say what to do. */
import Bull from 'bull';
import { Worker } from 'bullmq';

interface Order {
  hang?: true;
  fail?: true;
}

async function work({ data }: { data: unknown }): Promise<void> {
  const { hang, fail } = data as Order;
  if (hang) await new Promise(() => setInterval(() => undefined, 1000));
  if (fail) throw new Error('broken source');
}

const [flavour, port, name] = process.argv.slice(2);
const redis = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };

if (flavour === 'bull') {
  const queue = new Bull(name!, { redis });
  queue.on('error', () => undefined);
  void queue.process('*', 1, work);
  await queue.isReady();
} else {
  const worker = new Worker(name!, work, { connection: redis });
  worker.on('error', () => undefined);
  await worker.waitUntilReady();
}
process.stdout.write('ready\n');
