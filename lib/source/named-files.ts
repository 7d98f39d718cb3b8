import { readFileSync, type Stats, statSync } from 'node:fs';
import { EngineError, OptionError, quoteValue } from '../errors.ts';

/** Names of what a shell or a parent process has opened already. */
const OPENED = /^\/(?:dev\/stdin|dev\/fd\/\d+|proc\/(?:self|\d+)\/fd\/\d+)$/;

/**
 * Looks at a file before it is opened, since opening a pipe may wait for ever for who writes it,
 * and reading a device may never end.
 *
 * @param options - pipe: a pipe that is open already (`/dev/stdin`, `<(...)` of a shell) will do,
 *   since the file is read once. Default false.
 * @throws {OptionError} `SOURCE_NOT_FOUND`; `SOURCE_UNREADABLE` for a folder, a pipe, a socket, a
 *   device, and what can't be reached.
 */
export function readableFile(path: string, { pipe = false }: { pipe?: boolean } = {}): Stats {
  let state: Stats;
  try {
    state = statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (state.isFile() || (pipe && state.isFIFO() && OPENED.test(path))) return state;
  const [what, hint] = state.isDirectory()
    ? ['a folder', 'Name the file in it.']
    : [
        state.isFIFO() ? 'a pipe' : state.isSocket() ? 'a socket' : 'a device',
        pipe
          ? 'Write what comes out of it to a file, or give it as /dev/stdin, and name that.'
          : 'Write what comes out of it to a file, which can be read more than once, and name that.',
      ];
  throw new OptionError('SOURCE_UNREADABLE', `${quoteValue(path)} is ${what}`, hint);
}

/**
 * Looks at a file that is going to be written: opening a pipe waits until somebody reads it.
 *
 * @throws {EngineError} `FILE_UNWRITABLE` for a folder, a pipe, and so on.
 */
export function writableFile(path: string): void {
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state || state.isFile() || state.isCharacterDevice()) return;
  const kind = state.isDirectory() ? 'a folder' : state.isFIFO() ? 'a pipe' : 'no file';
  const what = `${quoteValue(path)} can't be written: it is ${kind}`;
  throw new EngineError('FILE_UNWRITABLE', what, 'Give the path of a file, or of a new one.');
}

/** The reason that a file could not be opened or read, as an error with a remedy. */
export function unreadable(path: string, cause: unknown): OptionError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const what = `There is no file ${quoteValue(path)}`;
    return new OptionError('SOURCE_NOT_FOUND', what, 'Check the path.', { cause });
  }
  const hint =
    code === 'EACCES' || code === 'EPERM'
      ? 'Let the user that suoyin runs as read it, and enter the folders that it lies in.'
      : `Check what it is and who may read it: ${String(cause)}`;
  return new OptionError('SOURCE_UNREADABLE', `${quoteValue(path)} can't be read`, hint, { cause });
}

/** The text of a small file, or of a pipe that is open already. */
export function readWhole(path: string): string {
  readableFile(path, { pipe: true });
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
