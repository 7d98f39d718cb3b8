import { greatestOf, leastOf } from '../extremes.ts';
import { shownText } from '../shown-text.ts';
import type { JobState, QueueLook, WatchedJob } from './queue-look.ts';

/** What is wrong with a queue; `unknown` if it can't be read. */
export type QueueVerdict =
  | 'ok'
  | 'paused'
  | 'no-workers'
  | 'stuck-job'
  | 'not-consuming'
  | 'bad-retry'
  | 'bad-source'
  | 'blocked-parent'
  | 'unknown';

/** Every verdict; within a level the graver come first. */
export const QUEUE_VERDICTS: readonly QueueVerdict[] = Object.freeze([
  'no-workers',
  'stuck-job',
  'not-consuming',
  'paused',
  'bad-source',
  'bad-retry',
  'blocked-parent',
  'unknown',
  'ok',
] as const);

/** Severity; its index here is the exit code of `suoyin queue-check`. */
export type QueueLevel = 'ok' | 'warning' | 'critical' | 'unknown';

/** One thing that is wrong, with the figures that prove it. */
export interface QueueFinding {
  verdict: Exclude<QueueVerdict, 'ok' | 'unknown'>;
  level: 'warning' | 'critical';
  /** A sentence with the figures. It names job ids, never the data of a job. */
  detail: string;
}

/** Figures of a queue. Ages are seconds; null if there is nothing that has an age. */
export interface QueueFigures {
  jobs: Record<JobState, number>;
  /** Jobs that could run now: waiting, prioritized, paused, and delayed ones that are overdue. */
  pending: number;
  paused: boolean;
  workers: number | null;
  /** How long the rate limit still holds jobs back, which is not a standstill; 0 without one. */
  limitedForSeconds: number;
  oldestWaitingSeconds: number | null;
  oldestActiveSeconds: number | null;
  /** How long no job has started or finished while some were pending, as far as was observed. */
  stillForSeconds: number;
  pausedForSeconds: number | null;
  lastFinishedSeconds: number | null;
  mostAttempts: number;
}

/** What is remembered between looks. Times are of the steady clock, except those of `runs`. */
export interface QueueHistory {
  look: QueueLook;
  movedAt: number;
  pausedSince: number | null;
  lonelySince: number | null;
  longestJobMs: number;
  /** Active jobs, and since when they run, in milliseconds since 1970. */
  runs: readonly { id: string; since: number }[];
}

/** Limits beyond which a queue is unhealthy. Times are milliseconds. */
export interface VerdictLimits {
  /**
   * The longest that a job may take. If three times the longest finished run is more, that is
   * used.
   */
  maxJobMs: number;
  /** How long no job may start or finish while jobs wait. */
  maxStillMs: number;
  /** How long jobs may wait without a connected worker, as during a deployment. */
  maxLonelyMs: number;
  /** Number of attempts from which a job that is still retried is a finding. */
  maxAttempts: number;
  /** Age up to which failures count. */
  failureWindowMs: number;
  /** A source is bad if at least this many, and at least half, of its jobs failed. */
  maxSourceFailures: number;
  /** Where a job's data come from. */
  sourceOf: (job: WatchedJob) => string;
}

