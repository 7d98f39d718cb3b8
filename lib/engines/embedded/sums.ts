import { crc32 } from 'node:zlib';
import type { Database, SqlRow, SqlValue } from './sqlite.ts';

/** CRC-32 of values in order; a text and bytes with the same content have different sums. */
export function sumOf(...values: readonly SqlValue[]): number {
  let sum = 0;
  for (const value of values) {
    if (value instanceof Uint8Array) sum = crc32(value, crc32(`b${value.length}:`, sum));
    else sum = crc32(`${typeof value}:${String(value)}\n`, sum);
  }
  return sum;
}

/**
 * A sum over rows in any order. Two are equal if the same rows were added; a single row that
 * differs in one byte is never overlooked.
 */
export class Tally {
  #rows = 0;
  #sum = 0;

  add(row: readonly SqlValue[]): void {
    this.#rows += 1;
    this.#sum = (this.#sum + sumOf(...row)) % 2 ** 32;
  }

  equals(other: Tally): boolean {
    return this.#rows === other.#rows && this.#sum === other.#sum;
  }

  get rows(): number {
    return this.#rows;
  }
}

/**
 * Tables of the catalogue whose rows have a checksum: their keys, and all columns that it covers.
 */
const SEALED = {
  generation: { key: ['number'], columns: 'number, name, alias, state, created_at, body, meta' },
  alias: { key: ['alias'], columns: 'alias, live, previous' },
  state: { key: ['alias', 'key'], columns: 'alias, key, value, revision' },
} as const;

export type SealedTable = keyof typeof SEALED;
export const SEALED_TABLES: readonly SealedTable[] = Object.keys(SEALED) as SealedTable[];

/** Writes the checksum of a row after it was written. */
export function seal(database: Database, table: SealedTable, ...key: readonly SqlValue[]): void {
  const { key: names, columns } = SEALED[table];
  const where = names.map((name) => `${name} = ?`).join(' and ');
  const row = database.sql(`select ${columns} from ${table} where ${where}`).row(...key);
  if (row) {
    database.sql(`update ${table} set sum = ? where ${where}`).run(sumOf(...row), ...key);
  }
}

/** Writes the checksums of all rows of a table. */
export function sealAll(database: Database, table: SealedTable): void {
  const key = SEALED[table].key.join(', ');
  for (const row of database.sql(`select ${key} from ${table}`).rows()) {
    seal(database, table, ...row);
  }
}

/** Rows of a table whose checksum is wrong. */
export function brokenSeals(database: Database, table: SealedTable): SqlRow[] {
  const { columns } = SEALED[table];
  const rows = database.sql(`select sum, ${columns} from ${table}`).rows();
  return rows.filter(([sum, ...row]) => sum !== sumOf(...row)).map(([, ...row]) => row);
}

/** Whether a table has a column: older layouts lack some. */
export function hasColumn(database: Database, table: string, column: string): boolean {
  const found = database
    .sql(`select 1 from pragma_table_xinfo(?) where name = ?`)
    .row(table, column);
  return found !== undefined;
}
