import { randomInt } from 'node:crypto';
import { seededRandom } from '../../bench/statistics.ts';

/** What SEED says, which repeats a run; null without it. */
export function givenSeed(): number | null {
  const { SEED } = process.env;
  return SEED === undefined ? null : Number(SEED);
}

/** Chance for a test that kills at random: prints the seed that SEED repeats it with. @returns Numbers from 0 to 1. */
export function printedRandom(): () => number {
  const seed = givenSeed() ?? randomInt(2 ** 31);
  console.log(`      SEED=${seed}`);
  return seededRandom(seed);
}
