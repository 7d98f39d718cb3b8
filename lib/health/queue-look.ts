import { OptionError } from '../errors.ts';
import { type BlockedParent, blockedParents } from './queue-parents.ts';

/** The part of a job of Bull or BullMQ that is read. Times are milliseconds since 1970. */
export interface WatchedJob {
  id?: string | number | null | undefined;
  name?: string | undefined;
  data?: unknown;
  timestamp?: number | undefined;
  delay?: number | undefined;
  processedOn?: number | null | undefined;
  finishedOn?: number | null | undefined;
  attemptsMade?: number | undefined;
  /** BullMQ: how often the job lost its worker while it ran. */
  stalledCounter?: number | undefined;
  failedReason?: string | null | undefined;
}

/**
 * The methods of a queue that are called; queues of Bull 3 and 4 and of BullMQ 3 to 6 have them.
 */
export interface WatchedQueue {
  readonly name: string;
  getJobCounts(): PromiseLike<Record<string, number>> | PromiseLike<object>;
  isPaused(): PromiseLike<boolean>;
  getWorkers(): PromiseLike<readonly unknown[] | undefined>;
  getJob(id: string): PromiseLike<unknown>;
  /** BullMQ: milliseconds until the rate limit allows jobs to start again; negative without one. */
  getRateLimitTtl?(): PromiseLike<number>;
  /** Jobs by type. Bull and BullMQ know different types; hence `never`. */
  getJobs(types: never, start: number, end: number, asc: boolean): PromiseLike<readonly unknown[]>;
}

/** What one look at a queue found. Only the ends of its lists are read, however long they are. */
export interface QueueLook {
  /** Milliseconds since 1970, to compare the times of jobs with. */
  at: number;
  /** The same moment by the steady clock, to measure durations. */
  steadyAt: number;
  jobs: Record<JobState, number>;
  paused: boolean;
  /** Null if Redis does not report who is connected. */
  workers: number | null;
  /** Milliseconds until the rate limit of the queue allows jobs to start again; 0 without one. */
  limitedMs: number;
  /** From both ends of the waiting list; the first is the next to run. */
  waiting: WatchedJob[];
  active: WatchedJob[];
  delayed: WatchedJob[];
  /** Newest first. */
  completed: WatchedJob[];
  /** Newest first. */
  failed: WatchedJob[];
  /** Parents that wait for a child that has failed. */
  blocked: BlockedParent[];
  /**
   * The present state of the job that was next at the previous look; null if it is gone, undefined
   * if there was none.
   */
  formerlyNext: WatchedJob | null | undefined;
}

/** State of a job; jobs are counted by state. */
export type JobState =
  | 'waiting'
  | 'prioritized'
  | 'paused'
  | 'waiting-children'
  | 'delayed'
  | 'active'
  | 'completed'
  | 'failed';

/** Every state, in the order of a job's life. */
export const JOB_STATES: readonly JobState[] = Object.freeze([
  'waiting',
  'prioritized',
  'paused',
  'waiting-children',
  'delayed',
  'active',
  'completed',
  'failed',
] as const);

const SAMPLE = 20;

/** @throws {OptionError} `QUEUE_INVALID` if it is no queue of Bull or BullMQ. */
export function checkQueue(queue: WatchedQueue): void {
  const methods = ['getJobCounts', 'isPaused', 'getWorkers', 'getJob', 'getJobs'] as const;
  const missing = methods.find((method) => typeof queue?.[method] !== 'function');
  if (missing === undefined) return;
  throw new OptionError(
    'QUEUE_INVALID',
    `The queue to watch has no method ${missing}()`,
    'Give a Queue of bull or bullmq.',
  );
}

/**
 * Looks at a queue once: a dozen reads, none of a whole list.
 *
 * @param options - at: milliseconds since 1970. formerlyNext: id of the job that was next at the
 * previous look.
 */
