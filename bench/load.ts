// Overload of `serve`: measures its capacity, then 1, 3 and 10 times that load, and an outage of
// the backend.
import autocannon from 'autocannon';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from '@opensearch-project/opensearch';
import { embedded } from '../lib/engines/embedded/index.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { faultProxy } from '../test/support/fault-proxy.ts';
import type { LoadOrder, LoadServer } from './load-server.ts';
import { loadProcesses } from './load-processes.ts';
import { type Shot, steadyLoad } from './load-source.ts';
import { percentile } from './statistics.ts';

const USAGE = `npm run bench -- load [options]

  --data DIR        embedded index to serve; without it the example places
  --node URL        OpenSearch for tests instead; an index bench-load is made there, and deleted
  --threads N       that search the embedded index, 0 for none (default 1)
  --seconds N       a step (default 10)
  --outage N        seconds for which the backend is away, with --node only (default 20)
  --connections N   open at the most (default 200)
  --processes N     only the capacity of suoyin serve --processes 1 to N, embedded, with a thread each`;

const EXAMPLES = fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url));
const ALIAS = 'bench-load';
const TYPED = [
  '板',
  '板橋',
  '中山區',
  '基隆中正',
  '漢城',
  'banq',
  'ㄅㄢˇ',
  '高熊',
  'tokyo',
  '新宿',
];
const PATHS = TYPED.map(
  (text) => `/suggest?limit=5&language=zh-Hant&q=${encodeURIComponent(text)}`,
);
/** Milliseconds between two probes of the health port. */
const PROBE_EVERY = 50;
/** Window in milliseconds over which goodput is measured after an outage. */
const WINDOW = 500;

interface Settings {
  dataDir: string | null;
  node: string | null;
  alias: string;
  threads: number;
  seconds: number;
  outage: number;
  connections: number;
}

/** Runs the benchmark and prints Markdown tables to stdout, progress to stderr. */
export async function benchLoad(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      node: { type: 'string' },
      threads: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '10' },
      outage: { type: 'string', default: '20' },
      connections: { type: 'string', default: '200' },
      processes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const settings: Settings = {
    dataDir: values.data ?? null,
    node: values.node ?? null,
    alias: values.data === undefined ? ALIAS : 'places',
    threads: Number(values.threads),
    seconds: Number(values.seconds),
    outage: Number(values.outage),
    connections: Number(values.connections),
  };
  const made = values.data === undefined ? await makeIndex(settings) : null;
  try {
    if (values.processes !== undefined) {
      const counts = Array.from({ length: Number(values.processes) }, (_, i) => i + 1);
      await loadProcesses(settings.dataDir!, counts, { ...settings, paths: PATHS });
      return;
    }
    const rate = await capacity(settings);
    console.log(`capacity: ${Math.round(rate)} answers a second, without a limiter\n`);
    console.log(TABLE_HEAD);
    for (const limiter of [true, false]) await loadSteps(settings, rate, limiter);
    if (settings.node === null) return;
    console.log(`\nbackend away for ${settings.outage} s under 10 times the load\n`);
    console.log(OUTAGE_HEAD);
    for (const limiter of [true, false]) await outage(settings, rate, limiter);
  } finally {
    await made?.();
  }
}

const TABLE_HEAD = `| limiter | load | asked /s | answered /s | of peak | p50 ms | p99 ms | 503 /s | 503 p99 ms | broken | health p99 ms | RSS MiB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |`;
const OUTAGE_HEAD = `| limiter | 503 p50 ms while away | 503 p99 ms | broken | first answer after s | 90 % of before after s | RSS MiB before, at the end |
| --- | --- | --- | --- | --- | --- | --- |`;

/** @returns A function that removes it. */
async function makeIndex(settings: Settings): Promise<() => Promise<void>> {
  const { node } = settings;
  if (node === null) {
    const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-load-'));
    settings.dataDir = dataDir;
    const index = new PlaceIndex(embedded({ dataDir }), { alias: ALIAS });
    await index.rebuild(EXAMPLES);
    await index.close();
    return () => Promise.resolve(rmSync(dataDir, { recursive: true, force: true }));
  }
  const client = new Client({ node });
  const engine = opensearch({ client });
  await new PlaceIndex(engine, { alias: ALIAS }).rebuild(EXAMPLES);
  return async () => {
    for (const { name } of await engine.generations(ALIAS)) {
      await client.indices.delete({ index: name });
    }
    await client.indices.delete({ index: `${ALIAS}-state` });
    await client.close();
  };
}

interface Started extends LoadServer {
  memoryMiB(): Promise<number>;
  stop(): Promise<void>;
}

