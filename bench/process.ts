import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Built, Memory, Order, Run } from './contender.ts';
import type { BuildInput } from './competitor.ts';

/** A contender in its own process. */
export interface Started extends Built {
  run: (order: Omit<Order & { do: 'run' }, 'do'>) => Promise<Run>;
  /** Growth of the process, in bytes. */
  memory: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Starts a contender's process and lets it build or open its index. */
export async function startContender(
  name: string,
  input: BuildInput,
  cellsFile: string,
): Promise<Started> {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), ['contender'], {
    execArgv: [...process.execArgv, '--expose-gc'],
    serialization: 'advanced',
  });
  const ask = (order: Order): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const settle = (reply: { answer?: unknown; error?: string }): void => {
        child.off('message', settle).off('exit', ended);
        if (reply.error === undefined) resolve(reply.answer);
        else reject(new Error(`${name}: ${reply.error}`));
      };
      const ended = (code: number | null): void =>
        settle({ error: `its process ended with ${code ?? 'a signal'}` });
      child.on('message', settle).on('exit', ended);
      child.send(order);
    });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.disconnect();
    await gone;
  };
  try {
    const built = (await ask({ do: 'build', name, input, cellsFile })) as Built;
    return {
      ...built,
      run: async (order) => (await ask({ do: 'run', ...order })) as Run,
      memory: async () => ((await ask({ do: 'memory' })) as Memory).bytes,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
