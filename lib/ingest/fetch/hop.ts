import {
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type TcpNetConnectOpts } from 'node:net';
import { steadyClock } from '../../clock.ts';
import type { AddressGuard } from './addresses.ts';
import {
  badResponse,
  blockedError,
  FetchError,
  isParseError,
  noteUnreached,
  timeoutError,
} from './fetch-error.ts';
import type { FetchLimits } from './limits.ts';

/** One request on the way to a picture; each redirect is a new hop. */
export interface Hop {
  /** http or https, without userinfo. */
  url: URL;
  headers: OutgoingHttpHeaders;
  /** The URL in the form that messages may show. */
  source: string;
}

/** State that all hops of a fetch share. */
export interface HopContext {
  limits: FetchLimits;
  guard: AddressGuard;
  /** Certificates to trust instead of the system's. */
  ca: string | undefined;
  /** Aborts when a limit is exceeded or the caller gives up; its reason is the error. */
  stop: AbortController;
}

/** A response whose body has not been read yet. */
export interface OpenHop {
  response: IncomingMessage;
  /** The first error of the connection, including errors after the headers; null so far. */
  wireError: () => Error | null;
  /** Closes the connection. */
  close: () => void;
}

/**
 * Time to wait for one address of a host before the next one is tried: Node 20's default of 250 ms
 * is too short for distant hosts.
 */
const NEXT_ADDRESS_MS = 1000;

/**
 * Sends a request and waits for the response headers, whatever the status.
 *
 * @throws {FetchError} `BLOCKED_ADDRESS`, `CONNECTION_FAILED`, `TLS_FAILED`, `BAD_RESPONSE`; any
 *   error after `stop` has been aborted.
 */
export async function openHop(hop: Hop, context: HopContext): Promise<OpenHop> {
  const began = steadyClock();
  const progress = { connected: false };
  try {
    return await openWithin(hop, context, progress);
  } catch (error) {
    const { signal } = context.stop;
    if (!progress.connected)
      noteUnreached(signal.aborted ? signal.reason : error, steadyClock() - began);
    throw error;
  }
}

async function openWithin(
  hop: Hop,
  context: HopContext,
  progress: { connected: boolean },
): Promise<OpenHop> {
  const request = startRequest(hop, context);
  request.once('socket', (socket) => {
    socket.once('connect', () => {
      progress.connected = true;
    });
  });
  let wireError: Error | null = null;
  request.on('error', (error) => {
    wireError ??= error;
  });
  try {
    const response = await awaitResponse(request, hop, context);
    return { response, wireError: () => wireError, close: () => request.destroy() };
  } catch (error) {
    request.destroy();
    throw error;
  }
}

function startRequest(hop: Hop, { guard, ca, stop }: HopContext): ClientRequest {
  const { url, headers, source } = hop;
  // Node calls no lookup for an IP literal, so it is checked here. The URL parser has already
  // normalised decimal, octal and hexadecimal forms.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const refusal = isIP(host) === 0 ? null : guard.refusal(host);
  if (refusal !== null) throw blockedError(source, `${host}, ${refusal}`);
  const options: RequestOptions & Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'> = {
    headers,
    // Connections are not shared: each one was checked by its own guard.
    agent: false,
    lookup: guard.lookup,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    signal: stop.signal,
    ...(ca === undefined ? {} : { ca }),
  };
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return start(url, options).end();
}

function awaitResponse(
  request: ClientRequest,
  { url, source }: Hop,
  { limits, stop }: HopContext,
): Promise<IncomingMessage> {
  const expireIn = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => stop.abort(timeoutError(source, `${what} within ${ms} ms`)), ms);
  const secure = url.protocol === 'https:';
  let inHandshake = false;
  let timer = expireIn(limits.connectMs, 'was not connected to');
  const connected = (): void => {
    inHandshake = false;
    clearTimeout(timer);
    timer = expireIn(limits.headersMs, 'did not answer');
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    request.once('socket', (socket) => {
      socket.once('connect', () => {
        if (secure) inHandshake = true;
        else connected();
      });
      socket.once('secureConnect', connected);
    });
    request.once('response', resolve);
    request.once('error', (error) => {
      reject(connectionError(error, source, inHandshake));
    });
  }).finally(() => {
    clearTimeout(timer);
  });
}

/** Network errors, which can also occur during a TLS handshake. */
const NETWORK_ERRORS = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

function connectionError(error: Error, source: string, inHandshake: boolean): Error {
  if (error instanceof FetchError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  if (isParseError(error))
    return badResponse(source, `sent something that is not HTTP (${code})`, error);
  const options = { cause: error };
  if (inHandshake && !NETWORK_ERRORS.has(code)) {
    const what = `has no trusted TLS connection (${code})`;
    const hint = 'Check its certificate; to trust your own, set ca.';
    return new FetchError('TLS_FAILED', what, hint, { source, ...options });
  }
  const what = `can't be connected to (${code})`;
  const hint = 'Check host and port, or try again later.';
  return new FetchError('CONNECTION_FAILED', what, hint, { source, ...options, retryable: true });
}
