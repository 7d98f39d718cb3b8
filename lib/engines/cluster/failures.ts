import { EngineError, SearchError } from '../../errors.ts';
import { isBlocked as isBlockedItem, isPassing, type ItemAnswer } from './bulk-answer.ts';

/** What the client throws, as far as it is looked at. */
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

/** Whether the same request may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof SearchError) return false;
  const { name = '' } = error as ClientError;
  if (isBlocked(error)) return false;
  return UNREACHABLE.has(name) || name === 'DeserializationError' || isPassing(itemOf(error));
}

/** Whether access was refused, which new credentials may cure. */
export function isUnauthorized(error: unknown): boolean {
  return [401, 403].includes(statusOf(error)) && !isBlocked(error);
}

/**
 * An error of the client as one of ours: status, type and reason of the server, and nothing of what
 * was sent, which may hold personal data and credentials. For that reason it has no `cause`.
 *
 * @param title - Name of the product.
 */
export function engineErrorOf(error: unknown, title: string): Error {
  if (error instanceof SearchError) return error;
  const { name = '' } = error as ClientError;
  if (name === 'RequestAbortedError') return new DOMException('Aborted', 'AbortError');
  const wrong = wrongClient(error, title);
  if (wrong) return wrong;
  const status = statusOf(error);
  const reason = reasonOf(bodyError(error));
  if (isBlocked(error)) return clusterBlocked(reason, title);
  if (/index_closed/.test(reason)) {
    const hint = 'Open it (POST /<index>/_open), or roll back to another generation.';
    return new EngineError('INDEX_CLOSED', `${title} has the index closed (${reason})`, hint);
  }
  if (status === 401 || status === 403) {
    const hint = 'Check user, password or role; with AWS, the credentials and their expiry.';
    return new EngineError('UNAUTHORIZED', `${title} refused access (${status}: ${reason})`, hint);
  }
  if (status === 404 && /index_not_found/.test(reason)) {
    const hint = 'Run index-rebuild to build it, or check the name.';
    return new EngineError('INDEX_NOT_FOUND', `There is no such index (${reason})`, hint);
  }
  if (UNREACHABLE.has(name) || isPassing(itemOf(error))) {
    const what =
      status > 0 ? `answers ${status}: ${reason}` : `does not answer (${networkCode(error)})`;
    const hint = 'Check that the cluster is up and the address is right, then try again.';
    return new EngineError('ENGINE_UNREACHABLE', `${title} ${what}`, hint);
  }
  const what =
    status > 0 ? `${title} answered ${status}: ${reason}` : `The request failed: ${name}`;
  return new EngineError('ENGINE_FAILED', what, `The reason is of ${title}; its log may say more.`);
}

/** A client that does not speak with what answers, null where it is another failure. */
function wrongClient(error: unknown, title: string): EngineError | null {
  if ((error as ClientError).name === 'ProductNotSupportedError') {
    const what = `The client is of ${title}, and what answers is not, or a proxy hides it`;
    const hint = 'Use opensearch() with a client of @opensearch-project/opensearch.';
    return new EngineError('CLUSTER_UNFIT', what, hint);
  }
  if (itemOf(error).type === 'media_type_header_exception') {
    const what = `The client is of a later version than ${title}`;
    return new EngineError('CLUSTER_UNFIT', what, 'Install the client of its major version.');
  }
  return null;
}

/** The error for an index that takes no writes. */
function clusterBlocked(reason: string, title: string): EngineError {
  const hint =
    'Usually a disk is over its flood-stage watermark: free space, then set ' +
    'index.blocks.read_only_allow_delete to null on the index, and run it again.';
  return new EngineError('CLUSTER_BLOCKED', `${title} blocks writes (${reason})`, hint);
}

/** `type: reason` of a server's error object, innermost cause first, without document content. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'string') return withoutContent(error);
  const { type, reason, caused_by: cause } = (error ?? {}) as Record<string, unknown>;
  const own = [type, reason].filter((part) => typeof part === 'string').join(': ');
  const inner = cause ? ` (${reasonOf(cause)})` : '';
  return own === '' ? 'no reason given' : `${withoutContent(own)}${inner}`;
}

/** A reason without the piece of a value, or the whole source, that mapper errors quote. */
export function withoutContent(text: string): string {
  const [before = ''] = text.split(/Preview of (?:field's value|invalid vector):/, 1);
  const cut = before.trimEnd().replace(/\[source\[.*$/s, '');
  return cut.length > 300 ? `${cut.slice(0, 297)}...` : cut;
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