async function startServer(
  settings: Settings,
  limiter: boolean,
  node = settings.node,
): Promise<Started> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child: ChildProcess = fork(main, ['load-server'], { execArgv: process.execArgv });
  const ask = async (order: LoadOrder): Promise<unknown> => {
    child.send(order);
    const [reply] = (await once(child, 'message')) as [unknown];
    return reply;
  };
  const { dataDir, alias, threads } = settings;
  const served = (await ask({ do: 'serve', dataDir, node, alias, threads, limiter })) as LoadServer;
  // Warm up, so that lazy loading does not count as latency.
  await steadyLoad(served.url, PATHS, { rate: 20, seconds: 3, connections: 2 });
  return {
    ...served,
    memoryMiB: async () => ((await ask({ do: 'memory' })) as number) / 2 ** 20,
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** Answers per second at saturation, on few connections. */
async function capacity(settings: Settings): Promise<number> {
  const server = await startServer(settings, false);
  const { url } = server;
  const requests = PATHS.map((path) => ({ path }));
  const measured = async (seconds: number): Promise<number> => {
    const load = { url, requests, connections: 16, duration: seconds };
    const { '2xx': answered, duration } = await autocannon(load);
    return answered / duration;
  };
  // A new JVM gets faster for a minute or two.
  await measured(settings.node === null ? 3 : 90);
  const rate = await measured(settings.seconds);
  await server.stop();
  return rate;
}

async function loadSteps(settings: Settings, rate: number, limiter: boolean): Promise<void> {
  const server = await startServer(settings, limiter);
  let peak = 0;
  for (const times of [0.2, 1, 3, 10]) {
    const probes = probeHealth(server.healthUrl);
    const { seconds, connections } = settings;
    const shots = await steadyLoad(server.url, PATHS, { rate: rate * times, seconds, connections });
    const health = await probes();
    const answered = shots.filter(({ status }) => status === 200);
    const refused = shots.filter(({ status }) => status === 503);
    const span = shots.reduce((last, shot) => Math.max(last, doneAt(shot)), 0) / 1000;
    const goodput = answered.length / span;
    peak = Math.max(peak, goodput);
    row([
      limiter ? 'on' : 'off',
      `${times}x`,
      Math.round(rate * times),
      Math.round(goodput),
      `${Math.round((goodput / peak) * 100)} %`,
      latency(answered, 0.5),
      latency(answered, 0.99),
      Math.round(refused.length / span),
      latency(refused, 0.99),
      shots.length - answered.length - refused.length,
      percentile(health, 0.99).toFixed(1),
      Math.round(await server.memoryMiB()),
    ]);
  }
  await server.stop();
}

async function outage(settings: Settings, rate: number, limiter: boolean): Promise<void> {
  const { seconds, outage: away, connections } = settings;
  const proxy = await faultProxy(settings.node!);
  const server = await startServer(settings, limiter, proxy.url);
  const before = await server.memoryMiB();
  const total = seconds + away + seconds * 2;
  const began = performance.now();
  const running = steadyLoad(server.url, PATHS, { rate: rate * 10, seconds: total, connections });
  await wait(seconds * 1000);
  const cutAt = performance.now() - began;
  await proxy.stop();
  await wait(away * 1000);
  await proxy.resume();
  const backAt = performance.now() - began;
  const shots = await running;
  // Shots are in the order of their completion.
  const answers = shots.filter(({ status }) => status === 200).map(doneAt);
  const within = (from: number, to: number): number =>
    answers.filter((at) => at >= from && at < to).length / (to - from);
  const usual = within(cutAt / 2, cutAt);
  let recovered = backAt;
  while (recovered < total * 1000 && within(recovered, recovered + WINDOW) < usual * 0.9) {
    recovered += 50;
  }
  const first = answers.find((at) => at > backAt) ?? Infinity;
  const during = shots.filter((shot) => doneAt(shot) > cutAt + 1000 && doneAt(shot) < backAt);
  const refused = during.filter(({ status }) => status === 503);
  row([
    limiter ? 'on' : 'off',
    latency(refused, 0.5),
    latency(refused, 0.99),
    shots.filter(({ status }) => status !== 200 && status !== 503).length,
    ((first - backAt) / 1000).toFixed(1),
    recovered < total * 1000 ? ((recovered - backAt) / 1000).toFixed(1) : 'not in time',
    `${Math.round(before)}, ${Math.round(await server.memoryMiB())}`,
  ]);
  await server.stop();
  await proxy.close();
}

/** @returns A function that stops it and returns the latencies in milliseconds. */
function probeHealth(healthUrl: string): () => Promise<number[]> {
  const latencies: number[] = [];
  let going = true;
  const run = async (): Promise<void> => {
    while (going) {
      const asked = performance.now();
      await (await fetch(`${healthUrl}/readyz`)).text();
      latencies.push(performance.now() - asked);
      await wait(PROBE_EVERY);
    }
  };
  const running = run();
  return async () => {
    going = false;
    await running;
    return latencies;
  };
}

/** Time of completion, in milliseconds since the start. */
function doneAt({ dueMs, latencyMs }: Shot): number {
  return dueMs + latencyMs;
}

function latency(shots: readonly Shot[], share: number): string {
  const values = shots.map(({ latencyMs }) => latencyMs);
  return values.length === 0 ? '-' : percentile(values, share).toFixed(1);
}

function row(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
