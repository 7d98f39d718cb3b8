// Looks up edited copies of photos among the photos: recall and false positives of each method.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeImage } from '../lib/knn/describe/describe.ts';
import { IMAGE_EDITS, openPhoto } from './image-edits.ts';
import { printMillion } from './image-million.ts';
import { printOverlays } from './image-overlays.ts';
import { printSemantic } from './image-semantic.ts';
import { type Compared, comparedOf, IMAGE_METHODS, type ImageMethod } from './image-methods.ts';

interface Examined {
  photo: Compared;
  /** Its edited copies, in the order of `IMAGE_EDITS`. */
  copies: Compared[];
}

interface Found {
  /**
   * Per edit: the distances of the copies from their photos, and how many photos are the nearest of
   * all.
   */
  edits: { own: number[]; first: number }[];
  /** Distances of wrong pairs, nearest first. */
  wrong: Float64Array;
}

const USAGE =
  'Usage: npm run eval -- images FOLDER... [--split dev|test] [--seed N] [--overlays | --million | --semantic-model FILE [--queries N]]';
/** Pictures processed concurrently. */
const CONCURRENCY = 4;
/** Share of wrong pairs accepted in the second recall. */
const FALSE_RATE = 1e-6;

async function examine(path: string, name: string, seed: number): Promise<Examined> {
  const bytes = readFileSync(path);
  const photo = await openPhoto(name, bytes, seed);
  const copies: Compared[] = [];
  for (const edit of IMAGE_EDITS)
    copies.push(comparedOf(await describeImage(await edit.make(photo))));
  return { photo: comparedOf(await describeImage(bytes)), copies };
}

