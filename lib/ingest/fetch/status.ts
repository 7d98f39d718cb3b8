import type { IncomingMessage } from 'node:http';
import { retryAfterSeconds as retryAfter } from '../../back-off.ts';
import { FetchError } from './fetch-error.ts';

/** Statuses that have a code of their own. */
const CODES: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  410: 'GONE',
  429: 'RATE_LIMITED',
};

/**
 * The error for a response without a picture.
 *
 * Only 429 and 5xx are retryable; a 410 says that the picture will not come back.
 *
 * @param source - The URL in the form that messages may show.
 */
export function statusError(source: string, response: IncomingMessage): FetchError {
  const status = response.statusCode ?? 0;
  const code = CODES[status] ?? (status >= 500 ? 'SERVER_ERROR' : 'HTTP_STATUS');
  const retryable = status === 429 || status >= 500;
  const retryAfterSeconds = retryAfter(response.headers);
  const wait = retryAfterSeconds === null ? 'later' : `in ${retryAfterSeconds} s`;
  const hint = retryable ? `Try again ${wait}.` : 'Check the URL; another try will not help.';
  return new FetchError(code, `answered ${status}`, hint, {
    source,
    status,
    retryable,
    retryAfterSeconds,
  });
}
