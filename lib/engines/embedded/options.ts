import { OPTION_INVALID, type Spec, TIMER_MAX } from '../../options.ts';
import type { SqliteHandle } from './sqlite.ts';

/** Options of `embedded`. */
export interface EmbeddedOptions {
  /**
   * Folder of the file `suoyin.db`, made if it is missing; `:memory:` stores nothing on disk.
   * Default `.suoyin`.
   */
  dataDir?: string;
  /** Opens the file for reading only; other processes may write it. Default false. */
  readOnly?: boolean;
  /**
   * Threads that search the vectors of large indexes in a file, so that the calling thread is not
   * blocked; 0 for none. Default: one per processor, at most 4.
   */
  threads?: number;
  /**
   * Number of vectors from which a finished generation in a file gets a graph for approximate
   * search, if the package `usearch` is installed. Default 100000.
   */
  graphFrom?: number;
  /**
   * Whether places and vectors are searched in memory, which takes about 1 kB for each place and a
   * quarter of the size of each vector, and is several times faster. Give false on machines with
   * little memory: the file is then searched. Default true.
   */
  resident?: boolean;
  /** Milliseconds to wait for another process that writes. Default 5000. */
  busyTimeoutMs?: number;
  /**
   * Called for faults that are worked around, such as a damaged graph. Default none; `health`
   * reports them too.
   */
  warn?: (text: string) => void;
  /**
   * An open database to use instead: `DatabaseSync` of `node:sqlite`, or a `better-sqlite3`
   * database. The caller closes it.
   */
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
      flag: '--data <dir>',
      help: 'folder of the index (`suoyin.db`); `:memory:` stores nothing on disk',
    },
    readOnly: { type: 'flag', default: false, help: 'opens the file for reading only' },
    threads: {
      type: 'whole',
      min: 0,
      max: 64,
      otherwise: 'one per processor, at most 4',
      help: 'threads that search the vectors of large indexes',
    },
    graphFrom: {
      type: 'whole',
      min: 0,
      orEndless: true,
      default: 100_000,
      help: 'vectors from which a generation gets a graph, if `usearch` is installed',
    },
    resident: {
      type: 'flag',
      default: true,
      help: 'searches places and vectors in memory, about 1 kB for each place; off: in the file, several times slower',
    },
    busyTimeoutMs: {
      type: 'whole',
      min: 0,
      max: TIMER_MAX,
      default: 5000,
      unit: 'ms',
      help: 'how long to wait for another process that writes',
    },
    warn: {
      type: 'function',
      help: 'called for faults that are worked around, such as a damaged graph',
    },
    database: {
      type: 'object',
      like: ['prepare', 'exec'],
      help: 'an open database to use instead of a file',
    },
  },
};
