import { steadyClock } from '../clock.ts';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { isHostOf } from '../health/host-header.ts';
import type { SearchOutcome } from '../health/metrics.ts';
import { settle, type Settings } from '../options.ts';
import type { ImageContent } from '../knn/document.ts';
import { acceptsJson, corsFor, holdsTag } from './access.ts';
import { type Held, readPicture } from './body.ts';
import { framingFault } from './framing.ts';
import { isGone, whenGone } from './departure.ts';
import { HANDLER_SPEC, type HandlerOptions, type ServedDefault } from './handler-options.ts';
import { imageRoutes } from './image-routes.ts';
import { requestLimits } from './limits.ts';
import { noteRoutes } from './note-routes.ts';
import { openApiOf } from './openapi.ts';
import { readParameters } from './parameters.ts';
import { pictureGate } from './picture-gate.ts';
import { detectRoute, placeRoutes } from './place-routes.ts';
import { problemOf, RequestError } from './problem.ts';
import { faultOf } from './request-entry.ts';
import type { Route } from './route.ts';
import { decodeId, routerOf } from './router.ts';
import { statusRoute } from './status-route.ts';
import { tokenCheck } from './token.ts';
import { inTrace, readTraceparent, traceIdOf } from '../trace.ts';

/**
 * A request handler for node:http and frameworks built on it.
 *
 * @param next - Called for requests without a route; without it they get 404.
 */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void;

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** State of a request while it is answered. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  query: string;
  route: Route | null;
  bytesIn: number;
}

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/**
 * Makes a handler over the stores: `GET /suggest`, `/search`, `/detect`, `/places/{id}`, `/images`,
 * `/images/{id}`, `/notes`, `/notes/{id}`, `/similar-notes`, `/status`, `/openapi.json` and `POST
 * /similar`.
 *
 * It owns neither the stores nor the server, so the caller closes them. Mount it before body
 * parsers.
 *
 * @throws {OptionError} `ORIGIN_INVALID`, `REQUEST_LIMIT_INVALID`, `TOKEN_INVALID`.
 * @example
 * createServer(createHandler({ places: new PlaceIndex(embedded({ dataDir: './data' })) })).listen(8080);
 */
