import type { AliasState, Engine, Generation, Generations, State } from '../engines/engine.ts';
import { EngineError } from '../errors.ts';
import { OPTION_INVALID, settle, type Settings, type Spec } from '../options.ts';
import { resumableRebuild } from './checkpoint.ts';
import { discard, leftoversOf } from './discard.ts';
import { leaseHolder } from './lease.ts';

/** What `gc` did, or would do. */
export interface GcResult {
  dropped: string[];
  kept: string[];
}

/** Options of `gc`. */
export interface GcOptions {
  /**
   * Number of generations to keep beside the live one, 0 or more, default 1. The first to be kept
   * is the one for `rollback`.
   */
  keep?: number;
  /** Only report what would be dropped. Default false. */
  dryRun?: boolean;
}

/** Options of `gc`. */
export const GC_SPEC: Spec<GcOptions, 'keep' | 'dryRun'> = {
  code: 'KEEP_INVALID',
  options: {
    keep: { type: 'whole', min: 0, default: 1, help: 'generations to keep beside the live one' },
    dryRun: {
      type: 'flag',
      default: false,
      code: OPTION_INVALID,
      help: 'only report what would be dropped',
    },
  },
};

/**
 * Drops generations that nothing needs: those that killed rebuilds left, and retired ones beyond
 * `keep`. It never drops one that an alias points to, or that a rebuild fills or can resume.
 *
 * On a full disk it uses the reserve of the engine, if that has one.
 *
 * @param options - alias: default all.
 * @throws {OptionError} `KEEP_INVALID`.
 */
export async function gcGenerations(
  engine: Generations & State & Pick<Engine, 'makeRoom'>,
  options: GcOptions & { alias?: string } = {},
): Promise<GcResult> {
  const { alias, ...given } = options;
  const asked = { alias, ...settle(GC_SPEC, given) };
  const dropped = new Set<string>();
  try {
    return await collect(engine, asked, dropped);
  } catch (error) {
    const isFull = error instanceof EngineError && error.code === 'DISK_FULL';
    if (!isFull || asked.dryRun || !engine.makeRoom?.()) throw error;
    return collect(engine, asked, dropped);
  }
}

/** @param dropped - Names of dropped generations; the function adds to it. */
async function collect(
  engine: Generations & State,
  asked: Settings<GcOptions, 'keep' | 'dryRun'> & { alias: string | undefined },
  dropped: Set<string>,
): Promise<GcResult> {
  const { alias: only, keep, dryRun } = asked;
  const states = await engine.aliases(only);
  const kept: string[] = [];
  const all = await engine.generations(only);
  const aliases = only === undefined ? all.map((g) => g.alias) : [only];
  for (const alias of new Set(aliases)) {
    const generations = all.filter((g) => g.alias === alias);
    const state = states.find((s) => s.alias === alias);
    const resumable = (await resumableRebuild(engine, alias))?.generation;
    const busy = (await leaseHolder(engine, alias)) !== null;
    const wanted = wantedNames(generations, { state, keep, busy, resumable });
    for (const { name } of generations) {
      const goes = !wanted.has(name) && (dryRun || (await discard(engine, alias, name)));
      if (goes) dropped.add(name);
      else kept.push(name);
    }
    if (dryRun) continue;
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
  // What a running rebuild has made: still being filled, or ready for the swap.
  if (busy) for (const g of generations) if (g.state !== 'retired') wanted.add(g.name);
  return wanted;
}
