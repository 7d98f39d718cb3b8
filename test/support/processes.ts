import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { giveBack, type LoanOptions } from './lifetime.ts';

/** Resolved here, since a script may run in a folder without node_modules. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));

/** What a process has said when it has ended; `code` is null where it was killed. */
export interface Run {
  code: number | null;
  out: string;
  err: string;
}

/** Where a process runs, as this one does if not said, and until when. */
export interface RunOptions extends Pick<LoanOptions, 'until'> {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** A child whose standard output and standard error can be read. */
export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Has a process killed when the test or suite ends, if it still runs. */
export function killAtEnd<T extends ChildProcess>(
  child: T,
  options: Pick<LoanOptions, 'until'> = {},
): T {
  const kill = (): boolean => child.kill('SIGKILL');
  const release = async (): Promise<void> => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const end = once(child, 'exit');
    kill();
    await end;
  };
  giveBack(release, { ...options, atExit: kill });
  return child;
}

/** Starts a program, without standard input; killed, if it still runs, when the test or suite ends. */
export function start(command: string, args: readonly string[], options: RunOptions = {}): Child {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const { until, ...where } = options;
  return killAtEnd(spawn(command, args, { ...where, stdio }), until === undefined ? {} : { until });
}

/**
 * Starts a script of TypeScript, as `start` does.
 *
 * @param options - through: the command that starts it, such as `unshare --pid`.
 */
export function startScript(
  path: string,
  args: readonly string[],
  { through = [], ...options }: RunOptions & { through?: readonly string[] } = {},
): Child {
  const node = [process.execPath, `--import=${TSX}`, path, ...args];
  const [command, ...rest] = [...through, ...node];
  return start(command!, rest, options);
}

/** Starts `suoyin`, as `start` does. */
export function startCli(args: readonly string[], options: RunOptions = {}): Child {
  return startScript(MAIN, args, options);
}

/** Resolves when a process has ended; to be called before it says anything. */
export async function endOf(child: Child): Promise<Run> {
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