export function createHandler(options: HandlerOptions): Handler {
  const settings = settle(HANDLER_SPEC, options);
  const { limiter, metrics, basePath, hosts, fetchUrls, log } = settings;
  const cors = corsFor(settings.cors);
  const limits = requestLimits(settings.limits);
  const refusalOf = tokenCheck(options.token);
  const held: Held = { bytes: 0 };
  const routes = routesOf(settings);
  const find = routerOf(routes);
  let lastId = 0;
  const gate = pictureGate(limits);

  const answer = async (exchange: Exchange): Promise<Reply | null> => {
    const { request, response, path, query } = exchange;
    if (isGone(response)) throw new DOMException('The client went away', 'AbortError');
    checkTarget(request, { hosts, urlLength: limits.urlLength });
    const found = path.startsWith(basePath) ? find(path.slice(basePath.length)) : null;
    if (found === null) return null;
    const { methods } = found;
    if (request.method === 'OPTIONS') {
      const headers = cors.preflight(request.headers, methods) ?? {};
      return { status: 204, headers: { allow: methods, ...headers }, body: '' };
    }
    const refusal = refusalOf(request);
    if (refusal) throw refusal;
    const route = found.routes[request.method ?? ''];
    if (route === undefined) {
      const what = `${request.method} is not allowed for this path`;
      throw new RequestError('METHOD_NOT_ALLOWED', what, `Use ${methods}.`, {
        status: 405,
        headers: { allow: methods },
      });
    }
    exchange.route = route;
    if (!acceptsJson(request.headers.accept)) {
      const hint = 'Accept application/json.';
      throw new RequestError('NOT_ACCEPTABLE', 'There are only answers in JSON', hint, {
        status: 406,
      });
    }
    const id = decodeId(found.id);
    const values = readParameters(query, route.parameters);
    const picture = await describedBy(route, values, exchange);
    const began = steadyClock();
    const result = await whileThere(response, (there) => {
      const run = (outer: AbortSignal): Promise<unknown> =>
        within({ outer, ms: limits.answerMs }, (signal) =>
          route.run({ values, id, picture, signal }),
        );
      return limiter && route.priority
        ? limiter.run(route.priority, run, { signal: there })
        : run(there);
    });
    const cache = options.token === undefined ? route.cache : privateCache(route.cache);
    return found200({ ...route, cache }, result, request, steadyClock() - began);
  };

  /** Not in the limiter: the time for reading a picture says nothing about the backend. */
  const describedBy = async (
    { describe }: Route,
    values: Readonly<Record<string, unknown>>,
    exchange: Exchange,
  ): Promise<ImageContent | null> => {
    if (!describe || values['id'] !== undefined) return null;
    const body = await pictureOf(exchange);
    return whileThere(exchange.response, (outer) =>
      within({ outer, ms: limits.answerMs }, (signal) => gate(describe, body, signal), BUSY),
    );
  };

  const pictureOf = (exchange: Exchange): Promise<Uint8Array | URL> =>
    readPicture(exchange.request, exchange.response, {
      fetchUrls,
      limits,
      held,
      onBytes(count) {
        exchange.bytesIn += count;
      },
    });

  return (request, response, next) => {
    const began = steadyClock();
    const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
    const exchange: Exchange = { request, response, path, query, route: null, bytesIn: 0 };
    const trace = readTraceparent(request.headers.traceparent);
    const finish = (reply: Reply | null, error: unknown): void => {
      held.bytes -= exchange.bytesIn;
      if (reply === null && error === null && next) {
        next();
        return;
      }
      const id = idOf(request) ?? (lastId++).toString(36);
      const gone = isGone(response);
      const failure = reply ? null : (error ?? unknownPath());
      const final = reply ?? replyTo(failure);
      const { route } = exchange;
      const durationMs = steadyClock() - began;
      if (!gone) send(exchange, final, { ...cors.headers(request.headers), 'x-request-id': id });
      if (route?.kind) metrics?.searchDone(route.kind, outcomeOf(final, gone), durationMs / 1000);
      metrics?.requestDone(request.method ?? '', route?.path ?? null, gone ? null : final.status);
      log?.({
        id,
        ...(trace === undefined ? {} : { trace: traceIdOf(trace) }),
        method: request.method ?? '',
        route: route?.path ?? null,
        status: gone ? null : final.status,
        durationMs: Math.round(durationMs * 100) / 100,
        queryLength: query.length,
        bytesIn: exchange.bytesIn,
        bytesOut: gone ? 0 : Buffer.byteLength(final.body),
        ...(failure === null || gone ? {} : faultOf(failure, final.status)),
      });
    };
    inTrace(trace, () => answer(exchange))
      .then(
        (reply) => {
          finish(reply, null);
        },
        (error: unknown) => {
          finish(null, error ?? new Error('nothing was thrown'));
        },
      )
      // If the `log` of the application throws, only this connection is destroyed.
      .catch(() => response.destroy());
  };
}

/** The id that a proxy has given a request, if it is valid. */
function idOf({ headers }: IncomingMessage): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

function isPartial(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'partial' in result;
}

/** Shared caches must not store answers that require a token. */
function privateCache(cache: string): string {
  return cache.replace('public', 'private');
}

function routesOf(options: Settings<HandlerOptions, ServedDefault>): Route[] {
  const { places, images, notes, status, dictionaries, fetchUrls, token } = options;
  const routes = [
    ...(places ? placeRoutes(places) : []),
    detectRoute({ dictionaries }),
    ...(images ? imageRoutes(images) : []),
    ...(notes ? noteRoutes(notes) : []),
    ...(status ? [statusRoute(status)] : []),
  ];
  const document: Route = {
    method: 'GET',
    path: '/openapi.json',
    operation: 'openapi',
    summary: 'This document.',
    parameters: [],
    answer: 'OpenApi',
    cache: 'no-cache',
    kind: null,
    priority: null,
    run: () => Promise.resolve(openApi),
  };
  const all = [...routes, document];
  const openApi = openApiOf(all, {
    version,
    fetchUrls,
    token: token !== undefined,
  });
  return all;
}

