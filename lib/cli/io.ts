/** What a command sees of the world; nothing else in a command touches the process. */
export interface Io {
  /** Names on it, one a line; null where a person sits at it. */
  stdin: NodeJS.ReadableStream | null;
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  /** Environment variables; `--user-env` names one of them. */
  env: Readonly<Record<string, string | undefined>>;
  /** From this call on the first SIGINT or SIGTERM aborts the signal and no longer ends the process. */
  onInterrupt(): AbortSignal;
  /** Bold text on standard output is welcome. */
  color: boolean;
  /** Errors come with their stack. */
  debug: boolean;
}

/** Writes a line of data; waits where the reader is slower. */
export async function print(io: Io, line: string): Promise<void> {
  if (!io.stdout.write(`${line}\n`)) {
    await new Promise((resolve) => io.stdout.once('drain', resolve));
  }
}

/** Writes a line of data as JSON. */
export async function printJson(io: Io, value: unknown): Promise<void> {
  await print(io, JSON.stringify(value));
}

/** Writes a line for the person who watches. */
export function note(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}
