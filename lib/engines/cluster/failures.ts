import { EngineError, SearchError } from '../../errors.ts';
import { CLOSED_HINT, clusterBlocked } from './blocks.ts';
import { isBlocked as isBlockedItem, isPassing, type ItemAnswer } from './bulk-answer.ts';

/** The part of a client's error that is read. */
interface ClientError {
  name?: string;
  message?: string;
  statusCode?: number;
  meta?: { statusCode?: number | null; body?: { error?: unknown } | string | null };
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ConnectionError',
  'NoLivingConnectionsError',
  'TimeoutError',
]);

/** Whether the same request may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof SearchError) return false;
  const { name = '' } = error as ClientError;
  if (isBlocked(error) || refusesPart(error)) return false;
  return UNREACHABLE.has(name) || name === 'DeserializationError' || isPassing(itemOf(error));
}

/** An answer to a part of a request, or to a search that shards answer. */
export interface PartAnswer {
  status?: number;
  error?: unknown;
  _shards?: { failures?: readonly { reason?: unknown }[] };
}

/**
 * The failure of a part, as an error of a client, where the same part may be answered a moment later; null for an
 * answer and for what stays. Of a search it is also that of a shard, since the rest is no whole answer: a shard without
 * any copy stays for longer.
 */
export function failedPart({ status: statusCode = 0, error, _shards }: PartAnswer): Error | null {
  const { failures = [] } = _shards ?? {};
  const errors = error === undefined ? failures.map(({ reason }) => reason) : [error];
  for (const one of errors) {
    const failure = { statusCode, meta: { body: { error: one } } };
    const stays = error === undefined && lacksAllShards(reasonOf(one));
    if (!stays && (isTransient(failure) || isUnauthorized(failure))) {
      return Object.assign(new Error('A part failed'), failure);
    }
  }
  return null;
}

/** How much the errors of `engineErrorOf` tell: 0 that nothing answered, 1 a status, 2 a reason of the server. */
const TELLING = new WeakMap<Error, number>();

/**
 * Of two failures of one request the one that tells more, else the later. A request that is repeated may go to another
 * node: that this one does not answer hides what the first has said.
 */
export function moreTelling(before: Error | null, now: Error): Error {
  const tells = (error: Error): number => TELLING.get(error) ?? 2;
  return before !== null && tells(before) > tells(now) ? before : now;
}

/** Whether access was refused, so that new credentials may help. */
export function isUnauthorized(error: unknown): boolean {
  return [401, 403].includes(statusOf(error)) && !isBlocked(error);
}

/**
 * An error of the client as an EngineError with status, type and reason of the server. It contains
 * nothing of what was sent, which may include personal data and credentials; so it has no `cause`.
 *
 * @param title - Name of the product.
 */
export function engineErrorOf(error: unknown, title: string): Error {
  if (error instanceof SearchError) return error;
  const told = toldError(error, title);
  const hasReason = reasonOf(bodyError(error)) !== NO_REASON;
  TELLING.set(told, hasReason ? 2 : Number(statusOf(error) > 0));
  return told;
}

