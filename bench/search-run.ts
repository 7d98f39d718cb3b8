import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@opensearch-project/opensearch';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { percentile } from './statistics.ts';

/** Timeout in milliseconds of a request that may wait for a merge. */
const LONG_MS = 600_000;

/** Runs with the embedded engine, and deletes its folder afterwards. */
export async function onEmbedded<Result>(
  options: { threads?: number },
  run: (engine: Engine, dataDir: string) => Promise<Result>,
): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  const engine = embedded({ dataDir, ...options });
  try {
    return await run(engine, dataDir);
  } finally {
    await engine.close();
    rmSync(dataDir, { recursive: true });
  }
}

/**
 * Runs with a cluster, and deletes everything of the alias afterwards.
 *
 * @param others - Further indexes to delete if they exist.
 */
export async function onCluster<Result>(
  { node, alias, others = [] }: { node: string; alias: string; others?: string[] },
  run: (engine: Engine, client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ node, requestTimeout: LONG_MS });
  const engine = opensearch({ client });
  try {
    return await run(engine, client);
  } finally {
    for (const { name } of await engine.generations(alias)) {
      await client.indices.delete({ index: name });
    }
    await client.indices.delete({ index: [`${alias}-state`, ...others], ignore_unavailable: true });
    await client.close();
  }
}

/** Bytes of all files of a folder. */
export function bytesInFolder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Bytes of the primary shards of an index. */
export async function bytesOfIndex(client: Client, index: string): Promise<number> {
  const { body } = await client.indices.stats({ index, metric: ['store'] } as never);
  const { _all } = body as unknown as { _all: { primaries: { store: { size_in_bytes: number } } } };
  return _all.primaries.store.size_in_bytes;
}

/** Seconds that something takes. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return (performance.now() - began) / 1000;
}

/** Milliseconds of consecutive searches, and their recall. */
export interface SearchFigures {
  p50: number;
  p99: number;
  /** Median of the CPU time of all threads of this process. */
  cpu: number;
  recall: number;
}

/** Runs every query once, after five warm-up queries. */
export async function measureSearch<Query>(
  find: (query: Query) => Promise<number[]>,
  queries: readonly Query[],
  wanted: readonly number[][],
): Promise<SearchFigures> {
  for (const query of queries.slice(0, 5)) await find(query);
  const ms: number[] = [];
  const cpu: number[] = [];
  let found = 0;
  let all = 0;
  for (const [i, query] of queries.entries()) {
    const before = process.cpuUsage();
    const began = performance.now();
    const got = await find(query);
    ms.push(performance.now() - began);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    all += wanted[i]!.length;
    found += wanted[i]!.filter((at) => got.includes(at)).length;
  }
  const [p50, p99] = [percentile(ms, 0.5), percentile(ms, 0.99)];
  return { p50, p99, cpu: percentile(cpu, 0.5), recall: found / all };
}
