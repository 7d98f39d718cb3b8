import { randomInt } from 'node:crypto';

/**
 * How long to wait before the next attempt: exponential with full jitter, in milliseconds.
 *
 * Full jitter keeps senders that failed together from coming back together.
 *
 * @param attempt - Attempts that have failed, 1 or more.
 * @param options - random: gives numbers in [0, 1). retryAfterMs: what the server asked for; never less.
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
 * The wait that a `Retry-After` header asks for, in milliseconds; 0 where there is none.
 *
 * A date is taken relative to the answer's own `Date`, so that no two clocks are compared.
 *
 * @param headers - By lower-case name.
 */
export function retryAfterMs(headers: Readonly<Record<string, unknown>> = {}): number {
  const value = headers['retry-after'];
  if (typeof value !== 'string' && typeof value !== 'number') return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(String(value)) - Date.parse(String(headers['date']));
  return ms > 0 ? ms : 0;
}

/** A number in [0, 1), for the jitter of whoever was told no other source. */
export function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
