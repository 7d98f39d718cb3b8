import { setTimeout as sleep } from 'node:timers/promises';
import { wallClock } from '../../alias/live-writes.ts';
import { backOffMs, random } from '../../back-off.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import type { RebuildProgress } from '../../rebuild/progress.ts';
import { publicSource } from '../fetch/fetch-error.ts';
import {
  HOST_DEFAULTS,
  type HostOptions,
  hostsOff,
  type HostState,
  ingestHosts,
} from '../fetch/hosts.ts';
import { slotsOf } from '../fetch/slots.ts';
import { collectFailedPictures, type FailedPicture } from '../queue/failed-pictures.ts';
import { feedQueue, type PictureSources } from '../queue/feed.ts';
import { type IngestQueue, ingestQueue, QUEUE_DEFAULTS } from '../queue/queue.ts';
import type { IngestSource } from '../source.ts';
import { type ChunkContext, type IngestCounts, workChunk } from './chunk.ts';
import { checkFetchOptions, type Pictures, type TakeOptions } from './picture.ts';
import { type IngestStage, stageClock, type StageTimes } from './stage-times.ts';

/** How far an ingest is. */
export interface IngestProgress extends Omit<RebuildProgress, 'stage' | 'done' | 'total'> {
  stage: 'pictures';
  /** Settled by this process, failed ones too. */
  done: number;
  /** In the queue when it began and put in since; null while sources are still read. */
  total: number | null;
}

/** What an ingest may be told. */
export interface IngestOptions extends TakeOptions, HostOptions {
  /** Kept with every picture, and to filter by. */
  fields?: IngestSource['fields'];
  /** Pictures worked on at a time, 1..256: memory grows with these only. Default 8. */
  concurrency?: number;
  /** Tries at a picture, 1 or more. Default 4. */
  maxAttempts?: number;
  /** First wait before another try, in milliseconds; then 4 times as long each. Default 2000. */
  retryMs?: number;
  /** Waits for pictures that are to be tried again up to this long, in milliseconds, and leaves the others in the queue. Default 120000. */
  patienceMs?: number;
  /** Where failed pictures go, as JSON lines. Default nowhere. */
  deadLetters?: string;
  /** Chunks of 500 in the queue at most; beyond, sources are read no further. Default 400. */
  maxChunks?: number;
  /** Milliseconds after which a process that gives no sign counts as dead. Default 60000. */
  leaseMs?: number;
  /** Stops in order: what is not done stays in the queue. Its reason is thrown. */
  signal?: AbortSignal;
  onProgress?: (progress: IngestProgress) => void;
}

/** What an ingest did. */
export interface IngestResult extends IngestCounts {
  /** Put into the queue by this call. */
  queued: number;
  /** Still in the queue, for a later time. */
  left: number;
  /** Hosts that are switched off. */
  hostsOff: HostState[];
  /** The first failed pictures, at most 20. */
  deadLetters: readonly FailedPicture[];
  /** Where all of them are, null where there is no such file. */
  deadLettersFile: string | null;
  stages: Readonly<Record<IngestStage, StageTimes>>;
  seconds: number;
}

export const INGEST_DEFAULTS: Readonly<{
  concurrency: number;
  maxAttempts: number;
  retryMs: number;
  patienceMs: number;
  maxChunks: number;
}> = Object.freeze({
  concurrency: 8,
  maxAttempts: 4,
  retryMs: 2000,
  patienceMs: 120_000,
  maxChunks: 400,
});

/** Longest wait before another try that a host did not ask for, in milliseconds. */
const RETRY_MOST = 600_000;
/** Milliseconds between two looks for chunks that others may have left. */
const LOOK_AGAIN_MS = 500;

/**
 * Takes pictures into an index: puts their sources into the queue of the index, and works on the queue
 * until it is empty, together with whatever other processes do the same.
 *
 * Stopped or killed at any moment, it is gone on with by the next call, also without sources; a picture
 * that has not changed is not described again.
 *
 * @param sources - Paths, URLs, or records `{ source, id?, fields? }`; may be endless. What is none of
 *   these is a failed picture.
 * @throws {OptionError} `INGEST_OPTION_INVALID`, and as `fetchImage`.
 * @throws {EngineError} As the engine; the queue stays.
 */
