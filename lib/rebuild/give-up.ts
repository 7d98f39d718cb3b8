import type { RebuildLog } from '../alias/checkpoint.ts';
import { discard } from '../alias/discard.ts';
import type { Generations, State } from '../engines/engine.ts';
import { SearchError } from '../errors.ts';

/** Codes of failures that pass or that someone has to end: the rebuild may be resumed after them. */
const RESUMABLE: ReadonlySet<string> = new Set([
  'ALIAS_MOVED',
  'BULK_UNAVAILABLE',
  'CLUSTER_BLOCKED',
  'CLUSTER_UNFIT',
  'ENGINE_UNREACHABLE',
  'FENCED',
  'INDEX_CLOSED',
  'LEASE_LOST',
  'NOTHING_TO_RESUME',
  'PARTIAL_ANSWER',
  'SWAP_UNKNOWN',
  'UNAUTHORIZED',
  'WRITER_BUSY',
  'DISK_FULL',
]);

/** Whether a rebuild that failed so may be resumed. What is no error of ours, such as a source that broke off, may pass too. */
export function isResumable(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted || !(error instanceof SearchError)) return true;
  return RESUMABLE.has(error.code);
}

/**
 * Gives a rebuild up: nothing of it is left, unless another run took it over. Best effort: what stays
 * behind is an orphan, which the next rebuild or gc discards.
 */
export async function giveUp(
  engine: Generations & State,
  at: { alias: string; generation: string },
  log: RebuildLog,
): Promise<void> {
  try {
    if (await log.clear()) await discard(engine, at.alias, at.generation);
  } catch {
    return;
  }
}
