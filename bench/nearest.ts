// Nearest vectors: exact and approximate, on both engines, beside a plain scan of one array.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@opensearch-project/opensearch';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { rankByVector } from '../lib/knn/hits.ts';
import type { VectorSpace } from '../lib/knn/space.ts';
import { clusteredVectors, fillPictures, pictureOf } from './pictures.ts';
import { percentile } from './statistics.ts';

const USAGE = `npm run bench -- nearest [options]

  --count N ...      vectors (default 100000)
  --dimension N ...  numbers of each (default 132 512)
  --queries N        queries (default 100)
  --node URL         an OpenSearch for tests as well; indexes named bench-nearest-* are made and deleted
  --threads N        threads of the embedded engine (default: as shipped)
  --seed N           draws the vectors (default 1)`;

const K = 10;
const ALIAS = 'bench-nearest';
const MB = 2 ** 20;

/** A way to find the nearest: numbers of vectors, nearest first. */
type Find = (query: readonly number[]) => Promise<number[]>;

interface Way {
  name: string;
  find: Find;
  buildSeconds: number;
  diskMb: number | null;
}

/** Runs the benchmark and prints a Markdown table to stdout, progress to stderr. */
export async function benchNearest(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', multiple: true, default: ['100000'] },
      dimension: { type: 'string', multiple: true, default: ['132', '512'] },
      queries: { type: 'string', default: '100' },
      node: { type: 'string' },
      threads: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { node } = values;
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  );
  console.log(
    `\n| vectors | way | p50 ms | p99 ms | times the scan | recall@10 | build s | disk MB |`,
  );
  console.log('|---|---|---:|---:|---:|---:|---:|---:|');
  for (const count of values.count.map(Number)) {
    for (const dimension of values.dimension.map(Number)) {
      const options = { queries: Number(values.queries), seed: Number(values.seed) };
      const { vectors, queries } = clusteredVectors(count, dimension, options);
      const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
      await compare(vectors, queries, dimension, { threads, ...(node ? { node } : {}) });
    }
  }
}

async function compare(
  vectors: Float32Array,
  queries: readonly number[][],
  dimension: number,
  options: { threads: { threads?: number }; node?: string },
): Promise<void> {
  const count = vectors.length / dimension;
  const scan: Way = {
    name: 'plain scan',
    find: (query) => Promise.resolve(plainScan(vectors, dimension, query)),
    buildSeconds: 0,
    diskMb: null,
  };
  const wanted: number[][] = [];
  for (const query of queries) wanted.push(await scan.find(query));
  const base = await measure(scan, queries, wanted);
  report(count, dimension, scan, base, base.p50);
  const space: VectorSpace = { dimension, spaceType: 'cosinesimil', dataType: 'float' };
  const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  const engine = embedded({ dataDir, ...options.threads });
  try {
    const build = await timed(() => fillPictures(engine, ALIAS, space, picturesOf(vectors, space)));
    await compareEngine('embedded', engine, space, {
      buildSeconds: build,
      diskMb: sizeOf(dataDir),
    });
  } finally {
    await engine.close();
    rmSync(dataDir, { recursive: true });
  }
  if (options.node === undefined) return;
  const client = new Client({ node: options.node, requestTimeout: 600_000 });
  const cluster = opensearch({ client });
  try {
    const build = await timed(() =>
      fillPictures(cluster, ALIAS, space, picturesOf(vectors, space)),
    );
    const { body } = await client.indices.stats({ index: ALIAS, metric: ['store'] } as never);
    const { _all } = body as unknown as {
      _all: { primaries: { store: { size_in_bytes: number } } };
    };
    const diskMb = _all.primaries.store.size_in_bytes / MB;
    await compareEngine('OpenSearch', cluster, space, { buildSeconds: build, diskMb });
  } finally {
    for (const { name } of await cluster.generations(ALIAS)) {
      await client.indices.delete({ index: name });
    }
    await client.indices.delete({ index: `${ALIAS}-state`, ignore_unavailable: true });
    await client.close();
  }

  async function compareEngine(
    name: string,
    engine: Engine,
    space: VectorSpace,
    built: { buildSeconds: number; diskMb: number },
  ): Promise<void> {
    for (const exact of [true, false]) {
      const way = {
        name: `${name}, ${exact ? 'exact' : 'approximate'}`,
        ...built,
        find: finder(exact),
      };
      report(count, dimension, way, await measure(way, queries, wanted), base.p50);
    }

    function finder(exact: boolean): Find {
      return async (query) => {
        const search = { vectors: [query], k: K, ...(exact ? { exact } : {}) };
        const { documents } = await engine.nearest(ALIAS, search);
        const hits = rankByVector(space, documents, [query]).slice(0, K);
        return hits.map(({ id }) => Number(id.slice(1)));
      };
    }
  }
}

function* picturesOf(
  vectors: Float32Array,
  space: VectorSpace,
): Generator<ReturnType<typeof pictureOf>> {
  const { dimension } = space;
  for (let at = 0; at < vectors.length / dimension; at++) {
    const vector = Array.from(vectors.subarray(at * dimension, (at + 1) * dimension));
    yield pictureOf(at, { vector }, space);
  }
}

function plainScan(vectors: Float32Array, dimension: number, query: readonly number[]): number[] {
  const best: { at: number; dot: number }[] = [];
  let worst = -Infinity;
  for (let at = 0, from = 0; from < vectors.length; at++, from += dimension) {
    let dot = 0;
    for (let i = 0; i < dimension; i++) dot += query[i]! * vectors[from + i]!;
    if (dot <= worst) continue;
    best.push({ at, dot });
    best.sort((a, b) => b.dot - a.dot);
    if (best.length > K) best.pop();
    if (best.length === K) worst = best[K - 1]!.dot;
  }
  return best.map(({ at }) => at);
}

interface Measured {
  p50: number;
  p99: number;
  recall: number;
}

async function measure(
  { find, name }: Way,
  queries: readonly number[][],
  wanted: readonly number[][],
): Promise<Measured> {
  console.error(name);
  for (const query of queries.slice(0, 5)) await find(query);
  const ms: number[] = [];
  let found = 0;
  for (const [i, query] of queries.entries()) {
    const began = performance.now();
    const got = await find(query);
    ms.push(performance.now() - began);
    found += wanted[i]!.filter((at) => got.includes(at)).length;
  }
  return {
    p50: percentile(ms, 0.5),
    p99: percentile(ms, 0.99),
    recall: found / (K * queries.length),
  };
}

function report(
  count: number,
  dimension: number,
  way: Way,
  measured: Measured,
  base: number,
): void {
  const { p50, p99, recall } = measured;
  const cells = [
    `${count} x ${dimension}`,
    way.name,
    p50.toFixed(2),
    p99.toFixed(2),
    (p50 / base).toFixed(2),
    recall.toFixed(3),
    way.buildSeconds.toFixed(0),
    way.diskMb === null ? '' : way.diskMb.toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return (performance.now() - began) / 1000;
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (
    files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / MB
  );
}
