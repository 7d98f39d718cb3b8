// Compares the bulk writer with the client's own helper on a real node: speed, memory, and what
// arrives under faults.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from '@opensearch-project/opensearch';
import { placeMapping } from '../lib/autocomplete/mapping.ts';
import { toPlaceDocument } from '../lib/autocomplete/record/document.ts';
import { FAULTS, faultyNode } from './bulk-faults.ts';
import type { BulkResult, BulkTask } from './bulk-worker.ts';
import { takeCorpus } from './corpus.ts';
import { machineLine } from './machine.ts';
import { percentile } from './statistics.ts';

const USAGE = `npm run bench -- bulk --node URL [--places FILE ...] [options]

  --node URL         an OpenSearch for tests; indexes named bench-bulk-* are made and deleted
  --places FILE ...  records, JSON lines, packed or not (default examples/data/places.jsonl),
                     repeated under other ids as far as needed
  --count N          documents a run (default 100000)
  --rounds N         rounds in which the two take turns (default 5)
  --faulty N         documents a run with faults (default 5000; 0 leaves them out)
  --patience N       seconds after which a run has hung (default 60, and more for more documents)
  --quick            10000 documents, 3 rounds, 2000 with faults`;

const EXAMPLE = fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url));
const WORKER = fileURLToPath(new URL('./bulk-worker.ts', import.meta.url));
const WAYS = ['writer', 'helper'] as const;
const NAMES = { writer: 'suoyin', helper: 'helpers.bulk' };
/** Requests small enough that a run of a few thousand documents has at least ten. */
const FAULTY_BYTES = 2 ** 19;

/** A run, and the number of documents in the index at the end. */
interface Counted extends BulkResult {
  indexed: number;
}

/** Runs the benchmark and prints Markdown tables to stdout, progress to stderr. */
export async function benchBulk(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      node: { type: 'string' },
      places: { type: 'string', multiple: true, default: [EXAMPLE] },
      count: { type: 'string' },
      rounds: { type: 'string' },
      faulty: { type: 'string' },
      patience: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.node === undefined) {
    console.log(USAGE);
    if (!values.help) throw new Error('--node is missing');
    return;
  }
  const usual = values.quick
    ? { count: 10_000, rounds: 3, faulty: 2_000, patience: 60 }
    : { count: 100_000, rounds: 5, faulty: 5_000, patience: 60 };
  const number = (name: keyof typeof usual): number => {
    const value = Number(values[name] ?? usual[name]);
    if (Number.isInteger(value) && value >= (name === 'faulty' ? 0 : 1)) return value;
    throw new Error(`--${name} ${values[name]} is not such a whole number\n\n${USAGE}`);
  };
  const { node } = values;
  const [count, rounds, faulty] = [number('count'), number('rounds'), number('faulty')];

  const client = new Client({ node });
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  try {
    const corpus = await takeCorpus(values.places, count, folder);
    if (corpus.records.length === 0) throw new Error('No usable record');
    const documents = corpus.records.map((record) => JSON.stringify(toPlaceDocument(record)));
    const text = `${documents.join('\n')}\n`;
    const documentsFile = join(folder, 'documents.jsonl');
    writeFileSync(documentsFile, text);
    const bytes = Buffer.byteLength(text) / documents.length;
    const patience = (n: number): number => (number('patience') + n / 500) * 1000;
    const runOf = (way: BulkTask['way'], n: number, extra: Partial<BulkTask> = {}) =>
      counted(client, { way, node, documentsFile, count: n, ...extra }, patience(n));

    const speed = new Map(WAYS.map((way) => [way, [] as Counted[]]));
    for (const way of WAYS) await runOf(way, Math.min(count, 5_000));
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < WAYS.length; turn++) {
        const way = WAYS[(turn + round) % WAYS.length]!;
        console.error(`round ${round + 1} of ${rounds}: ${NAMES[way]}`);
        speed.get(way)!.push(await runOf(way, count));
      }
    }
    const spoilt: [fault: string, ...Counted[]][] = [];
    for (const fault of faulty > 0 ? Object.keys(FAULTS) : []) {
      const row: Counted[] = [];
      for (const way of WAYS) {
        console.error(`${fault}: ${NAMES[way]}`);
        const proxy = await faultyNode(node, fault);
        row.push(await runOf(way, faulty, { node: proxy.url, flushBytes: FAULTY_BYTES }));
        await proxy.close();
      }
      spoilt.push([fault, ...row]);
    }

    const { number: version } = (await client.info()).body.version;
    const lines = [
      "## Bulk writer, beside the client's own helper",
      '',
      `- Corpus: ${documents.length.toLocaleString('en')} documents of ${corpus.files.map((file) => basename(file)).join(', ')}` +
        `, ${bytes.toFixed(0)} bytes each, repeated under other ids; SHA-256 of all ${createHash('sha256').update(text).digest('hex').slice(0, 16)}...`,
      `- Machine: ${machineLine()};` +
        ` OpenSearch ${version} on the same machine, 1 shard, no replica, refresh off`,
      `- Each run in a process of its own, into a fresh index; ${rounds} rounds in turns; both with their default options`,
      '',
      `### ${count.toLocaleString('en')} documents, no faults`,
      '',
      ...table(
        [
          '',
          'documents/s, median',
          'slowest - fastest',
          'µs of processor a document',
          'memory at most',
          'over rest',
          'arrived',
        ],
        WAYS.map((way) => speedRow(way, count, speed.get(way)!)),
      ),
      '',
      `Ratio of documents/s, ${NAMES.writer} to ${NAMES.helper}, median over the rounds: ${ratio(speed.get('writer')!, speed.get('helper')!).toFixed(2)}`,
    ];
    if (spoilt.length > 0) {
      lines.push(
        '',
        `### ${faulty.toLocaleString('en')} documents with faults: arrived, how it ended, seconds`,
        '',
        ...table(
          ['fault', ...WAYS.map((way) => NAMES[way])],
          spoilt.map(([fault, ...row]) => [fault, ...row.map(faultCell)]),
        ),
      );
    }
    console.log(lines.join('\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await client.close();
  }
}

