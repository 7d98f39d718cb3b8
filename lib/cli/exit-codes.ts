import { OptionError, SearchError } from '../errors.ts';

/** What the exit codes mean, everywhere. */
export const EXIT: Readonly<{
  done: 0;
  failed: 1;
  usage: 2;
  planChanges: 3;
  tooManyFailed: 4;
  leaseHeld: 5;
  notVerified: 6;
  unfit: 7;
  interrupted: 8;
  swapUnknown: 9;
  diskFull: 10;
}> = Object.freeze({
  done: 0,
  /** Failed and nothing changed, or some lines of the input could not be answered. */
  failed: 1,
  usage: 2,
  /** A plan found something to do. */
  planChanges: 3,
  /** Too many dead letters; nothing was swapped. */
  tooManyFailed: 4,
  /** Another rebuild is running. */
  leaseHeld: 5,
  /** The new generation did not pass its checks, or somebody else moved the alias. */
  notVerified: 6,
  /** The cluster can't take the work now: out of reach, blocked, without access or a plugin. */
  unfit: 7,
  /** Stopped by a signal; the old generation answers, and the next run resumes. */
  interrupted: 8,
  /** Unknown whether the alias moved; running it again finds out. */
  swapUnknown: 9,
  /** The disk is full; the alias has not moved. Free some space or run gc, then run it again. */
  diskFull: 10,
});

const BY_CODE: Readonly<Record<string, number>> = {
  TOO_MANY_FAILED: EXIT.tooManyFailed,
  LEASE_HELD: EXIT.leaseHeld,
  LEASE_LOST: EXIT.notVerified,
  ALIAS_MOVED: EXIT.notVerified,
  COUNT_DIFFERS: EXIT.notVerified,
  DOCUMENT_DIFFERS: EXIT.notVerified,
  CANARY_FAILED: EXIT.notVerified,
  RECALL_LOW: EXIT.notVerified,
  FENCED: EXIT.notVerified,
  BULK_UNAVAILABLE: EXIT.unfit,
  CLUSTER_BLOCKED: EXIT.unfit,
  CLUSTER_UNFIT: EXIT.unfit,
  ENGINE_UNREACHABLE: EXIT.unfit,
  GENERATION_LOST: EXIT.unfit,
  INDEX_CLOSED: EXIT.unfit,
  PARTIAL_ANSWER: EXIT.unfit,
  SCRIPT_REFUSED: EXIT.unfit,
  STATE_FOREIGN: EXIT.unfit,
  UNAUTHORIZED: EXIT.unfit,
  SWAP_UNKNOWN: EXIT.swapUnknown,
  DISK_FULL: EXIT.diskFull,
};

/** The exit code of an error that stopped a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof OptionError) return EXIT.usage;
  if (error instanceof SearchError) return BY_CODE[error.code] ?? EXIT.failed;
  return EXIT.failed;
}
