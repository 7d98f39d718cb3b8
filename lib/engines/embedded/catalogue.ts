import type { Generation } from '../engine.ts';
import { type Feature, indexOther } from '../feature.ts';
import { indexNotFound } from '../refusals.ts';
import type { Database, SqlRow } from './sqlite.ts';
import { seal } from './sums.ts';

/** A generation as stored in the catalogue. */
export interface CatalogueEntry extends Generation {
  /** Part of the names of its tables: `g3_doc`. */
  number: number;
  /** Name of the feature of its documents. */
  feature: string;
}

const COLUMNS = `number, name, alias, state, created_at, documents, meta,
  coalesce(json_extract(body, '$.mappings._meta.feature'), 'places')`;

function entryOf(row: SqlRow): CatalogueEntry {
  const [number, name, alias, state, createdAt, documents, meta, feature] = row as [
    number,
    string,
    string,
    Generation['state'],
    string,
    number,
    string,
    string,
  ];
  return {
    number,
    name,
    alias,
    state,
    createdAt,
    documents,
    meta: JSON.parse(meta) as Record<string, unknown>,
    feature,
  };
}

/** The public part of an entry. */
export function generationOf({
  number: _,
  feature: __,
  ...generation
}: CatalogueEntry): Generation {
  return generation;
}

/** @throws {EngineError} `INDEX_NOT_FOUND` if `index` is neither an alias nor a generation. */
export function entryNamed(database: Database, index: string): CatalogueEntry {
  const entry = findEntry(database, index);
  if (entry) return entry;
  throw indexNotFound(index);
}

/** The generation of this name, or behind an alias of this name; null if there is none. */
export function findEntry(database: Database, index: string): CatalogueEntry | null {
  const row = database
    .sql(
      `select ${COLUMNS} from generation where name = ?1
        or number = (select live from alias where alias = ?1)`,
    )
    .row(index);
  return row ? entryOf(row) : null;
}

/**
 * The entry of an index that holds documents of a feature.
 *
 * @throws {EngineError} `INDEX_NOT_FOUND`, `INDEX_OTHER`.
 */
export function entryOfFeature(
  database: Database,
  index: string,
  feature: Feature,
): CatalogueEntry {
  const entry = entryNamed(database, index);
  if (entry.feature !== feature.name) throw indexOther(entry.name, feature);
  return entry;
}

/** All generations, or those of an alias, in order of alias, then of number. */
export function entries(database: Database, alias?: string): CatalogueEntry[] {
  const rows = database
    .sql(`select ${COLUMNS} from generation where ?1 is null or alias = ?1 order by alias, number`)
    .rows(alias ?? null);
  return rows.map(entryOf);
}

/** Enters a new generation, with the next number of its alias. */
export function addEntry(
  database: Database,
  alias: string,
  { indexBody, meta }: { indexBody: Record<string, unknown>; meta: Record<string, unknown> },
): CatalogueEntry {
  database
    .sql(`insert into series values (?, 1) on conflict(alias) do update set last = last + 1`)
    .run(alias);
  const last = database.sql('select last from series where alias = ?').row(alias)![0] as number;
  const name = `${alias}-${String(last).padStart(6, '0')}`;
  database
    .sql(
      `insert into generation(name, alias, state, created_at, documents, body, meta)
        values (?, ?, 'building', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 0, ?, ?)`,
    )
    .run(name, alias, JSON.stringify(indexBody), JSON.stringify(meta));
  const entry = entryNamed(database, name);
  seal(database, 'generation', entry.number);
  return entry;
}

/** The create-index body of a generation, by its number. */
export function indexBodyOf(database: Database, number: number): Record<string, unknown> {
  const row = database.sql('select body from generation where number = ?').row(number)!;
  return JSON.parse(row[0] as string) as Record<string, unknown>;
}

/**
 * From now on writes also update the search tables, since a finished build step does not see them.
 * Stored in the file, because writes may come from other processes.
 */
export function beginFinishing(database: Database, number: number): void {
  database.exec(`create table if not exists g${number}_finishing(begun)`);
}

/** The generation is complete, or gone. */
export function endFinishing(database: Database, number: number): void {
  database.exec(`drop table if exists g${number}_finishing`);
}

/** Whether build steps are running or were interrupted. */
export function isFinishing(database: Database, number: number): boolean {
  const found = database
    .sql("select 1 from sqlite_master where type = 'table' and name = ?")
    .row(`g${number}_finishing`);
  return found !== undefined;
}
