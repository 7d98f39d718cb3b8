import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { onOpenSearch, wipe } from '../support/opensearch.ts';
import { clusterContract, REFRESH } from './cluster.contract.ts';
import { engineContract } from './engine.contract.ts';
import { ingestContract } from './ingest.contract.ts';
import { liveWritesContract } from './live-writes.contract.ts';
import { readingContract } from './reading.contract.ts';

describe('on OpenSearch', function () {
  const cluster = onOpenSearch(this);
  const makeEngine = () => opensearch({ client: cluster.client, ...REFRESH });
  beforeEach(() => wipe(cluster.client, ['places', 'images', 'notes', 'elsewhere', 'whole']));

  clusterContract(makeEngine);

  readingContract(
    (client) => opensearch({ client, ...REFRESH }),
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

  // The parts that may depend on when a write is searchable; the whole contract takes minutes more (`CONTRACT_DEFAULTS`).
  describe('with the defaults that users have', () => {
    const withDefaults = () => opensearch({ client: cluster.client });
    engineContract(withDefaults, { runs: 1 });
    liveWritesContract(withDefaults);
    ingestContract(withDefaults);
  });
});
