import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { diffBodies } from '../../lib/alias/body-diff.ts';
import { ELASTICSEARCH, onCluster, wipe } from '../support/clusters.ts';
import { clusterContract, REFRESH } from './cluster.contract.ts';
import { readingContract } from './reading.contract.ts';

describe('on Elasticsearch', function () {
  const cluster = onCluster(this, ELASTICSEARCH);
  const makeEngine = () => elasticsearch({ client: cluster.client, ...REFRESH });
  beforeEach(() => wipe(cluster.client, ['places', 'images', 'notes', 'elsewhere', 'whole']));

  clusterContract(makeEngine);

  readingContract(
    (client) => elasticsearch({ client, ...REFRESH }),
    () => cluster.client,
  );

  it('makes an index of every kind that it has, and plans no change of it', async () => {
    const engine = makeEngine();
    const bodies = [
      placeMapping({ numberOfReplicas: 0 }),
      ...(
        [
          { m: 24, efConstruction: 200, efSearch: 300, numberOfShards: 2 },
          { method: 'flat' },
          { dimension: 4096, dataType: 'byte', spaceType: 'l2' },
          { dimension: 256, dataType: 'binary' },
          { compression: '4x' },
          { compression: '8x', spaceType: 'innerproduct' },
          { compression: '32x' },
        ] as const
      ).map(imageMapping),
    ];
    for (const body of bodies) {
      const alias = 'properties' in body.mappings ? 'images' : 'places';
      const { name } = await engine.createGeneration(alias, { ...body });
      expect(diffBodies(await engine.indexBodyOf(name), { ...body })).to.deep.equal([]);
      await engine.finishGeneration(name);
      expect(diffBodies(await engine.indexBodyOf(name), { ...body })).to.deep.equal([]);
      await engine.dropGeneration(name);
    }
    await engine.close();
  });
});