/** @throws {RequestError} If it is not for this server, or its URL is too long. */
function checkTarget(
  request: IncomingMessage,
  { hosts, urlLength }: { hosts: readonly string[] | undefined; urlLength: number },
): void {
  const fault = framingFault(request);
  if (fault) throw fault;
  if (hosts && !isHostOf(request.headers.host, hosts)) {
    const hint = `Ask for ${hosts[0]}, or have the name allowed.`;
    throw new RequestError('HOST_UNKNOWN', 'This server does not go by that name', hint, {
      status: 421,
    });
  }
  if ((request.url ?? '').length > urlLength) {
    const what = `The URL is longer than ${urlLength} characters`;
    throw new RequestError('URL_TOO_LONG', what, 'Shorten it.', { status: 414 });
  }
}

/** Runs the work with a signal that aborts when the client is gone. */
async function whileThere<T>(
  response: ServerResponse,
  work: (there: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const forget = whenGone(response, () => {
    gone.abort();
  });
  if (isGone(response)) gone.abort();
  try {
    gone.signal.throwIfAborted();
    return await work(gone.signal);
  } finally {
    forget();
  }
}

const BUSY = ': the picture was not read, as others before it or the machine are busy';

/** Runs the work until it is done, the outer signal aborts, or its time is up. */
async function within<T>(
  { outer, ms }: { outer: AbortSignal; ms: number },
  work: (signal: AbortSignal) => Promise<T>,
  why = '',
): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  const onOuter = (): void => {
    stop.abort(outer.reason);
  };
  outer.throwIfAborted();
  outer.addEventListener('abort', onOuter);
  const late = setTimeout(() => {
    const what = `There was no answer in ${ms} ms${why}`;
    stop.abort(
      new RequestError('ANSWER_TIMEOUT', what, 'Try again later.', {
        status: 503,
        headers: { 'retry-after': '5' },
      }),
    );
  }, ms);
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      work(signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(late);
    outer.removeEventListener('abort', onOuter);
  }
}

function found200(route: Route, result: unknown, request: IncomingMessage, workMs: number): Reply {
  const body = JSON.stringify(result);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    // A part of an answer is right for now only.
    'cache-control': isPartial(result) ? 'no-store' : route.cache,
    'server-timing': `work;dur=${workMs.toFixed(2)}`,
  };
  if (route.method !== 'GET') return { status: 200, headers, body };
  headers['etag'] = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  if (!holdsTag(request.headers['if-none-match'], headers['etag'])) {
    return { status: 200, headers, body };
  }
  delete headers['content-type'];
  return { status: 304, headers, body: '' };
}

function unknownPath(): RequestError {
  const hint = 'GET /openapi.json tells what there is.';
  return new RequestError('PATH_UNKNOWN', 'There is nothing at this path', hint, { status: 404 });
}

function replyTo(error: unknown): Reply {
  const { problem, headers } = problemOf(error);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(problem),
  };
}

/**
 * Milliseconds for which an unfinished upload is still read, so that the client gets the answer
 * instead of a reset.
 */
const LINGER = 1000;

function send({ request, response }: Exchange, reply: Reply, more: Record<string, string>): void {
  const { status, headers, body } = reply;
  const length =
    status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  const unread = !request.complete && hasBody(request);
  if (unread || headers['connection'] === 'close') response.setHeader('connection', 'close');
  response.writeHead(status, {
    'x-content-type-options': 'nosniff',
    ...headers,
    ...more,
    ...length,
  });
  if (!unread) {
    response.end(body);
    return;
  }
  // Closing at once would reset the connection and lose the answer.
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER);
  request.once('end', end).once('close', end).resume();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function outcomeOf({ status }: Reply, gone: boolean): SearchOutcome {
  if (gone) return 'aborted';
  if (status === 503) return 'refused';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'invalid' : 'ok';
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
