import { randomUUID } from 'node:crypto';
import type { StateEntry } from '../engine.ts';
import type { Database, SqlRow } from './sqlite.ts';

function entryOf([key, value, revision]: SqlRow): StateEntry {
  return {
    key: key as string,
    value: JSON.parse(value as string) as unknown,
    revision: revision as string,
  };
}

/** @see State.readState */
export function stateEntry(database: Database, alias: string, key: string): StateEntry | null {
  const row = database
    .sql('select key, value, revision from state where alias = ? and key = ?')
    .row(alias, key);
  return row ? entryOf(row) : null;
}

/** @see State.listState */
export function stateEntries(database: Database, alias: string, prefix: string): StateEntry[] {
  return database
    .sql(
      `select key, value, revision from state
        where alias = ? and substr(key, 1, length(?2)) = ?2 order by key`,
    )
    .rows(alias, prefix)
    .map(entryOf);
}

/** @see State.writeState */
export function writeStateEntry(
  database: Database,
  alias: string,
  key: string,
  value: unknown,
  expected?: string | null,
): string | null {
  const there = stateEntry(database, alias, key);
  if (expected !== undefined && (there?.revision ?? null) !== expected) return null;
  if (value === null) {
    database.sql('delete from state where alias = ? and key = ?').run(alias, key);
    return randomUUID();
  }
  const revision = randomUUID();
  database
    .sql('insert or replace into state(alias, key, value, revision) values (?, ?, ?, ?)')
    .run(alias, key, JSON.stringify(value), revision);
  return revision;
}
