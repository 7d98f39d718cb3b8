import { defaultsOf, type NumberOption, settle, type Spec, TIMER_MAX } from '../options.ts';

/** Limits of a request. */
export interface RequestLimits {
  /** Most characters of path and query. */
  urlLength: number;
  /** Bytes of a body. */
  bodyBytes: number;
  /** Most bytes of all bodies in memory at the same time. */
  heldBytes: number;
  /** Milliseconds within which a body has to arrive. */
  bodyMs: number;
  /** Most pictures fetched and decoded at the same time; more are refused. */
  pictures: number;
  /** Milliseconds that a search may take, without its time in the queue. */
  answerMs: number;
}

const limit = (
  byDefault: number,
  help: string,
  unit: string,
): NumberOption & { default: number } => ({
  type: 'whole',
  min: 1,
  ...(unit === 'ms' ? { max: TIMER_MAX } : {}),
  unit,
  default: byDefault,
  help,
});

/** Limits of a request. */
export const REQUEST_LIMITS_SPEC: Spec<Partial<RequestLimits>, keyof RequestLimits> = {
  code: 'REQUEST_LIMIT_INVALID',
  fault: '{} is no limit of a request',
  options: {
    urlLength: limit(4096, 'of path and query', 'characters'),
    bodyBytes: limit(20 * 2 ** 20, 'of a body', 'bytes'),
    heldBytes: limit(200 * 2 ** 20, 'of all bodies that are held at the same time', 'bytes'),
    bodyMs: limit(15_000, 'in which a body has to be here', 'ms'),
    pictures: limit(16, 'that are fetched and decoded at the same time', 'pictures'),
    answerMs: limit(30_000, 'that a search may take, without its wait for a turn', 'ms'),
  },
};

/** Defaults of `limits`. */
export const REQUEST_LIMITS: Readonly<RequestLimits> = defaultsOf(REQUEST_LIMITS_SPEC);

/** @throws {OptionError} `REQUEST_LIMIT_INVALID`. */
export function requestLimits(given: Partial<RequestLimits> = {}): RequestLimits {
  return settle(REQUEST_LIMITS_SPEC, given);
}
