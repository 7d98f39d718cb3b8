import { OptionError, RebuildError, quoteValue } from '../errors.ts';
import type { DeadLetters } from './dead-letters.ts';

/**
 * How many dead letters a rebuild bears.
 *
 * @param maxFailed - Under 1 a share of the records (0.001 is one in a thousand), from 1 on a count.
 * @throws {OptionError} `MAX_FAILED_INVALID`.
 */
export function failureLimit(maxFailed: number, records: number): number {
  checkMaxFailed(maxFailed);
  return maxFailed < 1 ? Math.floor(maxFailed * records) : maxFailed;
}

/** @throws {OptionError} `MAX_FAILED_INVALID` when it is neither a share nor a whole count. */
export function checkMaxFailed(maxFailed: number): void {
  if (maxFailed >= 0 && (maxFailed < 1 || Number.isInteger(maxFailed))) return;
  const what = `maxFailed ${quoteValue(maxFailed)} is neither a share nor a count`;
  const hint = 'Use a number from 0 to under 1 for a share, or a whole number for a count.';
  throw new OptionError('MAX_FAILED_INVALID', what, hint);
}

/** @throws {RebuildError} `TOO_MANY_FAILED` with the first dead letter. */
export function checkFailures(
  stage: string,
  letters: DeadLetters,
  of: { limit: number; records: number },
): void {
  if (letters.count <= of.limit) return;
  const first = letters.first[0]!;
  const where = letters.path === null ? '' : ` All are in ${letters.path}.`;
  throw new RebuildError(
    'TOO_MANY_FAILED',
    stage,
    `${letters.count} of ${of.records} records failed and at most ${of.limit} may; the first, ` +
      `${first.file} line ${first.line}: ${first.message.replace(/\.$/, '')}`,
    `Nothing was swapped. Mend them or raise maxFailed.${where}`,
  );
}
