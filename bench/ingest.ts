// Pictures per second of a whole ingest, compared with decoding and shrinking alone, which it can't
// avoid.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { embedded } from '../lib/engines/embedded/index.ts';
import { ImageIndex } from '../lib/image-index.ts';
import { thumbnailStore } from '../lib/ingest/stores/thumbnails.ts';
import { ingestImages, type IngestResult } from '../lib/ingest/work/pipeline.ts';
import { makeThumbnail, readPicture } from '../lib/knn/describe/image.ts';
import { machineLine } from './machine.ts';
import { percentile } from './statistics.ts';

const USAGE = `npm run bench -- ingest --photos DIR [options]

  --photos DIR      pictures, taken in again and again under other ids
  --count N         pictures a run (default 1000)
  --rounds N        rounds in which the two take turns (default 5)
  --concurrency N   pictures at a time, of both (default 8)`;

const SIZE = { width: 256, height: 256, format: 'webp' } as const;

/** Runs the benchmark and prints a Markdown table to stdout, progress to stderr. */
export async function benchIngest(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      photos: { type: 'string' },
      count: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      concurrency: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.photos === undefined) {
    console.log(USAGE);
    if (!values.help) throw new Error('--photos is missing');
    return;
  }
  const photos = values.photos;
  const concurrency = Number(values.concurrency);
  const paths = readdirSync(photos)
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .map((name) => resolve(photos, name));
  if (paths.length === 0) throw new Error(`${photos} holds no pictures`);
  const run = Array.from({ length: Number(values.count) }, (_, i) => paths[i % paths.length]!);
  const seconds = { alone: [] as number[], ingest: [] as number[], again: [] as number[] };
  let last: IngestResult | null = null;
  for (let round = 1; round <= Number(values.rounds); round++) {
    seconds.alone.push(await decodeAlone(run, concurrency));
    const [first, second] = await ingestOnce(run, concurrency);
    seconds.ingest.push(first.seconds);
    seconds.again.push(second.seconds);
    last = first;
    console.error(`round ${round} of ${values.rounds}`);
  }
  print(run.length, seconds, last!);
}

/** Seconds for reading, decoding and shrinking, without storing anything. */
async function decodeAlone(paths: readonly string[], concurrency: number): Promise<number> {
  const began = performance.now();
  const rest = paths.values();
  const work = async (): Promise<void> => {
    for (const path of rest) {
      const bytes = await readFile(path);
      await readPicture(bytes);
      await makeThumbnail(bytes, SIZE);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return (performance.now() - began) / 1000;
}

/** Ingests all pictures into an empty index, and once more when none has changed. */
async function ingestOnce(
  paths: readonly string[],
  concurrency: number,
): Promise<[IngestResult, IngestResult]> {
  const dir = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  const engine = embedded({ dataDir: dir });
  const index = new ImageIndex(engine);
  // Copies would share one thumbnail: with a name of its own, each gets one.
  const kept = thumbnailStore(join(dir, 'thumbnails'), { thumbnail: makeThumbnail });
  let made = 0;
  const thumbnails = {
    ...kept,
    write: (_sha256: string, bytes: Uint8Array): Promise<number> =>
      kept.write((made++).toString(16).padStart(64, '0'), bytes),
  };
  const sources = paths.map((path, i) => ({ path, id: `${i}` }));
  try {
    const first = await ingestImages({ engine, index }, sources, { concurrency, thumbnails });
    const second = await ingestImages({ engine, index }, sources, { concurrency });
    if (first.added !== paths.length || second.unchanged !== paths.length) {
      throw new Error(`only ${first.added} of ${paths.length} pictures went in`);
    }
    return [first, second];
  } finally {
    await index.close();
    rmSync(dir, { recursive: true });
  }
}

function print(
  count: number,
  seconds: { alone: number[]; ingest: number[]; again: number[] },
  { stages }: IngestResult,
): void {
  const rate = (times: readonly number[]): number => count / percentile(times, 0.5);
  const row = (name: string, times: readonly number[]): string => {
    const ratio = rate(times) / rate(seconds.alone);
    return `| ${name} | ${rate(times).toFixed(0)} | ${ratio.toFixed(2)} |`;
  };
  const all = Object.values(stages).reduce((sum, { ms }) => sum + ms, 0);
  const shares = Object.entries(stages).map(
    ([name, { ms }]) => `${name} ${((100 * ms) / all).toFixed(0)} %`,
  );
  console.log(`${count} pictures a run, median of ${seconds.alone.length}, embedded engine
${machineLine()}

| | pictures/s | of decoding alone |
|---|--:|--:|
${row('read, decode, shrink: sharp alone', seconds.alone)}
${row('ingest: these, hashes, vectors, thumbnail files, index', seconds.ingest)}
${row('ingest again, nothing changed', seconds.again)}

Where the time of pictures goes (waiting included): ${shares.join(', ')}.`);
}
