import { OptionError, quoteValue } from '../errors.ts';

/** What one request may cost. */
export interface RequestLimits {
  /** Characters of path and query. */
  urlLength: number;
  /** Bytes of a body. */
  bodyBytes: number;
  /** Bytes of all bodies that are held at the same time. */
  heldBytes: number;
  /** Milliseconds in which a body has to be here. */
  bodyMs: number;
  /** Pictures that are fetched and decoded at the same time; more are refused. */
  pictures: number;
  /** Milliseconds that a search may take, without its wait for a turn. */
  answerMs: number;
}

/** What holds where `limits` are silent. */
export const REQUEST_LIMITS: Readonly<RequestLimits> = Object.freeze({
  urlLength: 4096,
  bodyBytes: 20 * 2 ** 20,
  heldBytes: 200 * 2 ** 20,
  bodyMs: 15_000,
  pictures: 16,
  answerMs: 30_000,
});

/** @throws {OptionError} `REQUEST_LIMIT_INVALID`. */
export function requestLimits(given: Partial<RequestLimits> = {}): RequestLimits {
  const limits = { ...REQUEST_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    const what = `${name} of a request can't be ${quoteValue(value)}`;
    throw new OptionError('REQUEST_LIMIT_INVALID', what, 'Give a whole number over 0.');
  }
  return limits;
}
