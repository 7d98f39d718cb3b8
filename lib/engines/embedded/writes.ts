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
): { outcomes: WriteOutcome[]; added: number } {
  const areas = new Map<string, number>();
  let added = 0;
  const outcomes = operations.map((operation): WriteOutcome => {
    const id = 'delete' in operation ? operation.delete : operation.index.id;
    const row = 'delete' in operation ? null : toRow(operation.index);
    if (row && 'reason' in row) return { id, status: 400, reason: row.reason };
    const there = documentOf(database, target.number, id);
    const { version } = operation;
    if (there && version !== undefined && there.version >= version) {
      return { id, status: 409, reason: `version ${there.version} of ${id} is as high` };
    }
    if (there) removeDocument(database, target, there);
    if (row === null) {
      if (there) added--;
      return { id, status: there ? 200 : 404 };
    }
    if (!there) added++;
    insertDocument(database, target, row, version ?? (there?.version ?? 0) + 1, areas);
    return { id, status: there ? 200 : 201 };
  });
  return { outcomes, added };
}

interface StoredDocument {
  doc: number;
  rank: number;
  country: string;
  keys: string;
  version: number;
}

function documentOf(database: Database, number: number, id: string): StoredDocument | undefined {
  const row = database
    .sql(`select doc, rank, country, keys, version from g${number}_doc where id = ?`)
    .row(id);
  if (!row) return undefined;
  const [doc, rank, country, keys, version] = row as [number, number, string, string, number];
  return { doc, rank, country, keys, version };
}

function insertDocument(
  database: Database,
  { number, built }: WriteTarget,
  row: DocumentRow,
  version: number,
  areas: Map<string, number>,
): void {
  const g = `g${number}`;
  let { rank } = row;
  while (built && database.sql(`select 1 from ${g}_attr where rank = ?`).row(rank)) rank++;
  const area = areaOf(database, number, row.within, areas);
  const { id, country, kind, lat, lon, source, rest, keys } = row;
  database
    .sql(
      `insert into ${g}_doc(id, rank, country, kind, lat, lon, area, source, rest, keys, version)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, rank, country, kind, lat, lon, area, source, rest, keys, version);
  if (!built) return;
  database
    .sql(
      `insert into ${g}_attr select rank, doc, country, kind, lat, lon, area from ${g}_doc where id = ?`,
    )
    .run(id);
  addKeys(database, number, JSON.parse(keys) as string[], rank, country);
}

function removeDocument(
  database: Database,
  { number, built }: WriteTarget,
  { doc, rank, country, keys }: StoredDocument,
): void {
  database.sql(`delete from g${number}_doc where doc = ?`).run(doc);
  if (!built) return;
  database.sql(`delete from g${number}_attr where rank = ?`).run(rank);
  removeKeys(database, number, JSON.parse(keys) as string[], rank, country);
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
