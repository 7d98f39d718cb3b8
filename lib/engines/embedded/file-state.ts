import { type BigIntStats, statSync } from 'node:fs';
import { EngineError, quoteValue } from '../../errors.ts';

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
    throw new EngineError('FILE_UNREADABLE', what, 'Check who may read it.', { cause });
  }
}
