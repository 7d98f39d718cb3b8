import { EngineError, quoteValue } from '../../errors.ts';
import { checkAlias } from '../alias.ts';
import type { AliasState, Generation } from '../engine.ts';
import type { Feature } from './tables.ts';
import { tablesOf } from './feature-tables.ts';
import type { Database, SqlRow } from './sqlite.ts';

export interface CatalogueEntry extends Generation {
  number: number;
  feature: Feature;
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
    Feature,
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

/** @throws {EngineError} `INDEX_NOT_FOUND` when `index` is neither an alias nor a generation. */
export function entryNamed(database: Database, index: string): CatalogueEntry {
  const row = database
    .sql(
      `select ${COLUMNS} from generation where name = ?1
        or number = (select live from alias where alias = ?1)`,
    )
    .row(index);
  if (row) return entryOf(row);
  const hint = 'Run index-rebuild to build it, or check the name.';
  throw new EngineError('INDEX_NOT_FOUND', `There is no index ${quoteValue(index)}`, hint);
}

export function entries(database: Database, alias?: string): CatalogueEntry[] {
  const rows = database
    .sql(`select ${COLUMNS} from generation where ?1 is null or alias = ?1 order by alias, number`)
    .rows(alias ?? null);
  return rows.map(entryOf);
}

/** @see Generations.indexBodyOf */
export function indexBodyOf(database: Database, generation: string): Record<string, unknown> {
  const { number } = entryNamed(database, generation);
  const row = database.sql('select body from generation where number = ?').row(number)!;
  return JSON.parse(row[0] as string) as Record<string, unknown>;
}

export function aliasStates(database: Database): AliasState[] {
  const rows = database
    .sql(
      `select a.alias, l.name, p.name from alias a join generation l on l.number = a.live
        left join generation p on p.number = a.previous order by a.alias`,
    )
    .rows();
  return rows.map(([alias, generation, previous]) => ({
    alias: alias as string,
    generation: generation as string,
    ...(previous === null ? {} : { previous: previous as string }),
  }));
}

export function addGeneration(
  database: Database,
  alias: string,
  body: Record<string, unknown>,
  meta: Record<string, unknown>,
): CatalogueEntry {
  checkAlias(alias);
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
    .run(name, alias, JSON.stringify(body), JSON.stringify(meta));
  const entry = entryNamed(database, name);
  tablesOf(entry).create(database, entry.number, body);
  return entry;
}

/** @see Generations.swapAlias */
export function moveAlias(
  database: Database,
  alias: string,
  expected: string | null,
  next: string,
): AliasState {
  const target = entryNamed(database, next);
  const state = aliasStates(database).find((a) => a.alias === alias);
  const at = state?.generation ?? null;
  if (at !== expected) {
    const hint = 'Another run moved it: look at status, then decide.';
    const what = `Alias ${quoteValue(alias)} is at ${at ?? 'nothing'}, not at ${expected ?? 'nothing'}`;
    throw new EngineError('ALIAS_MOVED', what, hint);
  }
  if (target.state === 'building') {
    const hint = 'Finish it first.';
    throw new EngineError('NOT_READY', `Generation ${next} is not complete`, hint);
  }
  const live = expected === null ? null : entryNamed(database, expected).number;
  database
    .sql(
      `insert into alias values (?1, ?2, ?3)
        on conflict(alias) do update set live = ?2, previous = ?3`,
    )
    .run(alias, target.number, live);
  database.sql(`update generation set state = 'ready' where number = ?`).run(target.number);
  if (live !== null && live !== target.number) {
    database.sql(`update generation set state = 'retired' where number = ?`).run(live);
  }
  return aliasStates(database).find((a) => a.alias === alias)!;
}

/** @see Generations.dropGeneration */
export function removeGeneration(database: Database, generation: string): void {
  const entry = entryNamed(database, generation);
  const { number } = entry;
  const used = database.sql('select alias from alias where live = ?').row(number);
  if (used) {
    const hint = 'Swap the alias to another generation first.';
    const what = `Generation ${generation} is live behind alias ${String(used[0])}`;
    throw new EngineError('INDEX_IN_USE', what, hint);
  }
  database.sql('update alias set previous = null where previous = ?').run(number);
  database.sql('delete from generation where number = ?').run(number);
  const own = `${entry.name}/`;
  database
    .sql('delete from state where alias = ?1 and substr(key, 1, length(?2)) = ?2')
    .run(entry.alias, own);
  tablesOf(entry).drop(database, number);
}
