import { OptionError } from '../errors.ts';
import { type BlockedParent, blockedParents } from './queue-parents.ts';

/** What is read of a job of Bull or BullMQ. Times are milliseconds since 1970. */
export interface WatchedJob {
  id?: string | number | null | undefined;
  name?: string | undefined;
  data?: unknown;
  timestamp?: number | undefined;
  delay?: number | undefined;
  processedOn?: number | null | undefined;
  finishedOn?: number | null | undefined;
  attemptsMade?: number | undefined;
  /** BullMQ: how often its worker went away under it. */
  stalledCounter?: number | undefined;
  failedReason?: string | null | undefined;
}

/** What is called of a queue: those of Bull 3 and 4 and of BullMQ 3 to 6 have it. */
export interface WatchedQueue {
  readonly name: string;
  getJobCounts(): PromiseLike<Record<string, number>> | PromiseLike<object>;
  isPaused(): PromiseLike<boolean>;
  getWorkers(): PromiseLike<readonly unknown[] | undefined>;
  getJob(id: string): PromiseLike<unknown>;
  /** BullMQ: milliseconds until its rate limit lets jobs begin again; under 0 without one. */
  getRateLimitTtl?(): PromiseLike<number>;
  /** Jobs of types, of which Bull and BullMQ know different ones; hence `never`. */
  getJobs(types: never, start: number, end: number, asc: boolean): PromiseLike<readonly unknown[]>;
}

/** One look at a queue. Only the ends of its lists are read, however long they are. */
export interface QueueLook {
  /** Milliseconds since 1970. */
  at: number;
  jobs: Record<JobState, number>;
  paused: boolean;
  /** Null where Redis does not tell who is connected. */
  workers: number | null;
  /** Milliseconds until the rate limit of the queue lets jobs begin again; 0 without one. */
  limitedMs: number;
  /** From both ends of what waits; the first is the next to run. */
  waiting: WatchedJob[];
  active: WatchedJob[];
  delayed: WatchedJob[];
  /** Newest first. */
  completed: WatchedJob[];
  /** Newest first. */
  failed: WatchedJob[];
  /** Of the parents that wait for their children, those that wait for one that has failed. */
  blocked: BlockedParent[];
  /** The job that was next at the look before: as it is now, null where it is gone, undefined without one. */
  formerlyNext: WatchedJob | null | undefined;
}

/** States of jobs, by which they are counted. */
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

/** @throws {OptionError} `QUEUE_INVALID` where it is no queue of Bull or BullMQ. */
export function checkQueue(queue: WatchedQueue): void {
  const methods = ['getJobCounts', 'isPaused', 'getWorkers', 'getJob', 'getJobs'] as const;
  const missing = methods.find((method) => typeof queue?.[method] !== 'function');
  if (missing === undefined) return;
  throw new OptionError(
    'QUEUE_INVALID',
    `What is to be watched has no ${missing}()`,
    'Give a Queue of bull or bullmq.',
  );
}

/**
 * Looks at a queue once: a dozen reads, none of a whole list.
 *
 * @param options - at: milliseconds since 1970. formerlyNext: id of the job that was next the last time.
 */
export async function lookAt(
  queue: WatchedQueue,
  options: { at: number; formerlyNext: string | null },
): Promise<QueueLook> {
  const { at, formerlyNext } = options;
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

/** The first `count` jobs of a state. Jobs that are gone between the list and the reading of them are left out. */
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

/** Undefined where the user of Redis may not ask: the rest can be judged without it. */
async function unlessForbidden<T>(ask: () => PromiseLike<T> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (/^NOPERM/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** BullMQ answers with one made-up entry where a hosted Redis refuses CLIENT LIST, Bull with nothing. */
function workersOf(workers: readonly unknown[] | undefined): number | null {
  const [first] = (workers ?? []) as { name?: unknown; addr?: unknown }[];
  if (workers === undefined) return null;
  if (first && first.addr === undefined && /not support/.test(String(first.name))) return null;
  return workers.length;
}
