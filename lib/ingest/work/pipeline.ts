import { steadyClock, wallClock } from '../../clock.ts';
import { backOffMs, random } from '../../back-off.ts';
import { quoteValue } from '../../errors.ts';
import { type NumberOption, settle, SIGNAL, type Spec, TIMER_MAX } from '../../options.ts';
import type { RebuildProgress } from '../../rebuild/progress.ts';
import { publicSource } from '../fetch/fetch-error.ts';
import {
  HOST_SPEC,
  type HostOptions,
  hostsOff,
  type HostState,
  ingestHosts,
} from '../fetch/hosts.ts';
import { slotsOf } from '../fetch/slots.ts';
import { collectFailedPictures, type FailedPicture } from '../queue/failed-pictures.ts';
import { feedQueue, type PictureSources } from '../queue/feed.ts';
import { type IngestQueue, ingestQueue, QUEUE_DEFAULTS } from '../queue/queue.ts';
import { joinRun, RUN_NAME, type RunTotals, runTotals } from '../queue/runs.ts';
import type { IngestSource } from '../source.ts';
import { type ChunkContext, type IngestCounts, workChunk } from './chunk.ts';
import { type Pictures, TAKE_SPEC, type TakeOptions } from './picture.ts';
import { type IngestStage, stageClock, type StageTimes } from './stage-times.ts';

/** Progress of an ingest. */
export interface IngestProgress extends Omit<RebuildProgress, 'stage' | 'done' | 'total'> {
  stage: 'pictures';
  /** Pictures settled by this process, including failed ones. */
  done: number;
  /**
   * Pictures in the queue at the start plus those added since; null while sources are still read.
   */
  total: number | null;
}

/** Options of an ingest. */
export interface IngestOptions extends TakeOptions, HostOptions {
  /** Stored with every picture; searches can filter by them. */
  fields?: IngestSource['fields'];
  /**
   * Ids and documents keep the query of a URL, for hosts whose pictures differ in it. Default false: a query may be a
   * signature, and the same picture may be signed anew. Pictures that lose a query get the warning
   * `QUERY_LEFT_OUT`.
   */
  keepQuery?: boolean;
  /**
   * Name of this run. Processes with the same name and the same sources share them, at the same time or after a crash.
   * Each source is fetched once, and the totals of the run add up. Letters, digits, `.`, `_` and `-`. Work on a chunk
   * of a run begins when the chunk is full, or the sources end.
   */
  run?: string;
  /** Pictures processed concurrently, 1..256; memory use is proportional. Default 8. */
  concurrency?: number;
  /** Most tries per picture, 1 or more. Default 4. */
  maxAttempts?: number;
  /**
   * Wait before the second try, in milliseconds; each further wait is 4 times as long. Default
   * 2000.
   */
  retryMs?: number;
  /**
   * Waits up to this long for pictures that must be tried again, in milliseconds; those due later
   * stay in the queue. Default 120000.
   */
  patienceMs?: number;
  /** Path of a JSON lines file to which failed pictures are appended. Default: none. */
  deadLetters?: string;
  /**
   * Most chunks (of 500 sources) in the queue; while it is full, no further sources are read.
   * Default 400.
   */
  maxChunks?: number;
  /**
   * A process that does not renew its lease for this long counts as dead, in milliseconds. Default
   * 60000.
   */
  leaseMs?: number;
  /** Stops gracefully: unfinished work stays in the queue, and the signal's reason is thrown. */
  signal?: AbortSignal;
  onProgress?: (progress: IngestProgress) => void;
}

/** Result of an ingest. */
export interface IngestResult extends IngestCounts {
  /** Sources added to the queue by this call. */
  queued: number;
  /** Sources still in the queue, due later. */
  left: number;
  /** What all processes have done for `run` so far; null without one. */
  run: RunTotals | null;
  /** Files of folders that were skipped, by kind: a format, an extension, `hidden`, ... */
  passedOver: Record<string, number>;
  /** Hosts that are switched off. */
  hostsOff: HostState[];
  /** The first failed pictures, at most 20. */
  deadLetters: readonly FailedPicture[];
  /** File with all of them; null if there is none. */
  deadLettersFile: string | null;
  stages: Readonly<Record<IngestStage, StageTimes>>;
  seconds: number;
}