function toldError(error: unknown, title: string): Error {
  const { name = '' } = error as ClientError;
  if (name === 'RequestAbortedError') return new DOMException('Aborted', 'AbortError');
  const wrong = wrongClient(error, title);
  if (wrong) return wrong;
  const status = statusOf(error);
  const reason = reasonOf(bodyError(error));
  const body = JSON.stringify(bodyError(error) ?? '');
  for (const refusal of SCRIPT_REFUSED) {
    const script = refusal.exec(body);
    if (script) return scriptRefused(title, script[0]);
  }
  if (isBlocked(error)) return clusterBlocked(reason, title);
  if (/index_closed/.test(reason)) {
    const { index } = bodyError(error) as { index?: unknown };
    const what = `${title} has the index ${typeof index === 'string' ? `${index} ` : ''}closed (${reason})`;
    return new EngineError('INDEX_CLOSED', what, CLOSED_HINT);
  }
  if (isTooMany(bodyError(error))) {
    const what = `${title} takes fewer clauses than this search has (${reason})`;
    const hint = 'Give indices.query.bool.max_clause_count its default of 1024, on every node.';
    return new EngineError('CLUSTER_UNFIT', what, hint);
  }
  const limit = lowLimit(body);
  // Limits on what is open at one time may pass.
  if (limit !== null && !isPassing(itemOf(error))) {
    const hint = `Give ${limit} its default, or a larger value.`;
    return new EngineError(
      'CLUSTER_UNFIT',
      `${title} allows less than suoyin asks for (${reason})`,
      hint,
    );
  }
  if (/maximum (?:\w+ )?shards open/.test(reason)) {
    const hint = 'Drop indexes, ask for fewer shards, or raise cluster.max_shards_per_node.';
    return new EngineError('CLUSTER_UNFIT', `${title} has no room for shards (${reason})`, hint);
  }
  if (status === 401 || status === 403) {
    const hint = 'Check user, password or role; with AWS, the credentials and their expiry.';
    return new EngineError('UNAUTHORIZED', `${title} refused access (${status}: ${reason})`, hint);
  }
  if (status === 404 && /index_not_found/.test(reason)) {
    const hint = 'Make it (index-rebuild for places, images add, notes add), or check the name.';
    return new EngineError('INDEX_NOT_FOUND', `There is no such index (${reason})`, hint);
  }
  if (refusesPart(error) || lacksAllShards(reason)) {
    const hint = 'Look at GET /_cluster/allocation/explain, and restore the missing shards.';
    return new EngineError('PARTIAL_ANSWER', `${title} lacks shards (${reason})`, hint);
  }
  if (UNREACHABLE.has(name) || isPassing(itemOf(error))) {
    const what =
      status > 0 ? `answers ${status}: ${reason}` : `does not answer (${networkCode(error)})`;
    const hint =
      status > 0
        ? 'It may be starting, overloaded or cut off: look at its health and log, then try again.'
        : 'Check that the cluster is up and the address is right, then try again.';
    return new EngineError('ENGINE_UNREACHABLE', `${title} ${what}`, hint);
  }
  const what =
    status > 0 ? `${title} answered ${status}: ${reason}` : `The request failed: ${name}`;
  const hint =
    status > 0 && reason === NO_REASON
      ? `${title} always gives one, so this is something else: check the address, its path, and the proxy before it.`
      : `The reason is from ${title}; its log may say more.`;
  return new EngineError('ENGINE_FAILED', what, hint);
}

