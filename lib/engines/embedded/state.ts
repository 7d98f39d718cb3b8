import { randomUUID } from 'node:crypto';
import type { State, StateEntry } from '../engine.ts';
import type { Database, SqlRow } from './sqlite.ts';
import type { Store } from './store.ts';
import { seal } from './sums.ts';

/** The state of aliases, as rows of one table. */
export function stateIn(store: Pick<Store, 'reading' | 'writing'>): State {
  return {
    readState: (alias, key) => store.reading((database) => entryAt(database, alias, key)),

    writeState: (alias, key, value, expected) =>
      store.writing((database) => {
        const there = entryAt(database, alias, key)?.revision ?? null;
        if (expected !== undefined && there !== expected) return null;
        const revision = randomUUID();
        overwriting(database, () => {
          if (value === null) {
            database.sql('delete from state where alias = ? and key = ?').run(alias, key);
            return;
          }
          database
            .sql('insert or replace into state(alias, key, value, revision) values (?, ?, ?, ?)')
            .run(alias, key, JSON.stringify(value), revision);
          seal(database, 'state', alias, key);
        });
        return revision;
      }),

    listState: (alias, prefix) =>
      store.reading((database) =>
        database
          .sql(
            `select key, value, revision from state
              where alias = ? and substr(key, 1, length(?2)) = ?2 order by key`,
          )
          .rows(alias, prefix)
          .map(entryOf),
      ),
  };
}

/**
 * Overwrites replaced and deleted values in the file, since a queue may have URLs with passwords.
 */
function overwriting(database: Database, action: () => void): void {
  const before = Number(database.sql('pragma secure_delete').row()![0]);
  database.exec('pragma secure_delete = on');
  try {
    action();
  } finally {
    database.exec(`pragma secure_delete = ${before === 2 ? 'fast' : before}`);
  }
}

function entryAt(database: Database, alias: string, key: string): StateEntry | null {
  const row = database
    .sql('select key, value, revision from state where alias = ? and key = ?')
    .row(alias, key);
  return row ? entryOf(row) : null;
}

function entryOf([key, value, revision]: SqlRow): StateEntry {
  return {
    key: key as string,
    value: JSON.parse(value as string) as unknown,
    revision: revision as string,
  };
}
