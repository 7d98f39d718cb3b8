import { EngineError, quoteValue } from '../../errors.ts';

/** How far a bulk writer had come when it stopped. */
export interface BulkProgress {
  /** Operations the engine has confirmed. */
  written: number;
  /** Operations with a failed outcome. */
  failed: number;
  /** Operations that were certainly not carried out. */
  notWritten: number;
  /** Operations sent whose answer was lost, or that were in flight: carried out or not. */
  unknown: number;
}

/** A bulk writer stopped before everything was written; sending all but the `written` again is safe. */
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
export type BulkStop = 'unavailable' | 'refused' | 'blocked' | 'missing' | 'unauthorized';
const STOPS: ReadonlyMap<BulkStop, readonly [code: string, hint: string]> = new Map([
  ['unavailable', ['BULK_UNAVAILABLE', 'Check the cluster, then go on with the same command.']],
  [
    'refused',
    ['BULK_UNAVAILABLE', 'Check what answers at this address: a proxy, or another service?'],
  ],
  [
    'blocked',
    [
      'CLUSTER_BLOCKED',
      'Free disk space, or lift the block (index.blocks.read_only_allow_delete: null), then go on.',
    ],
  ],
  ['missing', ['INDEX_NOT_FOUND', 'Check that nobody has dropped it or moved its alias.']],
  [
    'unauthorized',
    ['UNAUTHORIZED', 'Check the credentials and that they may write to this index.'],
  ],
]);

/** The error of a writer that stops. `said`: what the engine did last. */
export function bulkStopped(
  stop: BulkStop,
  index: string,
  said: string,
  progress: BulkProgress,
): BulkError {
  const [code, hint] = STOPS.get(stop)!;
  const what =
    stop === 'unavailable'
      ? `${quoteValue(index)} takes no writes: the engine ${said}`
      : `${quoteValue(index)} can't be written: ${said}`;
  return new BulkError(code, what, hint, progress);
}
