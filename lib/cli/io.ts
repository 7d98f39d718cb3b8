import { shownJson, shownText } from '../shown-text.ts';

/** A command's access to the outside world; commands touch the process in no other way. */
export interface Io {
  /** Lines of input; null if it is a terminal. */
  stdin: NodeJS.ReadableStream | null;
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  /** Environment variables; `--user-env` names one of them. */
  env: Readonly<Record<string, string | undefined>>;
  /** Returns a signal. From then on, the first SIGINT or SIGTERM aborts it and does not end the process. */
  onInterrupt(): AbortSignal;
  /** Ends the process at once, whatever its threads do. The last resort for a thread that can't be ended. */
  kill?(): void;
  /** Whether standard output may have bold text. */
  color: boolean;
  /** Whether errors are printed with their stack. */
  debug: boolean;
}

/**
 * Writes one or more lines of data, and waits for a slower reader. Control characters are made harmless, including
 * line breaks.
 */
export async function print(io: Io, lines: string | readonly string[]): Promise<void> {
  await printShown(io, shownLines([lines].flat()));
}

/** Writes lines that have their line ends. Their parts must have gone through `shownText`; they may have bold. */
export async function printShown(io: Io, lines: string): Promise<void> {
  if (!io.stdout.write(lines)) {
    await new Promise((resolve) => io.stdout.once('drain', resolve));
  }
}

/** Writes a line of data as JSON. */
export async function printJson(io: Io, value: unknown): Promise<void> {
  await printShown(io, `${shownJson(value)}\n`);
}

/** Writes one or more lines for the person who watches; control characters as in `print`. */
export function note(io: Io, lines: string | readonly string[]): void {
  io.stderr.write(shownLines([lines].flat()));
}

/** Lines with control characters made harmless, each with its line end. */
export function shownLines(lines: readonly string[]): string {
  return lines.map((line) => `${shownText(line)}\n`).join('');
}
