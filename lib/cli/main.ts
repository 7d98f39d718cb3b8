#!/usr/bin/env node
import process from 'node:process';
import type { Io } from './io.ts';
import { loadCommands } from './load-commands.ts';
import { runProgram } from './program.ts';

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

function onInterrupt(): AbortSignal {
  const stop = new AbortController();
  for (const [name, number] of Object.entries(SIGNAL_NUMBERS)) {
    process.on(name, () => {
      // A second signal ends the process at once.
      if (stop.signal.aborted) process.exit(128 + number);
      stop.abort();
    });
  }
  return stop.signal;
}

// The reader has closed the pipe (`suoyin ... | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const io: Io = {
  stdin: process.stdin.isTTY ? null : process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt,
  kill: () => process.kill(process.pid, 'SIGKILL'),
  color: process.stdout.isTTY && !process.env['NO_COLOR'],
  debug: Boolean(process.env['SUOYIN_DEBUG']),
};
const argv = process.argv.slice(2);
process.exitCode = await runProgram(await loadCommands(argv), argv, io);
