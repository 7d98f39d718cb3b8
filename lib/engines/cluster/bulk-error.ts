import { EngineError, quoteValue } from '../../errors.ts';
import { blockHint, CLOSED_HINT } from './blocks.ts';

/** Progress of a bulk writer when it stopped. */
export interface BulkProgress {
  /** Number of operations that the engine has confirmed. */
  written: number;
  /** Number of operations with a failed outcome. */
  failed: number;
  /** Number of operations that were certainly not executed. */
  notWritten: number;
  /** Number of operations in flight or with a lost answer: executed or not. */
  unknown: number;
}

/**
 * A bulk writer stopped before everything was written. Sending all but the `written` ones again is
 * safe.
 */
export class BulkError extends EngineError {
  readonly progress: BulkProgress;

  constructor(code: string, what: string, hint: string, progress: BulkProgress) {
    const { written, failed, notWritten, unknown } = progress;
    const counts = `${written} written, ${failed} refused, ${notWritten} not written, ${unknown} unknown`;
    super(code, `${what}; ${counts}`, hint);
    this.progress = progress;
  }
}

/** Why a bulk writer stops by itself. */
export type BulkStop =
  'unavailable' | 'refused' | 'blocked' | 'missing' | 'closed' | 'unauthorized';
const STOPS: ReadonlyMap<BulkStop, readonly [code: string, hint: string]> = new Map([
  ['unavailable', ['BULK_UNAVAILABLE', 'Check the cluster, then resume with the same command.']],
  [
    'refused',
    ['BULK_UNAVAILABLE', 'Check what answers at this address: a proxy, or another service?'],
  ],
  ['blocked', ['CLUSTER_BLOCKED', '']],
  ['missing', ['INDEX_NOT_FOUND', 'Check that nobody has dropped it or moved its alias.']],
  ['closed', ['INDEX_CLOSED', CLOSED_HINT]],
  [
    'unauthorized',
    ['UNAUTHORIZED', 'Check the credentials and that they may write to this index.'],
  ],
]);

/** The error of a writer that stops. `said`: the last answer of the engine. */
export function bulkStopped(
  stop: BulkStop,
  index: string,
  said: string,
  progress: BulkProgress,
): BulkError {
  const [code, known] = STOPS.get(stop)!;
  const hint = stop === 'blocked' ? blockHint(said) : known;
  const what =
    stop === 'unavailable'
      ? `${quoteValue(index)} takes no writes: the engine ${said}`
      : `${quoteValue(index)} can't be written: ${said}`;
  return new BulkError(code, what, hint, progress);
}