const whole = (
  [min, max, byDefault]: readonly [min: number, max: number, byDefault: number],
  help: string,
  unit?: string,
): NumberOption & { default: number } => ({
  type: 'whole',
  min,
  max,
  default: byDefault,
  ...(unit === undefined ? {} : { unit }),
  help,
});

/** Options of `ImageIndex.ingest`. */
export const INGEST_SPEC: Spec<
  IngestOptions,
  | 'again'
  | 'keepQuery'
  | 'concurrency'
  | 'maxAttempts'
  | 'retryMs'
  | 'patienceMs'
  | 'maxChunks'
  | 'leaseMs'
  | 'perHost'
  | 'hostFailures'
  | 'hostOffMs'
> = {
  code: 'INGEST_OPTION_INVALID',
  options: {
    ...TAKE_SPEC.options,
    fields: {
      type: 'object',
      flag: '--field <name=value>',
      otherwise: 'none',
      help: 'stored with every picture; searches can filter by them',
    },
    keepQuery: {
      type: 'flag',
      default: false,
      help: 'ids and documents keep the query of a URL, where it tells pictures apart',
    },
    run: {
      type: 'text',
      pattern: RUN_NAME,
      wanted: 'letters, digits, `.`, `_` and `-`, 64 at most',
      otherwise: 'none',
      help: 'name of the run: whoever is given the same name and sources shares them, and totals add up',
    },
    concurrency: whole([1, 256, 8], 'pictures processed concurrently; memory use is proportional'),
    maxAttempts: { ...whole([1, TIMER_MAX, 4], 'most tries per picture'), flag: '--tries' },
    retryMs: whole(
      [0, TIMER_MAX, 2000],
      'before the second try; each further wait is 4 times as long',
      'ms',
    ),
    patienceMs: whole(
      [0, TIMER_MAX, 120_000],
      'waits as long for pictures that must be tried again',
      'ms',
    ),
    deadLetters: {
      type: 'text',
      flag: '--dead-letters <file>',
      otherwise: 'none',
      help: 'JSON lines file to which failed pictures are appended',
    },
    maxChunks: whole([1, TIMER_MAX, 400], 'most chunks of 500 sources in the queue'),
    leaseMs: whole(
      [1, TIMER_MAX, QUEUE_DEFAULTS.leaseMs],
      'after which a process that does not renew its lease counts as dead',
      'ms',
    ),
    signal: SIGNAL,
    onProgress: { type: 'function', help: 'called with the progress' },
    ...HOST_SPEC.options,
  },
};

/** Longest wait before another try, in milliseconds, unless the host asks for more. */
const RETRY_MOST = 600_000;
/** Milliseconds between two checks for chunks that other processes may have returned. */
const LOOK_AGAIN_MS = 500;

/**
 * Ingests pictures: adds their sources to the queue of the index, and works on the queue until it
 * is empty, together with all other processes that do the same.
 *
 * If it is stopped or killed at any moment, the next call resumes, even without sources; a picture
 * that has not changed is not described again.
 *
 * @param sources - Paths, URLs, or records `{ source, id?, fields? }`; may be endless. Anything
 *   else is reported as a failed picture.
 * @throws {OptionError} `INGEST_OPTION_INVALID`, and the codes of `fetchImage`.
 * @throws {EngineError} Errors of the engine; the queue is kept.
 */
