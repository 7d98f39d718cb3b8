import { EngineError, MissingDependencyError, OptionError, SearchError } from '../errors.ts';

/**
 * What a thread is asked: a call, null for whether it still listens; or to give a call up, where it waits for
 * something and is not at work.
 */
export type Asked = { id: number; call: unknown } | { cancel: number };

/** An answer on its way. */
export type Reply = { id: number } & ({ answer: unknown } | { fault: Fault });

/** What a thread says when its script is loaded. */
export const READY = 'ready';

/** An error on its way between threads. */
interface Fault {
  name: string;
  code: string;
  what: string;
  hint: string;
  cause?: string;
}

/** The error of a call that was given up. */
export function timeoutError(limitMs: number): EngineError {
  const what = `A search was ended because it took longer than ${limitMs} ms`;
  return new EngineError('SEARCH_TIMEOUT', what, 'Ask for less, or try again later.');
}

/** What is told of an error. */
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

/** The error that was told of. */
export function revived({ name, code, what, hint, cause }: Fault): SearchError {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name as keyof typeof CLASSES] : EngineError;
  return new Class(code, what, hint, cause === undefined ? undefined : { cause });
}
