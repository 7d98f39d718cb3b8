import { availableParallelism } from 'node:os';

import { settle } from '../../options.ts';
import type { Engine } from '../engine.ts';
import { compactStore } from './compact.ts';
import { documentsIn } from './documents.ts';
import { featuresIn } from './features.ts';
import { generationsIn } from './generations.ts';
import { EMBEDDED_SPEC, type EmbeddedOptions } from './options.ts';
import { spendReserve } from './reserve.ts';
import { FILE_VERSION } from './schema.ts';
import { stateIn } from './state.ts';
import { openStore } from './store.ts';

export type { EmbeddedOptions } from './options.ts';

/**
 * An engine in this process on one SQLite file: no server, durable, one writer at a time, any
 * number of reading processes. Opens on first use.
 *
 * A batch is one transaction: after a crash it is either complete or absent. The swap of an alias
 * changes one row in a transaction, so that readers see either the old generation or the new one.
 *
 * @throws {OptionError} `OPTION_UNKNOWN`, `OPTION_INVALID`.
 * @throws {EngineError} From its methods: `INDEX_NOT_FOUND`, `INDEX_IN_USE`, `ALIAS_MOVED`,
 *   `ALIAS_INVALID`, `NOT_READY`, `FENCED`, `INDEX_OTHER`, `WRITER_BUSY`, `FILE_TOO_NEW`,
 *   `FILE_TOO_OLD`,
 *   `FILE_FOREIGN`, `FILE_DAMAGED`, `FILE_READ_ONLY`, `FILE_UNREADABLE`, `FILE_IO`, `DISK_FULL`,
 *   `ENGINE_CLOSED`, `ENGINE_FAILED`.
 * @throws {MissingDependencyError} From its methods: `SQLITE_MISSING`.
 * @example
 * const engine = embedded({ dataDir: '.suoyin' });
 */
export function embedded(options: EmbeddedOptions = {}): Engine {
  const settings = settle(EMBEDDED_SPEC, options);
  const { dataDir, readOnly, busyTimeoutMs, database, graphFrom, resident } = settings;
  const { threads = Math.min(4, availableParallelism()) } = settings;
  const store = openStore({ dataDir, readOnly, busyTimeoutMs, database });
  const warn = options.warn ?? ((): void => undefined);
  const { features, searches } = featuresIn(store, {
    threads,
    graphFrom,
    resident,
    readOnly,
    warn,
  });
  return {
    name: 'embedded',
    remote: false,
    ...documentsIn(store, features),
    ...generationsIn(store, features),
    ...stateIn(store),
    ...searches,

    revision: () => store.glancing((database) => store.revision(database)),

    health: () =>
      store.reading((database) => {
        const damaged = features.flatMap(({ faults }) => faults?.() ?? []);
        return {
          engine: 'embedded',
          version: `SQLite ${String(database.sql('select sqlite_version()').row()![0])}`,
          status: damaged.length > 0 ? 'degraded' : 'ok',
          details: {
            path: store.path,
            driver: database.driver,
            fileVersion: FILE_VERSION,
            damagedFiles: damaged,
          },
        };
      }),

    compact: () => compactStore(store),
    makeRoom: () => !readOnly && store.folder !== null && spendReserve(store.folder),

    async close() {
      for (const { close } of features) await close?.();
      await store.close();
    },
  };
}
