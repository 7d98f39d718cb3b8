import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Resolved here, since a script may run in a folder without node_modules. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));

/** What a process has said when it has ended; `code` is null where it was killed. */
export interface Run {
  code: number | null;
  out: string;
  err: string;
}

/** Where a process runs; as this one does if not said. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs `suoyin` to its end. */
export function runCli(
  args: readonly string[],
  options: RunOptions & { input?: string } = {},
): Run {
  const command = [`--import=${TSX}`, MAIN, ...args];
  const child = spawnSync(process.execPath, command, { ...options, encoding: 'utf8' });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

/** Starts `suoyin`, without standard input. */
export function startCli(
  args: readonly string[],
  options: RunOptions = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return startScript(MAIN, args, options);
}

/**
 * Starts a script of TypeScript, without standard input.
 *
 * @param options - through: the command that starts it, such as `unshare --pid`.
 */
export function startScript(
  path: string,
  args: readonly string[],
  { through = [], ...options }: RunOptions & { through?: readonly string[] } = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const node = [process.execPath, `--import=${TSX}`, path, ...args];
  const [command, ...rest] = [...through, ...node];
  return spawn(command!, rest, { ...options, stdio });
}

/** Resolves when a process has ended; to be called before it says anything. */
export async function endOf(child: ChildProcess): Promise<Run> {
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
