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

/** Codes after which another run may own the generation, or nothing is certain yet; their hints say what to do. */
const UNSURE: ReadonlySet<string> = new Set([
  'FENCED',
  'LEASE_LOST',
  'NOTHING_TO_RESUME',
  'SWAP_UNKNOWN',
]);

/**
 * Whether a rebuild can be resumed after this error. Errors that are not SearchErrors, such as of
 * an aborted source stream, count as resumable.
 *
 * @param options - mayPass: whether an unforeseen failure of the engine counts as temporary. It does once:
 *   if a resumed run fails in the same way, the generation itself may be the cause.
 */
export function isResumable(
  error: unknown,
  signal: AbortSignal | undefined,
  { mayPass }: { mayPass: boolean },
): boolean {
  if (signal?.aborted || !(error instanceof SearchError)) return true;
  return RESUMABLE.has(error.code) || (mayPass && error.code === 'ENGINE_FAILED');
}

/** Adds to an error that its generation is kept, and what to do. */
export function tellKept(error: unknown, generation: string): void {
  if (!(error instanceof SearchError) || UNSURE.has(error.code)) return;
  const kept = `${generation} is kept: the same rebuild resumes it.`;
  Object.assign(error, { message: `${error.message} ${kept}`, hint: `${error.hint} ${kept}` });
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
