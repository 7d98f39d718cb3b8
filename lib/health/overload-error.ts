import { SearchError } from '../errors.ts';

/**
 * Work was not done because the backend is too busy or does not answer. Answer 503 with
 * `Retry-After`.
 */
export class OverloadError extends SearchError {
  /** When to try again, in whole seconds, 1 or more: the value of a `Retry-After` header. */
  readonly retryAfterSeconds: number;

  constructor(code: string, what: string, retryAfterSeconds: number) {
    // Under overload thousands are made per second. A stack would say nothing, and cost a tenth of
    // the refusal.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(code, what, `Try again in ${retryAfterSeconds} s.`);
    Error.stackTraceLimit = stackTraceLimit;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
