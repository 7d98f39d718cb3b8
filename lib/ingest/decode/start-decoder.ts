import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Asked, Exceeded, Said } from './decoder-message.ts';

/** How a picture ended: an answer, a limit, or the end of the process, and whether that had loaded before. */
type Outcome =
  Extract<Said, { memory: number }> | { exceeded: Exceeded } | { died: true; ready: boolean };

/** A process that decodes. */
export interface Decoder {
  /**
   * Sends a request. If it takes longer than `clockMs` or reaches a limit, the process is killed. Resolves only
   * when the process is free again, or gone.
   */
  run(asked: Asked, clockMs: number): Promise<Outcome>;
  /** Kills it; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it is gone. */
  readonly ended: Promise<void>;
}

const SCRIPT: URL = new URL(
  import.meta.url.replace(/start-decoder(\.[jt]s)$/, 'decoder-process$1'),
);
/** Variables that a program needs to find its libraries and a place for files; none is secret. */
const ENVIRONMENT =
  'PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH LD_PRELOAD MALLOC_ARENA_MAX TMPDIR TEMP TMP SystemRoot TZ LANG';

/** Starts a process, which keeps this one alive only while it has something to do. */
export function startDecoder(niceness: number): Decoder {
  const child = fork(fileURLToPath(SCRIPT), [], {
    execArgv: loader(),
    env: environment(),
    serialization: 'advanced',
    // Libraries may quote the picture in their output.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let ready = false;
  let settle: ((outcome: Outcome) => void) | null = null;
  let exceeded: Exceeded | null = null;
  const ended = new Promise<void>((resolve) => {
    const onEnd = (): void => {
      settle?.(exceeded === null ? { died: true, ready } : { exceeded });
      resolve();
    };
    child.on('exit', onEnd).on('error', onEnd);
  });
  child.on('message', (said: Said) => {
    if (said === 'ready') ready = true;
    else if ('exceeded' in said) end(said.exceeded);
    // What it sends while it is being killed comes too late.
    else if (exceeded === null) settle?.(said);
  });
  const end = (why: Exceeded): void => {
    exceeded ??= why;
    child.kill('SIGKILL');
  };
  if (niceness > 0) lower(child, niceness);
  hold(child, false);

  return {
    ended,
    async run(asked, clockMs) {
      const timer = setTimeout(() => {
        end('cpu');
      }, clockMs);
      hold(child, true);
      try {
        return await new Promise<Outcome>((resolve) => {
          settle = resolve;
          if (child.exitCode !== null || child.signalCode !== null) resolve({ died: true, ready });
          // If sending fails, the process is gone, which its end reports.
          else child.send(asked, () => undefined);
        });
      } finally {
        settle = null;
        clearTimeout(timer);
        hold(child, false);
      }
    },
    async kill() {
      hold(child, true);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function hold(child: ChildProcess, keeps: boolean): void {
  child[keeps ? 'ref' : 'unref']();
  (child.channel as { ref(): void; unref(): void } | null | undefined)?.[keeps ? 'ref' : 'unref']();
}

function lower({ pid }: ChildProcess, niceness: number): void {
  try {
    if (pid !== undefined) setPriority(pid, niceness);
  } catch {
    // It has ended, or its priority may not be changed.
  }
}

/** In a checkout the scripts are TypeScript, for which a process needs a loader. */
function loader(): string[] {
  if (SCRIPT.pathname.endsWith('.js')) return [];
  return [`--import=${pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href}`];
}

function environment(): NodeJS.ProcessEnv {
  const kept = ENVIRONMENT.split(' ').map((name) => [name, process.env[name]] as const);
  const given = kept.filter(([, value]) => value !== undefined);
  // One thread per picture: the number of processes is the concurrency.
  return { ...Object.fromEntries(given), VIPS_CONCURRENCY: '1', UV_THREADPOOL_SIZE: '2' };
}
