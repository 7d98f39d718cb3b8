// A process that rebuilds `places` under a short lease: URL, FILE, DATA, milliseconds of the lease.
import { Client } from '@opensearch-project/opensearch';

import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';

const [node = '', source = '', dataDir = '', leaseMs = ''] = process.argv.slice(2);
const client = new Client({ node });
const index = new PlaceIndex(opensearch({ client }), { dataDir });
try {
  await index.rebuild(source, { readings: 'data', leaseMs: Number(leaseMs) });
  console.log('done');
} catch (error) {
  console.log((error as { code?: string }).code ?? String(error));
  process.exitCode = 1;
} finally {
  await client.close();
}
