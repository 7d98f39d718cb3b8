import { isDeepStrictEqual } from 'node:util';
import { entries, indexBodyOf } from './catalogue.ts';
import type { EmbeddedFeature } from './feature.ts';
import { type Database, openSqlite, type SqlRow } from './sqlite.ts';
import type { Store } from './store.ts';
import { brokenSeals, hasColumn, SEALED_TABLES } from './sums.ts';

/** Finds aliases, generations and state that are not as they were written. */
export function catalogueFaults(database: Database): string[] {
  const broken = SEALED_TABLES.filter((table) => hasColumn(database, table, 'sum')).flatMap(
    (table) => brokenSeals(database, table).map(([first]) => `${table} ${String(first)}`),
  );
  // With these damaged, the other checks mean nothing.
  if (broken.length > 0) return broken.map((what) => `${what} is damaged`);
  const last = new Map(
    database
      .sql('select alias, last from series')
      .rows()
      .map(([alias, number]) => [alias, Number(number)]),
  );
  const behind = entries(database).filter(({ name, alias }) => {
    const number = Number(name.slice(alias.length + 1));
    return !((last.get(alias) ?? 0) >= number);
  });
  const odd = database
    .sql(
      `select a.alias from alias a left join generation g on g.number = a.live and g.alias = a.alias
        where g.state is not 'ready'`,
    )
    .rows();
  return [
    ...behind.map(({ name }) => `the series of ${name} is damaged`),
    ...odd.map(([alias]) => `alias ${String(alias)} names no generation that is ready`),
  ];
}

/** Names of the tables of a generation that are missing or have wrong columns. */
export async function schemaFaults(
  store: Store,
  features: readonly EmbeddedFeature[],
): Promise<string[]> {
  const model = await openSqlite(':memory:', false);
  try {
    return await store.reading((database) =>
      entries(database).flatMap(({ name, number, feature }) => {
        const tables = features.find((each) => each.name === feature)?.tables;
        if (tables === undefined) return [`${name} is of an unknown feature`];
        tables.create(model, number, indexBodyOf(database, number));
        const odd = namesOf(model, number).filter((table) => {
          const [wanted, there] = [formOf(model, table), formOf(database, table)];
          // Missing if an older suoyin made the generation and the file was not written since.
          const isLater = table === `g${number}_text` || table === `g${number}_change`;
          const isOlder = there.columns.length === 0 && isLater;
          return !isOlder && !sameForm(wanted, there);
        });
        tables.drop(model, number);
        return odd.map((table) => `table ${table} is damaged`);
      }),
    );
  } finally {
    model.close();
  }
}

interface Form {
  columns: SqlRow[];
  indexes: SqlRow[];
  virtual: SqlRow | undefined;
}

function namesOf(database: Database, number: number): string[] {
  return database
    .sql(`select name from sqlite_schema where type = 'table' and substr(name, 1, ?) = ?`)
    .rows(`g${number}_`.length, `g${number}_`)
    .flat()
    .map(String);
}

/** Columns and indexes of a table; of a virtual one the statement that made it. */
function formOf(database: Database, table: string): Form {
  return {
    columns: database.sql('select name, type, pk from pragma_table_xinfo(?)').rows(table),
    indexes: database
      .sql(
        `select i."unique", i.origin, c.name from pragma_index_list(?) i, pragma_index_info(i.name) c
          order by 1, 2, 3`,
      )
      .rows(table),
    virtual: database
      .sql(`select sql from sqlite_schema where name = ? and sql like 'create virtual%'`)
      .row(table),
  };
}

/** In a read-only file, columns that a later layout added may be missing. */
function sameForm(wanted: Form, there: Form): boolean {
  const known = ({ columns }: Form): SqlRow[] =>
    columns.filter(([name]) => name !== 'sum' && name !== 'version');
  return (
    isDeepStrictEqual(known(wanted), known(there)) &&
    isDeepStrictEqual(wanted.indexes, there.indexes) &&
    isDeepStrictEqual(wanted.virtual, there.virtual)
  );
}
