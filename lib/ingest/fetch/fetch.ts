import { setMaxListeners } from 'node:events';
import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import { OptionError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, SIGNAL, type Spec } from '../../options.ts';
import { ADDRESS_SPEC, addressGuard, type AddressOptions } from './addresses.ts';
import { readBody } from './body.ts';
import { blockedError, FetchError, publicSource, timeoutError } from './fetch-error.ts';
import { type Hop, type HopContext, openHop } from './hop.ts';
import { FETCH_LIMITS_SPEC, type FetchLimits, readLimits } from './limits.ts';
import { statusError } from './status.ts';

/** How pictures are fetched, each of them. Everything is optional. */
export interface FetchSettings extends AddressOptions, Partial<FetchLimits> {
  /** The `User-Agent` header. Default `suoyin`. */
  userAgent?: string;
  /**
   * Extra headers, sent to the origin of the URL only, never to another origin that it redirects
   * to.
   */
  headers?: Readonly<Record<string, string>>;
  /** Follows redirects from https to http. Default false. */
  allowDowngrade?: boolean;
  /** Certificates to trust instead of the system's, as PEM. */
  ca?: string;
}

/** How one picture is fetched. Everything is optional. */
export interface FetchOptions extends FetchSettings {
  /** `etag` of the caller's copy; with it the result may be `notModified`. */
  etag?: string;
  /** `lastModified` of the caller's copy, exactly as the server sent it. */
  lastModified?: string;
  /** Aborts the fetch; its reason is thrown unchanged. */
  signal?: AbortSignal;
}

/** Options of a fetch that have a default. */
export type FetchDefault = keyof FetchLimits | 'allowPrivate' | 'userAgent' | 'allowDowngrade';

/** Options of every fetch of an index or an ingest. */
export const FETCH_SETTINGS_SPEC: Spec<FetchSettings, FetchDefault> = {
  code: OPTION_INVALID,
  options: {
    ...FETCH_LIMITS_SPEC.options,
    ...ADDRESS_SPEC.options,
    userAgent: { type: 'text', default: 'suoyin', help: 'the `User-Agent` header' },
    headers: {
      type: 'object',
      each: { type: 'text', code: 'HEADER_INVALID', secret: true, help: '' },
      help: 'extra headers, sent to the origin of the URL only',
    },
    allowDowngrade: {
      type: 'flag',
      default: false,
      help: 'follows redirects from https to http',
    },
    ca: {
      type: 'text',
      otherwise: "the system's",
      help: 'certificates to trust, as PEM',
    },
  },
};

/** Options of `fetchImage`. */
export const FETCH_SPEC: Spec<FetchOptions, FetchDefault> = {
  code: OPTION_INVALID,
  options: {
    ...FETCH_SETTINGS_SPEC.options,
    etag: { type: 'text', help: "`etag` of the caller's copy" },
    lastModified: { type: 'text', help: "`lastModified` of the caller's copy" },
    signal: SIGNAL,
  },
};

/** The result of a fetch; `bytes` is null if the caller's copy is still current. */
export type FetchedImage = FetchedSource &
  ({ notModified: false; bytes: Buffer } | { notModified: true; bytes: null });

/** Where a picture came from. */
export interface FetchedSource {
  /** The final URL, without userinfo. */
  url: string;
  /** 200 or 304. */
  status: number;
  /** As the server sent it; not verified. */
  contentType: string | null;
  etag: string | null;
  lastModified: string | null;
  /** The URLs that redirected, in order. */
  redirects: readonly string[];
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches the bytes behind an http or https URL.
 *
 * Only addresses on the public internet are connected to, on every hop, unless `allowPrivate` or
 * `allowAddresses` say otherwise. It does not retry: `retryable` of the error says whether that may
 * help.
 *
 * @param source - Not a path; `readImage` reads files.
 * @throws {OptionError} `FETCH_LIMIT_INVALID`, `ADDRESS_RANGE_INVALID`, `HEADER_INVALID`.
 * @throws {FetchError} `BAD_URL`, `BAD_SCHEME`, `BLOCKED_ADDRESS`, `CONNECTION_FAILED`,
 *   `TLS_FAILED`, `TIMEOUT`, `TOO_MANY_REDIRECTS`, `INSECURE_REDIRECT`, `NOT_FOUND`, `GONE`,
 *   `RATE_LIMITED`, `SERVER_ERROR`, `HTTP_STATUS`, `TOO_LARGE`, `BODY_INCOMPLETE`, `BAD_RESPONSE`,
 *   `NOT_IMAGE`.
 */
export async function fetchImage(
  source: string | URL,
  options: FetchOptions = {},
): Promise<FetchedImage> {
  checkOptions(FETCH_SPEC, options);
  const limits = readLimits(options);
  let hop = firstHop(String(source), options);
  const guard = addressGuard(options, (reason) => blockedError(hop.source, reason));
  const stop = new AbortController();
  const giveUp = (): void => stop.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  // Many fetches may share one signal, and Node warns from the eleventh listener on.
  // (AbortSignal.any would need no listener, but in Node 20.20 it leaks over 1 kB a call for as
  // long as the shared signal lives.)
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
        throw new FetchError('TOO_MANY_REDIRECTS', what, hint, {
          source: publicSource(String(source)),
        });
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

/** Sends one request; returns the picture, or the URL that it redirects to. */
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
    throw new FetchError('INSECURE_REDIRECT', what, hint, { source: hop.source });
  }
  // After a redirect from another origin, credentials are never sent again.
  return makeHop(url, url.origin === hop.url.origin ? hop.headers : openHeaders(options));
}

/**
 * Removes the userinfo: that of the first URL has become a header, that of a redirect is not the
 * caller's.
 */
function makeHop(given: URL, headers: OutgoingHttpHeaders): Hop {
  const url = new URL(given);
  url.username = '';
  url.password = '';
  return { url, headers, source: publicSource(url.href) };
}

/** The headers that every origin may see. */
function openHeaders(options: FetchOptions): OutgoingHttpHeaders {
  return {
    accept: 'image/*',
    // Pictures are compressed already. (A response that is compressed nevertheless is decoded.)
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? FETCH_SETTINGS_SPEC.options.userAgent.default,
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
        'Names are ASCII tokens; values have no line breaks and no characters above U+00FF.';
      throw new OptionError('HEADER_INVALID', `The header ${name} can't be sent`, hint, {
        cause,
      });
    }
  }
}

function readUrl(text: string, base?: URL): URL {
  const source = publicSource(text);
  if (!URL.canParse(text, base?.href)) {
    const hint = 'Give an http or https URL; use readImage for files.';
    throw new FetchError('BAD_URL', 'is not a URL', hint, { source });
  }
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const hint = 'Only http and https are fetched; use readImage for files.';
    throw new FetchError('BAD_SCHEME', `has the scheme ${url.protocol}`, hint, { source });
  }
  return url;
}

/** Percent-encodes the non-ASCII bytes of a Location header, which Node decodes as Latin-1. */
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
  const hint = 'A page in place of a picture is often a temporary error: try again later.';
  const options = { status, retryable: true };
  return new FetchError('NOT_IMAGE', 'is an HTML page', hint, { source, ...options });
}
