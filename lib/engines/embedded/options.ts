import { OPTION_INVALID, type Spec, TIMER_MAX } from '../../options.ts';
import type { SqliteHandle } from './sqlite.ts';

/** Where an embedded engine keeps its file, and how it shares it. */
export interface EmbeddedOptions {
  /** Directory of the file `suoyin.db`, made where it is missing; `:memory:` keeps nothing. Default `.suoyin`. */
  dataDir?: string;
  /** Opens for reading only; other processes may write meanwhile. Default false. */
  readOnly?: boolean;
  /**
   * Threads that search the vectors of large indexes in a file, so that the calling one goes on
   * serving; 0 for none. Default: one a processor, 4 at the most.
   */
  threads?: number;
  /**
   * Vectors from which on a generation in a file gets a graph for approximate search when it is
   * finished, where the package `usearch` is installed. Default 100000.
   */
  graphFrom?: number;
  /**
   * Places are searched in memory, about 1 kB each: several times faster. False for machines with little of
   * it: the file is searched. Default true.
   */
  resident?: boolean;
  /** Milliseconds to wait for another process that writes. Default 5000. */
  busyTimeoutMs?: number;
  /** Told of what is amiss and got over, such as a damaged graph. Default: nobody; `health` has it too. */
  warn?: (text: string) => void;
  /** An open database to use instead: `DatabaseSync` of `node:sqlite` or a `better-sqlite3` one. Not closed by us. */
  database?: SqliteHandle;
}

/** Options of `embedded`. */
export const EMBEDDED_SPEC: Spec<
  EmbeddedOptions,
  'dataDir' | 'readOnly' | 'graphFrom' | 'resident' | 'busyTimeoutMs'
> = {
  code: OPTION_INVALID,
  options: {
    dataDir: {
      type: 'text',
      default: '.suoyin',
      help: 'folder of the file `suoyin.db`; `:memory:` keeps nothing',
    },
    readOnly: { type: 'flag', default: false, help: 'opens for reading only' },
    threads: {
      type: 'whole',
      min: 0,
      max: 64,
      otherwise: 'one a processor, 4 at the most',
      help: 'threads that search the vectors of large indexes',
    },
    graphFrom: {
      type: 'whole',
      min: 0,
      orEndless: true,
      default: 100_000,
      help: 'vectors from which on a generation gets a graph, where `usearch` is installed',
    },
    resident: {
      type: 'flag',
      default: true,
      help: 'searches places in memory, about 1 kB each; off: in the file, several times slower',
    },
    busyTimeoutMs: {
      type: 'whole',
      min: 0,
      max: TIMER_MAX,
      default: 5000,
      unit: 'ms',
      help: 'how long to wait for another process that writes',
    },
    warn: { type: 'function', help: 'told of what is amiss and got over, such as a damaged graph' },
    database: {
      type: 'object',
      like: ['prepare', 'exec'],
      help: 'an open database to use instead of a file',
    },
  },
};
