// The process of one contender: builds or opens its index, then runs the queries that the parent
// sends.
import { readFileSync } from 'node:fs';
import type { Cell } from './cases.ts';
import type { BuildInput, Contender } from './competitor.ts';

/** The contenders, in the order of the report; each module is loaded in its own process only. */
export const CONTENDERS: Readonly<Record<string, (input: BuildInput) => Promise<Contender>>> = {
  suoyin: async (input) => (await import('./suoyin.ts')).suoyin(input),
  minisearch: async (input) => (await import('./minisearch.ts')).miniSearch(input),
  'sorted-set': async (input) => (await import('./sorted-set.ts')).sortedSet(input),
  opensearch: async (input) => (await import('./opensearch.ts')).suoyinOnOpenSearch(input),
  suggesters: async (input) => (await import('./opensearch.ts')).suggesters(input),
  'prefix-scan': async (input) => (await import('./prefix-scan.ts')).prefixScan(input),
};

/** Messages to a contender's process; it answers with the type of the same name. */
export type Order =
  | { do: 'build'; name: string; input: BuildInput; cellsFile: string }
  | { do: 'run'; way: string; cell: number; from: number; to: number; warmUp: boolean }
  | { do: 'memory' };

export interface Built {
  ways: string[];
  version: string;
  /** Seconds of building, not of opening an earlier build. */
  seconds: number;
  /** Whether an earlier process built it. */
  reused: boolean;
  /** Largest growth of the process so far, in bytes. */
  peakBytes: number;
  outside: { bytes: number; what: string } | null;
}

export interface Run {
  /** Milliseconds of each query. */
  ms: number[];
  /** Milliseconds of each query inside the engine; empty if not measured. */
  engineMs: number[];
  /** Whether a right id was among the first ten. */
  found: boolean[];
}

export interface Memory {
  /** Growth of the process since before the contender's code was loaded, in bytes. */
  bytes: number;
}

/** Answers the parent's messages until it disconnects. */
export function serveContender(): void {
  let before = 0;
  let contender: Contender | null = null;
  let cells: Cell[] = [];

  const build = async (order: Order & { do: 'build' }): Promise<Built> => {
    const start = CONTENDERS[order.name];
    if (!start) throw new Error(`No contender ${order.name}`);
    cells = JSON.parse(readFileSync(order.cellsFile, 'utf8')) as Cell[];
    before = residentBytes();
    const started = performance.now();
    contender = await start(order.input);
    const seconds = contender.builtIn ?? (performance.now() - started) / 1000;
    const peakBytes = peakResidentBytes() - before;
    const { ways, version, outside = null } = contender;
    const reused = contender.builtIn !== undefined;
    return { ways: Object.keys(ways), version, seconds, reused, peakBytes, outside };
  };

  const run = async ({ way, cell, from, to, warmUp }: Order & { do: 'run' }): Promise<Run> => {
    const ask = contender?.ways[way];
    const asked = cells[cell];
    if (!ask || !asked) throw new Error(`${way} or its cell ${cell} is not there`);
    const result: Run = { ms: [], engineMs: [], found: [] };
    contender?.engineMs?.();
    for (const { text, language, accept } of (warmUp ? asked.warmUp : asked.cases).slice(
      from,
      to,
    )) {
      const started = performance.now();
      const ids = await ask(text, language);
      result.ms.push(performance.now() - started);
      if (contender?.engineMs) result.engineMs.push(contender.engineMs());
      result.found.push(ids.some((id) => accept.includes(id)));
    }
    return result;
  };

  const carryOut = async (order: Order): Promise<Built | Run | Memory> => {
    switch (order.do) {
      case 'build':
        return build(order);
      case 'run':
        return run(order);
      case 'memory':
        return { bytes: residentBytes() - before };
    }
  };

  process.on('message', (order: Order) => {
    carryOut(order).then(
      (answer) => process.send?.({ answer }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
  process.once('disconnect', () => {
    void Promise.resolve(contender?.close()).finally(() => process.exit());
  });
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** Linux includes the parent's size at the fork in `maxRSS`, but not in VmHWM. */
function peakResidentBytes(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
