/** One write of a bulk request. */
export interface BulkOperation {
  action: 'index' | 'create' | 'delete';
  id: string;
  /** The document, or its JSON text; none for `delete`. */
  source?: object | string;
  /** External version, for `index` and `delete`: done only where the id has none as high. */
  version?: number;
  /** The caller's own, given back with the outcome: the position in the source. */
  tag: number;
}

/** What became of one operation. */
export interface BulkOutcome {
  id: string;
  tag: number;
  action: BulkOperation['action'];
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
   * True for a 409 after an attempt whose answer was lost: that attempt was most likely carried out.
   * With an external version the document is this one or newer. For `create` it may also have been
   * there before: read it back if that matters.
   */
  ambiguous: boolean;
}

/**
 * The lines of an operation in a bulk body, each with its line end.
 *
 * @throws {TypeError} As `JSON.stringify` does, for a document that is no JSON value.
 */
export function bulkLines(operation: BulkOperation): string {
  const { action, id, source, version } = operation;
  const meta = version === undefined ? { _id: id } : { _id: id, version, version_type: 'external' };
  const head = `${JSON.stringify({ [action]: meta })}\n`;
  if (action === 'delete') return head;
  // A line end inside JSON text can only be white space between tokens.
  const body =
    typeof source === 'string' ? source.replace(/[\r\n]+/g, ' ') : JSON.stringify(source);
  return `${head}${body}\n`;
}
