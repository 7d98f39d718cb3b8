import type { AliasState, Generation, Generations, State } from '../engines/engine.ts';
import { OptionError, RebuildError } from '../errors.ts';
import { readRebuildState } from './checkpoint.ts';
import { leaseHolder } from './lease.ts';

/** What `gc` did, or would do. */
export interface GcResult {
  dropped: string[];
  kept: string[];
}

/** How many generations `gc` leaves beside the live one. */
export const GC_DEFAULTS: Readonly<{ keep: number }> = Object.freeze({ keep: 1 });

/** The state of an alias; null where it does not exist yet. */
export async function aliasState(engine: Generations, alias: string): Promise<AliasState | null> {
  return (await engine.aliases(alias)).find((state) => state.alias === alias) ?? null;
}

/**
 * Moves an alias back to the generation that was live before, in one step; a second call moves it
 * forward again.
 *
 * The old generation knows nothing of what was written since it was left.
 *
 * @throws {RebuildError} `NOTHING_TO_ROLL_BACK` when there is no such generation.
 * @throws {EngineError} `ALIAS_MOVED` when somebody moved the alias in between.
 */
export async function rollbackAlias(engine: Generations, alias: string): Promise<AliasState> {
  const state = await aliasState(engine, alias);
  if (state?.previous === undefined) {
    throw new RebuildError(
      'NOTHING_TO_ROLL_BACK',
      'swap',
      state ? `${alias} has no generation before ${state.generation}` : `There is no ${alias}`,
      'Rebuild it from its source.',
    );
  }
  return engine.swapAlias(alias, state.generation, state.previous);
}

/**
 * Drops generations that nothing needs: left over from killed rebuilds, and retired ones beyond
 * those to keep. Never one that an alias names, nor one that a rebuild fills or may go on with.
 *
 * @param options - alias: default all. keep: generations beside the live one, >= 0, default 1, the
 *   one that `rollbackAlias` goes to first. dryRun: only say.
 * @throws {OptionError} `KEEP_INVALID`.
 */
export async function gcGenerations(
  engine: Generations & State,
  options: { alias?: string; keep?: number; dryRun?: boolean } = {},
): Promise<GcResult> {
  const keep = options.keep ?? GC_DEFAULTS.keep;
  if (!Number.isInteger(keep) || keep < 0) {
    const hint = 'Use a whole number from 0 on.';
    throw new OptionError('KEEP_INVALID', `keep ${keep} is not a number of generations`, hint);
  }
  const states = await engine.aliases();
  const result: GcResult = { dropped: [], kept: [] };
  const all = await engine.generations(options.alias);
  for (const alias of new Set(all.map((g) => g.alias))) {
    const generations = all.filter((g) => g.alias === alias);
    const state = states.find((s) => s.alias === alias);
    const resumable = (await readRebuildState(engine, alias))?.generation;
    const busy = (await leaseHolder(engine, alias)) !== null;
    const wanted = wantedNames(generations, { state, keep, busy, resumable });
    for (const { name } of generations) {
      if (wanted.has(name)) {
        result.kept.push(name);
        continue;
      }
      if (!options.dryRun) await engine.dropGeneration(name);
      result.dropped.push(name);
    }
  }
  return result;
}

function wantedNames(
  generations: readonly Generation[],
  options: {
    state: AliasState | undefined;
    keep: number;
    busy: boolean;
    resumable: string | undefined;
  },
): Set<string> {
  const { state, keep, busy, resumable } = options;
  const live = state?.generation;
  const former = generations
    .filter((g) => g.state !== 'building' && g.name !== live)
    .sort((a, b) => {
      const first = Number(b.name === state?.previous) - Number(a.name === state?.previous);
      return first || (a.name < b.name ? 1 : -1);
    });
  const wanted = new Set(former.slice(0, keep).map((g) => g.name));
  if (live !== undefined) wanted.add(live);
  if (resumable !== undefined) wanted.add(resumable);
  // What a living rebuild has made: still filling, or ready and about to be swapped in.
  if (busy) for (const g of generations) if (g.state !== 'retired') wanted.add(g.name);
  return wanted;
}

/**
 * Drops what killed rebuilds left behind: half filled, or complete and never swapped in. Only for
 * the holder of the alias's lease.
 *
 * @param keep - Generation that the holder goes on with.
 */
export async function dropOrphans(
  engine: Generations,
  alias: string,
  keep: string | null,
): Promise<string[]> {
  const live = (await aliasState(engine, alias))?.generation;
  const orphans = (await engine.generations(alias)).filter(
    (g) => g.state !== 'retired' && g.name !== live && g.name !== keep,
  );
  for (const { name } of orphans) await engine.dropGeneration(name);
  return orphans.map((g) => g.name);
}
