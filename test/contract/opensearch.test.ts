import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { onOpenSearch, wipe } from '../support/opensearch.ts';
import { engineContract } from './engine.contract.ts';

describe('engine contract: OpenSearch', function () {
  const cluster = onOpenSearch(this);
  beforeEach(() => wipe(cluster.client, ['places', 'elsewhere']));
  engineContract(() => opensearch({ client: cluster.client, refresh: true }), { runs: 2 });
});
