/** A limit on work in flight that finds out by itself how much the backend takes. */
export interface AdaptiveLimit {
  /** How much may be in flight now; whole, between `min` and `max`. */
  readonly value: number;
  /** One piece of work was answered. `kind`: what is compared with its own kind. */
  answered(kind: string, latencyMs: number, inFlight: number): void;
  /** The backend said that it is too busy, or did not answer. */
  failed(): void;
  /** Begins again at this or less; latencies stay known. */
  restart(value: number): void;
  /** Unloaded latency by kind, milliseconds. */
  baselines(): Record<string, number>;
}

/** A limit is judged anew after this long and this many answers; fewer would be noise. */
const WINDOW_MS = 100;
const WINDOW_ANSWERS = 20;
/** Answers may take this many times their unloaded latency, on average, before the limit falls. */
const TOLERANCE = 2;
/** What a limit falls to, as a share: for slow answers, and for refusals and failures. */
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
 * Additive increase while answers come as fast as without load, multiplicative decrease when they get slower.
 *
 * Begins low, and learns what is slower only where there is no load to speak of: with less than half of
 * the limit in flight, or one at a time. Else a long overload would pass for normal.
 *
 * @param options - min, max, initial: whole numbers, 1 or more. now: milliseconds.
 */
export function adaptiveLimit(options: {
  min: number;
  max: number;
  initial: number;
  now: () => number;
}): AdaptiveLimit {
  const { min, max, now } = options;
  const baselines = new Map<string, number>();
  let limit = options.initial;
  let fellAt = -Infinity;
  let window = newWindow(now());

  const clamp = (value: number): number => Math.min(max, Math.max(min, value));

  const judge = (): void => {
    const { answers, slowness, peakInFlight } = window;
    learn(baselines, window, peakInFlight < limit / 2 || peakInFlight <= 1);
    if (slowness / answers > TOLERANCE) limit = clamp(limit * SLOWER);
    else if (peakInFlight >= Math.floor(limit)) limit = clamp(limit + Math.max(1, limit / 20));
    window = newWindow(now());
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
      // Under a millisecond it is the timer that is measured.
      window.slowness += latencyMs / Math.max(baselines.get(kind) ?? latencyMs, 1);
      window.peakInFlight = Math.max(window.peakInFlight, inFlight);
      if (window.answers >= WINDOW_ANSWERS && now() - window.from >= WINDOW_MS) judge();
    },
    failed() {
      // What was in flight together fails together, and is one sign.
      if (now() - fellAt < WINDOW_MS) return;
      fellAt = now();
      limit = clamp(limit * REFUSED);
      window = newWindow(now());
    },
    restart(value) {
      limit = clamp(Math.min(limit, value));
      window = newWindow(now());
    },
    baselines: () => Object.fromEntries(baselines),
  };
}

function newWindow(from: number): Window {
  return { from, answers: 0, slowness: 0, peakInFlight: 0, latencies: new Map() };
}

/** Without load any latency is taken in, by and by; under load only what is clearly faster. */
function learn(baselines: Map<string, number>, window: Window, unloaded: boolean): void {
  for (const [kind, { sum, count }] of window.latencies) {
    const mean = sum / count;
    const known = baselines.get(kind);
    if (known === undefined) baselines.set(kind, mean);
    else if (unloaded) baselines.set(kind, known + (mean - known) * 0.2);
    else if (mean < known * 0.7) baselines.set(kind, (known + mean) / 2);
  }
}