/** Runs a task with a new index, and counts its documents. */
async function counted(
  client: Client,
  task: Omit<BulkTask, 'index'>,
  patienceMs: number,
): Promise<Counted> {
  const index = `bench-bulk-${process.pid}`;
  const body = placeMapping({ numberOfReplicas: 0 });
  body.settings.index['refresh_interval'] = -1;
  await client.indices.create({ index, body });
  try {
    const result = await runTask({ ...task, index }, patienceMs);
    await client.indices.refresh({ index });
    return { ...result, indexed: Number((await client.count({ index })).body.count) };
  } finally {
    await client.indices.delete({ index });
  }
}

function runTask(task: BulkTask, patienceMs: number): Promise<BulkResult> {
  const child = fork(WORKER, [], {
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    const lost = (end: string): void => {
      clearTimeout(timer);
      resolve({ ms: NaN, cpuMs: NaN, restBytes: NaN, peakBytes: NaN, written: NaN, end });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      lost('hung');
    }, patienceMs);
    child.once('message', (result: BulkResult) => {
      clearTimeout(timer);
      resolve(result);
    });
    child.once('exit', () => lost('process died'));
    child.send(task);
  });
}

function speedRow(way: BulkTask['way'], count: number, runs: readonly Counted[]): string[] {
  const rates = runs.map(({ ms }) => (count / ms) * 1000);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const peak = Math.max(...runs.map(({ peakBytes }) => peakBytes));
  const over = Math.max(...runs.map((run) => run.peakBytes - run.restBytes));
  return [
    NAMES[way],
    percentile(rates, 0.5).toFixed(0),
    `${low.toFixed(0)} - ${high.toFixed(0)}`,
    percentile(
      runs.map(({ cpuMs }) => (cpuMs / count) * 1000),
      0.5,
    ).toFixed(1),
    `${(peak / 2 ** 20).toFixed(0)} MiB`,
    `${(over / 2 ** 20).toFixed(0)} MiB`,
    `${Math.min(...runs.map(({ indexed }) => indexed))}`,
  ];
}

function ratio(runs: readonly Counted[], others: readonly Counted[]): number {
  return percentile(
    runs.map(({ ms }, i) => others[i]!.ms / ms),
    0.5,
  );
}

function faultCell({ indexed, end, ms }: Counted): string {
  return `${indexed}, ${end}${Number.isNaN(ms) ? '' : `, ${(ms / 1000).toFixed(1)}`}`;
}

function table(head: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
