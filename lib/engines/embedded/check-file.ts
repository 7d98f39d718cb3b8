import { join } from 'node:path';
import { entries } from './catalogue.ts';
import { vectorGraphs } from './graphs.ts';
import { prepareSchema } from './schema.ts';
import { inTransaction, openSqlite } from './sqlite.ts';
import { loadVectors } from './vectors.ts';

/** One thing that is wrong with a data folder. */
export interface FileFault {
  /** `suoyin.db`, the name of a generation, or the file of a graph. */
  subject: string;
  detail: string;
  /** What to do about it. */
  hint: string;
}

/** Faults of the file that are told; SQLite counts no further. */
const FAULTS_MAX = 20;
const REBUILD = 'restore a back-up, or run index-rebuild with the source';

/**
 * Looks at every page of the file of an embedded engine, at the documents of every generation, and at the
 * graphs. Changes nothing but graphs, and these only with `fix`, where what is damaged is made again.
 *
 * A wrong byte in the text of a document is found where it is no JSON any more, not where it is.
 *
 * @throws {EngineError} `INDEX_NOT_FOUND`, `FILE_DAMAGED` and so on, where the file can't even be opened.
 */
export async function checkFile(
  dataDir: string,
  { fix = false }: { fix?: boolean } = {},
): Promise<FileFault[]> {
  const path = join(dataDir, 'suoyin.db');
  const database = await openSqlite(path, !fix);
  const faults: FileFault[] = [];
  try {
    await loadVectors(database);
    prepareSchema(database, path, true);
    for (const [fault] of database.sql(`pragma quick_check(${FAULTS_MAX})`).rows()) {
      if (fault !== 'ok') faults.push({ subject: path, detail: String(fault), hint: REBUILD });
    }
    const graphs = vectorGraphs(
      {
        folder: dataDir,
        reading: (action) => Promise.resolve(action(database)),
        writing: (action) => Promise.resolve(inTransaction(database, () => action(database))),
      },
      { from: Infinity, readOnly: !fix, warn: () => undefined },
    );
    for (const entry of entries(database)) {
      const { name, number, documents } = entry;
      const [count, odd] = database
        .sql(`select count(*), coalesce(sum(not json_valid(source)), 0) from g${number}_doc`)
        .row() as [number, number];
      if (count !== documents || odd > 0) {
        const detail = `${count} documents where ${documents} were counted, ${odd} of them no JSON`;
        faults.push({ subject: name, detail, hint: REBUILD });
      }
      if (entry.feature === 'images') await graphs.check(entry);
    }
    for (const file of graphs.damaged()) {
      const hint = fix ? 'made again' : 'suoyin check-file --fix makes it again';
      faults.push({ subject: file, detail: 'damaged, or without a checksum', hint });
    }
    await graphs.settled();
    return faults;
  } finally {
    database.close();
  }
}
