import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs, random } from '../../back-off.ts';
import { EngineError } from '../../errors.ts';
import { currentTrace } from '../../trace.ts';
import { engineErrorOf, isTransient, isUnauthorized, moreTelling, reasonOf } from './failures.ts';

/**
 * The part of a client that is used; clients of @opensearch-project/opensearch and
 * @elastic/elasticsearch have it.
 */
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
        headers?: Record<string, string>;
      },
    ): PromiseLike<{ statusCode: number | null; body: unknown }>;
  };
}

/** A request as clients take it. */
export interface ClientRequest {
  method: string;
  path: string;
  querystring?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** NDJSON, instead of `body`. */
  bulkBody?: string;
}

/** One request to a cluster. */
export interface EngineRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: Record<string, unknown>;
  /** NDJSON, instead of `body`. */
  lines?: string;
  /** Error statuses that are answers here. */
  expected?: readonly number[];
  /** Whether it may be repeated after a network failure. Default true. */
  repeatable?: boolean;
  /** Time limit in milliseconds; default that of the client. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** A cluster's answer. */
export interface EngineResponse {
  status: number;
  body: unknown;
}

/** Sends requests; throws an `EngineError` that contains no bodies, headers or addresses. */
export type SendRequest = (request: EngineRequest) => Promise<EngineResponse>;

const TRIES = 4;
const BACK_OFF = { baseDelayMs: 200, maxDelayMs: 2000, random };

/** How a sender tries again. */
export interface Retries {
  /** Name of the product. */
  title: string;
  refreshAuth?: () => Promise<void>;
}

/**
 * A sender on a client. It does its own retries, since those of the client have no pause between
 * them.
 */
export function sendWith(client: ClusterClient, retries: Retries): SendRequest {
  return (request) => again(request, retries, () => sendOnce(client, request));
}

/**
 * Calls `once` until it does not fail, or a retry would not help; `last` is true when it is called for the last time.
 *
 * @throws {Error} The most telling failure, without anything that was sent.
 */
export async function again<T>(
  { signal, repeatable = true }: Pick<EngineRequest, 'signal' | 'repeatable'>,
  { title, refreshAuth }: Retries,
  once: (last: boolean) => Promise<T>,
): Promise<T> {
  let renewed = refreshAuth === undefined;
  let told: Error | null = null;
  for (let attempt = 1; ; attempt++) {
    const last = !repeatable || attempt >= TRIES;
    signal?.throwIfAborted();
    try {
      return await once(last);
    } catch (error) {
      signal?.throwIfAborted();
      if (!renewed && isUnauthorized(error)) {
        renewed = true;
        await refreshAuth!();
        continue;
      }
      const failure = engineErrorOf(error, title);
      if (!isTransient(error)) throw failure;
      told = moreTelling(told, failure);
      if (last) throw told;
      await delay(backOffMs(attempt, BACK_OFF), undefined, signal ? { signal } : {});
    }
  }
}

/**
 * How often a client is asked for a node before a request fails. After nodes were away, the weighted pool (the default
 * of `@elastic/elasticsearch`) may find none, although all answer, until its current weight has come down by one each
 * time. Weights are at most 1000 divided by the number of nodes, and a pool of one node has no weights.
 */
const PICKS_MAX = 500;

/** Repeats at once what failed because the client found no node to send to: nothing was sent. */
export async function untilPicked<T>(send: () => PromiseLike<T>): Promise<T> {
  for (let pick = 1; ; pick++) {
    try {
      return await send();
    } catch (error) {
      const isUnsent = (error as Error).name === 'NoLivingConnectionsError';
      if (!isUnsent || pick === PICKS_MAX) throw error;
    }
  }
}

/** Sends a request once; throws the error of the client, which may contain what was sent. */
export function sendOnce(client: ClusterClient, request: EngineRequest): Promise<EngineResponse> {
  return untilPicked(() => sendToNode(client, request));
}

async function sendToNode(client: ClusterClient, request: EngineRequest): Promise<EngineResponse> {
  const { method, path, query, body, lines, expected = [], timeoutMs, signal } = request;
  const params: ClientRequest = { method, path };
  if (query) params.querystring = query;
  if (lines !== undefined) params.bulkBody = lines;
  else if (body !== undefined) params.body = body;
  // A controller for each request, since a signal with more than ten listeners causes a warning.
  const stop = new AbortController();
  const trace = currentTrace();
  const sent = client.transport.request(params, {
    maxRetries: 0,
    ignore: [...expected],
    // Only with these options the client of Elasticsearch returns the status and can be aborted.
    meta: true,
    signal: stop.signal,
    ...(trace === undefined ? {} : { headers: { traceparent: trace } }),
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
 * @throws {EngineError} `ENGINE_FAILED` for an answer that is not from a cluster, such as a
 *   proxy's page.
 */
export function objectOf({ body }: EngineResponse): Record<string, unknown> {
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  throw notOfCluster();
}

/** The error for an answer that no cluster gives. */
export function notOfCluster(): EngineError {
  const hint = 'Check what answers at this address: a proxy, or another service?';
  return new EngineError('ENGINE_FAILED', 'The answer is not the JSON of a cluster', hint);
}

/** The reason in an error answer, without document content. */
export function errorReason(response: EngineResponse): string {
  return reasonOf((response.body as { error?: unknown } | null)?.error);
}
