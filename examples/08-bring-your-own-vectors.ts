// Vectors from your own model: any dimension, and you choose how they are compared.
import { embedded, ImageIndex, type ImageModel } from 'suoyin';

// A real one has a few hundred numbers. `id` is stored: an index refuses vectors of another model.
const model: ImageModel = {
  id: 'toy-colours-3',
  space: { dimension: 3, spaceType: 'cosinesimil', dataType: 'float' },
  threshold: 0.01, // up to here two pictures count as the same
};
const engine = embedded({ dataDir: ':memory:' });
const index = new ImageIndex(engine, { alias: 'colours', model });

const COLOURS = { red: [1, 0, 0], orange: [1, 0.5, 0], green: [0, 1, 0], teal: [0, 1, 1] };
for (const [id, vector] of Object.entries(COLOURS)) {
  await index.add({ vector }, { id, fields: { warm: vector[0]! > 0.5 } });
}

for (const { id, rule, distance } of await index.similar({ vector: [0.9, 0.4, 0] }, { limit: 3 })) {
  console.log(`${id}: ${rule}, ${distance!.toFixed(3)}`);
}
const cold = await index.similar({ vector: [0.9, 0.4, 0] }, { filter: { warm: false }, limit: 1 });
console.log(`not warm: ${cold.map(({ id }) => id).join()}`);

const refused = async (what: Promise<unknown>): Promise<void> => {
  await what.catch((error: Error & { code?: string }) =>
    console.log(`${error.code}: ${error.message}`),
  );
};
await refused(index.add({ vector: [1, 2] }, { id: 'short' }));
await refused(index.add({ vector: [0, 0, 0] }, { id: 'zero' }));
await refused(new ImageIndex(engine, { alias: 'colours' }).similar({ id: 'red' }));
await index.close();
