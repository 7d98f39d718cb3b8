import type { Engine } from '../lib/engines/engine.ts';
import type { ImageDocument } from '../lib/knn/document.ts';
import { toImageDocument } from '../lib/knn/document.ts';
import { imageMapping } from '../lib/knn/mapping.ts';
import type { VectorSpace } from '../lib/knn/space.ts';
import { seededRandom } from './statistics.ts';

/** Pictures per cluster; vectors of real pictures are not evenly distributed either. */
const CLUSTER = 50;
/** Distance of a vector from the centre of its cluster; centres have distance 1 from zero. */
const SPREAD = 0.6;

/**
 * Makes clustered vectors of unit length, concatenated in one array, and queries near some of them.
 */
export function clusteredVectors(
  count: number,
  dimension: number,
  options: { queries: number; seed: number },
): { vectors: Float32Array; queries: number[][] } {
  const random = seededRandom(options.seed);
  const normal = (): number => random() + random() + random() + random() - 2;
  const centres = Float32Array.from(
    { length: Math.ceil(count / CLUSTER) * dimension },
    () => normal() * Math.sqrt(3 / dimension),
  );
  const vectors = new Float32Array(count * dimension);
  const near = (centre: number): number[] => {
    const vector = Array.from(
      { length: dimension },
      (_, i) => centres[centre * dimension + i]! + SPREAD * normal() * Math.sqrt(3 / dimension),
    );
    const norm = Math.hypot(...vector);
    return vector.map((x) => Math.fround(x / norm));
  };
  const clusters = centres.length / dimension;
  for (let at = 0; at < count; at++) {
    vectors.set(near(Math.floor(random() * clusters)), at * dimension);
  }
  const queries = Array.from({ length: options.queries }, () =>
    near(Math.floor(random() * clusters)),
  );
  return { vectors, queries };
}

/** Fills a generation with pictures and makes it live. */
export async function fillPictures(
  engine: Engine,
  alias: string,
  space: VectorSpace,
  documents: Iterable<ImageDocument>,
): Promise<string> {
  const { name } = await engine.createGeneration(alias, {
    ...imageMapping({ ...space, numberOfReplicas: 0 }),
  });
  const stream = engine.stream(name, ({ id, status, reason }) => {
    if (status >= 300) throw new Error(`${id}: ${reason ?? status}`);
  });
  let tag = 0;
  for (const index of documents) await stream.add({ index, version: 1 }, tag++);
  await stream.flush();
  await engine.finishGeneration(name);
  await engine.swapAlias(alias, null, name);
  return name;
}

/** A picture with only the fields that are searched. */
export function pictureOf(
  at: number,
  content: { vector?: readonly number[]; dctHash?: string },
  space: VectorSpace,
): ImageDocument {
  return toImageDocument(`p${at}`, { content, addedAt: '2026-01-01T00:00:00.000Z', space });
}
