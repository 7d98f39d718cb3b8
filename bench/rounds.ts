import type { Cell } from './cases.ts';
import type { Run } from './contender.ts';
import type { Started } from './process.ts';
import { percentile } from './statistics.ts';

/** A participating contender. */
export interface Entrant {
  name: string;
  process: Started;
}

/** The results of one way of querying: what each round measured in each cell. */
export interface WayResult {
  way: string;
  entrant: Entrant;
  /** Share of the queries of every cell that were run. */
  share: number;
  /** Runs by round, then by cell. */
  runs: Run[][];
  /**
   * By cell: whether each of its first cases, which are the same for every way, found a right
   * place; empty if not run.
   */
  found: boolean[][];
}

export interface Measured {
  ways: WayResult[];
  /**
   * Growth of each entrant's process in bytes, when ready and after all queries, in the order of
   * the entrants.
   */
  memory: { ready: number; after: number }[];
}

/**
 * Warms up all entrants, then lets them take turns: in every round each way of querying runs the
 * same part of every cell, one after the other, so that noise of the machine affects all equally.
 *
 * @param options - budgetMs: total time for every way but the first, which runs all queries.
 *   answers: cases per cell that all entrants answer at the end, to compare what is found: in all
 *   cells at full length, and in those of the first state at every length.
 */
export async function measure(
  entrants: readonly Entrant[],
  cells: readonly Cell[],
  options: { rounds: number; budgetMs: number; answers: number },
  say: (what: string) => void,
): Promise<Measured> {
  const memory: Measured['memory'] = [];
  for (const { process } of entrants) memory.push({ ready: await process.memory(), after: 0 });
  const ways: WayResult[] = [];
  for (const entrant of entrants) {
    for (const way of entrant.process.ways) {
      say(`warming up ${way}`);
      let expectedMs = 0;
      for (const [cell, { cases, warmUp }] of cells.entries()) {
        const order = { way, cell, from: 0, to: warmUp.length, warmUp: true };
        const { ms } = await entrant.process.run(order);
        if (ms.length > 0) expectedMs += (sum(ms) / ms.length) * cases.length;
      }
      const share = ways.length === 0 ? 1 : Math.min(1, options.budgetMs / expectedMs);
      ways.push({ way, entrant, share, runs: [], found: [] });
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1} of ${options.rounds}`);
    for (const way of ways) way.runs.push([]);
    for (const [cell, { cases }] of cells.entries()) {
      const from = Math.floor((cases.length * round) / options.rounds);
      const end = Math.floor((cases.length * (round + 1)) / options.rounds);
      for (let turn = 0; turn < ways.length; turn++) {
        const { way, entrant, share, runs } = ways[(turn + round + cell) % ways.length]!;
        const to = from + Math.ceil((end - from) * share);
        runs[round]!.push(await entrant.process.run({ way, cell, from, to, warmUp: false }));
      }
    }
  }
  say('comparing answers');
  for (const { way, entrant, found } of ways) {
    for (const [cell, { state, length }] of cells.entries()) {
      const to = length === 0 || state === cells[0]!.state ? options.answers : 0;
      const answers = await entrant.process.run({ way, cell, from: 0, to, warmUp: false });
      found.push(answers.found);
    }
  }
  for (const [i, { process }] of entrants.entries()) memory[i]!.after = await process.memory();
  return { ways, memory };
}

/** Times in milliseconds of the cells that `chosen` selects, all rounds together. */
export function timesOf(
  result: WayResult,
  chosen: (cell: number) => boolean,
  which: 'ms' | 'engineMs' = 'ms',
): number[] {
  return result.runs.flatMap((round) => roundTimes(round, chosen, which));
}

/** Ratio of the median of `other` to that of `first`: the median over the rounds. */
export function ratioOf(
  other: WayResult,
  first: WayResult,
  chosen: (cell: number) => boolean,
): number {
  const ratios = other.runs.map((round, i) => {
    const base = percentile(roundTimes(first.runs[i]!, chosen, 'ms'), 0.5);
    return percentile(roundTimes(round, chosen, 'ms'), 0.5) / base;
  });
  return percentile(ratios, 0.5);
}

function roundTimes(
  round: readonly Run[],
  chosen: (cell: number) => boolean,
  which: 'ms' | 'engineMs',
): number[] {
  return round.flatMap((run, cell) => (chosen(cell) ? run[which] : []));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
