import type { AliasState, Engine, Generation, Generations, State } from '../engines/engine.ts';
import { EngineError, OptionError } from '../errors.ts';
import { resumableRebuild } from './checkpoint.ts';
import { discard, leftoversOf } from './discard.ts';
import { leaseHolder } from './lease.ts';

/** What `gc` did, or would do. */
export interface GcResult {
  dropped: string[];
  kept: string[];
}

/** How many generations `gc` leaves beside the live one. */
export const GC_DEFAULTS: Readonly<{ keep: number }> = Object.freeze({ keep: 1 });

/**
 * Drops generations that nothing needs: left over from killed rebuilds, and retired ones beyond
 * those to keep. Never one that an alias names, nor one that a rebuild fills or may resume.
 *
 * On a full disk it uses the reserve of an engine that has one.
 *
 * @param options - alias: default all. keep: generations beside the live one, >= 0, default 1, the
 *   one that `rollbackAlias` goes to first. dryRun: only say.
 * @throws {OptionError} `KEEP_INVALID`.
 */
export async function gcGenerations(
  engine: Generations & State & Pick<Engine, 'makeRoom'>,
  options: { alias?: string; keep?: number; dryRun?: boolean } = {},
): Promise<GcResult> {
  const dropped = new Set<string>();
  try {
    return await collect(engine, options, dropped);
  } catch (error) {
    const isFull = error instanceof EngineError && error.code === 'DISK_FULL';
    if (!isFull || options.dryRun || !engine.makeRoom?.()) throw error;
    return collect(engine, options, dropped);
  }
}

/** @param dropped - Names that are gone already; more are added. */
async function collect(
  engine: Generations & State,
  options: NonNullable<Parameters<typeof gcGenerations>[1]>,
  dropped: Set<string>,
): Promise<GcResult> {
  const keep = options.keep ?? GC_DEFAULTS.keep;
  if (!Number.isInteger(keep) || keep < 0) {
    const hint = 'Use a whole number from 0 on.';
    throw new OptionError('KEEP_INVALID', `keep ${keep} is not a number of generations`, hint);
  }
  const states = await engine.aliases();
  const kept: string[] = [];
  const all = await engine.generations(options.alias);
  const aliases = options.alias === undefined ? all.map((g) => g.alias) : [options.alias];
  for (const alias of new Set(aliases)) {
    const generations = all.filter((g) => g.alias === alias);
    const state = states.find((s) => s.alias === alias);
    const resumable = (await resumableRebuild(engine, alias))?.generation;
    const busy = (await leaseHolder(engine, alias)) !== null;
    const wanted = wantedNames(generations, { state, keep, busy, resumable });
    for (const { name } of generations) {
      const goes = !wanted.has(name) && (options.dryRun || (await discard(engine, alias, name)));
      if (goes) dropped.add(name);
      else kept.push(name);
    }
    if (options.dryRun) continue;
    for (const name of await leftoversOf(engine, alias)) await discard(engine, alias, name);
  }
  return { dropped: [...dropped], kept };
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