export async function ingestImages(
  { engine, index }: Pictures,
  sources: PictureSources,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const settings = checkOptions(options);
  const began = performance.now();
  const now = options.now ?? wallClock;
  await index.open();
  const failed = collectFailedPictures(options.deadLetters ?? null);
  const queue = await ingestQueue(engine, index.alias, {
    leaseMs: settings.leaseMs,
    now,
    onQuarantine: (source, deaths) => {
      const message = `${deaths} processes ended while they worked on it`;
      context.counts.failed += 1;
      failed.add({ ...source, attempts: deaths }, { code: 'WORKER_KILLED', message });
    },
  });
  const waiting = (await queue.chunks()).reduce((sum, [, { size }]) => sum + size, 0);
  let queued = 0;
  let fed = false;
  /** Ends the wait of `workQueue`. */
  let wake = (): void => undefined;
  const woken = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const context: ChunkContext = {
    ...options,
    index,
    now,
    failed,
    hosts: ingestHosts(engine, index.alias, { ...options, now }),
    slots: slotsOf(settings.concurrency),
    clock: stageClock(),
    counts: { added: 0, changed: 0, unchanged: 0, failed: 0, retries: 0, warnings: {} },
    maxAttempts: settings.maxAttempts,
    backOff: (attempts, retryAfterSeconds) =>
      backOffMs(2 * attempts - 1, {
        baseDelayMs: settings.retryMs,
        maxDelayMs: RETRY_MOST,
        random,
        retryAfterMs: (retryAfterSeconds ?? 0) * 1000,
      }),
    onSettled: () => {
      options.onProgress?.(progress());
    },
  };
  const { counts } = context;
  const progress = (): IngestProgress => {
    const done = counts.added + counts.changed + counts.unchanged + counts.failed;
    const seconds = (performance.now() - began) / 1000;
    const total = fed ? Math.max(done, waiting + queued) : null;
    return {
      stage: 'pictures',
      done,
      total,
      fraction: total === null || total === 0 ? null : done / total,
      ratePerSecond: done / seconds,
      etaSeconds: total === null || done === 0 ? null : ((total - done) * seconds) / done,
      failed: counts.failed,
    };
  };

  const stop = new AbortController();
  const onAbort = (): void => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort);
  const feeding = feedQueue(queue, sources, {
    fields: options.fields,
    maxChunks: settings.maxChunks,
    signal: stop.signal,
    onAdded: (count) => {
      queued += count;
      wake();
    },
    onBad: (given, error) => {
      counts.failed += 1;
      failed.add({ source: publicSource(quoteValue(given)), id: null, attempts: 0 }, error);
    },
  })
    .catch((error: unknown) => stop.abort(error))
    .finally(() => {
      fed = true;
      wake();
    });
  try {
    await workQueue(queue, context, { ...settings, stop, isFed: () => fed, woken });
    await feeding;
    const left = (await queue.chunks()).reduce((sum, [, { size }]) => sum + size, 0);
    return {
      ...counts,
      queued,
      left,
      hostsOff: await hostsOff(engine, index.alias),
      deadLetters: failed.first,
      deadLettersFile: failed.path,
      stages: context.clock.stages,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    stop.abort();
    await feeding;
    options.signal?.removeEventListener('abort', onAbort);
    failed.close();
  }
}

/** Works on chunks until there are none, of this process or of others, but such as wait for long. */
async function workQueue(
  queue: IngestQueue,
  context: ChunkContext,
  options: {
    stop: AbortController;
    isFed: () => boolean;
    /** Resolves when the queue has more, or all. */
    woken: () => Promise<void>;
    patienceMs: number;
  },
): Promise<void> {
  const { stop, isFed, woken, patienceMs } = options;
  const running = new Set<Promise<void>>();
  try {
    for (;;) {
      stop.signal.throwIfAborted();
      // Both before the claim: what is put in after it would be missed.
      const more = woken();
      const wasFed = isFed() && running.size === 0;
      const next = await queue.claim();
      if (next.claim) {
        await context.hosts.refresh();
        const { settled } = await workChunk(next.claim, context, stop.signal);
        const done = settled
          .catch((error: unknown) => stop.abort(error))
          .finally(() => running.delete(done));
        running.add(done);
        continue;
      }
      const { waitMs, busy } = next;
      if (wasFed && !busy && (waitMs === null || waitMs > patienceMs)) return;
      const pause = Math.min(waitMs ?? LOOK_AGAIN_MS, LOOK_AGAIN_MS);
      await Promise.race([sleep(pause), more, ...running]);
    }
  } finally {
    await Promise.all(running);
  }
}

/** Numbers that options may have; those without a maximum are bounded by what timers hold. */
const LEAST: Readonly<Record<string, number>> = { retryMs: 0, patienceMs: 0 };
const MOST: Readonly<Record<string, number>> = { concurrency: 256 };

type Settings = typeof INGEST_DEFAULTS & { leaseMs: number };

function checkOptions(options: IngestOptions): Settings {
  checkFetchOptions(options.fetch);
  const { leaseMs } = QUEUE_DEFAULTS;
  const defaults = { ...INGEST_DEFAULTS, ...HOST_DEFAULTS, leaseMs };
  const settings: Record<string, number> = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    const value = options[name] ?? defaults[name];
    const least = LEAST[name] ?? 1;
    const most = MOST[name] ?? 2 ** 31 - 1;
    if (!Number.isInteger(value) || value < least || value > most) {
      const what = `${name} ${quoteValue(value)} can't be used`;
      const hint = `Give a whole number from ${least} to ${most}.`;
      throw new OptionError('INGEST_OPTION_INVALID', what, hint);
    }
    settings[name] = value;
  }
  return settings as Settings;
}