async function examineAll(
  folder: string,
  names: readonly string[],
  seed: number,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  const waiting = names.entries();
  const work = async (): Promise<void> => {
    for (const [at, name] of waiting) examined[at] = await examine(join(folder, name), name, seed);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return examined;
}

function search(examined: readonly Examined[], { distances }: ImageMethod): Found {
  const photos = examined.map(({ photo }) => photo);
  const wrong = new Float64Array(IMAGE_EDITS.length * examined.length * (examined.length - 1));
  let pairs = 0;
  const edits = IMAGE_EDITS.map((_, edit) => {
    let first = 0;
    const own = examined.map(({ copies }, at) => {
      const all = distances(copies[edit]!, photos);
      const right = all[at]!;
      let nearest = Infinity;
      for (const [other, far] of all.entries()) {
        if (other === at) continue;
        wrong[pairs++] = far;
        nearest = Math.min(nearest, far);
      }
      // A tie does not count as found: the order would be random.
      if (right < nearest) first++;
      return right;
    });
    return { own, first };
  });
  return { edits, wrong: wrong.sort() };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of the copies within a distance from their photo. */
function recall(own: readonly number[], threshold: number): number {
  return own.filter((distance) => distance <= threshold).length / own.length;
}

/** The distance of the first wrong pair that exceeds the rate; thresholds must stay below it. */
function thresholdAt({ wrong }: Found, rate: number): number {
  return wrong[Math.floor(wrong.length * rate)]!;
}

function cells(values: readonly (string | number)[]): string {
  const text = values.map((value) => (typeof value === 'number' ? value.toFixed(3) : value));
  return text.map((value) => value.padStart(7)).join('');
}

function printEdits(founds: readonly Found[]): void {
  const title = 'edit'.padEnd(22);
  console.log(
    `${' '.repeat(22)}${IMAGE_METHODS.map((method) => method.title.padStart(14)).join('')}`,
  );
  console.log(`${title}${founds.map(() => cells(['R@1', 'recall'])).join('')}`);
  const rows = IMAGE_EDITS.map(({ name }, edit) => ({
    name,
    values: founds.flatMap(({ edits }, method) => {
      const { own, first } = edits[edit]!;
      return [first / own.length, recall(own, IMAGE_METHODS[method]!.threshold)];
    }),
  }));
  for (const { name, values } of rows) console.log(name.padEnd(22) + cells(values));
  const means = rows[0]!.values.map((_, column) => mean(rows.map(({ values }) => values[column]!)));
  console.log('mean'.padEnd(22) + cells(means));
}

function printThresholds(founds: readonly Found[]): void {
  console.log(`\n${' '.repeat(22)}threshold  recall  wrong of pairs      at 1e-6  recall`);
  for (const [at, found] of founds.entries()) {
    const { title, threshold } = IMAGE_METHODS[at]!;
    const overall = (limit: number): string =>
      mean(found.edits.map(({ own }) => recall(own, limit))).toFixed(3);
    const wrong = found.wrong.filter((distance) => distance <= threshold).length;
    // The pair at the limit itself is already one too many.
    const limit = thresholdAt(found, FALSE_RATE) * (1 - Number.EPSILON) - Number.EPSILON;
    const share = `${wrong} of ${found.wrong.length}`;
    console.log(
      `${title.padEnd(22)}${threshold.toFixed(2).padStart(9)}${overall(threshold).padStart(8)}  ${share.padEnd(18)}${limit.toFixed(2).padStart(7)}${overall(limit).padStart(8)}`,
    );
  }
}

async function printPlainEdits(
  folder: string,
  names: readonly string[],
  seed: number,
): Promise<void> {
  const began = performance.now();
  const examined = await examineAll(folder, names, seed);
  const seconds = (performance.now() - began) / 1000;
  const plain = examined.filter(({ photo }) => photo.stored.length === 0).length;
  console.log(
    `${folder}: ${names.length} photos, ${IMAGE_EDITS.length} edits each, made and described in ${seconds.toFixed(0)} s; ${plain} too plain to compare\n`,
  );
  const founds = IMAGE_METHODS.map((method) => search(examined, method));
  printEdits(founds);
  printThresholds(founds);
}

/**
 * `eval images FOLDER... [--split dev|test] [--seed N]`: the edits, then the overlays, where the limit of each
 * folder is also chosen on the others. `--overlays`: these only. `--million`: wrong pairs by chance instead.
 * `--semantic-model`: all of these without a second model and with it instead, N photos (20) of each folder.
 */
export async function evalImages(args: string[]): Promise<void> {
  const { values, positionals: folders } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      split: { type: 'string' },
      seed: { type: 'string', default: '1' },
      overlays: { type: 'boolean', default: false },
      million: { type: 'boolean', default: false },
      'semantic-model': { type: 'string' },
      queries: { type: 'string', default: '20' },
    },
  });
  const { split, seed, overlays, million } = values;
  if (folders.length === 0 || (split !== undefined && split !== 'dev' && split !== 'test')) {
    throw new Error(USAGE);
  }
  const part = split === undefined ? null : Number(split === 'test');
  const sets = folders.map((folder) => ({
    folder,
    names: readdirSync(folder)
      .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
      .sort()
      .filter((_, at) => part === null || at % 2 === part),
  }));
  for (const { folder, names } of sets) {
    if (names.length < 2) throw new Error(`${folder} has fewer than two pictures to compare`);
  }
  const photosOf = ({ folder, names }: (typeof sets)[number]): Buffer[] =>
    names.map((name) => readFileSync(join(folder, name)));
  const { 'semantic-model': model } = values;
  if (model !== undefined) {
    const all = sets.map((set) => ({ name: basename(set.folder), photos: photosOf(set) }));
    await printSemantic(all, { model, queries: Number(values.queries), seed: Number(seed) });
    return;
  }
  if (million) {
    await printMillion(sets.flatMap(photosOf), Number(seed));
    return;
  }
  if (!overlays) {
    for (const { folder, names } of sets) await printPlainEdits(folder, names, Number(seed));
  }
  await printOverlays(sets.map((set) => ({ name: set.folder, photos: photosOf(set) })));
}
