import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs, random } from '../../back-off.ts';
import { EngineError } from '../../errors.ts';
import { engineErrorOf, isTransient, isUnauthorized, reasonOf } from './failures.ts';

/** What is used of a client: any of @opensearch-project/opensearch or @elastic/elasticsearch will do. */
export interface ClusterClient {
  transport: {
    request(
      params: ClientRequest,
      options?: {
        maxRetries?: number;
        requestTimeout?: number;
        ignore?: number[];
        meta?: true;
        signal?: AbortSignal;
      },
    ): PromiseLike<{ statusCode: number | null; body: unknown }>;
  };
}

/** What a client is asked to send. */
export interface ClientRequest {
  method: string;
  path: string;
  querystring?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** NDJSON, in place of `body`. */
  bulkBody?: string;
}

/** One request to a cluster. */
export interface EngineRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** NDJSON, in place of `body`. */
  lines?: string;
  /** Statuses that are answers and no errors. */
  expected?: readonly number[];
  /** Repeating it does no harm: it is tried again after a failure on the way. Default true. */
  repeatable?: boolean;
  /** Milliseconds; default that of the client. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** A cluster's answer. */
export interface EngineResponse {
  status: number;
  body: unknown;
}

/** Sends requests; throws `EngineError` without bodies, headers or addresses in it. */
export type SendRequest = (request: EngineRequest) => Promise<EngineResponse>;

const TRIES = 4;
const BACK_OFF = { baseDelayMs: 200, maxDelayMs: 2000, random };

/** A sender over a client. Retries are ours: the client's own come without a pause between them. */
export function sendWith(
  client: ClusterClient,
  { title, refreshAuth }: { title: string; refreshAuth?: () => Promise<void> },
): SendRequest {
  return async (request) => {
    let renewed = refreshAuth === undefined;
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted();
      try {
        return await sendOnce(client, request);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (!renewed && isUnauthorized(error)) {
          renewed = true;
          await refreshAuth!();
          continue;
        }
        const again = (request.repeatable ?? true) && attempt < TRIES && isTransient(error);
        if (!again) throw engineErrorOf(error, title);
        await delay(backOffMs(attempt, BACK_OFF), undefined, {
          ...(request.signal ? { signal: request.signal } : {}),
        });
      }
    }
  };
}

/** Sends a request once; throws what the client throws, which may hold what was sent. */
export async function sendOnce(
  client: ClusterClient,
  request: EngineRequest,
): Promise<EngineResponse> {
  const { method, path, query, body, lines, expected = [], timeoutMs, signal } = request;
  const params: ClientRequest = { method, path };
  if (query) params.querystring = query;
  if (lines !== undefined) params.bulkBody = lines;
  else if (body !== undefined) params.body = body;
  // One of its own for each request: a signal warns of more than ten listeners.
  const stop = new AbortController();
  const sent = client.transport.request(params, {
    maxRetries: 0,
    ignore: [...expected],
    // The client of Elasticsearch gives the status only so, and is aborted only so.
    meta: true,
    signal: stop.signal,
    ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }),
  });
  const abort = (): void => {
    (sent as { abort?: () => void }).abort?.();
    stop.abort();
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const response = await sent;
    return { status: response.statusCode ?? 200, body: response.body };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * The body of an answer as an object.
 *
 * @throws {EngineError} `ENGINE_FAILED` for an answer that is not of a cluster, such as a proxy's page.
 */
export function objectOf({ body }: EngineResponse): Record<string, unknown> {
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  const hint = 'Check what answers at this address: a proxy, or another service?';
  throw new EngineError('ENGINE_FAILED', 'The answer is not the JSON of a cluster', hint);
}

/** The reason that an answer gives for its status, without document content. */
export function errorReason(response: EngineResponse): string {
  return reasonOf((response.body as { error?: unknown } | null)?.error);
}
