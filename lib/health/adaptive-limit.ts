/** A limit on work in flight that adapts to what the backend can take. */
export interface AdaptiveLimit {
  /** Most work in flight at present: a whole number between `min` and `max`. */
  readonly value: number;
  /** Reports one answer. Latencies are compared only within the same `kind`. */
  answered(kind: string, latencyMs: number, inFlight: number): void;
  /** Reports that the backend refused because it is too busy, or did not answer. */
  failed(): void;
  /** Starts again at `value` or lower. The known latencies are kept. */
  restart(value: number): void;
  /** Unloaded latency by kind, milliseconds. */
  baselines(): Record<string, number>;
}

/** The limit is reviewed after at least this time and this many answers; fewer would be noise. */
const WINDOW_MS = 100;
const WINDOW_ANSWERS = 20;
/** Answers may take this many times their unloaded latency, on average, before the limit falls. */
const TOLERANCE = 2;
/** Factors by which the limit falls: for slow answers, and for refusals and failures. */
const SLOWER = 0.9;
const REFUSED = 0.7;

interface Window {
  from: number;
  answers: number;
  /** Sum of latencies as shares of their baselines. */
  slowness: number;
  peakInFlight: number;
  latencies: Map<string, { sum: number; count: number }>;
}

/**
 * Additive increase while answers come as fast as without load, multiplicative decrease when they
 * get slower.
 *
 * It starts low. A baseline rises only while there is hardly any load: less than half of the limit
 * in flight, or one at a time. Otherwise a long overload would become the baseline.
 *
 * @param options - min, max, initial: whole numbers, 1 or more. steadyNow: milliseconds.
 */
export function adaptiveLimit(options: {
  min: number;
  max: number;
  initial: number;
  steadyNow: () => number;
}): AdaptiveLimit {
  const { min, max, steadyNow } = options;
  const baselines = new Map<string, number>();
  let limit = options.initial;
  let fellAt = -Infinity;
  let window = newWindow(steadyNow());

  const clamp = (value: number): number => Math.min(max, Math.max(min, value));

  const judge = (): void => {
    const { answers, slowness, peakInFlight } = window;
    learn(baselines, window, peakInFlight < limit / 2 || peakInFlight <= 1);
    if (slowness / answers > TOLERANCE) limit = clamp(limit * SLOWER);
    else if (peakInFlight >= Math.floor(limit)) limit = clamp(limit + Math.max(1, limit / 20));
    window = newWindow(steadyNow());
  };

  return {
    get value() {
      return Math.floor(limit);
    },
    answered(kind, latencyMs, inFlight) {
      const { latencies } = window;
      const seen = latencies.get(kind) ?? { sum: 0, count: 0 };
      latencies.set(kind, { sum: seen.sum + latencyMs, count: seen.count + 1 });
      window.answers++;
      // Below one millisecond the timer's resolution dominates.
      window.slowness += latencyMs / Math.max(baselines.get(kind) ?? latencyMs, 1);
      window.peakInFlight = Math.max(window.peakInFlight, inFlight);
      if (window.answers >= WINDOW_ANSWERS && steadyNow() - window.from >= WINDOW_MS) judge();
    },
    failed() {
      // Work that was in flight together fails together, so it counts once.
      if (steadyNow() - fellAt < WINDOW_MS) return;
      fellAt = steadyNow();
      limit = clamp(limit * REFUSED);
      window = newWindow(steadyNow());
    },
    restart(value) {
      limit = clamp(Math.min(limit, value));
      window = newWindow(steadyNow());
    },
    baselines: () => Object.fromEntries(baselines),
  };
}

function newWindow(from: number): Window {
  return { from, answers: 0, slowness: 0, peakInFlight: 0, latencies: new Map() };
}

/**
 * Without load a baseline moves gradually to any latency; under load only to a clearly faster one.
 */
function learn(baselines: Map<string, number>, window: Window, unloaded: boolean): void {
  for (const [kind, { sum, count }] of window.latencies) {
    const mean = sum / count;
    const known = baselines.get(kind);
    if (known === undefined) baselines.set(kind, mean);
    else if (unloaded) baselines.set(kind, known + (mean - known) * 0.2);
    else if (mean < known * 0.7) baselines.set(kind, (known + mean) / 2);
  }
}
