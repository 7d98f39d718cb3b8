import type { WriteOutcome } from '../../engines/engine.ts';
import { RecordError } from '../../errors.ts';
import { ImageError } from '../../knn/describe/image-error.ts';
import { FetchError } from '../fetch/fetch-error.ts';
import type { Hosts } from '../fetch/hosts.ts';
import type { Slots } from '../fetch/slots.ts';
import type { FailedPictures } from '../queue/failed-pictures.ts';
import type { Claim, QueuedSource } from '../queue/queue.ts';
import { hostOf } from '../source.ts';
import { noCounts, type RunCounts } from '../queue/runs.ts';
import { type OfRun, type TakeContext, type TakenPicture, takePicture } from './picture.ts';

/** Numbers of pictures so far, by result. */
export interface IngestCounts {
  added: number;
  /** The index had other bytes for this id. */
  changed: number;
  unchanged: number;
  /** Given up; see `FailedPicture`. */
  failed: number;
  /** Failed tries that were or will be repeated. */
  retries: number;
  /**
   * Indexed pictures with a warning, by code; one with `TOO_PLAIN`, for example, can be found by
   * its bytes only.
   */
  warnings: Record<string, number>;
}

/** State that a worker shares between its chunks. */
export interface ChunkContext extends Omit<TakeContext, 'signal' | 'run'> {
  hosts: Hosts;
  slots: Slots;
  counts: IngestCounts;
  failed: FailedPictures;
  maxAttempts: number;
  /** How long to wait before a source is tried again, in milliseconds. */
  backOff: (attempts: number, retryAfterSeconds: number | null) => number;
  /** Called when a picture is settled: indexed or given up. */
  onSettled: () => void;
}

/** The same for one chunk. */
interface OneChunk extends ChunkContext {
  run: OfRun | null;
  /** Counts a picture, for the process and for the chunk. */
  count: (what: keyof RunCounts) => void;
}

interface Ready extends TakenPicture {
  source: QueuedSource;
}

/** Documents per write; each has about 4 kB. */
const BATCH = 50;

/**
 * Ingests the pictures of a chunk, and returns to the queue those that must be tried again.
 *
 * Resolves once every picture has been started; `settled` resolves when the chunk is finished.
 *
 * @param stop - When it aborts, the remaining pictures go back to the queue.
 */
export async function workChunk(
  claim: Claim,
  shared: ChunkContext,
  stop: AbortSignal,
): Promise<{ settled: Promise<void> }> {
  const { slots } = shared;
  const counts = noCounts();
  const context: OneChunk = {
    ...shared,
    run: claim.run && { began: claim.run.began, resumed: claim.deaths > 0 },
    count(what) {
      counts[what] += 1;
      shared.counts[what] += 1;
    },
  };
  const left = new Set(claim.sources);
  const again: QueuedSource[] = [];
  const { signal, unlink } = linked(stop, claim.lost);
  const settleOne = (source: QueuedSource, later: QueuedSource | null): void => {
    left.delete(source);
    if (later) again.push(later);
    else context.onSettled();
  };
  const writer = batchWriter(claim, context, settleOne);
  let fatal: { error: unknown } | null = null;
  const running: Promise<void>[] = [];
  const tries = new Map<string, Promise<Outcome>>();
  const takeOne = async (source: QueuedSource): Promise<void> => {
    const key = JSON.stringify(source);
    // A source that a list has twice is fetched once.
    const outcome = (await earlier(tries.get(key))) ?? (await begin(key, source));
    if (!('taken' in outcome)) return settleOne(source, outcome.later);
    if (!outcome.taken.written) return writer.add({ ...outcome.taken, source });
    context.count(outcome.taken.what);
    settleOne(source, null);
  };
  const begin = (key: string, source: QueuedSource): Promise<Outcome> => {
    const outcome = attempt(source, context, signal);
    tries.set(key, outcome);
    return outcome;
  };
  for (const source of claim.sources) {
    await slots.take();
    if (signal.aborted || fatal) {
      slots.free();
      break;
    }
    const run = takeOne(source)
      .catch((error: unknown) => {
        // A picture that was interrupted has not failed; it stays in `left`.
        if (!signal.aborted) fatal ??= { error };
      })
      .finally(() => slots.free());
    running.push(run);
  }
  const settle = async (): Promise<void> => {
    await Promise.all(running);
    unlink();
    try {
      if (!fatal && !claim.lost.aborted) await writer.flush();
    } catch (error) {
      fatal ??= { error };
    }
    const finished = claim.finish([...left, ...again], counts);
    if (fatal && !signal.aborted) {
      await finished.catch(() => undefined);
      throw fatal.error;
    }
    await finished;
  };
  return { settled: settle() };
}

/** The result of a source that was tried before; null if it must be tried again. */
async function earlier(outcome: Promise<Outcome> | undefined): Promise<Outcome | null> {
  const before = await outcome;
  if (!before || !('taken' in before)) return null;
  return { taken: { ...before.taken, what: 'unchanged', warnings: [], written: true } };
}

