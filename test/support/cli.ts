import { PassThrough, Readable } from 'node:stream';
import { COMMANDS } from '../../lib/cli/commands.ts';
import type { Io } from '../../lib/cli/io.ts';
import { runProgram } from '../../lib/cli/program.ts';

/** What a run of `suoyin` has said, and its exit code. */
export interface Run {
  code: number;
  out: string;
  err: string;
}

/** One at a time, since the working folder is that of the process. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `suoyin` to its end in this process: all of it but lib/cli/main.ts, which gives it the
 * process's own streams. `processes.ts` starts it as a process.
 *
 * @param options.cwd - Working folder meanwhile.
 * @param options.input - Standard input; empty if not said.
 * @param options.env - Environment variables; those of this process if not said.
 */
export function runCli(
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  const run = last.then(() => runNow(args, options));
  last = run.catch(() => undefined);
  return run;
}

async function runNow(
  args: readonly string[],
  { cwd = process.cwd(), input = '', env = process.env }: Parameters<typeof runCli>[1] & object,
): Promise<Run> {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): PassThrough =>
    new PassThrough({ encoding: 'utf8' }).on('data', (text: string) => (said[name] += text));
  const [stdout, stderr] = [stream('out'), stream('err')];
  const io: Io = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    env,
    onInterrupt: () => new AbortController().signal,
    color: false,
    debug: false,
  };
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await runProgram(COMMANDS, [...args], io);
    await Promise.all([stdout, stderr].map((each) => ended(each)));
    return { code, ...said };
  } finally {
    process.chdir(before);
  }
}

function ended(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => stream.once('end', resolve).end());
}
