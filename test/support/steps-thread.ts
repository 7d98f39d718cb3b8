// A thread that counts the steps of functions, which it has to load itself: what was compiled before V8 began to
// count has no counters in its blocks.
import { type Profiler, Session } from 'node:inspector/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Asked, Counted } from './steps.ts';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const module = (await import(workerData as string)) as { default: Counted };
parentPort!.postMessage(Object.keys(module.default));

parentPort!.on('message', ({ name, text }: Asked) => void count(module.default[name]!, text));

async function count(work: (text: string) => unknown, text: string): Promise<void> {
  await taken();
  await work(text);
  parentPort!.postMessage(await taken());
}

/** How often functions and blocks were entered since it was asked before. */
async function taken(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith('file:'))
    .reduce((sum, { functions }) => sum + entered(functions), 0);
}

function entered(functions: readonly Profiler.FunctionCoverage[]): number {
  return functions.reduce(
    (sum, { ranges }) => sum + ranges.reduce((inner, { count }) => inner + count, 0),
    0,
  );
}
