import { SearchError } from '../../errors.ts';
import { shownText } from '../../shown-text.ts';

/**
 * A picture could not be obtained from its URL or file.
 *
 * `NOT_FOUND`, `GONE`, `RATE_LIMITED`, `SERVER_ERROR` and `HTTP_STATUS` carry the HTTP `status`;
 * with the other codes there was no response, or not a usable one.
 */
export class FetchError extends SearchError {
  /** The source in a form that may be logged: no userinfo, no query, at most 120 characters. */
  readonly source: string;
  /** HTTP status of the failed response, else null. */
  readonly status: number | null;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds that the server asks to wait before the next try; null if it did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(code: string, what: string, hint: string, options: FetchErrorOptions) {
    super(code, `${options.source} ${what}`, hint, options);
    this.source = options.source;
    this.status = options.status ?? null;
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Details of a `FetchError`, besides its message. */
export interface FetchErrorOptions extends ErrorOptions {
  /** As `publicSource` makes it; the message begins with it. */
  source: string;
  status?: number;
  /** Default false. */
  retryable?: boolean;
  retryAfterSeconds?: number | null;
}

const unreached = new WeakMap<object, number>();

/**
 * Marks an error: no connection was made.
 *
 * @param ms - Milliseconds from the beginning of that request, not of one that redirected to it.
 */
export function noteUnreached(error: unknown, ms: number): void {
  if (typeof error === 'object' && error !== null) unreached.set(error, ms);
}

/** Milliseconds until it was clear that no connection can be made; null for any other error. */
export function unreachedMs(error: unknown): number | null {
  return unreached.get(error as object) ?? null;
}

/**
 * A URL in the form that messages and logs may show: without userinfo, with the query replaced by
 * `?...`.
 *
 * @param source - May be text that is not a URL; if it may contain a password, nothing of it is
 *   shown.
 */
export function publicSource(source: string): string {
  const text = URL.canParse(source) ? publicUrl(new URL(source)) : malformedUrl(source);
  // eslint-disable-next-line no-control-regex -- a line break in a URL is worth no more than a space
  const chars = Array.from(shownText(text.replace(/[\x00-\x1f\x7f]/g, ' ')));
  return chars.length > 120 ? `${chars.slice(0, 117).join('')}...` : chars.join('');
}

function publicUrl({ protocol, host, pathname, search }: URL): string {
  if (!pathname.startsWith('/') && host === '') return `${protocol}...`;
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?...'}`;
}

function malformedUrl(text: string): string {
  const colon = text.indexOf(':');
  const mayHavePassword = colon >= 0 && text.includes('@', colon);
  return mayHavePassword ? 'A malformed URL' : text.replace(/[?#].*/s, '?...');
}

/** Text in which every http(s) URL is as `publicSource` shows it, but not shortened. */
export function publicText(text: string): string {
  return text.replace(/https?:(?:[^\s"<>\\]|\\.)+/gi, (url) =>
    URL.canParse(url) ? publicUrl(new URL(url)) : malformedUrl(url),
  );
}

/** The error for a server that takes too long; `what` continues the sentence after the URL. */
export function timeoutError(source: string, what: string): FetchError {
  return new FetchError('TIMEOUT', what, 'Try again later or raise the limit.', {
    source,
    retryable: true,
  });
}

/** The error for a response that is not valid HTTP; `what` continues the sentence after the URL. */
export function badResponse(source: string, what: string, cause?: unknown): FetchError {
  const hint = 'The server is at fault; check its response with another client.';
  return new FetchError('BAD_RESPONSE', what, hint, { source, cause });
}

/** The error for a body or file over its size limit. */
export function tooLarge(source: string, maxBytes: number): FetchError {
  const what = `is over ${maxBytes} bytes`;
  return new FetchError('TOO_LARGE', what, 'Raise maxBytes, or skip this source.', { source });
}

/**
 * The error for a host that may not be connected to; `reason` is its address and the range it is
 * in.
 */
export function blockedError(source: string, reason: string): FetchError {
  const hint =
    'If this is your own host and intended, allow its range: allowAddresses, on the command line --allow-address.';
  return new FetchError('BLOCKED_ADDRESS', `is not on the public internet: ${reason}`, hint, {
    source,
  });
}

/** Whether an error comes from Node's HTTP parser. */
export function isParseError(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code?.startsWith('HPE_') ?? false;
}
