import type { WriteOperation, WriteOutcome } from '../engine.ts';
import type { Database } from './sqlite.ts';
import type { DocumentTables, WriteTarget } from './tables.ts';

/**
 * Carries out a batch inside the caller's transaction; an operation that is refused leaves no trace.
 *
 * @returns The outcomes, and by how many the documents grew.
 */
export function writeBatch(
  database: Database,
  tables: DocumentTables,
  target: WriteTarget,
  operations: readonly WriteOperation[],
): { outcomes: WriteOutcome[]; added: number } {
  const writer = tables.writer(database, target);
  const find = database.sql(`select doc, version from g${target.number}_doc where id = ?`);
  let added = 0;
  const outcomes = operations.map((operation): WriteOutcome => {
    const id = 'delete' in operation ? operation.delete : operation.index.id;
    const put = 'delete' in operation ? null : writer.prepare(operation.index);
    if (put && 'reason' in put) return { id, status: 400, reason: put.reason };
    const there = find.row(id) as [doc: number, version: number] | undefined;
    const { version } = operation;
    if (there && version !== undefined && there[1] >= version) {
      return { id, status: 409, reason: `version ${there[1]} of ${id} is as high` };
    }
    if (there) writer.remove(there[0]);
    if (put === null) {
      if (there) added--;
      return { id, status: there ? 200 : 404 };
    }
    if (!there) added++;
    put(version ?? (there?.[1] ?? 0) + 1);
    return { id, status: there ? 200 : 201 };
  });
  return { outcomes, added };
}
