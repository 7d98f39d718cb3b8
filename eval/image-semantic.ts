// What a second model adds: edited photos are searched for among all photos, with it and without.
import { describeImage } from '../lib/knn/describe/describe.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { ImageIndex } from '../lib/image-index.ts';
import { decoderProcesses } from '../lib/ingest/decode/decoder-processes.ts';
import type { SimilarImage } from '../lib/knn/similar/similar.ts';
import { IMAGE_EDITS, openPhoto } from './image-edits.ts';
import { COLLAGE, OVERLAYS } from './image-overlays.ts';

interface Photo {
  /** Id in the index. */
  id: string;
  bytes: Buffer;
}

/** How many queries had the right photo first, told it a copy, and told others. */
interface Counts {
  first: number;
  told: number;
  wrong: number;
}

const none = (): Counts => ({ first: 0, told: 0, wrong: 0 });

function count(into: Counts, found: readonly SimilarImage[], shown: readonly string[]): void {
  const told = found.filter(({ rule }) => rule !== 'nearest').map(({ id }) => id);
  if (shown.includes(found[0]?.id ?? '')) into.first++;
  if (told.includes(shown[0]!)) into.told++;
  into.wrong += told.filter((id) => !shown.includes(id)).length;
}

interface Edit {
  name: string;
  make: (photo: Photo, other: Photo) => Promise<Buffer>;
}

function edits(seed: number): Edit[] {
  return [
    ...IMAGE_EDITS.map(({ name, make }) => ({
      name,
      make: async ({ id, bytes }: Photo) => make(await openPhoto(id, bytes, seed)),
    })),
    ...OVERLAYS.map(({ name, make }) => ({
      name,
      make: async (photo: Photo, other: Photo) =>
        (await make(photo.bytes, other.bytes)).jpeg({ quality: 85 }).toBuffer(),
    })),
  ];
}

/**
 * Prints, by edit, how often the right photo is first and is told a copy, without a second model and with it.
 *
 * @param sets - Searched together; `queries` of each are edited, spread evenly.
 */
export async function printSemantic(
  sets: readonly { name: string; photos: readonly Buffer[] }[],
  { model, queries, seed }: { model: string; queries: number; seed: number },
): Promise<void> {
  const decoder = decoderProcesses({ count: 2, cpuMs: 60_000 });
  const engine = embedded({ dataDir: ':memory:' });
  const index = new ImageIndex(engine, { decoder, semantic: { model } });
  const asked: { photo: Photo; other: Photo }[] = [];
  for (const { name, photos } of sets) {
    const all = photos.map((bytes, at): Photo => ({ id: `${name} ${at}`, bytes }));
    for (const { id, bytes } of all) await index.add(bytes, { id });
    const step = Math.max(1, all.length / queries);
    for (let at = 0; at < all.length; at += step) {
      const from = Math.floor(at);
      asked.push({ photo: all[from]!, other: all[(from + 1) % all.length]! });
    }
  }
  const total = { without: none(), beside: none() };
  const ms = { describe: 0, embed: 0, without: 0, beside: 0 };
  const timed = async <T>(what: keyof typeof ms, work: Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work;
    ms[what] += performance.now() - began;
    return done;
  };
  const line = (name: string, { without, beside }: typeof total, n: number): void => {
    const share = (value: number): string => (value / n).toFixed(3).padStart(7);
    const cells = [without, beside].map(
      ({ first, told, wrong }) => `${share(first)}${share(told)}${String(wrong).padStart(7)}`,
    );
    console.log(`${name.padEnd(26)}${cells.join('    ')}`);
  };
  console.log(
    `${asked.length} photos of ${await index.count()}\n${' '.repeat(26)}without a second model   with it\n${'edit'.padEnd(26)}${'    R@1   told  wrong'.repeat(2)}`,
  );
  const kinds = edits(seed);
  for (const { name, make } of kinds) {
    const row = { without: none(), beside: none() };
    for (const { photo, other } of asked) {
      const shown = name === COLLAGE ? [photo.id, other.id] : [photo.id];
      const bytes = await make(photo, other);
      await timed('describe', describeImage(bytes));
      const content = await timed('embed', index.describe(bytes));
      const plain = { ...content, semantic: null };
      count(row.without, await timed('without', index.similar(plain)), shown);
      count(row.beside, await timed('beside', index.similar(content)), shown);
    }
    line(name, row, asked.length);
    for (const way of ['without', 'beside'] as const) {
      for (const what of ['first', 'told', 'wrong'] as const) total[way][what] += row[way][what];
    }
  }
  const n = kinds.length * asked.length;
  line('all', total, n);
  const each = Object.entries(ms).map(([what, sum]) => `${what} ${(sum / n).toFixed(1)}`);
  console.log(`milliseconds of each: ${each.join(', ')} (embed: described and embedded)`);
  await index.close();
  await decoder.close();
}
