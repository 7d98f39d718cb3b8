import { retryAfterMs } from '../../back-off.ts';
import { BLOCK_TYPES } from './blocks.ts';

/** The reply to a request. */
export interface BulkReply {
  statusCode: number;
  /** Parsed JSON; anything else is not an answer of the engine. */
  body: unknown;
  /** Headers by lower-case name, for `retry-after`. */
  headers?: Readonly<Record<string, unknown>>;
}

/** The engine's answer for one operation. */
export interface ItemAnswer {
  status: number;
  type: string | null;
  reason: string | null;
}

/** The meaning of a reply, or of its absence, for the operations sent. */
export type BulkAnswer =
  | { kind: 'items'; items: ItemAnswer[] }
  /**
   * Nothing can be said of the operations; `ambiguous` where they may have been carried out,
   * `silent` where nothing answered.
   */
  | { kind: 'retry'; what: string; ambiguous: boolean; retryAfterMs: number; silent?: true }
  /** One of the operations makes the whole request too large (413) or invalid (400). */
  | { kind: 'split'; item: ItemAnswer }
  | { kind: 'unauthorized' | 'blocked' | 'missing' | 'closed' | 'refused'; what: string };

/** Temporary states: node busy, primary moving, shard or cluster manager unavailable. */
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
  'retry_on_primary_exception',
  'shard_not_in_primary_mode_exception',
  'unavailable_shards_exception',
]);
/** Proxies also use these for temporary failures, and for requests that they never forwarded. */
const PASSING_REQUEST_STATUSES: ReadonlySet<number> = new Set([408, 500, ...PASSING_STATUSES]);
/** A refusal of the whole request, which smaller requests would get too. */
const OF_THE_REQUEST = 'media_type_header_exception';
/** Failures to connect: nothing was sent. */
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|NoLiving\w+)$/;
const MAX_REASON = 500;
/** The answer for an item with status 200 that was not written. */
const DROPPED: ItemAnswer = {
  status: 400,
  type: 'dropped_by_pipeline',
  reason: 'an ingest pipeline dropped it; see index.final_pipeline',
};

/**
 * Reads the reply to a bulk request of these actions.
 *
 * A reply of 200 without a bulk answer, such as a proxy's page, is no answer: `retry`.
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
  if (isIndexClosed(item)) return { kind: 'closed', what };
  if (statusCode === 413) return { kind: 'split', item };
  if (PASSING_REQUEST_STATUSES.has(statusCode)) {
    // A node or proxy that answers 429 has done nothing; after other statuses that is unknown.
    const ambiguous = statusCode !== 429;
    return { kind: 'retry', what, ambiguous, retryAfterMs: retryAfterMs(reply.headers) };
  }
  if (statusCode === 400 && error.type !== OF_THE_REQUEST) return { kind: 'split', item };
  if (statusCode === 401 || statusCode === 403) return { kind: 'unauthorized', what };
  return { kind: 'refused', what };
}

/**
 * Reads what `send` threw: an error with a `statusCode` is a reply, any other is not.
 *
 * Only the code or name of an error is used: messages and causes of clients may contain the body
 * and credentials.
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
  const what = `gave no answer (${named})`;
  return { kind: 'retry', what, ambiguous, retryAfterMs: 0, silent: true };
}

/** Whether the same operation may be accepted a little later. */
export function isPassing(item: ItemAnswer): boolean {
  if (isBlocked(item)) return false;
  return PASSING_STATUSES.has(item.status) || PASSING_TYPES.has(item.type ?? '');
}

/**
 * Whether writes are blocked until a person lifts the block; a block with 503 is a starting
 * cluster.
 */
export function isBlocked(item: ItemAnswer): boolean {
  return BLOCK_TYPES.has(item.type ?? '') && item.status !== 503;
}

/** Whether the index or, with `require_alias`, the alias does not exist. */
export function isIndexMissing(item: ItemAnswer): boolean {
  return item.type === 'index_not_found_exception';
}

/** Whether the index is closed, for every document alike. */
export function isIndexClosed(item: ItemAnswer): boolean {
  return item.type === 'index_closed_exception';
}

function readItems(body: unknown, actions: readonly string[]): ItemAnswer[] | null {
  const items = member(body, 'items');
  if (!Array.isArray(items) || items.length !== actions.length) return null;
  const answers: ItemAnswer[] = [];
  for (const [i, action] of actions.entries()) {
    const item = member(items[i], action);
    const status = member(item, 'status');
    if (typeof status !== 'number') return null;
    // An ingest pipeline of the cluster has dropped it: nothing was written.
    const isDropped = action !== 'delete' && member(item, 'result') === 'noop';
    answers.push(isDropped ? DROPPED : { status, ...readError(member(item, 'error')) });
  }
  return answers;
}

/** Documents have fields that only indexes of their own schema take. */
const OTHER_SCHEMA = 'another version of suoyin made this index, rebuild it with this one';

function readError(error: unknown): Omit<ItemAnswer, 'status'> {
  if (typeof error === 'string') return { type: null, reason: error.slice(0, MAX_REASON) };
  const type = member(error, 'type');
  const cause = member(member(error, 'caused_by'), 'reason');
  const todo = type === 'strict_dynamic_mapping_exception' ? OTHER_SCHEMA : undefined;
  const reasons = [member(error, 'reason'), cause, todo].filter((one) => typeof one === 'string');
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
