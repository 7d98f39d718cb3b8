import type { AliasState, Generations } from '../engine.ts';
import { aliasMoved, notReady } from '../refusals.ts';
import { entryNamed } from './catalogue.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';
import { seal } from './sums.ts';

/** Aliases as rows: a swap is one row in a transaction, so readers see one generation, complete. */
export function aliasesIn(store: Store): Pick<Generations, 'aliases' | 'swapAlias'> {
  return {
    aliases: (alias) => store.reading((database) => aliasStates(database, alias)),
    swapAlias: (alias, expected, next) =>
      store.writingDurably((database) => moveAlias(database, alias, { expected, next })),
  };
}

function aliasStates(database: Database, alias?: string): AliasState[] {
  const rows = database
    .sql(
      `select a.alias, l.name, p.name from alias a join generation l on l.number = a.live
        left join generation p on p.number = a.previous
        where ?1 is null or a.alias = ?1 order by a.alias`,
    )
    .rows(alias ?? null);
  return rows.map(([name, generation, previous]) => ({
    alias: name as string,
    generation: generation as string,
    ...(previous === null ? {} : { previous: previous as string }),
  }));
}

function moveAlias(
  database: Database,
  alias: string,
  { expected, next }: { expected: string | null; next: string },
): AliasState {
  const target = entryNamed(database, next);
  const at = aliasStates(database, alias)[0]?.generation ?? null;
  if (at !== expected) throw aliasMoved(alias, { at, expected });
  if (target.state === 'building') throw notReady(next);
  const live = expected === null ? null : entryNamed(database, expected).number;
  database
    .sql(
      `insert into alias(alias, live, previous) values (?1, ?2, ?3)
        on conflict(alias) do update set live = ?2, previous = ?3`,
    )
    .run(alias, target.number, live);
  seal(database, 'alias', alias);
  const setState = (number: number, state: 'ready' | 'retired'): void => {
    database.sql('update generation set state = ? where number = ?').run(state, number);
    seal(database, 'generation', number);
  };
  setState(target.number, 'ready');
  if (live !== null && live !== target.number) setState(live, 'retired');
  return aliasStates(database, alias)[0]!;
}
