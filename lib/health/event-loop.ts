import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How late the event loop runs what is due. */
export interface EventLoop {
  /** Milliseconds, 99th percentile since the last call; 0 where nothing was measured. */
  lagMs(): number;
  /** Stops measuring. */
  close(): void;
}

/** Milliseconds between two samples. */
const RESOLUTION_MS = 10;

/** Measures the event loop of this thread from now on. */
export function measureEventLoop(): EventLoop {
  const delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return {
    lagMs() {
      const measured = delays.percentile(99) / 1e6;
      delays.reset();
      // A sample holds the pause between two samples too.
      return Number.isFinite(measured) ? Math.max(0, Math.round(measured - RESOLUTION_MS)) : 0;
    },
    close() {
      delays.disable();
    },
  };
}
