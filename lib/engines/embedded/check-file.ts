import { join } from 'node:path';
import { type CatalogueEntry, entries } from './catalogue.ts';
import { catalogueFaults, schemaFaults } from './check-catalogue.ts';
import { lostTransactions } from './check-log.ts';
import { readable } from './check-tables.ts';
import type { EmbeddedFeature, TableFault } from './feature.ts';
import { featuresIn } from './features.ts';
import type { Database } from './sqlite.ts';
import { checkThere, DATA_FILE, openStore, type Store } from './store.ts';

/** One thing that is wrong with a data folder. */
export interface FileFault {
  /** `suoyin.db`, the name of a generation, or the file of a graph. */
  subject: string;
  detail: string;
  /** What to do about it. */
  hint: string;
}

/** Most faults of the file that are reported. */
const FAULTS_MAX = 20;
const RESTORE = 'restore a back-up, or move the file away and run index-rebuild with the source';
const LOG_HINT =
  'restore a back-up, or run index-rebuild with the source once the log is moved away';
const FIX = 'suoyin check-file --fix';

/**
 * Checks every page of the file of an embedded engine, the checksums of its catalogue and its
 * documents, the search tables, and the graphs.
 *
 * @param options - fix: makes again what is derived from the documents (search tables, graphs), and
 *   adds checksums to documents that an older suoyin wrote. Documents are never changed. Default
 *   false.
 * @throws {EngineError} `INDEX_NOT_FOUND`, `FILE_DAMAGED` and so on, if the file can't be opened.
 */
export async function checkFile(
  dataDir: string,
  { fix = false }: { fix?: boolean } = {},
): Promise<FileFault[]> {
  const path = join(dataDir, DATA_FILE);
  checkThere(path);
  const store = openStore({ dataDir, readOnly: !fix, busyTimeoutMs: 5000 });
  const options = {
    threads: 0,
    graphFrom: Infinity,
    resident: true,
    readOnly: !fix,
    warn: () => undefined,
  };
  const { features } = featuresIn(store, options);
  try {
    const lost = lostTransactions(`${path}-wal`);
    if (lost > 0) {
      const detail = `the log is damaged: at least ${lost} writes behind the damage are lost`;
      return [{ subject: `${path}-wal`, detail, hint: LOG_HINT }];
    }
    // Reading damaged pages gives nonsense, and may never end.
    const pages = await store.reading(pageFaults);
    if (pages.length > 0) return pages.map((detail) => ({ subject: path, detail, hint: RESTORE }));
    return await checkContent(store, features, { path, fix });
  } finally {
    for (const { close } of features) await close?.();
    await store.close();
  }
}

function pageFaults(database: Database): string[] {
  const found = database.sql(`pragma integrity_check(${FAULTS_MAX})`).rows().flat().map(String);
  return found.filter((fault) => fault !== 'ok');
}

async function checkContent(
  store: Store,
  features: readonly EmbeddedFeature[],
  { path, fix }: { path: string; fix: boolean },
): Promise<FileFault[]> {
  const onFile = (detail: string): FileFault => ({ subject: path, detail, hint: RESTORE });
  const catalogue = await readable(() => store.reading(catalogueFaults), String);
  const schema =
    catalogue.length > 0 ? [] : await readable(() => schemaFaults(store, features), String);
  const faults = [...catalogue, ...schema].map(onFile);
  if (faults.length > 0) return faults;
  const { all, live } = await store.reading((connection) => ({
    all: entries(connection),
    live: new Set(connection.sql('select live from alias').rows().flat()),
  }));
  for (const entry of all) {
    const feature = features.find(({ name }) => name === entry.feature)!;
    const found = await readable<TableFault>(
      () =>
        store.reading((connection) => {
          // Read again: the generation may have been written or dropped meanwhile.
          const now = entries(connection, entry.alias).find(({ name }) => name === entry.name);
          if (now === undefined) return [];
          return [...countFaults(connection, now), ...feature.tableFaults(connection, now)];
        }),
      (detail) => ({ of: 'document', detail }),
    );
    if (fix) await mend(store, feature, entry, found);
    for (const { of, detail } of found) {
      faults.push({ subject: entry.name, detail, hint: hintFor(of, entry, { fix, live }) });
    }
    await feature.checkFiles?.(entry);
  }
  for (const file of features.flatMap((feature) => feature.faults?.() ?? [])) {
    const hint = fix ? 'made again' : `${FIX} makes it again`;
    faults.push({ subject: file, detail: 'damaged, or without a checksum', hint });
  }
  return faults;
}

function countFaults(database: Database, { number, documents }: CatalogueEntry): TableFault[] {
  const count = Number(database.sql(`select count(*) from g${number}_doc`).row()![0]);
  if (count === documents) return [];
  return [{ of: 'document', detail: `${count} documents where ${documents} were counted` }];
}

/** In one transaction, so that searches see either the old or the new tables. */
async function mend(
  store: Store,
  feature: EmbeddedFeature,
  { name, number }: CatalogueEntry,
  faults: readonly TableFault[],
): Promise<void> {
  const found = new Set(faults.map(({ of }) => of));
  if (found.size === 0 || found.has('document')) return;
  await store.writing((database) => {
    if (found.has('search')) for (const step of feature.tables.buildSteps(number)) step(database);
    if (found.has('unsealed')) feature.sealDocuments(database, number);
  });
  // What was derived from the tables is as wrong as they were.
  if (found.has('search')) await feature.finished?.(name);
}

function hintFor(
  of: TableFault['of'],
  { name, alias, number, feature }: CatalogueEntry,
  { fix, live }: { fix: boolean; live: ReadonlySet<unknown> },
): string {
  if (of === 'unsealed') return fix ? 'noted as they are now' : `${FIX} notes it`;
  if (of === 'search') return fix ? 'made again' : `${FIX} makes it again`;
  if (!live.has(number)) return `${name} is not live: suoyin gc --keep 0 drops it`;
  return feature === 'places'
    ? `run index-rebuild ${alias} with the source, or restore a back-up`
    : 'restore a back-up, or delete these pictures and take them in again';
}
