import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** The delay of the event loop. */
export interface EventLoop {
  /** 99th percentile since the last call, in milliseconds; 0 if nothing was measured. */
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
      // A measured delay includes the sampling interval.
      return Number.isFinite(measured) ? Math.max(0, Math.round(measured - RESOLUTION_MS)) : 0;
    },
    close() {
      delays.disable();
    },
  };
}
