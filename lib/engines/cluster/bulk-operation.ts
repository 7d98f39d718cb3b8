/** One write of a bulk request. */
export interface BulkOperation {
  action: 'index' | 'delete';
  id: string;
  /** The document; none for `delete`. */
  source?: object;
  /** External version: done only where the id has none as high. */
  version?: number;
  /** The caller's own, given back with the outcome: the position in the source. */
  tag: number;
}

/** What became of one operation. */
export interface BulkOutcome {
  id: string;
  tag: number;
  /** Whether the document is now as the operation wanted it, or newer; so also for a delete of nothing. */
  ok: boolean;
  /** As the engine gave it; 413 and 400 also where it was refused before it was sent. */
  status: number;
  /** The engine's exception type, or `DOCUMENT_TOO_LARGE`, `DOCUMENT_NOT_JSON`; null where it went well. */
  type: string | null;
  reason: string | null;
  /** Times it was sent. */
  attempts: number;
  /**
   * True for a 409 after an attempt whose answer was lost: that attempt was most likely carried out, and
   * the document is this version or a newer one.
   */
  ambiguous: boolean;
}

/** An operation that has no outcome yet. */
export interface PendingOperation {
  readonly id: string;
  readonly tag: number;
  readonly action: BulkOperation['action'];
  /** Its lines in a bulk body, each with its line end; emptied when it is settled. */
  lines: string;
  bytes: number;
  attempts: number;
  /** Whether an attempt's answer was lost. */
  ambiguous: boolean;
  inFlight: boolean;
  settled: boolean;
  /** The next operation on the same id, which waits for this one. */
  next: PendingOperation | null;
}

/** An operation as it waits, its lines still to be filled in. */
export function pendingOf({ id, tag, action }: BulkOperation): PendingOperation {
  const state = { attempts: 0, ambiguous: false, inFlight: false, settled: false, next: null };
  return { id, tag, action, lines: '', bytes: 0, ...state };
}

/**
 * The lines of an operation in a bulk body, each with its line break.
 *
 * @throws {TypeError} From `JSON.stringify`, for a document that is not a JSON value.
 */
export function bulkLines({ action, id, source, version }: BulkOperation): string {
  const meta = version === undefined ? { _id: id } : { _id: id, version, version_type: 'external' };
  const head = `${JSON.stringify({ [action]: meta })}\n`;
  return action === 'delete' ? head : `${head}${JSON.stringify(source)}\n`;
}
