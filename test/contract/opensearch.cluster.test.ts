import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { onOpenSearch, wipe } from '../support/opensearch.ts';
import { clusterContract } from './cluster.contract.ts';
import { readingContract } from './reading.contract.ts';

describe('on OpenSearch', function () {
  const cluster = onOpenSearch(this);
  const makeEngine = () => opensearch({ client: cluster.client, refresh: true });
  beforeEach(() => wipe(cluster.client, ['places', 'images', 'notes', 'elsewhere', 'whole']));

  clusterContract(makeEngine);

  readingContract(
    (client) => opensearch({ client, refresh: true }),
    () => cluster.client,
  );

  it('accepts an image index of faiss, with all that can be chosen', async () => {
    const engine = makeEngine();
    for (const options of [
      { engine: 'faiss', m: 24, efConstruction: 200, numberOfReplicas: 0 },
      { engine: 'faiss', dimension: 256, dataType: 'binary' },
      { engine: 'faiss', encoder: { name: 'sq', parameters: { type: 'fp16' } } },
      { engine: 'faiss', compression: '16x', spaceType: 'innerproduct' },
    ] as const) {
      const { name } = await engine.createGeneration('images', { ...imageMapping(options) });
      await engine.dropGeneration(name);
    }
    await engine.close();
  });
});
