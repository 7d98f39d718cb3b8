// The same work on every engine in one run: a rebuild, suggestions, the nearest pictures. Answers are
// compared with those of the embedded engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { connectElasticsearch } from '../lib/engines/elasticsearch/connect.ts';
import { elasticsearch } from '../lib/engines/elasticsearch/index.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { connect } from '../lib/engines/opensearch/connect.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { rankByVector } from '../lib/knn/hits.ts';
import { DEFAULT_SPACE } from '../lib/knn/space.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { startElasticsearch } from '../scripts/elasticsearch.mjs';
import { startOpenSearch } from '../scripts/opensearch.mjs';
import { makeCells } from './cases.ts';
import { takeCorpus } from './corpus.ts';
import { machineLine } from './machine.ts';
import { clusteredVectors, fillPictures, pictureOf } from './pictures.ts';
import { measureSearch, secondsOf } from './search-run.ts';
import { percentile, seededRandom, shuffled } from './statistics.ts';

const USAGE = `npm run bench -- engines [options]

  --places FILE ...  records, JSON lines, packed or not (default examples/data/places.jsonl)
  --count N          records taken (default 10000)
  --queries N        suggestions and searches of pictures each (default 200)
  --vectors N        pictures of 132 numbers (default 10000)
  --heap SIZE        of each cluster, which runs alone (default 1g)
  --seed N           draws texts and vectors (default 1)`;

const PLACES = 'bench-engines-places';
const PICTURES = 'bench-engines-pictures';
const K = 10;
/** Suggestions before the first one that counts. */
const WARM_UP = 100;

/** An engine with data of its own, and what ends it. */
interface Open {
  engine: Engine;
  close: () => Promise<void>;
}

/** Engines in the order of the report; the first is what the others are compared with. */
const ENGINES: readonly ((heap: string) => Promise<Open>)[] = [
  openEmbedded,
  openOpenSearch,
  openElasticsearch,
];

function openEmbedded(): Promise<Open> {
  const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  const engine = embedded({ dataDir });
  const close = async (): Promise<void> => {
    await engine.close();
    rmSync(dataDir, { recursive: true });
  };
  return Promise.resolve({ engine, close });
}

async function openOpenSearch(heap: string): Promise<Open> {
  const server = await startOpenSearch({ heap });
  const { client, close } = await connect({ nodes: [server.url] });
  return { engine: opensearch({ client }), close: () => close().then(() => server.stop()) };
}

async function openElasticsearch(heap: string): Promise<Open> {
  const server = await startElasticsearch({ heap });
  const { client, close } = await connectElasticsearch({ nodes: [server.url] });
  return { engine: elasticsearch({ client }), close: () => close().then(() => server.stop()) };
}

/** Runs the benchmark and prints a Markdown table to stdout, progress to stderr. */
export async function benchEngines(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      places: { type: 'string', multiple: true },
      count: { type: 'string', default: '10000' },
      queries: { type: 'string', default: '200' },
      vectors: { type: 'string', default: '10000' },
      heap: { type: 'string', default: '1g' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [queries, seed] = [Number(values.queries), Number(values.seed)];
  const files = values.places ?? [
    fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url)),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const corpus = await takeCorpus(files, Number(values.count), folder);
  const cells = makeCells(corpus.records, { full: queries, cut: queries, warmUp: 1 }, seed);
  const cases = shuffled(
    cells.flatMap(({ cases }) => cases),
    seededRandom(seed),
  );
  const texts = cases.slice(0, queries + WARM_UP);
  const pictures = clusteredVectors(Number(values.vectors), DEFAULT_SPACE.dimension, {
    queries,
    seed,
  });

  console.log(`${machineLine()}; ${corpus.records.length} places, ${values.vectors} pictures\n`);
  console.log(
    '| engine | rebuild s | suggest p50 / p99 ms | same answers | pictures s | exact p50 / p99 ms | recall@10 | by graph p50 / p99 ms | recall@10 |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
  const answers: unknown[][] = [];
  const nearest: number[][] = [];
  for (const open of ENGINES) {
    const { engine, close } = await open(values.heap);
    try {
      const { version } = await engine.health();
      console.error(version);
      const index = new PlaceIndex(engine, { alias: PLACES, dataDir: folder });
      const rebuild = await secondsOf(() => index.rebuild(corpus.recordsFile));
      const [ms, got] = [[] as number[], [] as unknown[]];
      for (const { text, language } of texts) {
        const began = performance.now();
        got.push(await index.suggest(text, { language, limit: K }));
        ms.push(performance.now() - began);
      }
      answers.push(got);
      const same = got.filter((answer, i) => isDeepStrictEqual(answer, answers[0]![i])).length;
      const fill = await secondsOf(() =>
        fillPictures(engine, PICTURES, DEFAULT_SPACE, documentsOf(pictures.vectors)),
      );
      const searches: string[] = [];
      for (const exact of [true, false]) {
        const find = finder(engine, exact);
        // What the first engine finds by comparing all is what there is to find.
        if (nearest.length === 0)
          for (const query of pictures.queries) nearest.push(await find(query));
        const { p50, p99, recall } = await measureSearch(find, pictures.queries, nearest);
        searches.push(`${p50.toFixed(2)} / ${p99.toFixed(2)}`, recall.toFixed(3));
      }
      const counted = ms.slice(WARM_UP);
      const suggest = `${percentile(counted, 0.5).toFixed(2)} / ${percentile(counted, 0.99).toFixed(1)}`;
      const cellsOfRow = [
        `${engine.name} ${version}`,
        rebuild.toFixed(1),
        suggest,
        `${same} of ${got.length}`,
        fill.toFixed(1),
        ...searches,
      ];
      console.log(`| ${cellsOfRow.join(' | ')} |`);
    } finally {
      await close();
    }
  }
}

function finder(engine: Engine, exact: boolean): (query: readonly number[]) => Promise<number[]> {
  return async (query) => {
    const { space, documents } = await engine.nearest(PICTURES, {
      vectors: [query],
      limit: K,
      exact,
    });
    return rankByVector(space, documents, [query])
      .slice(0, K)
      .map(({ id }) => Number(id.slice(1)));
  };
}

function* documentsOf(vectors: Float32Array): Generator<ReturnType<typeof pictureOf>> {
  const { dimension } = DEFAULT_SPACE;
  for (let at = 0; at < vectors.length / dimension; at++) {
    const vector = Array.from(vectors.subarray(at * dimension, (at + 1) * dimension));
    yield pictureOf(at, { vector }, DEFAULT_SPACE);
  }
}