/** Judges a look, given what earlier looks found. Pure. */
export function judgeQueue(
  look: QueueLook,
  before: QueueHistory | null,
  limits: VerdictLimits,
): { figures: QueueFigures; findings: QueueFinding[]; history: QueueHistory } {
  const { at, steadyAt, active, workers, paused } = look;
  const overdue = look.delayed.filter((job) => isOverdue(job, at, limits.maxStillMs));
  const pending = look.jobs.waiting + look.jobs.prioritized + look.jobs.paused + overdue.length;
  const isHeld = look.limitedMs > 0;
  const moved = before === null || pending === 0 || isHeld || hasMoved(look, before.look);
  const lonely = workers === 0 && pending + look.jobs.active > 0;
  const history: QueueHistory = {
    look,
    movedAt: moved ? steadyAt : before.movedAt,
    pausedSince: paused ? (before?.pausedSince ?? steadyAt) : null,
    lonelySince: lonely ? (before?.lonelySince ?? steadyAt) : null,
    longestJobMs: Math.max(before?.longestJobMs ?? 0, greatestOf(look.completed.map(durationOf))),
    runs: active.map(({ id, processedOn }) => ({
      id: String(id),
      // Bull makes a job active before its worker notes the time; a worker that hangs in between
      // never does.
      since: processedOn ?? before?.runs.find((run) => run.id === String(id))?.since ?? at,
    })),
  };
  const figures: QueueFigures = {
    jobs: look.jobs,
    pending,
    paused,
    workers,
    limitedForSeconds: seconds(look.limitedMs),
    oldestWaitingSeconds: oldest([...look.waiting, ...overdue].map(waitsSince), at),
    oldestActiveSeconds: oldest(
      active.map(({ processedOn }) => processedOn ?? at),
      at,
    ),
    stillForSeconds: seconds(steadyAt - history.movedAt),
    pausedForSeconds: history.pausedSince === null ? null : seconds(steadyAt - history.pausedSince),
    lastFinishedSeconds: newest([...look.completed, ...look.failed], at),
    mostAttempts: Math.max(
      0,
      greatestOf(
        [...look.waiting, ...active, ...look.delayed].map(({ attemptsMade = 0 }) => attemptsMade),
      ),
    ),
  };
  const findings = [
    withoutWorkers(figures, history, limits),
    stuckJob(figures, history, limits),
    notConsuming(figures, limits),
    heldBack(figures),
    badSource(look, limits),
    badRetry(look, limits),
    blockedParent(look),
  ].filter((finding) => finding !== null);
  return { figures, findings, history };
}

/** Whether a job started or finished between two looks. Added jobs don't count. */
function hasMoved(look: QueueLook, before: QueueLook): boolean {
  const begun = new Set(before.active.map(runOf));
  if (look.active.some((job) => !begun.has(runOf(job)))) return true;
  const lastFinish = (of: QueueLook): number =>
    Math.max(
      0,
      greatestOf([...of.completed, ...of.failed].map(({ finishedOn }) => finishedOn ?? 0)),
    );
  if (lastFinish(look) > lastFinish(before)) return true;
  const [next] = before.waiting;
  if (look.formerlyNext === undefined || next === undefined) return false;
  return look.formerlyNext === null || look.formerlyNext.processedOn !== next.processedOn;
}

function runOf({ id, processedOn }: WatchedJob): string {
  return `${id} ${processedOn}`;
}

function withoutWorkers(
  { pending, jobs }: QueueFigures,
  { lonelySince, look }: QueueHistory,
  { maxLonelyMs }: VerdictLimits,
): QueueFinding | null {
  if (look.paused || lonelySince === null || look.steadyAt - lonelySince < maxLonelyMs) return null;
  const detail =
    `${pending} jobs wait and ${jobs.active} are active, ` +
    `and for ${seconds(look.steadyAt - lonelySince)} s no worker has been connected`;
  return { verdict: 'no-workers', level: 'critical', detail };
}

function stuckJob(
  { stillForSeconds, pending }: QueueFigures,
  { look: { at }, runs, longestJobMs }: QueueHistory,
  { maxJobMs, maxStillMs }: VerdictLimits,
): QueueFinding | null {
  const allowed = Math.max(maxJobMs, 3 * longestJobMs);
  const [first] = runs.toSorted((a, b) => a.since - b.since);
  if (first === undefined || at - first.since <= allowed) return null;
  const halted = pending > 0 && stillForSeconds * 1000 >= maxStillMs;
  const detail =
    `job ${shownText(first.id)} has been active for ${seconds(at - first.since)} s, ` +
    `where ${seconds(allowed)} s are allowed; ${pending} jobs wait`;
  return { verdict: 'stuck-job', level: halted ? 'critical' : 'warning', detail };
}

/** Running jobs are no standstill; `stuck-job` reports those that take too long. */
function notConsuming(
  { pending, jobs, paused, workers, stillForSeconds, oldestWaitingSeconds }: QueueFigures,
  { maxStillMs }: VerdictLimits,
): QueueFinding | null {
  if (paused || workers === 0 || jobs.active > 0 || pending === 0) return null;
  if (stillForSeconds * 1000 < maxStillMs) return null;
  const detail =
    `${pending} jobs wait, the oldest for ${oldestWaitingSeconds} s; for ${stillForSeconds} s none ` +
    `was begun or finished, though ${workers ?? 'an unknown number of'} workers are connected`;
  return { verdict: 'not-consuming', level: 'critical', detail };
}

