import type { AliasState, Generations, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { exchangeFresh } from './live-writes.ts';

/** The state of an alias; null where it does not exist yet. */
export async function aliasState(engine: Generations, alias: string): Promise<AliasState | null> {
  return (await engine.aliases(alias)).find((state) => state.alias === alias) ?? null;
}

/**
 * Moves an alias back to the generation that was live before, in one step; a second call moves it
 * forward again.
 *
 * The old generation knows nothing of what was written since it was left, but for the time that it was
 * kept fresh; then the one that is left now is kept so for the rest of it.
 *
 * @throws {RebuildError} `NOTHING_TO_ROLL_BACK` when there is no such generation.
 * @throws {EngineError} `ALIAS_MOVED` when somebody moved the alias in between.
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
