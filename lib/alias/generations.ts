import type { AliasState, Generations, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { exchangeFresh } from './live-writes.ts';

/** The state of an alias; null if it does not exist yet. */
export async function aliasState(engine: Generations, alias: string): Promise<AliasState | null> {
  return (await engine.aliases(alias)).find((state) => state.alias === alias) ?? null;
}

/**
 * Moves an alias back to the generation that was live before, in one step; a second call moves it
 * forward again.
 *
 * The old generation lacks what was written since the swap, except during `keepFreshMs`. If that
 * time is still running, the generation that is left now is kept fresh for the rest of it.
 *
 * @throws {RebuildError} `NOTHING_TO_ROLL_BACK` if there is no such generation.
 * @throws {EngineError} `ALIAS_MOVED` if the alias was moved meanwhile.
 */
export async function rollbackAlias(
  engine: Generations & State,
  alias: string,
): Promise<AliasState> {
  const state = await aliasState(engine, alias);
  if (state?.previous === undefined) {
    throw new RebuildError(
      'NOTHING_TO_ROLL_BACK',
      state ? `${alias} has no generation before ${state.generation}` : `There is no ${alias}`,
      'Rebuild it from its source.',
      { stage: 'swap' },
    );
  }
  const { generation: left, previous: live } = state;
  const moved = await engine.swapAlias(alias, left, live);
  await exchangeFresh(engine, alias, { live, left });
  return moved;
}
