import { shownJson, shownText } from '../shown-text.ts';

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
  /** Ends the process at once, whatever its threads do: the last resort where one can't be ended. */
  kill?(): void;
  /** Bold text on standard output is welcome. */
  color: boolean;
  /** Errors come with their stack. */
  debug: boolean;
}

/**
 * Writes a line of data, or several; waits where the reader is slower. Nothing in a line acts on the
 * terminal, a line break neither.
 */
export async function print(io: Io, lines: string | readonly string[]): Promise<void> {
  await printShown(io, shownLines([lines].flat()));
}

/** Writes lines with their ends whose parts have gone through `shownText`, and that may hold bold besides. */
export async function printShown(io: Io, lines: string): Promise<void> {
  if (!io.stdout.write(lines)) {
    await new Promise((resolve) => io.stdout.once('drain', resolve));
  }
}

/** Writes a line of data as JSON. */
export async function printJson(io: Io, value: unknown): Promise<void> {
  await printShown(io, `${shownJson(value)}\n`);
}

/** Writes a line for the person who watches, or several, as `print` does. */
export function note(io: Io, lines: string | readonly string[]): void {
  io.stderr.write(shownLines([lines].flat()));
}

/** Lines that act on nothing, each with its end. */
export function shownLines(lines: readonly string[]): string {
  return lines.map((line) => `${shownText(line)}\n`).join('');
}
