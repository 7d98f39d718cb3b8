import { batchedStream } from '../batched-stream.ts';
import type {
  CopyOperation,
  Documents,
  IndexDocument,
  WriteOperation,
  WriteOutcome,
} from '../engine.ts';
import { featureNamed } from '../feature.ts';
import { fenced } from '../refusals.ts';
import { type CatalogueEntry, entryNamed, findEntry, isFinishing } from './catalogue.ts';
import type { DocumentWriter, EmbeddedFeature } from './feature.ts';
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

    copy: (from, into, operations) =>
      store.writing((database) => {
        const entry = entryNamed(database, into);
        if (entry.state !== 'building') throw fenced(into);
        const former = findEntry(database, from);
        if (former?.feature !== entry.feature) return operations.map(() => null);
        return copyBatch(database, entry, featureOf(entry), { from: former.number, operations });
      }),

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
  entry: CatalogueEntry,
  feature: EmbeddedFeature,
  operations: readonly WriteOperation[],
): WriteOutcome[] {
  return inBatch(database, entry, feature, (writer, write) =>
    operations.map((operation) => {
      const { version } = operation;
      if ('delete' in operation) return write(operation.delete, null, version);
      const { index, madeOf } = operation;
      const reason = feature.faultOf(index);
      if (reason !== null) return { id: index.id, status: 400, reason };
      const put = writer.prepare(index, madeOf);
      if ('reason' in put) return { id: index.id, status: 400, reason: put.reason };
      return write(index.id, put, version);
    }),
  );
}

/** Copies documents of another generation inside the caller's transaction. */
function copyBatch(
  database: Database,
  entry: CatalogueEntry,
  feature: EmbeddedFeature,
  { from, operations }: { from: number; operations: readonly CopyOperation[] },
): (WriteOutcome | null)[] {
  return inBatch(database, entry, feature, (writer, write) =>
    operations.map(({ id, madeOf, version }) => {
      const put = writer.copy?.(from, id, madeOf) ?? null;
      return put && write(id, put, version);
    }),
  );
}

/** Writes one document, or removes it if `put` is null, unless its version is too old. */
type WriteOne = (
  id: string,
  put: ((version: number) => void) | null,
  version: number | undefined,
) => WriteOutcome;

/** Runs the writes of a batch, and counts its documents. */
function inBatch<T>(
  database: Database,
  { number, state }: CatalogueEntry,
  feature: EmbeddedFeature,
  run: (writer: DocumentWriter, write: WriteOne) => T,
): T {
  const writer = feature.tables.writer(database, {
    number,
    built: state !== 'building' || isFinishing(database, number),
  });
  const find = database.sql(`select doc, version from g${number}_doc where id = ?`);
  let added = 0;
  const result = run(writer, (id, put, version) => {
    const there = find.row(id) as [doc: number, version: number] | undefined;
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
  return result;
}