export async function lookAt(
  queue: WatchedQueue,
  options: { at: number; steadyAt: number; formerlyNext: string | null },
): Promise<QueueLook> {
  const { at, steadyAt, formerlyNext } = options;
  await refuseOtherTypes(queue);
  const counts = (await queue.getJobCounts()) as Partial<Record<JobState, number>>;
  const jobs = Object.fromEntries(
    JOB_STATES.map((state) => [state, counts[state] ?? 0]),
  ) as QueueLook['jobs'];
  const ends = async (state: JobState, each: number): Promise<WatchedJob[]> => [
    ...(jobs[state] > 0 ? await jobsOf(queue, state, each, true) : []),
    ...(jobs[state] > each ? await jobsOf(queue, state, each, false) : []),
  ];
  const newest = async (state: JobState): Promise<WatchedJob[]> =>
    jobs[state] > 0 ? jobsOf(queue, state, SAMPLE, false) : [];
  return {
    at,
    steadyAt,
    jobs,
    paused: await queue.isPaused(),
    workers: workersOf(await unlessForbidden(() => queue.getWorkers())),
    limitedMs: Math.max(0, (await unlessForbidden(() => queue.getRateLimitTtl?.())) ?? 0),
    waiting: [
      ...(await ends('waiting', 1)),
      ...(await ends('prioritized', 1)),
      ...(await ends('paused', 1)),
    ],
    active: await ends('active', SAMPLE / 2),
    delayed: await ends('delayed', SAMPLE / 2),
    completed: await newest('completed'),
    failed: await newest('failed'),
    blocked:
      (await unlessForbidden(async () =>
        blockedParents(queue, await ends('waiting-children', SAMPLE / 2)),
      )) ?? [],
    formerlyNext:
      formerlyNext === null
        ? undefined
        : (((await queue.getJob(formerlyNext)) as WatchedJob | null | undefined) ?? null),
  };
}

/** Types of the keys that Bull counts jobs by. */
const BULL_TYPES = [
  ['wait', 'list'],
  ['active', 'list'],
  ['paused', 'list'],
  ['delayed', 'zset'],
  ['completed', 'zset'],
  ['failed', 'zset'],
] as const;

/** Bull counts no jobs where Redis refuses to count; BullMQ passes the error on. */
async function refuseOtherTypes(queue: WatchedQueue & Partial<BullParts>): Promise<void> {
  const isBull = typeof queue.toKey === 'function' && queue.getRateLimitTtl === undefined;
  const client = isBull ? queue.client : undefined;
  if (typeof client?.type !== 'function') return;
  const keys = BULL_TYPES.map(([name]) => queue.toKey!(name));
  const types = await unlessForbidden(() => Promise.all(keys.map((key) => client.type(key))));
  types?.forEach((type, i) => {
    const wanted = BULL_TYPES[i]![1];
    if (type === wanted || type === 'none') return;
    throw new Error(`WRONGTYPE ${keys[i]} is a ${type}, not a ${wanted}`);
  });
}

/** What a queue of Bull has besides. */
interface BullParts {
  client: { type(key: string): PromiseLike<string> };
  toKey(name: string): string;
}

/** The first `count` jobs of a state. A job that is removed before it can be read is left out. */
async function jobsOf(
  queue: WatchedQueue,
  state: JobState,
  count: number,
  asc: boolean,
): Promise<WatchedJob[]> {
  const found = await queue.getJobs([state] as never, 0, count - 1, asc);
  return (found as (WatchedJob | null | undefined)[]).filter(
    (job) => job !== null && job !== undefined,
  );
}

/** Undefined if the user of Redis lacks the permission; the rest can be judged without it. */
async function unlessForbidden<T>(ask: () => PromiseLike<T> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (/^NOPERM/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/**
 * If a hosted Redis refuses CLIENT LIST, BullMQ returns one made-up entry and Bull an empty list.
 */
function workersOf(workers: readonly unknown[] | undefined): number | null {
  const [first] = (workers ?? []) as { name?: unknown; addr?: unknown }[];
  if (workers === undefined) return null;
  if (first && first.addr === undefined && /not support/.test(String(first.name))) return null;
  return workers.length;
}
