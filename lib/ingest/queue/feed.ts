import { setTimeout as sleep } from 'node:timers/promises';
import { SearchError } from '../../errors.ts';
import { type IngestSource, PassedOver, readSource } from '../source.ts';
import { type IngestQueue, QUEUE_DEFAULTS } from './queue.ts';

/** Sources of pictures: paths, URLs, records. May be endless. */
export type PictureSources = Iterable<unknown> | AsyncIterable<unknown>;

/** How the queue is filled. */
export interface FeedOptions {
  fields: IngestSource['fields'];
  /** See `TakeOptions`. */
  keepQuery: boolean;
  /** Most chunks in the queue; while it is full, no further sources are read. */
  maxChunks: number;
  /** Called for every input that is not a source. */
  onBad: (given: unknown, error: SearchError) => void;
  onPassedOver: (passed: PassedOver) => void;
  onAdded: (count: number) => void;
  /** Queues only full chunks, however late sources come, so that all readers of the sources make the same ones. */
  full: boolean;
  signal: AbortSignal;
}

/** Milliseconds without a new source after which an incomplete chunk is queued. */
const PATIENCE = 1000;
/** Most chunks added between two checks of how full the queue is. */
const LOOK_EVERY = 16;
const LOOK_AGAIN_MS = 500;

/** Adds sources to the queue until there are no more. */
export async function feedQueue(
  queue: IngestQueue,
  sources: PictureSources,
  options: FeedOptions,
): Promise<void> {
  const { fields, keepQuery, maxChunks, full, onBad, onPassedOver, onAdded, signal } = options;
  const lookEvery = Math.min(LOOK_EVERY, maxChunks);
  let chunk: IngestSource[] = [];
  let bad = 0;
  let chunks = 0;
  const flush = async (): Promise<void> => {
    if (chunk.length + bad === 0) return;
    if (chunks++ % lookEvery === 0) await waitForRoom(queue, options);
    const [sources, strangers] = [chunk, bad];
    [chunk, bad] = [[], 0];
    const added = await queue.add(sources, strangers);
    if (added.length > 0) onAdded(sources.length);
  };
  for await (const given of withPauses(sources, signal)) {
    if (given === PAUSE) {
      if (!full) await flush();
      continue;
    }
    if (given.value instanceof PassedOver) {
      onPassedOver(given.value);
      continue;
    }
    try {
      chunk.push(readSource(given.value, { fields, keepQuery }));
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      onBad(given.value, error);
      bad++;
    }
    if (chunk.length + bad >= QUEUE_DEFAULTS.chunkSize) await flush();
  }
  await flush();
}

async function waitForRoom(queue: IngestQueue, { maxChunks, signal }: FeedOptions): Promise<void> {
  while ((await queue.chunks()).length >= maxChunks) {
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
}

const PAUSE = Symbol('pause');

/** Yields values as they arrive, and a `PAUSE` whenever the next one takes long. */
async function* withPauses(
  sources: PictureSources,
  signal: AbortSignal,
): AsyncGenerator<{ value: unknown } | typeof PAUSE> {
  if (!(Symbol.asyncIterator in sources)) {
    for (const value of sources) {
      signal.throwIfAborted();
      yield { value };
    }
    return;
  }
  const iterator = sources[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      // If nobody waits for it any more, its rejection must not be unhandled.
      next.catch(() => undefined);
      let result = await orPause(next, signal);
      if (result === PAUSE) {
        yield PAUSE;
        result = await orAbort(next, signal);
      }
      if (result.done) return;
      yield { value: result.value };
    }
  } finally {
    // Not awaited: a generator that hangs in `next` never gets to its `return`.
    if (signal.aborted) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

type Next = IteratorResult<unknown, unknown>;

async function orPause(next: Promise<Next>, signal: AbortSignal): Promise<Next | typeof PAUSE> {
  const enough = new AbortController();
  try {
    return await Promise.race([
      orAbort(next, signal),
      sleep(PATIENCE, PAUSE, { signal: enough.signal }),
    ]);
  } finally {
    enough.abort();
  }
}

async function orAbort(next: Promise<Next>, signal: AbortSignal): Promise<Next> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it is
    stop = (): void => reject(signal.reason);
  });
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([next, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
