import { EngineError } from '../../errors.ts';
import type { TableFault } from './feature.ts';
import type { Database, SqlRow } from './sqlite.ts';
import { Tally } from './sums.ts';

/** Rows per page. */
const PAGE = 2000;
/** Most documents that a fault names. */
const NAMED = 5;

/** All rows of a table in the order of its key, read a page at a time. */
export function* rowsOf(
  database: Database,
  table: string,
  { key, columns }: { key: readonly string[]; columns: string },
): Generator<SqlRow> {
  const names = key.join(', ');
  const marks = key.map(() => '?').join(', ');
  const order = `order by ${names} limit ${PAGE}`;
  let page = database.sql(`select ${names}, ${columns} from ${table} ${order}`).rows();
  const next = database.sql(
    `select ${names}, ${columns} from ${table} where (${names}) > (${marks}) ${order}`,
  );
  for (;;) {
    for (const row of page) yield row.slice(key.length);
    if (page.length < PAGE) return;
    page = next.rows(...page.at(-1)!.slice(0, key.length));
  }
}

/** A fault for each table whose rows do not agree with the documents. */
export function tableFaults(
  database: Database,
  tables: Readonly<Record<string, { wanted: Tally; key: readonly string[]; columns: string }>>,
): TableFault[] {
  return Object.entries(tables).flatMap(([table, { wanted, ...read }]) => {
    const found = new Tally();
    for (const row of rowsOf(database, table, read)) found.add(row);
    if (found.equals(wanted)) return [];
    const detail = `${table} does not agree with the documents: ${found.rows} rows, ${wanted.rows} wanted`;
    return [{ of: 'search', detail }];
  });
}

/** A fault of several documents. */
export function documentFault(
  of: TableFault['of'],
  ids: readonly string[],
  what: string,
): TableFault[] {
  if (ids.length === 0) return [];
  const more = ids.length > NAMED ? ' and others' : '';
  const detail = `${ids.length} documents ${what}: ${ids.slice(0, NAMED).join(', ')}${more}`;
  return [{ of, detail }];
}

/** The result of a check, or a fault if its input can't be read. */
export async function readable<T>(
  check: () => Promise<T[]>,
  asFault: (detail: string) => T,
): Promise<T[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof SyntaxError)) throw error;
    return [asFault(error.message)];
  }
}
