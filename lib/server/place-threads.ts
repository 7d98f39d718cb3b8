import { answerCalls, threadPool } from '../engines/thread-pool.ts';
import type { PlaceIndex } from '../place-index.ts';

/** What is asked of places over HTTP: a `PlaceIndex`, or threads that have one each. */
export type PlaceSearches = Pick<PlaceIndex, 'suggest' | 'search' | 'get'>;

/** What a thread is asked. */
export interface PlaceCall {
  verb: keyof PlaceSearches;
  text: string;
  options: object;
}

/** Threads that search places, so that the calling one only reads requests and writes answers. */
export interface PlaceThreads extends PlaceSearches {
  /** Resolves when every thread has searched once, and so has loaded what it needs. */
  warm(): Promise<void>;
  /** Resolves when one of the threads has answered; rejects where none can. */
  answers(): Promise<void>;
  /**
   * @param graceMs - Milliseconds that threads have for what they have begun; default 5000.
   * @returns Whether all have ended.
   */
  close(graceMs?: number): Promise<boolean>;
}

/** The script of a thread over the embedded engine, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/place-threads(\.[jt]s)$/, 'place-thread$1'));
/** Milliseconds after which a thread that does not answer is ended. */
const LIMIT_MS = 4000;
/** The same for a text search, which may have to load a dictionary. */
const SEARCH_LIMIT_MS = 20_000;
const WARM_UP: PlaceCall = { verb: 'suggest', text: '東京 tokyo', options: {} };

/**
 * Starts threads that search places, each with a connection of its own.
 *
 * A signal makes the call reject at once; the thread finishes what it has begun. One that does not come to an
 * end is ended and replaced: the call is an `EngineError` `SEARCH_TIMEOUT`. `search` is done by the first
 * thread alone, which then is the only one with dictionaries in memory.
 *
 * @param options - dataDir: of the embedded engine, which they only read. alias: of the places. Or script: calls
 *   `answerPlaces`, and data: what it finds in `workerData`. count: 1 or more. limitMs: milliseconds in which
 *   a thread has to answer, default 4000, and 20000 for a text search.
 */
export function placeThreads(
  options: ({ dataDir: string; alias: string } | { script: URL; data: object }) & {
    count: number;
    limitMs?: number;
  },
): PlaceThreads {
  const { count, limitMs = LIMIT_MS } = options;
  const { limitMs: searchLimitMs = SEARCH_LIMIT_MS } = options;
  const { script, data } =
    'script' in options
      ? options
      : { script: SCRIPT, data: { dataDir: options.dataDir, alias: options.alias } };
  const pool = threadPool<PlaceCall>(script, { count, data, limitMs, warmUp: WARM_UP });
  const ask = <T>(
    verb: keyof PlaceSearches,
    text: string,
    { signal, ...options }: { signal?: AbortSignal } = {},
  ): Promise<T> => {
    const special = verb === 'search' ? { at: 0, limitMs: searchLimitMs } : {};
    return pool.ask({ verb, text, options }, { ...special, signal });
  };

  return {
    suggest: (text, options) => ask('suggest', text, options),
    search: (text, options) => ask('search', text, options),
    get: (id) => ask('get', id),
    async warm() {
      const all = Array.from({ length: count }, (_, at) => pool.ask(WARM_UP, { at }));
      // Without an index it is loaded all the same.
      await Promise.allSettled(all);
    },
    answers: () => pool.answers(),
    close: (graceMs) => pool.close(graceMs),
  };
}

/** Makes this thread answer what `placeThreads` asks. */
export function answerPlaces(places: PlaceSearches, close: () => Promise<void>): void {
  answerCalls<PlaceCall>(
    async ({ verb, text, options }, signal) =>
      verb === 'get' ? places.get(text) : places[verb](text, { ...options, signal }),
    close,
  );
}
