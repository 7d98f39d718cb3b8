import { seededRandom } from '../../bench/statistics.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import { rankByVector } from '../../lib/knn/hits.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import type { VectorSpace } from '../../lib/knn/space.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';

export const SPACE: VectorSpace = { dimension: 6, spaceType: 'cosinesimil', dataType: 'float' };

/** Makes a live generation of `images` with so many random vectors; half have `odd: 1`. */
export async function fillWithVectors(
  engine: Engine,
  count: number,
  space: VectorSpace = SPACE,
): Promise<ImageDocument[]> {
  const random = seededRandom(count);
  const documents = Array.from({ length: count }, (_, i) =>
    pictureWith(`p${i}`, { vector: vectorIn(space, random) }, { space, fields: { odd: i % 2 } }),
  );
  const { name } = await engine.createGeneration('images', { ...imageMapping(space) });
  for (let at = 0; at < count; at += 5000) {
    const page = documents.slice(at, at + 5000);
    await engine.write(
      name,
      page.map((index) => ({ index })),
    );
  }
  await engine.finishGeneration(name);
  const [alias] = await engine.aliases('images');
  await engine.swapAlias('images', alias?.generation ?? null, name);
  return documents;
}

/** Ids of the ten nearest that the engine finds. */
export async function nearestIds(
  engine: Engine,
  vector: number[],
  more: object = {},
): Promise<string[]> {
  const search = { vectors: [vector], limit: 10, ...more };
  const { space, documents } = await engine.nearest('images', search);
  return rankByVector(space, documents, [vector])
    .slice(0, 10)
    .map(({ id }) => id);
}

/** Ids of the ten nearest of all documents. */
export function exactIds(documents: readonly ImageDocument[], vector: number[]): string[] {
  return rankByVector(SPACE, documents, [vector])
    .slice(0, 10)
    .map(({ id }) => id);
}