type Outcome = { taken: TakenPicture } | { later: QueuedSource | null };

/** Tries one picture: taken, to be tried later, or failed for good (`later` is null). */
async function attempt(
  source: QueuedSource,
  context: OneChunk,
  signal: AbortSignal,
): Promise<Outcome> {
  const { hosts, now } = context;
  const { notBefore = 0 } = source;
  if (notBefore > now()) return { later: source };
  const host = hostOf(source.source);
  const leave = host === null ? null : await hosts.enter(host);
  try {
    const pause = host === null ? null : hosts.pause(host);
    if (pause?.hopeless) {
      const message = `${host} is switched off: ${pause.reason}`;
      return { later: fail(source, context, { code: 'HOST_OFF', message }) };
    }
    if (pause) return { later: { ...source, notBefore: pause.until } };
    signal.throwIfAborted();
    const taken = await takePicture(source, { ...context, signal });
    if (host !== null) await hosts.note(host, null);
    return { taken };
  } catch (error) {
    if (!isOfThePicture(error)) throw error;
    const retryable = error instanceof FetchError && error.retryable;
    if (host !== null) await hosts.note(host, error instanceof FetchError ? error : null);
    const tried = { ...source, attempts: (source.attempts ?? 0) + 1 };
    return { later: retryable ? retry(tried, context, error) : fail(tried, context, error) };
  } finally {
    leave?.();
  }
}

interface Failure {
  code: string;
  message: string;
  retryAfterSeconds?: number | null;
}

/** @param tried - Its `attempts` include the present one. */
function retry(tried: QueuedSource, context: OneChunk, error: Failure): QueuedSource | null {
  const { maxAttempts, backOff, counts, now } = context;
  const { attempts = 1 } = tried;
  if (attempts >= maxAttempts) return fail(tried, context, error);
  counts.retries += 1;
  return { ...tried, notBefore: now() + backOff(attempts, error.retryAfterSeconds ?? null) };
}

function fail(source: QueuedSource, { count, failed }: OneChunk, error: Failure): null {
  count('failed');
  failed.add({ ...source, attempts: source.attempts ?? 0 }, error);
  return null;
}

/** Whether the picture itself is at fault; any other error, such as a full disk, stops the run. */
function isOfThePicture(error: unknown): error is FetchError | ImageError | RecordError {
  return error instanceof FetchError || error instanceof ImageError || error instanceof RecordError;
}

function batchWriter(
  claim: Claim,
  context: OneChunk,
  settle: (source: QueuedSource, later: QueuedSource | null) => void,
): { add(ready: Ready): Promise<void>; flush(): Promise<void> } {
  const { index, clock, counts, count } = context;
  let batch: Ready[] = [];
  const note = ({ source, what, warnings }: Ready, { status, reason }: WriteOutcome): void => {
    if (status < 300 || status === 409) {
      count(what);
      for (const code of warnings) counts.warnings[code] = (counts.warnings[code] ?? 0) + 1;
      return settle(source, null);
    }
    const message = `The engine refused it with ${status}: ${reason ?? 'no reason'}`;
    const tried = { ...source, attempts: (source.attempts ?? 0) + 1 };
    const passing = status === 429 || status >= 500;
    settle(source, (passing ? retry : fail)(tried, context, { code: 'REFUSED', message }));
  };
  const flush = async (): Promise<void> => {
    const ready = batch;
    batch = [];
    if (ready.length === 0) return;
    claim.lost.throwIfAborted();
    const outcomes = await clock.time(
      'write',
      () => index.write(ready.map(({ document }) => document)),
      () => ({ count: ready.length, bytes: 0 }),
    );
    // Pictures that share an id were looked up before any of them was indexed.
    const earlier = new Map<string, string | undefined>();
    outcomes.forEach((outcome, i) => {
      const one = ready[i]!;
      const { id, sha256 } = one.document;
      const again = earlier.get(id) === sha256 ? 'unchanged' : 'changed';
      note(earlier.has(id) ? { ...one, what: again } : one, outcome);
      earlier.set(id, sha256);
    });
  };
  return {
    async add(ready) {
      batch.push(ready);
      if (batch.length >= BATCH) await flush();
    },
    flush,
  };
}

/**
 * A signal that aborts with either of two. (AbortSignal.any leaks memory for as long as either
 * lives, in Node 20.20.)
 */
function linked(a: AbortSignal, b: AbortSignal): { signal: AbortSignal; unlink: () => void } {
  const controller = new AbortController();
  const follow = ({ target }: { target: EventTarget | null }): void =>
    controller.abort((target as AbortSignal).reason);
  for (const signal of [a, b]) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', follow);
  }
  const unlink = (): void =>
    [a, b].forEach((signal) => signal.removeEventListener('abort', follow));
  return { signal: controller.signal, unlink };
}
