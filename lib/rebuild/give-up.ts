import type { RebuildLog } from '../alias/checkpoint.ts';
import { discard } from '../alias/discard.ts';
import type { Generations, State } from '../engines/engine.ts';
import { SearchError } from '../errors.ts';

/**
 * Codes of failures that pass by themselves or that a person can end; the rebuild can be resumed
 * after them.
 */
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
  'SCRIPT_REFUSED',
  'SWAP_UNKNOWN',
  'UNAUTHORIZED',
  'WRITER_BUSY',
  'DISK_FULL',
]);

/**
 * Whether a rebuild can be resumed after this error. Errors that are not SearchErrors, such as of
 * an aborted source stream, count as resumable.
 */
export function isResumable(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted || !(error instanceof SearchError)) return true;
  return RESUMABLE.has(error.code);
}

/**
 * Gives a rebuild up and discards its generation, unless another run took it over. Best effort:
 * what remains is an orphan, which the next rebuild or gc discards.
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
