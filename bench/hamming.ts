// Finds hashes within 31 bits: slots on both engines, compared with a plain scan and OpenSearch's
// own scripted scan.
import { parseArgs } from 'node:util';
import type { Client } from '@opensearch-project/opensearch';
import type { Engine } from '../lib/engines/engine.ts';
import { DEFAULT_SPACE } from '../lib/knn/space.ts';
import { machineLine } from './machine.ts';
import { fillPictures, pictureOf } from './pictures.ts';
import {
  measureSearch,
  onCluster,
  onEmbedded,
  type SearchFigures,
  secondsOf,
} from './search-run.ts';
import { seededRandom } from './statistics.ts';

const USAGE = `npm run bench -- hamming [options]

  --count N      hashes of 256 bits (default 1000000)
  --queries N    queries, each within 31 bits of one hash (default 200)
  --node URL     an OpenSearch for tests as well; indexes named bench-hamming* are made and deleted
  --scans N      queries that the scripted scan of OpenSearch is asked (default 20)
  --seed N       draws the hashes (default 1)`;

const ALIAS = 'bench-hamming';
const SCAN = 'bench-hamming-scan';
const RADIUS = 31;
const WORDS = 8;

type Find = (query: Uint32Array) => Promise<number[]>;

/** Runs the benchmark and prints a Markdown table to stdout, progress to stderr. */
export async function benchHamming(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '1000000' },
      queries: { type: 'string', default: '200' },
      node: { type: 'string' },
      scans: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const count = Number(values.count);
  const random = seededRandom(Number(values.seed));
  const hashes = Uint32Array.from({ length: count * WORDS }, () => random() * 2 ** 32);
  const queries = Array.from({ length: Number(values.queries) }, () => {
    const at = Math.floor(random() * count);
    const query = hashes.slice(at * WORDS, (at + 1) * WORDS);
    const bits = Math.floor(random() * (RADIUS + 1));
    for (let n = 0; n < bits; n++) {
      const bit = Math.floor(random() * 256);
      query[bit >> 5]! ^= 1 << (bit & 31);
    }
    return query;
  });
  console.log(machineLine());
  console.log(`${count} hashes of 256 bits, within ${RADIUS} bits\n`);
  console.log('| way | p50 ms | p99 ms | CPU ms | CPU / scan | recall | build s |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  const wanted = queries.map((query) => plainScan(hashes, query));
  const plain: Find = (query) => Promise.resolve(plainScan(hashes, query));
  const scan = await measureSearch(plain, queries, wanted);
  report('plain scan', scan, scan.cpu, 0);

  const slots = async (engine: Engine): Promise<void> => {
    console.error(`filling ${engine.name}`);
    const build = await secondsOf(() => fill(engine));
    const figures = await measureSearch(finder(engine), queries, wanted);
    report(`${engine.name}, slots`, figures, scan.cpu, build);
  };
  await onEmbedded({}, slots);
  const { node } = values;
  if (node === undefined) return;
  await onCluster({ node, alias: ALIAS, others: [SCAN] }, async (cluster, client) => {
    await slots(cluster);
    const build = await secondsOf(() => fillScan(client, hashes));
    const few = queries.slice(0, Number(values.scans));
    const figures = await measureSearch(scripts(client), few, wanted);
    report('opensearch, hammingbit script', figures, scan.cpu, build);
  });

  async function fill(engine: Engine): Promise<void> {
    function* pictures(): Generator<ReturnType<typeof pictureOf>> {
      for (let at = 0; at < count; at++) {
        const dctHash = hexOf(hashes.subarray(at * WORDS, (at + 1) * WORDS));
        yield pictureOf(at, { dctHash }, DEFAULT_SPACE);
      }
    }
    await fillPictures(engine, ALIAS, DEFAULT_SPACE, pictures());
  }
}

function finder(engine: Engine): Find {
  return async (query) => {
    const search = { field: 'dctHash' as const, value: hexOf(query), limit: 100 };
    const found = await engine.byHash(ALIAS, { ...search, maxDistance: RADIUS });
    return found.map(({ id }) => Number(id.slice(1)));
  };
}

async function fillScan(client: Client, hashes: Uint32Array): Promise<void> {
  console.error('filling the index of the scripted scan');
  const properties = { hash: { type: 'binary', doc_values: true } };
  const body = {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties },
  };
  await client.indices.create({ index: SCAN, body: body as never });
  for (let from = 0; from < hashes.length; from += 20_000 * WORDS) {
    const lines: object[] = [];
    for (let at = from; at < Math.min(hashes.length, from + 20_000 * WORDS); at += WORDS) {
      const hash = Buffer.from(hexOf(hashes.subarray(at, at + WORDS)), 'hex').toString('base64');
      lines.push({ index: { _id: String(at / WORDS) } }, { hash });
    }
    await client.bulk({ index: SCAN, body: lines as never });
  }
  await client.indices.forcemerge({ index: SCAN, max_num_segments: 1 });
}

function scripts(client: Client): Find {
  return async (query) => {
    const value = Buffer.from(hexOf(query), 'hex').toString('base64');
    const params = { field: 'hash', query_value: value, space_type: 'hammingbit' };
    const script = { lang: 'knn', source: 'knn_score', params };
    const body = {
      size: 100,
      _source: false,
      min_score: 1 / (1.5 + RADIUS),
      query: { script_score: { query: { match_all: {} }, script } },
    };
    const answer = await client.search({ index: SCAN, body });
    return answer.body.hits.hits.map(({ _id }) => Number(_id));
  };
}

function plainScan(hashes: Uint32Array, query: Uint32Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < hashes.length; at += WORDS) {
    let distance = 0;
    for (let word = 0; word < WORDS && distance <= RADIUS; word++) {
      let bits = hashes[at + word]! ^ query[word]!;
      bits -= (bits >>> 1) & 0x55555555;
      bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
      distance += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
    }
    if (distance <= RADIUS) found.push(at / WORDS);
  }
  return found;
}

function hexOf(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}

function report(
  way: string,
  { p50, p99, cpu, recall }: SearchFigures,
  base: number,
  build: number,
): void {
  const cells = [p50, p99, cpu, cpu / base].map((figure) => figure.toFixed(2));
  console.log(`| ${way} | ${cells.join(' | ')} | ${recall.toFixed(3)} | ${build.toFixed(0)} |`);
}
