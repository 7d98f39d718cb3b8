import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import { type ProgressView, progressView } from './progress.ts';

/** A command that takes long, shows how far it is, and may be interrupted and run again. */
export interface LongRun<Result> {
  /** Does the work; rejects once the signal has aborted. Closes what it opens. */
  work(signal: AbortSignal, onProgress: ProgressView['show']): Promise<Result>;
  /** Warnings to print on standard error. */
  warnings?(result: Result): readonly string[];
  summary(result: Result): string[];
  /** Whether something was refused, which changes the exit code. */
  hasFailed?(result: Result): boolean;
  /** Printed after an interrupt: what is true now, and how to resume. */
  interrupted: string;
}

/** @returns The exit code. */
export async function longRun<Result>(
  options: Readonly<Record<string, unknown>>,
  io: Io,
  run: LongRun<Result>,
): Promise<number> {
  const { quiet, json } = options as { quiet?: true; json?: true };
  const signal = io.onInterrupt();
  const view = progressView(io, { quiet: quiet ?? false });
  try {
    const result = await run.work(signal, (progress) => {
      view.show(progress);
    });
    view.stop();
    for (const warning of run.warnings?.(result) ?? []) note(io, `suoyin: ${warning}`);
    if (json) await printJson(io, result);
    else await print(io, run.summary(result));
    return run.hasFailed?.(result) ? EXIT.tooManyFailed : EXIT.done;
  } catch (error) {
    view.stop();
    if (!signal.aborted) throw error;
    note(io, `suoyin: interrupted; ${run.interrupted}`);
    return EXIT.interrupted;
  }
}
