import { shownText } from '../shown-text.ts';
import type { JobState, QueueLook, WatchedJob } from './queue-look.ts';

/** What is wrong with a queue; `unknown` where it can't be looked at. */
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

/** Every verdict, the graver first among those of one level. */
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

/** How grave it is: the exit code of `suoyin queue-check` is its place here. */
export type QueueLevel = 'ok' | 'warning' | 'critical' | 'unknown';

/** One thing that is wrong, with the figures that prove it. */
export interface QueueFinding {
  verdict: Exclude<QueueVerdict, 'ok' | 'unknown'>;
  level: 'warning' | 'critical';
  /** A sentence with the figures; names job ids, never what is in a job. */
  detail: string;
}

/** Figures of a queue. Ages are seconds; null where there is nothing to tell the age of. */
export interface QueueFigures {
  jobs: Record<JobState, number>;
  /** Jobs that could run now: waiting, prioritized, paused, and delayed ones that are overdue. */
  pending: number;
  paused: boolean;
  workers: number | null;
  /** How long the rate limit of the queue still holds jobs back, which is no standstill; 0 without one. */
  limitedForSeconds: number;
  oldestWaitingSeconds: number | null;
  oldestActiveSeconds: number | null;
  /** How long no job has been begun or finished while some were pending, as far as it was watched. */
  stillForSeconds: number;
  pausedForSeconds: number | null;
  lastFinishedSeconds: number | null;
  mostAttempts: number;
}

/** What is remembered from look to look. Times are milliseconds since 1970. */
export interface QueueHistory {
  look: QueueLook;
  movedAt: number;
  pausedSince: number | null;
  lonelySince: number | null;
  longestJobMs: number;
  /** What is active, and since when. */
  runs: readonly { id: string; since: number }[];
}

/** When a queue is called ill. Times are milliseconds. */
export interface VerdictLimits {
  /** The longest that a job may take; three times the longest one seen where that is more. */
  maxJobMs: number;
  /** How long nothing may move while jobs wait. */
  maxStillMs: number;
  /** How long jobs may be there without a worker, as while a new version is rolled out. */
  maxLonelyMs: number;
  /** Attempts from which on a job that is still in the queue is a bad retry. */
  maxAttempts: number;
  /** How far back failures count. */
  failureWindowMs: number;
  /** Failures of one source, as many as that and at least half of its jobs, that make it a bad one. */
  maxSourceFailures: number;
  /** Where a job's data come from. */
  sourceOf: (job: WatchedJob) => string;
}

/** Judges a look by what was seen before. Pure. */
export function judgeQueue(
  look: QueueLook,
  before: QueueHistory | null,
  limits: VerdictLimits,
): { figures: QueueFigures; findings: QueueFinding[]; history: QueueHistory } {
  const { at, active, workers, paused } = look;
  const overdue = look.delayed.filter((job) => isOverdue(job, at, limits.maxStillMs));
  const pending = look.jobs.waiting + look.jobs.prioritized + look.jobs.paused + overdue.length;
  const isHeld = look.limitedMs > 0;
  const moved = before === null || pending === 0 || isHeld || hasMoved(look, before.look);
  const lonely = workers === 0 && pending + look.jobs.active > 0;
  const history: QueueHistory = {
    look,
    movedAt: moved ? at : before.movedAt,
    pausedSince: paused ? (before?.pausedSince ?? at) : null,
    lonelySince: lonely ? (before?.lonelySince ?? at) : null,
    longestJobMs: Math.max(before?.longestJobMs ?? 0, ...look.completed.map(durationOf)),
    runs: active.map(({ id, processedOn }) => ({
      id: String(id),
      // Bull hands a job over before its worker notes a time; a worker that hangs then never does.
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
    stillForSeconds: seconds(at - history.movedAt),
    pausedForSeconds: history.pausedSince === null ? null : seconds(at - history.pausedSince),
    lastFinishedSeconds: newest([...look.completed, ...look.failed], at),
    mostAttempts: Math.max(
      0,
      ...[...look.waiting, ...active, ...look.delayed].map(({ attemptsMade = 0 }) => attemptsMade),
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

/** Whether a job was begun or finished between two looks. Nothing that only adds jobs counts. */
function hasMoved(look: QueueLook, before: QueueLook): boolean {
  const begun = new Set(before.active.map(runOf));
  if (look.active.some((job) => !begun.has(runOf(job)))) return true;
  const lastFinish = (of: QueueLook): number =>
    Math.max(0, ...[...of.completed, ...of.failed].map(({ finishedOn }) => finishedOn ?? 0));
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
  if (look.paused || lonelySince === null || look.at - lonelySince < maxLonelyMs) return null;
  const detail =
    `${pending} jobs wait and ${jobs.active} are active, ` +
    `and for ${seconds(look.at - lonelySince)} s no worker has been connected`;
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

/** Jobs at work are no standstill: whether they take too long is told by `stuck-job`. */
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

/** Not by age: a child that failed is not tried again unless somebody asks for it. */
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
    const first = Math.min(...failed.map(({ finishedOn }) => finishedOn));
    const detail =
      `of the last ${runs.length} finished jobs of source ${shownText(source.slice(0, 60))} ` +
      `${failed.length} failed, the first of these ${seconds(look.at - first)} s ago`;
    return { verdict: 'bad-source', level: 'warning', detail };
  }
  return null;
}

/** A retry's due time is not in the job, so only first runs are told to be overdue. */
function isOverdue(
  { timestamp = 0, delay = 0, attemptsMade = 0 }: WatchedJob,
  at: number,
  graceMs: number,
): boolean {
  return attemptsMade === 0 && delay > 0 && at - timestamp - delay > graceMs;
}

/** From when on a job could have run; after a retry, when it ran last. */
function waitsSince({ timestamp = 0, delay = 0, processedOn }: WatchedJob): number {
  return Math.max(timestamp + delay, processedOn ?? 0);
}

function durationOf({ processedOn, finishedOn }: WatchedJob): number {
  return processedOn && finishedOn ? finishedOn - processedOn : 0;
}

function oldest(times: readonly number[], at: number): number | null {
  return times.length === 0 ? null : seconds(at - Math.min(...times));
}

function newest(jobs: readonly WatchedJob[], at: number): number | null {
  const times = jobs.flatMap(({ finishedOn }) => finishedOn ?? []);
  return times.length === 0 ? null : seconds(at - Math.max(...times));
}

/** Clocks of other machines may be ahead: never under 0. */
function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
