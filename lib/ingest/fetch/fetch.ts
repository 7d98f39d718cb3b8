import { setMaxListeners } from 'node:events';
import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import { OptionError } from '../../errors.ts';
import { addressGuard, type AddressOptions } from './addresses.ts';
import { readBody } from './body.ts';
import { blockedError, FetchError, publicSource, timeoutError } from './fetch-error.ts';
import { type Hop, type HopContext, openHop } from './hop.ts';
import { type FetchLimits, readLimits } from './limits.ts';
import { statusError } from './status.ts';

/** How a picture is fetched. Everything is optional. */
export interface FetchOptions extends AddressOptions, Partial<FetchLimits> {
  /** `etag` of what the caller has; with it the answer may be `notModified`. */
  etag?: string;
  /** `lastModified` of what the caller has, as the server wrote it. */
  lastModified?: string;
  /** Default `suoyin`. */
  userAgent?: string;
  /** Sent to the origin of the URL only, never to another one that it redirects to. */
  headers?: Readonly<Record<string, string>>;
  /** Follow a redirect from https to http. Default false. */
  allowDowngrade?: boolean;
  /** Certificates, as PEM, to trust instead of the system's. */
  ca?: string;
  /** Stops the fetch; its reason is thrown as it is. */
  signal?: AbortSignal;
}

/** The answer to a fetch; `bytes` is null where the caller's copy is still good. */
export type FetchedImage = FetchedSource &
  ({ notModified: false; bytes: Buffer } | { notModified: true; bytes: null });

