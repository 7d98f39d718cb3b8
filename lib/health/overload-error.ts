import { SearchError } from '../errors.ts';

/** Work was not done because the backend is too busy or does not answer; answer 503 with `Retry-After`. */
export class OverloadError extends SearchError {
  /** When to try again, in whole seconds, 1 or more: the value of a `Retry-After` header. */
  readonly retryAfterSeconds: number;

  constructor(code: string, what: string, retryAfterSeconds: number) {
    super(code, what, `Try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
