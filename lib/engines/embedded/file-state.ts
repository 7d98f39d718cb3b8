import { type BigIntStats, statSync } from 'node:fs';
import { EngineError, quoteValue } from '../../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'Check that the directory exists.',
  ELOOP: 'Links of the path lead in a circle; check them.',
  ENAMETOOLONG: 'Give a path with shorter names.',
  ENOTDIR: 'A part of the path is a file; check it.',
  EACCES: 'Check the permissions of the file and of its folder.',
  EROFS:
    'The file system is read-only: open it readOnly, or copy it elsewhere with its log, if it has one.',
};

/** What to do about an error of the file system. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? 'Check the path and its permissions.';
}

/**
 * What the file system says of a file; null where there is none, also below what is no folder.
 *
 * @throws {EngineError} `FILE_UNREADABLE`.
 */
export function fileState(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return null;
    const what = `${quoteValue(path)} can't be read (${code})`;
    throw new EngineError('FILE_UNREADABLE', what, reasonOf(code ?? ''), { cause });
  }
}
