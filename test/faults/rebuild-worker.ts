// A process that rebuilds `places` under a short lease: ENGINE, URL, FILE, DATA, milliseconds of the lease.
import { PlaceIndex } from '../../lib/place-index.ts';
import { PRODUCTS } from '../support/clusters.ts';

const [engine = '', node = '', source = '', dataDir = '', leaseMs = ''] = process.argv.slice(2);
const product = PRODUCTS.find(({ name }) => name === engine)!;
const client = product.connect(node);
const index = new PlaceIndex(product.engine({ client }), { dataDir });
try {
  await index.rebuild(source, { readings: 'data', leaseMs: Number(leaseMs) });
  console.log('done');
} catch (error) {
  console.log((error as { code?: string }).code ?? String(error));
  process.exitCode = 1;
} finally {
  await client.close();
}
