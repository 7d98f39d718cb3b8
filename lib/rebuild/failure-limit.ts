import { RebuildError } from '../errors.ts';
import type { DeadLetters } from '../source/dead-letters.ts';

/** Share of the records that may fail by default. */
const SHARE = 0.001;
/** Number of records of a small source that may fail by default, and the largest share of it. */
const FEW = 10;
const FEW_SHARE = 0.1;

/** Most dead letters that a message names. */
const NAMED = 3;

/**
 * How many dead letters a rebuild tolerates.
 *
 * @param maxFailed - Below 1 a share of the records (0.001 is one in a thousand), from 1 a count.
 *   Undefined: 0.1 % of the records, or up to 10 that are at most 10 % of them, whichever is more.
 */
export function failureLimit(maxFailed: number | undefined, records: number): number {
  if (maxFailed === undefined) {
    const few = Math.min(FEW, Math.floor(FEW_SHARE * records));
    return Math.max(few, Math.floor(SHARE * records));
  }
  return maxFailed < 1 ? Math.floor(maxFailed * records) : maxFailed;
}

/** The first dead letters, each with its file, line and fault. */
export function firstOf({ count, first }: DeadLetters): string {
  const named = first.slice(0, NAMED).map(({ file, line, message, hint }) => {
    const what = message.slice(0, -hint.length).trimEnd().replace(/\.$/, '');
    return `${file} line ${line}: ${what}`;
  });
  const more = count - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** @throws {RebuildError} `TOO_MANY_FAILED` with the first dead letters. */
export function checkFailures(
  stage: string,
  letters: DeadLetters,
  of: { limit: number; records: number },
): void {
  if (letters.count <= of.limit) return;
  const { count, path } = letters;
  const where = path === null ? '' : ` All are in ${path}, with what to do about each.`;
  throw new RebuildError(
    'TOO_MANY_FAILED',
    `${count} of ${of.records} records failed and at most ${of.limit} may: ${firstOf(letters)}`,
    `The alias was not moved. Correct the records, or let more fail: maxFailed, on the command line --max-failed.${where}`,
    { stage },
  );
}
