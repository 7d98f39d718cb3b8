import { EngineError, MissingDependencyError, OptionError, SearchError } from '../errors.ts';

/**
 * A message to a thread: a call (null is a ping), or to cancel a call that is waiting for
 * something.
 */
export type Asked = { id: number; call: unknown } | { cancel: number };

/** A message with an answer. */
export type Reply = { id: number } & ({ answer: unknown } | { fault: Fault });

/** The message of a thread when its script is loaded. */
export const READY = 'ready';

/** An error in a message between threads. */
interface Fault {
  name: string;
  code: string;
  what: string;
  hint: string;
  cause?: string;
}

/** The error for a call that was given up. */
export function timeoutError(limitMs: number): EngineError {
  const what = `A search was ended because it took longer than ${limitMs} ms`;
  return new EngineError('SEARCH_TIMEOUT', what, 'Ask for less, or try again later.');
}

/** The message for an error. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof SearchError)) {
    const hint = 'Please report it.';
    const what = 'A search failed';
    return { name: 'EngineError', code: 'ENGINE_FAILED', what, hint, cause: String(error) };
  }
  const { name, code, hint, message } = error;
  return { name, code, hint, what: message.slice(0, -hint.length - 2) };
}

const CLASSES = { OptionError, MissingDependencyError };

/** The error of a message. */
export function revived({ name, code, what, hint, cause }: Fault): SearchError {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name as keyof typeof CLASSES] : EngineError;
  return new Class(code, what, hint, cause === undefined ? undefined : { cause });
}