function heldBack({
  paused,
  pending,
  pausedForSeconds,
  oldestWaitingSeconds,
}: QueueFigures): QueueFinding | null {
  if (!paused || pending === 0) return null;
  const detail =
    `the queue is paused, seen so for ${pausedForSeconds} s; ` +
    `${pending} jobs wait, the oldest for ${oldestWaitingSeconds} s`;
  return { verdict: 'paused', level: 'warning', detail };
}

function badRetry(look: QueueLook, { maxAttempts }: VerdictLimits): QueueFinding | null {
  const tries = ({ attemptsMade = 0, stalledCounter = 0 }: WatchedJob): number =>
    attemptsMade + stalledCounter;
  const live = [...look.waiting, ...look.active, ...look.delayed];
  const [worst] = live.toSorted((a, b) => tries(b) - tries(a));
  if (worst === undefined || tries(worst) < maxAttempts) return null;
  const age = seconds(look.at - (worst.timestamp ?? look.at));
  const detail = `job ${shownText(String(worst.id))} has failed ${tries(worst)} times in ${age} s and is tried again`;
  return { verdict: 'bad-retry', level: 'warning', detail };
}

/** Age does not matter: a failed child is not retried unless somebody asks for it. */
function blockedParent({ blocked, jobs }: QueueLook): QueueFinding | null {
  const [first] = blocked;
  if (first === undefined) return null;
  const detail =
    `parent job ${shownText(first.id)} waits for its child ${shownText(first.child)}, which has failed; ` +
    `${jobs['waiting-children']} parents wait`;
  return { verdict: 'blocked-parent', level: 'warning', detail };
}

function badSource(look: QueueLook, limits: VerdictLimits): QueueFinding | null {
  const { failureWindowMs, maxSourceFailures, sourceOf } = limits;
  const recent = [...look.failed, ...look.completed]
    .filter(({ finishedOn }) => look.at - (finishedOn ?? 0) <= failureWindowMs)
    .map((job) => ({ source: sourceOf(job), finishedOn: job.finishedOn ?? look.at, job }));
  const failures = new Set(look.failed);
  for (const source of new Set(recent.map((run) => run.source))) {
    const runs = recent.filter((run) => run.source === source);
    const failed = runs.filter(({ job }) => failures.has(job));
    if (failed.length < maxSourceFailures || failed.length * 2 < runs.length) continue;
    const first = leastOf(failed.map(({ finishedOn }) => finishedOn));
    const detail =
      `of the last ${runs.length} finished jobs of source ${shownText(source.slice(0, 60))} ` +
      `${failed.length} failed, the first of these ${seconds(look.at - first)} s ago`;
    return { verdict: 'bad-source', level: 'warning', detail };
  }
  return null;
}

/** A job does not hold the due time of a retry, so only first runs can be overdue. */
function isOverdue(
  { timestamp = 0, delay = 0, attemptsMade = 0 }: WatchedJob,
  at: number,
  graceMs: number,
): boolean {
  return attemptsMade === 0 && delay > 0 && at - timestamp - delay > graceMs;
}

/** When a job could first have run; after a retry, when it last ran. */
function waitsSince({ timestamp = 0, delay = 0, processedOn }: WatchedJob): number {
  return Math.max(timestamp + delay, processedOn ?? 0);
}

function durationOf({ processedOn, finishedOn }: WatchedJob): number {
  return processedOn && finishedOn ? finishedOn - processedOn : 0;
}

function oldest(times: readonly number[], at: number): number | null {
  return times.length === 0 ? null : seconds(at - leastOf(times));
}

function newest(jobs: readonly WatchedJob[], at: number): number | null {
  const times = jobs.flatMap(({ finishedOn }) => finishedOn ?? []);
  return times.length === 0 ? null : seconds(at - greatestOf(times));
}

/** Never negative: clocks of other machines may be ahead. */
function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
