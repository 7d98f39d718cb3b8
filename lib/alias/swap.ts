import type { AliasState, Generations, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { openRebuildLog, type RebuildLog, resumableRebuild } from './checkpoint.ts';
import { aliasState } from './generations.ts';
import { takeLease } from './lease.ts';
import { settleBuilding } from './live-writes.ts';
import { wallClock } from '../clock.ts';
import { type NumberOption, OPTION_INVALID, type Spec } from '../options.ts';

/** Options of `swap`. */
export interface SwapOptions {
  /**
   * Milliseconds for which live writes also go to the previous generation, for a rollback that
   * loses nothing. Default 0.
   */
  keepFreshMs?: number;
}

/** How long the previous generation is kept fresh. */
export const KEEP_FRESH: NumberOption & { default: number } = {
  type: 'number',
  min: 0,
  unit: 'ms',
  default: 0,
  help: 'how long live writes also go to the previous generation, for a rollback',
};

/** Options of `swap`. */
export const SWAP_SPEC: Spec<SwapOptions, 'keepFreshMs'> = {
  code: OPTION_INVALID,
  options: { keepFreshMs: KEEP_FRESH },
};

/** After a swap: live writes go to the live generation, and for a while to the previous one. */
export async function settleSwap(
  engine: State,
  options: {
    alias: string;
    generation: string;
    log: RebuildLog;
    previous: string | null;
    keepFreshMs?: number | undefined;
  },
): Promise<void> {
  const { alias, generation, log, previous, keepFreshMs = 0 } = options;
  const fresh =
    previous !== null && previous !== generation && keepFreshMs > 0
      ? { generation: previous, until: wallClock() + keepFreshMs }
      : null;
  await settleBuilding(engine, alias, generation, fresh);
  await log.clear();
}

/**
 * Makes live what a rebuild with `prepareOnly` has built and verified.
 *
 * @throws {RebuildError} `NOTHING_PREPARED`, `LEASE_HELD`.
 * @throws {EngineError} `ALIAS_MOVED`.
 */
export async function swapPrepared(
  engine: Generations & State,
  alias: string,
  options: SwapOptions = {},
): Promise<AliasState> {
  const lease = await takeLease(engine, alias);
  try {
    const state = await resumableRebuild(engine, alias);
    if (!state?.complete) {
      const what = `No complete generation of ${alias} waits for its swap`;
      throw new RebuildError('NOTHING_PREPARED', what, 'Run a rebuild without its swap first.', {
        stage: 'swap',
      });
    }
    const { generation } = state;
    const log = await openRebuildLog(engine, alias);
    const previous = (await aliasState(engine, alias))?.generation ?? null;
    if (previous !== generation) await engine.swapAlias(alias, previous, generation);
    await settleSwap(engine, { alias, generation, log, previous, ...options });
    return (await aliasState(engine, alias))!;
  } finally {
    await lease.release();
  }
}
