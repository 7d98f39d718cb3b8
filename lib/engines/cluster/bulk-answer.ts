import { retryAfterMs } from '../../back-off.ts';

/** What came back for a request. */
export interface BulkReply {
  statusCode: number;
  /** Parsed JSON; anything else is taken as no answer of the engine's. */
  body: unknown;
  /** By lower-case name; for `retry-after`. */
  headers?: Readonly<Record<string, unknown>>;
}

/** The engine's word on one operation. */
export interface ItemAnswer {
  status: number;
  type: string | null;
  reason: string | null;
}

/** What a reply, or its absence, means for the operations sent. */
export type BulkAnswer =
  | { kind: 'items'; items: ItemAnswer[] }
  /** Nothing can be said of the operations; `ambiguous` where they may have been carried out. */
  | { kind: 'retry'; what: string; ambiguous: boolean; retryAfterMs: number }
  /** One of the operations makes the whole request too large (413) or invalid (400). */
  | { kind: 'split'; item: ItemAnswer }
  | { kind: 'unauthorized' | 'blocked' | 'missing' | 'refused'; what: string };

/** Passing states: node busy, primary moving, shard or cluster manager away. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PASSING_TYPES: ReadonlySet<string> = new Set([
  'circuit_breaking_exception',
  'es_rejected_execution_exception',
  'no_shard_available_action_exception',
  'node_closed_exception',
  'node_disconnected_exception',
  'node_not_connected_exception',
  'process_cluster_event_timeout_exception',
  'receive_timeout_transport_exception',
  'rejected_execution_exception',
  'unavailable_shards_exception',
]);
/** Proxies also answer these for what passes, or for what they never forwarded. */
const PASSING_REQUEST_STATUSES: ReadonlySet<number> = new Set([408, 500, ...PASSING_STATUSES]);
/** Refusals of the request as such, which no part of it would escape. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  'index_closed_exception',
  'media_type_header_exception',
]);
/** Nothing was sent when connecting fails so. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|NoLiving\w+)$/;
const MAX_REASON = 500;

/**
 * Reads the reply to a bulk request of these actions.
 *
 * A body of 200 that is no bulk answer, such as a proxy's page, is no answer: `retry`.
 */
export function readBulkReply(reply: BulkReply, actions: readonly string[]): BulkAnswer {
  const { statusCode, body } = reply;
  if (statusCode >= 200 && statusCode < 300) {
    const items = readItems(body, actions);
    if (items !== null) return { kind: 'items', items };
    const what = `answered ${statusCode} with a body that is no bulk answer`;
    return { kind: 'retry', what, ambiguous: true, retryAfterMs: 0 };
  }
  const error = readError(member(body, 'error'));
  const item = { status: statusCode, ...error };
  const what = `answered ${statusCode}${error.type === null ? '' : ` ${error.type}`}`;
  if (isBlocked(item)) return { kind: 'blocked', what: error.reason ?? what };
  if (isIndexMissing(item)) return { kind: 'missing', what };
  if (statusCode === 413) return { kind: 'split', item };
  if (PASSING_REQUEST_STATUSES.has(statusCode)) {
    // A node or proxy that answers 429 has done nothing; after the others it is not known.
    const ambiguous = statusCode !== 429;
    return { kind: 'retry', what, ambiguous, retryAfterMs: retryAfterMs(reply.headers) };
  }
  if (statusCode === 400 && !OF_THE_REQUEST.has(error.type ?? '')) return { kind: 'split', item };
  if (statusCode === 401 || statusCode === 403) return { kind: 'unauthorized', what };
  return { kind: 'refused', what };
}

/**
 * Reads what `send` threw: an error that carries a `statusCode` is a reply, any other is none.
 *
 * Only code or name of an error are taken over: messages and causes of clients may hold the body
 * and the credentials.
 */
export function readBulkFailure(error: unknown, actions: readonly string[]): BulkAnswer {
  const statusCode = member(error, 'statusCode');
  if (typeof statusCode === 'number') {
    const headers = (member(error, 'headers') ?? {}) as Record<string, unknown>;
    return readBulkReply({ statusCode, body: member(error, 'body'), headers }, actions);
  }
  const code = member(error, 'code');
  const [, inMessage] = /^(?:\w+ )?(E[A-Z_]{4,})\b/.exec(String(member(error, 'message'))) ?? [];
  const named = typeof code === 'string' ? code : (inMessage ?? String(member(error, 'name')));
  const ambiguous = !NEVER_SENT.test(named);
  return { kind: 'retry', what: `gave no answer (${named})`, ambiguous, retryAfterMs: 0 };
}

/** Whether the same operation may be taken a little later. */
export function isPassing(item: ItemAnswer): boolean {
  if (isBlocked(item)) return false;
  return PASSING_STATUSES.has(item.status) || PASSING_TYPES.has(item.type ?? '');
}

/** Whether writes are blocked until a person lifts it; a block with 503 is a cluster that starts. */
export function isBlocked(item: ItemAnswer): boolean {
  return item.type === 'cluster_block_exception' && item.status !== 503;
}

/** Whether there is no such index, or, with `require_alias`, no such alias. */
export function isIndexMissing(item: ItemAnswer): boolean {
  return item.type === 'index_not_found_exception';
}

function readItems(body: unknown, actions: readonly string[]): ItemAnswer[] | null {
  const items = member(body, 'items');
  if (!Array.isArray(items) || items.length !== actions.length) return null;
  const answers: ItemAnswer[] = [];
  for (const [i, action] of actions.entries()) {
    const item = member(items[i], action);
    const status = member(item, 'status');
    if (typeof status !== 'number') return null;
    answers.push({ status, ...readError(member(item, 'error')) });
  }
  return answers;
}

function readError(error: unknown): Omit<ItemAnswer, 'status'> {
  if (typeof error === 'string') return { type: null, reason: error.slice(0, MAX_REASON) };
  const type = member(error, 'type');
  const cause = member(member(error, 'caused_by'), 'reason');
  const reasons = [member(error, 'reason'), cause].filter((reason) => typeof reason === 'string');
  return {
    type: typeof type === 'string' ? type : null,
    reason: reasons.length === 0 ? null : reasons.join(': ').slice(0, MAX_REASON),
  };
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
