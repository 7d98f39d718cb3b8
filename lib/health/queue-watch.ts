import {
  defaultsOf,
  NOW,
  type NumberOption,
  OPTION_INVALID,
  settle,
  type Spec,
  TIMER_MAX,
} from '../options.ts';
import { shownText } from '../shown-text.ts';
import { wallClock } from '../clock.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import {
  checkQueue,
  lookAt,
  type QueueLook,
  type WatchedJob,
  type WatchedQueue,
} from './queue-look.ts';
import {
  judgeQueue,
  QUEUE_VERDICTS,
  type QueueFigures,
  type QueueFinding,
  type QueueHistory,
  type QueueLevel,
  type QueueVerdict,
  type VerdictLimits,
} from './queue-verdict.ts';

/** How a queue is watched, and beyond which limits it is unhealthy. */
export interface WatchQueueOptions extends Partial<VerdictLimits> {
  /** Milliseconds between looks; default 10000. Null: only when `look` is called. */
  pollMs?: number | null;
  /** Time limit of a look in milliseconds, for when Redis does not answer; default 5000. */
  timeoutMs?: number;
  /** Called when the verdict changes, and for a first verdict other than `ok`. */
  onVerdict?: (report: QueueReport) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** For the timers; default the machine's. */
  clock?: Clock;
}

type WatchDefault = 'pollMs' | 'timeoutMs' | Exclude<keyof VerdictLimits, 'sourceOf'>;

const time = (byDefault: number, help: string): NumberOption & { default: number } => ({
  type: 'number',
  min: 0,
  orEndless: true,
  unit: 'ms',
  default: byDefault,
  help,
});
const count = (byDefault: number, help: string): NumberOption & { default: number } => ({
  type: 'whole',
  min: 1,
  orEndless: true,
  default: byDefault,
  help,
});

/** Options of `watchQueue`. */
export const WATCH_SPEC: Spec<WatchQueueOptions, WatchDefault> = {
  code: OPTION_INVALID,
  options: {
    pollMs: {
      type: 'number',
      over: 0,
      max: TIMER_MAX,
      orNull: true,
      unit: 'ms',
      default: 10_000,
      help: 'between looks; null: only when `look` is called',
    },
    timeoutMs: {
      type: 'number',
      over: 0,
      max: TIMER_MAX,
      unit: 'ms',
      default: 5000,
      help: 'time limit of a look, for when Redis does not answer',
    },
    maxJobMs: time(60_000, 'the longest that a job may take'),
    maxStillMs: time(60_000, 'how long no job may start or finish while jobs wait'),
    maxLonelyMs: time(30_000, 'how long jobs may wait without a connected worker'),
    maxAttempts: count(5, 'attempts from which a job that is still retried is a finding'),
    failureWindowMs: time(600_000, 'age up to which failures count'),
    maxSourceFailures: count(5, 'failures from which a source is bad'),
    sourceOf: {
      type: 'function',
      otherwise: '`source` in its data, the host of `url` there, else its name',
      help: "where a job's data come from",
    },
    onVerdict: { type: 'function', help: 'called when the verdict changes' },
    now: NOW,
    clock: {
      type: 'object',
      like: ['steadyNow', 'after'],
      otherwise: 'that of the machine',
      help: 'for the timers',
    },
  },
};

/** Defaults of `WatchQueueOptions`. Times are milliseconds. */
export const WATCH_DEFAULTS: Readonly<VerdictLimits & { pollMs: number; timeoutMs: number }> =
  Object.freeze({ ...(defaultsOf(WATCH_SPEC) as WatchNumbers), sourceOf: jobSource });

type WatchNumbers = Readonly<Record<WatchDefault, number>>;

/** The state of a queue at one time. */
export interface QueueReport {
  queue: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The gravest of the findings; `unknown` if Redis did not answer. */
  verdict: QueueVerdict;
  level: QueueLevel;
  findings: QueueFinding[];
  /** Null if Redis did not answer. */
  figures: QueueFigures | null;
  /** With the verdict `unknown`: the error of Redis, or that it did not answer in time. */
  reason?: string;
}

/** A queue that is being watched. */
export interface QueueWatch {
  /**
   * Looks now; concurrent calls share one look. Never rejects: if Redis does not answer, the
   * verdict is `unknown`.
   */
  look(): Promise<QueueReport>;
  /** The last report, null before the first. */
  report(): QueueReport | null;
  stop(): void;
}

