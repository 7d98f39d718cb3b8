import { OptionError, quoteValue } from '../errors.ts';
import type { CustomOption, Spec } from '../options.ts';
import { SOURCE_VERSIONS } from './live-writes.ts';

/** Options of a write. */
export interface WriteOptions {
  /**
   * Decides which of two writes of one document is the newer, in whatever order they arrive. A
   * whole number from 2^40 + 1, such as microseconds since 1970, or what `versionFrom` makes of a
   * sequence of your own; or a list with one for each document. Default: the time of the call.
   */
  version?: number | readonly number[];
}

const VERSION: CustomOption & { default?: undefined } = {
  type: 'custom',
  fits: (value) => [value].flat().every(isVersion),
  wanted: 'a whole number over 2^40, such as microseconds since 1970, or one for each document',
  otherwise: 'the time of the call',
  help: 'which of two writes of one document is the newer',
};

/** Options of a write. */
export const WRITE_SPEC: Spec<WriteOptions> = {
  code: 'VERSION_INVALID',
  options: { version: VERSION },
};

/** Largest number that `versionFrom` accepts: 10^15, so that no version is ever in the future. */
const MOST = 1e15;
/** How far a version may be ahead of this machine's clock, in milliseconds: 1 hour. */
const MOST_AHEAD_MS = 3_600_000;

function isVersion(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > SOURCE_VERSIONS;
}

/**
 * The version of a write from an increasing number of your own: a sequence or row version of the
 * database.
 *
 * Use such numbers for all versions of an index or for none: any time is newer than any of them.
 *
 * @param sequence - A whole number from 0 to 10^15, also as text or bigint, as drivers return it.
 * @throws {OptionError} `VERSION_INVALID`.
 * @example
 * await places.put([record], { version: versionFrom(row.seq) });
 */
export function versionFrom(sequence: number | bigint | string): number {
  const text = String(sequence).trim();
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (number <= MOST) return SOURCE_VERSIONS + 1 + number;
  const what = `${quoteValue(typeof sequence === 'bigint' ? text : sequence)} is not a number of a sequence`;
  throw new OptionError('VERSION_INVALID', what, 'Give a whole number from 0 to 10^15.');
}

/**
 * The given versions of documents; null if none was given.
 *
 * @param now - Milliseconds since 1970.
 * @throws {OptionError} `VERSION_INVALID` for a list of another length, and for a time far in the
 *   future, since nothing could replace the document until then.
 */
export function givenVersions(
  { version }: WriteOptions,
  count: number,
  now: number,
): readonly number[] | null {
  if (version === undefined) return null;
  const versions = typeof version === 'number' ? Array<number>(count).fill(version) : version;
  if (versions.length !== count) {
    const what = `There are ${versions.length} versions for ${count} documents`;
    throw new OptionError('VERSION_INVALID', what, 'Give one for each, or one for all.');
  }
  const ahead = versions.find((each) => each > (now + MOST_AHEAD_MS) * 1000);
  if (ahead === undefined) return versions;
  const what = `version ${ahead}, in microseconds since 1970, is more than an hour ahead of this clock`;
  const hint = 'Give microseconds, not nanoseconds, or versionFrom(sequence); check the clocks.';
  throw new OptionError('VERSION_INVALID', what, hint);
}
