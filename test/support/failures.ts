import { SearchError } from '../../lib/errors.ts';

/** The error that a promise or a call ends with; throws where it doesn't fail. */
export async function failureOf<T extends Error = SearchError>(
  work: Promise<unknown> | (() => unknown),
): Promise<T> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error as T;
  }
  throw new Error('It did not fail');
}

/** The code of a typed error that a promise or a call ends with, 'no error' without one. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof SearchError) return error.code;
    throw error;
  }
  return 'no error';
}
