import { SingleBar } from 'cli-progress';
import type { RebuildProgress } from '../rebuild/progress.ts';
import { type Io, note } from './io.ts';

/** Seconds between two lines if no bar can be drawn. */
const LINE_EVERY_S = 5;

/** Steps of a bar. */
const STEPS = 1000;

/** How far a stage of a long run is. */
export type Progress = Omit<RebuildProgress, 'stage'> & { stage: string };

/** Shows how far a long run is. */
export interface ProgressView {
  show(progress: Progress): void;
  stop(): void;
}

/** A bar if standard error is a terminal, else a line every few seconds and at the end of a stage; none if `quiet`. */
export function progressView(io: Io, options: { quiet: boolean }): ProgressView {
  if (options.quiet) return { show: () => undefined, stop: () => undefined };
  return io.stderr.isTTY ? bars(io) : lines(io);
}

function bars(io: Io): ProgressView {
  let stage = '';
  let bar: SingleBar | null = null;
  return {
    show(progress): void {
      if (progress.stage !== stage) {
        bar?.stop();
        stage = progress.stage;
        const format = `${stage.padEnd(8)}{bar} {percentage}% | {facts}`;
        bar = new SingleBar({ format, stream: io.stderr, fps: 10, barsize: 30, hideCursor: true });
        bar.start(STEPS, 0, { facts: '' });
      }
      bar?.update(Math.round((progress.fraction ?? 0) * STEPS), { facts: facts(progress) });
    },
    stop(): void {
      bar?.stop();
    },
  };
}

function lines(io: Io): ProgressView {
  let stage = '';
  let last = 0;
  /** Progress that was not shown, because a line was printed shortly before. */
  let held: Progress | null = null;
  const show = (progress: Progress): void => {
    held = null;
    const share = progress.fraction === null ? '' : ` ${Math.round(progress.fraction * 100)}%`;
    note(io, `${progress.stage}${share} | ${facts(progress)}`);
  };
  const stop = (): void => {
    if (held) show(held);
  };
  return {
    show(progress): void {
      const now = performance.now() / 1000;
      if (progress.stage === stage && now - last < LINE_EVERY_S) {
        held = progress;
        return;
      }
      stop();
      stage = progress.stage;
      last = now;
      show(progress);
    },
    stop,
  };
}

function facts(progress: Progress): string {
  const { done, total, ratePerSecond, etaSeconds, failed } = progress;
  const parts = [total === null ? count(done) : `${count(done)} of ${count(total)}`];
  if (ratePerSecond > 0) parts.push(`${count(Math.round(ratePerSecond))}/s`);
  if (etaSeconds !== null && etaSeconds > 0) parts.push(`${Math.ceil(etaSeconds)} s left`);
  if (failed > 0) parts.push(`${count(failed)} failed`);
  return parts.join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en');
}
