import type { WriteOperation, WriteOutcome } from '../engine.ts';
import { addKeys, removeKeys } from './keys.ts';
import { toRow, type DocumentRow } from './rows.ts';
import type { Database } from './sqlite.ts';

/** A generation as writing needs it. */
export interface WriteTarget {
  number: number;
  /** Keys are searched already, so they change with the documents. */
  built: boolean;
}

/**
 * Carries out a batch inside the caller's transaction; an operation that is refused leaves no trace.
 *
 * @returns The outcomes, and by how many the documents grew.
 */
export function writeBatch(
  database: Database,
  target: WriteTarget,
  operations: readonly WriteOperation[],
  create: boolean,
): { outcomes: WriteOutcome[]; added: number } {
  const areas = new Map<string, number>();
  let added = 0;
  const outcomes = operations.map((operation): WriteOutcome => {
    if ('delete' in operation) {
      const removed = removeDocument(database, target, operation.delete);
      if (removed) added--;
      return { id: operation.delete, status: removed ? 200 : 404 };
    }
    const row = toRow(operation.index);
    const { id } = operation.index;
    if ('reason' in row) return { id, status: 400, reason: row.reason };
    const exists = documentOf(database, target.number, id) !== undefined;
    if (exists && create) return { id, status: 409, reason: `id ${id} exists` };
    if (exists) removeDocument(database, target, id);
    else added++;
    insertDocument(database, target, row, areas);
    return { id, status: exists ? 200 : 201 };
  });
  return { outcomes, added };
}

function documentOf(
  database: Database,
  number: number,
  id: string,
): { doc: number; rank: number; country: string; keys: string } | undefined {
  const row = database
    .sql(`select doc, rank, country, keys from g${number}_doc where id = ?`)
    .row(id);
  if (!row) return undefined;
  const [doc, rank, country, keys] = row as [number, number, string, string];
  return { doc, rank, country, keys };
}

function insertDocument(
  database: Database,
  { number, built }: WriteTarget,
  row: DocumentRow,
  areas: Map<string, number>,
): void {
  const g = `g${number}`;
  let { rank } = row;
  while (built && database.sql(`select 1 from ${g}_attr where rank = ?`).row(rank)) rank++;
  const area = areaOf(database, number, row.within, areas);
  const { id, country, kind, lat, lon, source, rest, keys } = row;
  database
    .sql(
      `insert into ${g}_doc(id, rank, country, kind, lat, lon, area, source, rest, keys)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, rank, country, kind, lat, lon, area, source, rest, keys);
  if (!built) return;
  database
    .sql(
      `insert into ${g}_attr select rank, doc, country, kind, lat, lon, area from ${g}_doc where id = ?`,
    )
    .run(id);
  addKeys(database, number, JSON.parse(keys) as string[], rank, country);
}

function removeDocument(database: Database, { number, built }: WriteTarget, id: string): boolean {
  const found = documentOf(database, number, id);
  if (!found) return false;
  database.sql(`delete from g${number}_doc where doc = ?`).run(found.doc);
  if (built) {
    database.sql(`delete from g${number}_attr where rank = ?`).run(found.rank);
    removeKeys(database, number, JSON.parse(found.keys) as string[], found.rank, found.country);
  }
  return true;
}

/** Number of a `within` list; the same list is kept once. */
function areaOf(
  database: Database,
  number: number,
  within: string,
  areas: Map<string, number>,
): number {
  const known =
    areas.get(within) ??
    (database.sql(`select area from g${number}_area where keys = ?`).row(within)?.[0] as
      number | undefined);
  if (known !== undefined) {
    areas.set(within, known);
    return known;
  }
  database.sql(`insert into g${number}_area(keys) values (?)`).run(within);
  const area = database.sql('select last_insert_rowid()').row()![0] as number;
  for (const key of new Set(JSON.parse(within) as string[])) {
    database.sql(`insert into g${number}_area_key values (?, ?)`).run(key, area);
  }
  areas.set(within, area);
  return area;
}
