import { batchedStream } from '../batched-stream.ts';
import type { Documents, IndexDocument, WriteOperation, WriteOutcome } from '../engine.ts';
import { featureNamed } from '../feature.ts';
import { fenced } from '../refusals.ts';
import { type CatalogueEntry, entryNamed, isFinishing } from './catalogue.ts';
import type { EmbeddedFeature } from './feature.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';

/** Documents read at a time by `scan`. */
const SCAN_PAGE = 500;

/** Documents as rows of their generation's tables. A batch is one transaction. */
export function documentsIn(store: Store, features: readonly EmbeddedFeature[]): Documents {
  const featureOf = ({ feature }: CatalogueEntry): EmbeddedFeature =>
    featureNamed(features, feature);

  return {
    write: (index, operations) =>
      store.writing((database) => {
        const entry = entryNamed(database, index);
        return writeBatch(database, entry, featureOf(entry), operations);
      }),

    stream: (generation, onOutcome, { signal } = {}) => {
      const fill = (operations: readonly WriteOperation[]): Promise<WriteOutcome[]> =>
        store.writing((database) => {
          const entry = entryNamed(database, generation);
          // A stale filler could bring back documents that were deleted since.
          if (entry.state !== 'building') throw fenced(generation);
          return writeBatch(database, entry, featureOf(entry), operations);
        });
      return batchedStream(fill, onOutcome, signal);
    },

    versions: (index, ids) =>
      store.reading((database) => {
        const { number } = entryNamed(database, index);
        const find = database.sql(`select version from g${number}_doc where id = ?`);
        return ids.map((id) => (find.row(id)?.[0] as number | undefined) ?? null);
      }),

    get: <D extends IndexDocument>(index: string, id: string) =>
      store.reading((database) => {
        const entry = entryNamed(database, index);
        return featureOf(entry).tables.get(database, entry.number, id) as D | null;
      }),

    count: (index) =>
      store.reading((database) => {
        const { number } = entryNamed(database, index);
        return database.sql(`select count(*) from g${number}_doc`).row()![0] as number;
      }),

    async *scan<D extends IndexDocument>(index: string) {
      const entry = await store.reading((database) => entryNamed(database, index));
      const { tables } = featureOf(entry);
      for (let after = ''; ;) {
        const page = await store.reading((database) =>
          tables.page(database, entry.number, after, SCAN_PAGE),
        );
        yield* page as D[];
        if (page.length < SCAN_PAGE) return;
        after = page.at(-1)!.id;
      }
    },
  };
}

/** Executes a batch inside the caller's transaction; a refused operation changes nothing. */
function writeBatch(
  database: Database,
  { number, state }: CatalogueEntry,
  feature: EmbeddedFeature,
  operations: readonly WriteOperation[],
): WriteOutcome[] {
  const writer = feature.tables.writer(database, {
    number,
    built: state !== 'building' || isFinishing(database, number),
  });
  const find = database.sql(`select doc, version from g${number}_doc where id = ?`);
  let added = 0;
  const outcomes = operations.map((operation): WriteOutcome => {
    const id = 'delete' in operation ? operation.delete : operation.index.id;
    const reason = 'delete' in operation ? null : feature.faultOf(operation.index);
    if (reason !== null) return { id, status: 400, reason };
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
  database
    .sql('update generation set documents = documents + ? where number = ?')
    .run(added, number);
  return outcomes;
}