/** Limits of a mapping, which the server's reasons do not name. */
const MAPPING_LIMITS: readonly (readonly [RegExp, string])[] = [
  [/Limit of total fields \[/, 'index.mapping.total_fields.limit'],
  [/Limit of mapping depth \[/, 'index.mapping.depth.limit'],
  [/Limit of nested fields \[/, 'index.mapping.nested_fields.limit'],
  [/ is longer than the limit of \[/, 'index.mapping.field_name_length.limit'],
];

/** The setting whose value is too low for a request, by what the server says; null for other failures. */
function lowLimit(body: string): string | null {
  const named = /by changing the \[([a-z_.]+)\]/.exec(body);
  if (named) return named[1]!;
  return MAPPING_LIMITS.find(([pattern]) => pattern.test(body))?.[1] ?? null;
}

/** A server that runs no scripts, by its settings or since it has no engine for them, in its words. */
const SCRIPT_REFUSED: readonly RegExp[] = [
  /cannot execute \[inline\] scripts/,
  /cannot execute scripts using \[\w+\] context/,
  /script_lang not supported \[\w+\]/,
  /\[script\] queries cannot be executed when 'search\.allow_expensive_queries' is set to false/,
  /\[script score\] queries cannot be executed when 'search\.allow_expensive_queries' is set to false/,
];

function scriptRefused(title: string, reason: string): EngineError {
  const what = `${title} runs no scripts, and to compare every vector, or hashes, takes one (${reason})`;
  const hint =
    'Allow them (script.allowed_types, script.allowed_contexts, search.allow_expensive_queries), or leave exact out; a rebuild of pictures goes on with --min-recall 0.';
  return new EngineError('SCRIPT_REFUSED', what, hint);
}

/** The error for a client that does not fit the server; null for other failures. */
function wrongClient(error: unknown, title: string): EngineError | null {
  if ((error as ClientError).name === 'ProductNotSupportedError') {
    const what = `The client is for ${title}, but the server is another product, or a proxy hides it`;
    const hint = 'Use opensearch() with a client of @opensearch-project/opensearch.';
    return new EngineError('CLUSTER_UNFIT', what, hint);
  }
  if (itemOf(error).type === 'media_type_header_exception') {
    const what = `The client is newer than ${title}`;
    return new EngineError('CLUSTER_UNFIT', what, 'Install the client of its major version.');
  }
  return null;
}

/** What is said where an answer has no error object. */
const NO_REASON = 'no reason given';

/** `type: reason` of a server's error object, innermost cause first, without document content. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'string') return withoutContent(error);
  const { type, reason, caused_by, failed_shards } = (error ?? {}) as Record<string, unknown>;
  const own = [type, reason].filter((part) => typeof part === 'string' && part !== '').join(': ');
  // That all shards failed says little: the first of them says why.
  const cause = firstReason(failed_shards) ?? caused_by;
  const inner = cause ? ` (${reasonOf(cause)})` : '';
  return own === '' ? NO_REASON : `${withoutContent(own)}${inner}`;
}

/** Whether a search has more clauses than the server takes. */
export function isTooMany(error: unknown): boolean {
  return /\btoo_many_(?:nested_)?clauses\b/.test(reasonOf(error));
}

function firstReason(failures: unknown): unknown {
  return Array.isArray(failures) ? (failures as { reason?: unknown }[])[0]?.reason : undefined;
}

/** Nodes as reasons name them: `[127.0.0.1:9300]`, `[[::1]:9300]`. */
const ADDRESS = /\[(?:\[[\da-f:]+\]|[\d.]+):\d+\]/gi;

/** A reason without the value or source that mapper errors quote, and without addresses of nodes. */
export function withoutContent(text: string): string {
  const [before = ''] = text.split(/Preview of (?:field's value|invalid vector):/, 1);
  const cut = before
    .replaceAll(ADDRESS, '')
    .trimEnd()
    .replace(/\[source\[.*$/s, '');
  return cut.length > 300 ? `${cut.slice(0, 297)}...` : cut;
}

/**
 * Whether a part of an index was refused, since the rest has no copy that answers. Elasticsearch opens no point in time
 * on a part, and says so with 503, for which its client takes a node that answers as dead: repeated, the request goes to
 * nodes that are down.
 */
function refusesPart(error: unknown): boolean {
  return /missing shards|Partial shards failure/.test(reasonOf(bodyError(error)));
}

/**
 * Whether what was asked for has no copy of any shard, which may pass while nodes come back. OpenSearch then names no
 * shard that failed.
 */
function lacksAllShards(reason: string): boolean {
  return /no_shard_available_action_exception|: all shards failed$/.test(reason);
}

function isBlocked(error: unknown): boolean {
  return isBlockedItem(itemOf(error));
}

function itemOf(error: unknown): ItemAnswer {
  const type = (bodyError(error) as { type?: unknown } | undefined)?.type;
  return {
    status: statusOf(error),
    type: typeof type === 'string' ? type : null,
    reason: null,
  };
}

function statusOf(error: unknown): number {
  const { statusCode, meta } = error as ClientError;
  return statusCode ?? meta?.statusCode ?? 0;
}

function bodyError(error: unknown): unknown {
  const body = (error as ClientError).meta?.body;
  return typeof body === 'object' && body !== null ? body.error : undefined;
}

function networkCode(error: unknown): string {
  const message = (error as ClientError).message ?? '';
  return /\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? (error as ClientError).name ?? 'no reason';
}
