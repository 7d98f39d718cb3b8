import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Functions of a text, by name, as a module has them as its default export. */
export type Counted = Readonly<Record<string, (text: string) => unknown>>;

/** What the thread is asked. */
export interface Asked {
  name: string;
  text: string;
  /** Of the turn of the event loop with the most steps; otherwise of all. */
  longest: boolean;
}

/** Counts what code does, so that its cost can be compared without a clock. */
export interface StepCounter {
  /** Names of the functions. */
  names: readonly string[];
  /**
   * How often functions and blocks of files, not of Node.js, are entered in one call. What is
   * built in (`slice`, `sort`, regular expressions) counts as nothing.
   */
  of(name: string, text: string): Promise<number>;
  /** The same between two turns of the event loop: where most is done before anything else has its turn. */
  longest(name: string, text: string): Promise<number>;
  close(): Promise<void>;
}

/**
 * Loads functions into a thread of their own and counts their steps by V8's precise coverage.
 *
 * @param module - URL of a module whose default export is `Counted`.
 */
export async function stepCounter(module: URL): Promise<StepCounter> {
  const script = new URL('steps-thread.ts', import.meta.url).href;
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import('${script}'); })`;
  const worker = new Worker(load, { workerData: module.href, eval: true });
  const [names] = (await once(worker, 'message')) as [string[]];
  const ask = async (asked: Asked): Promise<number> => {
    worker.postMessage(asked);
    const [steps] = (await once(worker, 'message')) as [number];
    return steps;
  };
  return {
    names,
    of: (name, text) => ask({ name, text, longest: false }),
    longest: (name, text) => ask({ name, text, longest: true }),
    async close() {
      await worker.terminate();
    },
  };
}