export async function ingestImages(
  { engine, index }: Pictures,
  sources: PictureSources,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const settings = settle(INGEST_SPEC, options);
  const began = steadyClock();
  const now = options.now ?? wallClock;
  await index.open();
  const failed = collectFailedPictures(options.deadLetters ?? null);
  const { run: name } = settings;
  const run = name && (await joinRun(engine, index.alias, { name, now: now() }));
  const queue = await ingestQueue(engine, index.alias, {
    leaseMs: settings.leaseMs,
    now,
    run: run || undefined,
    onQuarantine: (source, deaths) => {
      const message = `${deaths} processes ended while they worked on it`;
      context.counts.failed += 1;
      failed.add({ ...source, attempts: deaths }, { code: 'WORKER_KILLED', message });
    },
  });
  const waiting = (await queue.chunks()).reduce((sum, [, { size }]) => sum + size, 0);
  let queued = 0;
  const passedOver: Record<string, number> = {};
  let fed = false;
  const bell = newBell();
  const context: ChunkContext = {
    ...settings,
    index,
    now,
    failed,
    hosts: ingestHosts(engine, index.alias, { ...settings, now }),
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
    const seconds = (steadyClock() - began) / 1000;
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
  stop.signal.addEventListener('abort', () => bell.ring());
  const onAbort = (): void => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort);
  const feeding = feedQueue(queue, sources, {
    fields: options.fields,
    keepQuery: settings.keepQuery,
    maxChunks: settings.maxChunks,
    full: name !== undefined,
    signal: stop.signal,
    onAdded: (count) => {
      queued += count;
      bell.ring();
    },
    onPassedOver: ({ kind }) => {
      passedOver[kind] = (passedOver[kind] ?? 0) + 1;
    },
    onBad: (given, error) => {
      counts.failed += 1;
      failed.add({ source: publicSource(quoteValue(given)), id: null, attempts: 0 }, error);
    },
  })
    .catch((error: unknown) => stop.abort(error))
    .finally(() => {
      fed = true;
      bell.ring();
    });
  try {
    await workQueue(queue, context, { ...settings, stop, bell, isFed: () => fed });
    await feeding;
    const chunks = await queue.chunks();
    const runs = name === undefined ? [] : await runTotals(engine, index.alias, chunks);
    return {
      ...counts,
      queued,
      left: chunks.reduce((sum, [, { size }]) => sum + size, 0),
      run: runs.find((one) => one.name === name) ?? null,
      passedOver,
      hostsOff: await hostsOff(engine, index.alias),
      deadLetters: failed.first,
      deadLettersFile: failed.path,
      stages: context.clock.stages,
      seconds: (steadyClock() - began) / 1000,
    };
  } finally {
    stop.abort();
    await feeding;
    options.signal?.removeEventListener('abort', onAbort);
    failed.close();
  }
}

/** Wakes up a loop that waits. */
interface Bell {
  /** How often it has rung. */
  rings(): number;
  ring(): void;
  /** Resolves when it has rung more often than `rings`, or after `ms` milliseconds. */
  wait(rings: number, ms: number): Promise<void>;
}

function newBell(): Bell {
  let rings = 0;
  let wake = (): void => undefined;
  return {
    rings: () => rings,
    ring() {
      rings += 1;
      wake();
    },
    wait(heard, ms) {
      if (rings > heard) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

/** Works until the queue is empty, not counting chunks that are due only after `patienceMs`. */
async function workQueue(
  queue: IngestQueue,
  context: ChunkContext,
  options: {
    stop: AbortController;
    /** Rings when sources were added, and when all have been. */
    bell: Bell;
    isFed: () => boolean;
    patienceMs: number;
  },
): Promise<void> {
  const { stop, bell, isFed, patienceMs } = options;
  const running = new Set<Promise<void>>();
  try {
    for (;;) {
      stop.signal.throwIfAborted();
      // Both are read before the claim; otherwise, what is added or settled during it would be missed.
      const heard = bell.rings();
      const wasFed = isFed() && running.size === 0;
      const next = await queue.claim();
      if (next.claim) {
        await context.hosts.refresh();
        const { settled } = await workChunk(next.claim, context, stop.signal);
        const done = settled
          .catch((error: unknown) => stop.abort(error))
          .finally(() => {
            running.delete(done);
            bell.ring();
          });
        running.add(done);
        continue;
      }
      const { waitMs, busy } = next;
      if (wasFed && !busy && (waitMs === null || waitMs > patienceMs)) return;
      await bell.wait(heard, Math.min(waitMs ?? LOOK_AGAIN_MS, LOOK_AGAIN_MS));
    }
  } finally {
    await Promise.all(running);
  }
}
