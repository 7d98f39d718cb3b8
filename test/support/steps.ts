import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Functions of a text, by name, as a module has them as its default export. */
export type Counted = Readonly<Record<string, (text: string) => unknown>>;

/** What the thread is asked. */
export interface Asked {
  name: string;
  text: string;
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
  return {
    names,
    async of(name, text) {
      const asked: Asked = { name, text };
      worker.postMessage(asked);
      const [steps] = (await once(worker, 'message')) as [number];
      return steps;
    },
    async close() {
      await worker.terminate();
    },
  };
}
