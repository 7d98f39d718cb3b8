import { threadPool } from '../engines/thread-pool.ts';
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
  close(): Promise<void>;
}

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/place-threads(\.[jt]s)$/, 'place-thread$1'));

/**
 * Starts threads over the embedded engine, each with a connection of its own that only reads.
 *
 * A signal makes the call reject at once; the thread finishes what it has begun. `search` is done by
 * the first thread alone, which then is the only one with dictionaries in memory.
 *
 * @param options - dataDir: of the embedded engine. alias: of the places. count: 1 or more.
 */
export function placeThreads(options: {
  dataDir: string;
  alias: string;
  count: number;
}): PlaceThreads {
  const { dataDir, alias, count } = options;
  const pool = threadPool<PlaceCall>(SCRIPT, { count, data: { dataDir, alias } });
  const ask = <T>(
    verb: keyof PlaceSearches,
    text: string,
    { signal, ...options }: { signal?: AbortSignal } = {},
    at?: number,
  ): Promise<T> => pool.ask({ verb, text, options }, { at, signal });

  return {
    suggest: (text, options) => ask('suggest', text, options),
    search: (text, options) => ask('search', text, options, 0),
    get: (id) => ask('get', id),
    async warm() {
      const all = Array.from({ length: count }, (_, at) => ask('suggest', '東京 tokyo', {}, at));
      // Without an index it is loaded all the same.
      await Promise.allSettled(all);
    },
    close: () => pool.close(),
  };
}
