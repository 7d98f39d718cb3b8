import { OptionError, quoteValue } from '../../errors.ts';
import { PARTIAL } from './byte-store.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const FILE = /^([0-9a-f]{64})-(?:(\d{1,4})x(\d{1,4})\.(webp|jpg)|original)$/;

/** What the name of a stored file says. */
export interface NamedFile {
  sha256: string;
  /** Pixels; 0 for an original. */
  width: number;
  height: number;
  /** Null for an original. */
  format: 'webp' | 'jpeg' | null;
  /** Unfinished: being written, or left by a process that died. */
  partial: boolean;
}

/** The prefix of the files of a picture: `ab/cd/<sha256>-`. Checks the hash before it becomes part of a path. */
export function beginningOf(sha256: string): string {
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) {
    const what = `${quoteValue(sha256)} is not a SHA-256 hash`;
    throw new OptionError('SHA256_INVALID', what, 'Use 64 lower-case hexadecimal digits.');
  }
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}-`;
}

/** Reads a name; null for a file that is not suoyin's. */
export function readName(name: string): NamedFile | null {
  const whole = name.replace(PARTIAL, '');
  const [outer = '', inner = '', file = '', ...rest] = whole.split('/');
  const match = rest.length > 0 ? null : FILE.exec(file);
  const sha256 = match?.[1];
  if (!match || !sha256?.startsWith(outer + inner) || outer.length !== 2 || inner.length !== 2) {
    return null;
  }
  return {
    sha256,
    width: Number(match[2] ?? 0),
    height: Number(match[3] ?? 0),
    format: match[4] === undefined ? null : match[4] === 'jpg' ? 'jpeg' : 'webp',
    partial: whole !== name,
  };
}
