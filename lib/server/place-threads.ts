import type { Engine, EngineHealth } from '../engines/engine.ts';
import { answerCalls, threadPool } from '../engines/thread-pool.ts';
import type { NoteIndex } from '../note-index.ts';
import type { PlaceIndex } from '../place-index.ts';
import { currentTrace, inTrace } from '../trace.ts';

/** The methods for places over HTTP: of a `PlaceIndex`, or of threads that each have one. */
export type PlaceSearches = Pick<PlaceIndex, 'suggest' | 'search' | 'get'>;

/** The methods for notes over HTTP. */
export type NoteSearches = Pick<NoteIndex, 'search' | 'like' | 'get'>;

/** A method with its arguments, and the alias of its index. */
type Asked =
  | { of: 'places'; verb: keyof PlaceSearches }
  | { of: 'notes'; verb: keyof NoteSearches }
  | { of: 'engine'; verb: 'health' };

/** A call of a thread. */
export type PlaceCall = Asked & {
  text: string;
  options: object;
  /** `traceparent` of the request. */
  trace?: string | undefined;
};

/**
 * Threads that search places and notes, so that the calling thread only reads requests and writes
 * answers.
 */
export interface PlaceThreads extends PlaceSearches {
  /** The methods for notes. */
  readonly notes: NoteSearches;
  /** Resolves when every thread has searched once and so has loaded what it needs. */
  warm(): Promise<void>;
  /** Of the engine of a thread, which is the one that reads the files of places. */
  health(): Promise<EngineHealth>;
  /** Resolves when one of the threads has answered; rejects if none can. */
  answers(): Promise<void>;
  /**
   * @param graceMs - Milliseconds that threads get to finish their calls; default 5000.
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
const WARM_UP: PlaceCall = { of: 'places', verb: 'suggest', text: '東京 tokyo', options: {} };

/**
 * Starts threads that search places, each with its own connection.
 *
 * A signal makes the call reject at once; the thread finishes its search. A thread that does not
 * finish in time is ended and replaced, and the call rejects with `EngineError` `SEARCH_TIMEOUT`.
 * Only the first thread runs `search` and searches of notes, so only that one has dictionaries in
 * memory.
 *
 * @param options - dataDir: of the embedded engine, which they only read. alias: of the places.
 *   notes: alias of the notes, default `notes`. Or script: calls `answerPlaces`, and data: what it
 *   finds in `workerData`. count: 1 or more. limitMs: milliseconds in which a thread has to answer,
 *   default 4000, and 20000 for a text search.
 */
export function placeThreads(
  options: ({ dataDir: string; alias: string; notes?: string } | { script: URL; data: object }) & {
    count: number;
    limitMs?: number;
  },
): PlaceThreads {
  const { count, limitMs = LIMIT_MS } = options;
  const { limitMs: searchLimitMs = SEARCH_LIMIT_MS } = options;
  const { script, data } =
    'script' in options
      ? options
      : {
          script: SCRIPT,
          data: { dataDir: options.dataDir, alias: options.alias, notes: options.notes ?? 'notes' },
        };
  const pool = threadPool<PlaceCall>(script, { count, data, limitMs, warmUp: WARM_UP });
  const ask = <T>(
    asked: Asked,
    text: string,
    { signal, ...options }: { signal?: AbortSignal } = {},
  ): Promise<T> => {
    const isSearch = asked.verb === 'search' || asked.verb === 'like';
    const special = isSearch ? { at: 0, limitMs: searchLimitMs } : {};
    return pool.ask({ ...asked, text, options, trace: currentTrace() }, { ...special, signal });
  };

  return {
    suggest: (text, options) => ask({ of: 'places', verb: 'suggest' }, text, options),
    search: (text, options) => ask({ of: 'places', verb: 'search' }, text, options),
    get: (id) => ask({ of: 'places', verb: 'get' }, id),
    notes: {
      search: (text, options) => ask({ of: 'notes', verb: 'search' }, text, options),
      like: (id, options) => ask({ of: 'notes', verb: 'like' }, id, options),
      get: (id) => ask({ of: 'notes', verb: 'get' }, id),
    },
    health: () => ask({ of: 'engine', verb: 'health' }, ''),
    async warm() {
      const all = Array.from({ length: count }, (_, at) => pool.ask(WARM_UP, { at }));
      // Even if there is no index, the thread is then loaded.
      await Promise.allSettled(all);
    },
    answers: () => pool.answers(),
    close: (graceMs) => pool.close(graceMs),
  };
}

/** Makes this thread answer the calls of `placeThreads`. */
export function answerPlaces(
  {
    places,
    notes,
    engine,
  }: { places: PlaceSearches; notes: NoteSearches; engine: Pick<Engine, 'health'> },
  close: () => Promise<void>,
): void {
  answerCalls<PlaceCall>(
    async (call, signal) =>
      inTrace(call.trace, async () => {
        const { text, options } = call;
        const how = { ...options, signal };
        if (call.of === 'engine') return engine.health();
        if (call.of === 'notes') {
          return call.verb === 'get' ? notes.get(text) : notes[call.verb](text, how);
        }
        return call.verb === 'get' ? places.get(text) : places[call.verb](text, how);
      }),
    close,
  );
}
