// Nearest vectors: exact and approximate search on both engines, compared with a plain scan of one
// array, and with the exact searches of sqlite-vec and usearch.
import { parseArgs } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { getLoadablePath } from 'sqlite-vec';
import { exactSearch, MetricKind } from 'usearch';
import type { Engine } from '../lib/engines/engine.ts';
import { rankByVector } from '../lib/knn/hits.ts';
import type { VectorSpace } from '../lib/knn/space.ts';
import { machineLine } from './machine.ts';
import { clusteredVectors, fillPictures, pictureOf } from './pictures.ts';
import {
  bytesInFolder,
  bytesOfIndex,
  measureSearch,
  onCluster,
  onEmbedded,
  type SearchFigures,
  secondsOf,
} from './search-run.ts';

const USAGE = `npm run bench -- nearest [options]

  --count N ...      vectors (default 100000)
  --dimension N ...  numbers of each (default 132 512)
  --queries N        queries (default 100)
  --node URL         an OpenSearch for tests as well; indexes named bench-nearest-* are made and deleted
  --threads N        threads of the embedded engine (default: as shipped)
  --seed N           draws the vectors (default 1)`;

const K = 10;
const ALIAS = 'bench-nearest';

/** A way to find the nearest; returns indexes of vectors, nearest first. */
type Find = (query: readonly number[]) => Promise<number[]>;

interface Way {
  name: string;
  buildSeconds: number;
  /** Bytes on disk. */
  disk: number | null;
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
  console.log(machineLine());
  console.log(
    `\n| vectors | way | p50 ms | p99 ms | CPU ms | CPU / scan | recall@10 | build s | disk MB |`,
  );
  console.log('|---|---|---:|---:|---:|---:|---:|---:|---:|');
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
  const of = `${vectors.length / dimension} x ${dimension}`;
  const scan: Find = (query) => Promise.resolve(plainScan(vectors, dimension, query));
  const wanted: number[][] = [];
  for (const query of queries) wanted.push(await scan(query));
  console.error('plain scan');
  const base = await measureSearch(scan, queries, wanted);
  report(of, { name: 'plain scan', buildSeconds: 0, disk: null }, base, base.cpu);
  for (const [name, find] of [
    ['sqlite-vec, exact', sqliteVec(vectors, dimension)],
    ['usearch, exact, one thread', usearchExact(vectors, dimension)],
  ] as const) {
    console.error(name);
    const figures = await measureSearch(find, queries, wanted);
    report(of, { name, buildSeconds: 0, disk: null }, figures, base.cpu);
  }
  const space: VectorSpace = { dimension, spaceType: 'cosinesimil', dataType: 'float' };
  const fill = (engine: Engine): Promise<number> =>
    secondsOf(() => fillPictures(engine, ALIAS, space, picturesOf(vectors, space)));
  const measure = async (engine: Engine, buildSeconds: number, disk: number): Promise<void> => {
    for (const exact of [true, false]) {
      const name = `${engine.name}, ${exact ? 'exact' : 'approximate'}`;
      console.error(name);
      const figures = await measureSearch(finder(engine, space, exact), queries, wanted);
      report(of, { name, buildSeconds, disk }, figures, base.cpu);
    }
  };
  await onEmbedded(options.threads, async (engine, dataDir) => {
    const build = await fill(engine);
    await measure(engine, build, bytesInFolder(dataDir));
  });
  const { node } = options;
  if (node === undefined) return;
  await onCluster({ node, alias: ALIAS }, async (engine, client) => {
    const build = await fill(engine);
    await measure(engine, build, await bytesOfIndex(client, ALIAS));
  });
}

function finder(engine: Engine, space: VectorSpace, exact: boolean): Find {
  return async (query) => {
    const search = { vectors: [query], limit: K, ...(exact ? { exact } : {}) };
    const { documents } = await engine.nearest(ALIAS, search);
    const hits = rankByVector(space, documents, [query]).slice(0, K);
    return hits.map(({ id }) => Number(id.slice(1)));
  };
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

/** A table of sqlite-vec in memory; vectors of unit length, for which l2 and cosine have one order. */
function sqliteVec(vectors: Float32Array, dimension: number): Find {
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  database.enableLoadExtension(true);
  database.loadExtension(getLoadablePath());
  database.exec(`create virtual table v using vec0(at integer primary key, v float[${dimension}])`);
  const insert = database.prepare('insert into v values (cast(? as integer), ?)');
  const bytes = (row: Float32Array): Uint8Array =>
    new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
  database.exec('begin');
  for (let at = 0; at < vectors.length / dimension; at++) {
    insert.run(at, bytes(vectors.subarray(at * dimension, (at + 1) * dimension)));
  }
  database.exec('commit');
  const select = database.prepare(
    `select at from v where v match ? and k = ${K} order by distance`,
  );
  return (query) => {
    const rows = select.all(bytes(Float32Array.from(query))) as { at: number }[];
    return Promise.resolve(rows.map(({ at }) => at));
  };
}

function usearchExact(vectors: Float32Array, dimension: number): Find {
  return (query) => {
    const vector = Float32Array.from(query);
    const { keys } = exactSearch(vectors, vector, dimension, K, MetricKind.IP, 1);
    return Promise.resolve(Array.from(keys, Number));
  };
}

function report(of: string, way: Way, figures: SearchFigures, base: number): void {
  const { p50, p99, cpu, recall } = figures;
  const cells = [
    of,
    way.name,
    ...[p50, p99, cpu, cpu / base].map((figure) => figure.toFixed(2)),
    recall.toFixed(3),
    way.buildSeconds.toFixed(0),
    way.disk === null ? '' : (way.disk / 2 ** 20).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
