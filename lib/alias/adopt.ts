import type { AliasState, Generations, State } from '../engines/engine.ts';
import { aliasState } from './generations.ts';
import { takeLease } from './lease.ts';

/**
 * Makes a complete generation the live one, whatever the alias points to now; for example one that
 * was restored from a snapshot. On a cluster, suoyin owns it from then on.
 *
 * @throws {RebuildError} `LEASE_HELD`.
 * @throws {EngineError} `INDEX_NOT_FOUND`, `NOT_READY`, `INDEX_CLOSED`, `PARTIAL_ANSWER`,
 * `ALIAS_MOVED`.
 */
export async function adoptGeneration(
  engine: Generations & State,
  alias: string,
  generation: string,
): Promise<AliasState> {
  const lease = await takeLease(engine, alias);
  try {
    if (engine.adoptGeneration) return await engine.adoptGeneration(alias, generation);
    const live = (await aliasState(engine, alias))?.generation ?? null;
    if (live !== generation) return await engine.swapAlias(alias, live, generation);
    return (await aliasState(engine, alias))!;
  } finally {
    await lease.release();
  }
}
