import { randomInt } from 'node:crypto';

/**
 * How long to wait before the next attempt: exponential with full jitter, in milliseconds.
 *
 * Full jitter keeps senders that failed together from coming back together.
 *
 * @param attempt - Attempts that have failed, 1 or more.
 * @param options - random: returns numbers in [0, 1). retryAfterMs: what the server asked for; the
 * wait is never shorter.
 */
export function backOffMs(
  attempt: number,
  options: { baseDelayMs: number; maxDelayMs: number; random: () => number; retryAfterMs?: number },
): number {
  const { baseDelayMs, maxDelayMs, random, retryAfterMs = 0 } = options;
  const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, random() * ceiling);
}

/**
 * The wait that a `Retry-After` header asks for (RFC 9110 10.2.3), in whole seconds; null if there
 * is none or it can't be read.
 *
 * A date is taken relative to the answer's own `Date`, so that no two clocks are compared.
 *
 * @param headers - By lower-case name.
 */
export function retryAfterSeconds(headers: Readonly<Record<string, unknown>> = {}): number | null {
  const { 'retry-after': asked, date } = headers;
  const text = typeof asked === 'number' ? String(asked) : asked;
  if (typeof text !== 'string') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(String(date))) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

/** The same in milliseconds; 0 if there is none. */
export function retryAfterMs(headers: Readonly<Record<string, unknown>> = {}): number {
  return (retryAfterSeconds(headers) ?? 0) * 1000;
}

/** The default source of jitter: a number in [0, 1). */
export function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