/**
 * Watches a queue of Bull or BullMQ and reports when, and why, its jobs are not done.
 *
 * It writes nothing to the queue and touches no job. Time in which Redis did not answer does not
 * count against the queue. An idle queue is healthy, and so is a long one that moves. Set
 * `maxJobMs` to what your longest jobs take, or they are reported as stuck.
 *
 * @param queue - The caller closes it.
 * @throws {OptionError} `QUEUE_INVALID`, `OPTION_INVALID`.
 */
export function watchQueue(queue: WatchedQueue, options: WatchQueueOptions = {}): QueueWatch {
  checkQueue(queue);
  const settings = { sourceOf: jobSource, ...settle(WATCH_SPEC, options) };
  const { now = wallClock, clock = SYSTEM_CLOCK, onVerdict } = options;
  const { pollMs, timeoutMs } = settings;
  let history: QueueHistory | null = null;
  let last: QueueReport | null = null;
  let looking: Promise<QueueLook> | null = null;
  let current: Promise<QueueReport> | null = null;
  let cancel = (): void => undefined;
  let stopped = false;

  const read = (): Promise<QueueLook> => {
    // A Redis client holds commands back while it is disconnected, so at most one look may be
    // pending.
    looking ??= lookAt(queue, {
      at: now(),
      steadyAt: clock.steadyNow(),
      formerlyNext: idOf(history?.look.waiting[0]),
    }).finally(() => (looking = null));
    return looking;
  };
  const once = async (): Promise<QueueReport> => {
    const startedAt = clock.steadyNow();
    let reason = `Redis did not answer within ${timeoutMs} ms`;
    const look = await within(read(), timeoutMs, clock).catch((error: unknown) => {
      if (!(error instanceof LateError)) reason = shownText(String((error as Error).message));
      return null;
    });
    const report =
      look && look.steadyAt >= startedAt ? judge(look) : { ...unknown(queue.name, now()), reason };
    if (report.level === 'unknown') history = null;
    const changed = report.verdict !== (last?.verdict ?? 'ok');
    last = report;
    if (changed && !stopped) onVerdict?.(report);
    return report;
  };
  const judge = (look: QueueLook): QueueReport => {
    const gap = history === null ? 0 : look.steadyAt - history.look.steadyAt;
    // After a long gap between looks it is not known whether jobs moved.
    const known = gap > 3 * Math.max(pollMs ?? 0, settings.maxStillMs) ? null : history;
    const judged = judgeQueue(look, known, settings);
    history = judged.history;
    const { figures, findings } = judged;
    const worst = gravest(findings);
    const { verdict, level } = worst ?? { verdict: 'ok' as const, level: 'ok' as const };
    return { queue: queue.name, at: look.at, verdict, level, findings, figures };
  };
  const look = (): Promise<QueueReport> => (current ??= once().finally(() => (current = null)));
  const tick = (): void => {
    void look().finally(() => {
      if (!stopped && pollMs !== null) cancel = clock.after(pollMs, tick);
    });
  };
  if (pollMs !== null) tick();

  return {
    look,
    report: () => last,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function gravest(findings: readonly QueueFinding[]): QueueFinding | undefined {
  const rank = ({ verdict, level }: QueueFinding): number =>
    QUEUE_VERDICTS.indexOf(verdict) + (level === 'critical' ? 0 : QUEUE_VERDICTS.length);
  return findings.toSorted((a, b) => rank(a) - rank(b))[0];
}

function unknown(queue: string, at: number): QueueReport {
  return { queue, at, verdict: 'unknown', level: 'unknown', findings: [], figures: null };
}

function idOf(job: WatchedJob | undefined): string | null {
  const id = job?.id ?? null;
  return id === null ? null : String(id);
}

class LateError extends Error {}

async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => {
      reject(new LateError());
    });
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

/** `source` in a job's data, the host of its `url`, else the job's name. */
function jobSource({ data, name = '' }: WatchedJob): string {
  const { source, url } = (data ?? {}) as { source?: unknown; url?: unknown };
  if (typeof source === 'string') return source;
  return (typeof url === 'string' && URL.canParse(url) && new URL(url).host) || name;
}
