import { setImmediate } from 'node:timers/promises';
import { EngineError } from '../../errors.ts';
import type { VectorSpace } from '../../knn/space.ts';
import { type CatalogueEntry, entries } from './catalogue.ts';
import { blobLength } from './image-tables.ts';
import type { Database, SqlRow } from './sqlite.ts';
import type { Store } from './store.ts';
import { VectorScan } from './vector-scan.ts';

/** Rows of a table that are read at once. */
const PAGE = 4096;

/** A part of the rows of a table of vectors, which has the columns `view`, `doc` and `v`. */
export interface ScanPart {
  table: string;
  space: VectorSpace;
  /** Only views with higher numbers. */
  after: number;
  /** Every `parts`-th page, from page `part` on. */
  part: number;
  parts: number;
}

/** What is known of vectors in memory, which is read when first needed. */
export interface VectorScans {
  /** Reads what is not in memory yet, with turns for others in between. */
  load(entry: Pick<CatalogueEntry, 'name'>, part: ScanPart): Promise<void>;
  /** The scan of a part, with all views that the transaction of this connection sees. */
  of(database: Database, entry: Pick<CatalogueEntry, 'name'>, part: ScanPart): VectorScan;
  /** Forgets all generations but these. */
  keepOnly(generations: ReadonlySet<string>): void;
}

/**
 * Numbers of views are never used twice, and a view never changes: so what is in memory only lacks
 * the views that were added since, and has some that were deleted, which a search notices when it
 * reads their vectors.
 */
export function vectorScans(store: Pick<Store, 'reading'>): VectorScans {
  const kept = new Map<string, Map<string, VectorScan>>();

  const scanOf = (name: string, { table, space, after, part, parts }: ScanPart): VectorScan => {
    const scans = kept.get(name) ?? new Map<string, VectorScan>();
    kept.set(name, scans);
    const key = `${table} ${after} ${part} ${parts}`;
    const scan = scans.get(key) ?? new VectorScan(space, after);
    scans.set(key, scan);
    return scan;
  };

  /** Another process or thread may have dropped generations. */
  async function forgetDropped(): Promise<void> {
    const there = await store.reading((database) => entries(database).map(({ name }) => name));
    for (const name of kept.keys()) if (!there.includes(name)) kept.delete(name);
  }

  return {
    async load({ name }, part) {
      if (!kept.has(name)) await forgetDropped();
      const scan = scanOf(name, part);
      while (await store.reading((database) => addPage(database, scan, part))) await setImmediate();
      await scan.sort(setImmediate);
    },

    of(database, { name }, part) {
      const scan = scanOf(name, part);
      while (addPage(database, scan, part));
      return scan;
    },

    keepOnly(generations) {
      for (const name of kept.keys()) if (!generations.has(name)) kept.delete(name);
    },
  };
}

/** @returns Whether there may be more. */
function addPage(database: Database, scan: VectorScan, part: ScanPart): boolean {
  const page = pageAfter(database, part, scan.through);
  if (page === null) return false;
  for (const [view, doc, blob] of page.rows) {
    scan.add(view as number, doc as number, blob as Uint8Array);
  }
  scan.through = page.through;
  return true;
}

/** The views of a part in order: their numbers, documents and vectors. */
export function* viewPages(database: Database, part: ScanPart): Generator<SqlRow[]> {
  for (let { after } = part; ;) {
    const page = pageAfter(database, part, after);
    if (page === null) return;
    yield page.rows;
    after = page.through;
  }
}

/**
 * Reads the next page of a part.
 *
 * @returns Null behind the last one. `through`: all views up to this number have been read; later ones
 *   get higher numbers.
 * @throws {EngineError} `FILE_DAMAGED` if a vector has the wrong length.
 */
function pageAfter(
  database: Database,
  { table, space, part, parts }: ScanPart,
  after: number,
): { rows: SqlRow[]; through: number } | null {
  const last = Number(database.sql(`select max(view) from ${table}`).row()![0]);
  let page = Math.floor((after + 1) / PAGE);
  const behind = (part - (page % parts) + parts) % parts;
  const from = behind === 0 ? after + 1 : (page + behind) * PAGE;
  page += behind;
  if (from > last) return null;
  const end = (page + 1) * PAGE;
  const rows = database
    .sql(`select view, doc, v from ${table} where view >= ? and view < ? order by view`)
    .rows(from, end);
  const bytes = blobLength(space);
  const odd = rows.find(([, , blob]) => !(blob instanceof Uint8Array) || blob.length !== bytes);
  if (odd) {
    const what = `The vector of view ${String(odd[0])} in ${table} is damaged`;
    throw new EngineError('FILE_DAMAGED', what, 'Run suoyin check-file; it says what to do.');
  }
  return { rows, through: Math.min(end - 1, last) };
}