/** Where a picture came from. */
export interface FetchedSource {
  /** The last URL, without userinfo. */
  url: string;
  /** 200 or 304. */
  status: number;
  /** As sent: a claim, not a finding. */
  contentType: string | null;
  etag: string | null;
  lastModified: string | null;
  /** The URLs that redirected, in order. */
  redirects: readonly string[];
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The bytes behind an http or https URL.
 *
 * Only the public internet is reached, on every hop, unless `allowPrivate` or `allowAddresses` say
 * otherwise. Nothing is tried twice: `retryable` of the error tells whether that may help.
 *
 * @param source - Not a path: for files see `readImage`.
 * @throws {OptionError} `FETCH_LIMIT_INVALID`, `ADDRESS_RANGE_INVALID`, `HEADER_INVALID`.
 * @throws {FetchError} `BAD_URL`, `BAD_SCHEME`, `BLOCKED_ADDRESS`, `CONNECTION_FAILED`, `TLS_FAILED`,
 *   `TIMEOUT`, `TOO_MANY_REDIRECTS`, `INSECURE_REDIRECT`, `NOT_FOUND`, `GONE`, `RATE_LIMITED`,
 *   `SERVER_ERROR`, `HTTP_STATUS`, `TOO_LARGE`, `BODY_INCOMPLETE`, `BAD_RESPONSE`, `NOT_IMAGE`.
 */
export async function fetchImage(
  source: string | URL,
  options: FetchOptions = {},
): Promise<FetchedImage> {
  const limits = readLimits(options);
  let hop = firstHop(String(source), options);
  const guard = addressGuard(options, (reason) => blockedError(hop.source, reason));
  const stop = new AbortController();
  const giveUp = (): void => stop.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  // Many fetches may share one signal; Node warns from the eleventh listener on. (AbortSignal.any
  // would need none, but keeps over 1 kB a call for as long as the shared signal lives: 20.20.)
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  options.signal?.addEventListener('abort', giveUp);
  const timer = setTimeout(() => {
    stop.abort(timeoutError(hop.source, `was not fetched within ${limits.totalMs} ms`));
  }, limits.totalMs);
  const redirects: string[] = [];
  try {
    for (;;) {
      const found = await fetchHop(hop, options, { limits, guard, ca: options.ca, stop });
      if (!(found instanceof URL)) return { ...found, redirects };
      if (redirects.length === limits.maxRedirects) {
        const what = `redirects more than ${limits.maxRedirects} times`;
        const hint = 'Use the last URL, or raise maxRedirects.';
        throw new FetchError('TOO_MANY_REDIRECTS', publicSource(String(source)), what, hint);
      }
      redirects.push(hop.url.href);
      hop = nextHop(hop, found, options);
    }
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', giveUp);
  }
}

/** One request: a picture, or the URL that it redirects to. */
async function fetchHop(
  hop: Hop,
  options: FetchOptions,
  context: HopContext,
): Promise<FetchedImage | URL> {
  const { url, source } = hop;
  const { response, wireError, close } = await openHop(hop, context);
  try {
    const { statusCode: status = 0, headers } = response;
    if (REDIRECTS.has(status) && headers.location !== undefined) {
      return readUrl(escapeBytes(headers.location), url);
    }
    const fetched: FetchedSource = {
      url: url.href,
      status,
      contentType: headers['content-type'] ?? null,
      etag: headers.etag ?? null,
      lastModified: headers['last-modified'] ?? null,
      redirects: [],
    };
    const conditional = options.etag !== undefined || options.lastModified !== undefined;
    if (status === 304 && conditional) return { ...fetched, notModified: true, bytes: null };
    if (status !== 200) throw statusError(source, response);
    const { limits, stop } = context;
    const bytes = await readBody(response, { source, limits, stop, wireError });
    if (isHtml(bytes)) throw htmlError(source, status);
    return { ...fetched, notModified: false, bytes };
  } finally {
    close();
  }
}

function firstHop(source: string, options: FetchOptions): Hop {
  const url = readUrl(source);
  const headers = openHeaders(options);
  if (url.username !== '' || url.password !== '') {
    const user = `${decodePart(url.username)}:${decodePart(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  checkHeaders(headers);
  return makeHop(url, headers);
}

function nextHop(hop: Hop, url: URL, options: FetchOptions): Hop {
  const downgrade = hop.url.protocol === 'https:' && url.protocol === 'http:';
  if (downgrade && options.allowDowngrade !== true) {
    const what = `redirects from https to ${publicSource(url.href)}`;
    const hint = 'Set allowDowngrade to follow it.';
    throw new FetchError('INSECURE_REDIRECT', hop.source, what, hint);
  }
  // Once another origin had its say in where to go, credentials are left out for good.
  return makeHop(url, url.origin === hop.url.origin ? hop.headers : openHeaders(options));
}

/** Userinfo goes: of the first URL it is a header by now, of a redirect it is not the caller's. */
function makeHop(given: URL, headers: OutgoingHttpHeaders): Hop {
  const url = new URL(given);
  url.username = '';
  url.password = '';
  return { url, headers, source: publicSource(url.href) };
}

/** The headers that any origin may see. */
function openHeaders(options: FetchOptions): OutgoingHttpHeaders {
  return {
    accept: 'image/*',
    // Pictures are compressed already; one that comes compressed again all the same is decoded.
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? 'suoyin',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
    ...(options.lastModified === undefined ? {} : { 'if-modified-since': options.lastModified }),
  };
}

function checkHeaders(headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value as string);
    } catch (cause) {
      const hint =
        'Names are ASCII tokens, values have no line breaks and no characters over U+00FF.';
      throw new OptionError('HEADER_INVALID', `The header ${name} can not be sent`, hint, {
        cause,
      });
    }
  }
}

function readUrl(text: string, base?: URL): URL {
  const source = publicSource(text);
  if (!URL.canParse(text, base?.href)) {
    const hint = 'Give an http or https URL; a file is read by readImage.';
    throw new FetchError('BAD_URL', source, 'is no URL', hint);
  }
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const hint = 'Only http and https are fetched; a file is read by readImage.';
    throw new FetchError('BAD_SCHEME', source, `has the scheme ${url.protocol}`, hint);
  }
  return url;
}

/** A Location with bytes beyond ASCII, which Node hands over as Latin-1, whatever they mean. */
function escapeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isHtml(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 512).toString('latin1');
  return /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)\b/i.test(start);
}

function htmlError(source: string, status: number): FetchError {
  const hint = 'Pages in place of pictures are often passing errors: try again later.';
  const options = { status, retryable: true };
  return new FetchError('NOT_IMAGE', source, 'is an HTML page', hint, options);
}
