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

parentPort!.on('message', ({ name, text, longest }: Asked) => {
  const count = longest ? mostOfTurn : ofAll;
  void count(module.default[name]!, text).then((steps) => {
    parentPort!.postMessage(steps);
  });
});

async function ofAll(work: (text: string) => unknown, text: string): Promise<number> {
  await taken();
  await work(text);
  return taken();
}

async function mostOfTurn(work: (text: string) => unknown, text: string): Promise<number> {
  let most = 0;
  const take = async (): Promise<void> => {
    most = Math.max(most, await taken());
  };
  const turn = (): void => {
    void take();
    timer = setImmediate(turn);
  };
  await taken();
  let timer = setImmediate(turn);
  await work(text);
  clearImmediate(timer);
  await take();
  return most;
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
