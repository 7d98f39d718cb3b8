// Compares the size of indexes on disk with the estimate of `suoyin size`.
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { PHOTOS } from '../examples/photos.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { describeImage, type ImageDescription } from '../lib/knn/describe/describe.ts';
import { type ImageDocument, toImageDocument } from '../lib/knn/document.ts';
import type { VectorSpace } from '../lib/knn/space.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { sizeDeployment, type SizingInput } from '../lib/sizing.ts';
import { clusteredVectors, fillPictures } from './pictures.ts';
import { bytesInFolder, bytesOfIndex, onCluster, onEmbedded } from './search-run.ts';
import { seededRandom } from './statistics.ts';

const USAGE = `npm run bench -- size [options]

  --images N ...     pictures of an index, 0 for none (default 20000)
  --dimension N ...  numbers of a vector (default 132 512)
  --places FILE      records of places, for an index of these as well
  --node URL         an OpenSearch for tests as well; indexes named bench-size-* are made and deleted
  --seed N           draws hashes, vectors and windows (default 1)`;

const ALIAS = 'bench-size';
/** Crops of the photographs from which previews, colours and qualities are taken. */
const WINDOWS = 300;
/** One picture in 75 has borders, and so a second vector: 4 of 300 photographs had. */
const BORDERED = 75;

/** An index to build, and the matching input of `suoyin size`. */
interface Wanted {
  name: string;
  input: SizingInput;
  build: (engine: Engine) => Promise<unknown>;
}

/**
 * Builds the indexes one after the other, and prints a Markdown table to stdout and progress to
 * stderr.
 */
export async function benchSize(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', multiple: true, default: ['20000'] },
      dimension: { type: 'string', multiple: true, default: ['132', '512'] },
      places: { type: 'string' },
      node: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const seed = Number(values.seed);
  const wanted = values.places === undefined ? [] : [await placesOf(values.places)];
  const counts = values.images.map(Number).filter((count) => count > 0);
  const windows = counts.length > 0 ? await describeWindows(seed) : [];
  for (const count of counts) {
    for (const dimension of values.dimension.map(Number)) {
      wanted.push(picturesOf(windows, { count, dimension, seed }));
    }
  }
  console.log('| index | engine | bytes | each | planned | measured by planned |');
  console.log('|---|---|---:|---:|---:|---:|');
  for (const index of wanted) {
    report(index, 'embedded', await bytesOnFile(index));
    if (values.node !== undefined) {
      report(index, 'opensearch', await bytesOnCluster(index, values.node));
    }
  }
}

/** Counts the places by a dry run. */
async function placesOf(file: string): Promise<Wanted> {
  const indexOf = (engine: Engine): PlaceIndex =>
    new PlaceIndex(engine, { alias: ALIAS, mapping: { numberOfReplicas: 0 } });
  const counter = indexOf(embedded({ dataDir: ':memory:' }));
  const { documents } = await counter.rebuild(file, { dryRun: true });
  await counter.close();
  return {
    name: `${documents} places`,
    input: { places: documents },
    build: (engine) => indexOf(engine).rebuild(file),
  };
}

function picturesOf(
  windows: readonly ImageDescription[],
  options: { count: number; dimension: number; seed: number },
): Wanted {
  const { count, dimension } = options;
  const space: VectorSpace = { dimension, spaceType: 'cosinesimil', dataType: 'float' };
  return {
    name: `${count} pictures of ${dimension} numbers`,
    input: { images: count, dimension },
    build: (engine) => fillPictures(engine, ALIAS, space, documentsOf(windows, space, options)),
  };
}

/**
 * Descriptions of real crops of the example photographs, so that previews compress as real ones do.
 */
async function describeWindows(seed: number): Promise<ImageDescription[]> {
  const random = seededRandom(seed);
  const photos = Object.values(PHOTOS);
  const found: ImageDescription[] = [];
  while (found.length < WINDOWS) {
    const photo = sharp(photos[found.length % photos.length]);
    const { width, height } = await photo.metadata();
    const side = Math.floor(Math.min(width, height) * (0.3 + 0.4 * random()));
    const left = Math.floor((width - side) * random());
    const top = Math.floor((height - side) * random());
    const window = photo.extract({ left, top, width: side, height: side });
    found.push(await describeImage(await window.jpeg().toBuffer()));
  }
  return found;
}

/**
 * Pictures as `images add` writes them, with a URL as id and two fields; hashes and vectors are
 * random.
 */
function* documentsOf(
  windows: readonly ImageDescription[],
  space: VectorSpace,
  { count, dimension, seed }: { count: number; dimension: number; seed: number },
): Generator<ImageDocument> {
  const { vectors } = clusteredVectors(count, dimension, { queries: 0, seed });
  for (let at = 0; at < count; at++) {
    const seen = windows[at % windows.length]!;
    const hash = (name: string): string =>
      createHash('sha256').update(`${seed} ${name} ${at}`).digest('hex');
    const vector = Array.from(vectors.subarray(at * dimension, (at + 1) * dimension));
    const source = `https://images.example/${at % 97}/${hash('name').slice(0, 16)}.jpg`;
    const drawn = { sha256: hash('bytes'), blockhash: hash('blocks'), dctHash: hash('dct') };
    yield toImageDocument(source, {
      content: { ...seen, ...drawn, vector, trimmed: at % BORDERED === 0 ? vector : null },
      source,
      fields: { country: ['TW', 'JP', 'CN', 'HK'][at % 4]!, album: `album-${at % 500}` },
      addedAt: new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
      space,
    });
  }
}

function bytesOnFile({ name, build }: Wanted): Promise<number> {
  console.error(`${name}, embedded`);
  return onEmbedded({}, async (engine, dataDir) => {
    await build(engine);
    // Closing writes the log back into the file.
    await engine.close();
    return bytesInFolder(dataDir);
  });
}

/** Bytes of the primary shards, after each is merged into one segment. */
function bytesOnCluster({ name, build }: Wanted, node: string): Promise<number> {
  console.error(`${name}, OpenSearch`);
  return onCluster({ node, alias: ALIAS }, async (engine, client) => {
    await build(engine);
    await client.indices.forcemerge({ index: ALIAS, max_num_segments: 1 });
    // Until the refresh, a searcher keeps the files of the merged segments open.
    await client.indices.refresh({ index: ALIAS });
    await client.indices.flush({ index: ALIAS, force: true, wait_if_ongoing: true });
    return bytesOfIndex(client, ALIAS);
  });
}

function report(
  { name, input }: Wanted,
  engine: 'embedded' | 'opensearch',
  measured: number,
): void {
  const [disk] = sizeDeployment({ ...input, engine, replicas: 0 }).figures;
  const planned = disk!.value;
  const count = (input.places ?? 0) + (input.images ?? 0);
  const cells = [
    name,
    engine,
    String(measured),
    (measured / count).toFixed(0),
    planned.toFixed(0),
    (measured / planned).toFixed(2),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
