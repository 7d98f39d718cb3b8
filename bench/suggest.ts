// Compares place autocomplete with others: time, memory, build time, and what is not found.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startOpenSearch } from '../scripts/opensearch.mjs';
import { type Cell, makeCells } from './cases.ts';
import type { BuildInput } from './competitor.ts';
import { CONTENDERS } from './contender.ts';
import { type Corpus, takeCorpus } from './corpus.ts';
import { type Started, startContender } from './process.ts';
import { type Entrant, type Measured, measure } from './rounds.ts';
import { printReport } from './suggest-report.ts';

const USAGE = `npm run bench -- suggest [--places FILE ...] [options]

  --places FILE ...     records, JSON lines, packed or not (default examples/data/places.jsonl)
  --boundaries FILE     outlines, for parents
  --count N             records taken, in the order of the files (default 100000)
  --queries N           queries an input state at full length (default 2000)
  --rounds N            rounds in which the contenders take turns (default 5)
  --budget N            seconds a contender other than suoyin may ask for in all; a slower one is
                        asked a share of every cell (default 25)
  --seed N              draws the places that are typed (default 1)
  --data DIR            keeps the index of suoyin there, and takes it from there the next time
  --redis-server PATH   default: redis-server on the PATH
  --engine opensearch   compares suoyin on OpenSearch, its suggesters, and suoyin embedded
  --node URL            an OpenSearch for tests (default: one is started); bench-* is deleted there
  --only NAMES          some of ${Object.keys(CONTENDERS).join(', ')}
  --quick               10000 records, 200 queries, 3 rounds, 5 seconds`;

const EXAMPLE = fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url));
/** Input states at the three shorter lengths are reported together, so each needs fewer queries. */
const CUT_SHARE = 1 / 8;
const ON_OPENSEARCH = ['opensearch', 'suggesters'];
const WARM_UP = 20;
/** Cases per input state whose answers are compared. */
export const ANSWERS = 400;

/** All results, for the report. */
export interface SuggestBench {
  corpus: Corpus;
  /** True if no file was named. */
  example: boolean;
  cells: Cell[];
  entrants: Entrant[];
  measured: Measured;
  /** Contenders that could not take part, and why. */
  skipped: [way: string, why: string][];
  seed: number;
  rounds: number;
  seconds: number;
}

/** Runs the benchmark and prints Markdown tables to stdout, progress to stderr. */
export async function benchSuggest(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      places: { type: 'string', multiple: true, default: [] },
      boundaries: { type: 'string' },
      count: { type: 'string' },
      queries: { type: 'string' },
      rounds: { type: 'string' },
      budget: { type: 'string' },
      seed: { type: 'string' },
      data: { type: 'string' },
      'redis-server': { type: 'string' },
      engine: { type: 'string', default: 'embedded' },
      node: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const started = performance.now();
  const number = (name: 'count' | 'queries' | 'rounds' | 'budget' | 'seed', usual: number) => {
    const value = Number(values[name] ?? usual);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name} ${values[name]} is not a whole number over 0\n\n${USAGE}`);
  };
  const usual = values.quick
    ? { count: 10_000, queries: 200, rounds: 3, budget: 5 }
    : { count: 100_000, queries: 2_000, rounds: 5, budget: 25 };
  const [seed, rounds] = [number('seed', 1), number('rounds', usual.rounds)];
  const full = number('queries', usual.queries);
  const files = [...values.places, ...positionals];
  const example = files.length === 0;

  const folder = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  say('reading records');
  const corpus = await takeCorpus(
    example ? [EXAMPLE] : files,
    number('count', usual.count),
    folder,
  );
  if (corpus.records.length === 0) throw new Error(`No usable record in ${files.join(', ')}`);
  const sizes = { full, cut: Math.ceil(full * CUT_SHARE), warmUp: WARM_UP };
  const cells = makeCells(corpus.records, sizes, seed);
  const cellsFile = join(folder, 'cells.json');
  writeFileSync(cellsFile, JSON.stringify(cells));

  const skipped: SuggestBench['skipped'] = [];
  const redisServer = values['redis-server'] ?? onPath('redis-server');
  const inputOf = (name: string): BuildInput => {
    const kept = name === 'suoyin' && values.data !== undefined;
    const dataDir = kept ? join(values.data!, corpus.checksum) : join(folder, name);
    mkdirSync(dataDir, { recursive: true });
    const { recordsFile, placesFile } = corpus;
    const boundaries = values.boundaries ?? null;
    const servers = { redisServer: redisServer ?? '', node };
    return { recordsFile, placesFile, boundaries, dataDir, ...servers };
  };
  const onOpenSearch = values.engine === 'opensearch';
  const cluster = onOpenSearch && values.node === undefined ? await startOpenSearch() : null;
  const node = values.node ?? cluster?.url ?? '';
  const entrants: Entrant[] = [];
  const usually = Object.keys(CONTENDERS).filter((name) => !ON_OPENSEARCH.includes(name));
  const only = values.only?.split(',') ?? (onOpenSearch ? [...ON_OPENSEARCH, 'suoyin'] : usually);
  try {
    for (const name of only) {
      if (name === 'sorted-set' && redisServer === null) {
        skipped.push(['sorted set in Redis', 'skipped: redis-server is not installed']);
        continue;
      }
      say(`building ${name}`);
      entrants.push({ name, process: await start(name, inputOf(name), cellsFile) });
    }
    const budgetMs = number('budget', usual.budget) * 1000;
    const measured = await measure(entrants, cells, { rounds, budgetMs, answers: ANSWERS }, say);
    const seconds = (performance.now() - started) / 1000;
    printReport({
      corpus,
      example,
      cells,
      entrants,
      measured,
      skipped,
      seed,
      rounds,
      seconds,
    });
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.process.stop()));
    await cluster?.stop();
  }
}

/** suoyin runs its queries in a process that has only opened its index, as a server would. */
async function start(name: string, input: BuildInput, cellsFile: string): Promise<Started> {
  const built = await startContender(name, input, cellsFile);
  if (name !== 'suoyin') return built;
  await built.stop();
  const opened = await startContender(name, input, cellsFile);
  return { ...opened, peakBytes: built.peakBytes, reused: built.reused };
}

function onPath(command: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path)) ?? null;
}

function say(what: string): void {
  console.error(what);
}
