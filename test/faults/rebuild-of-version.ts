// A process in which the suoyin of FOLDER rebuilds ALIAS on the cluster at URL from FILE; it stops itself in the middle
// until it is continued.
import { pathToFileURL } from 'node:url';
import { PRODUCTS } from '../support/clusters.ts';
import { engineOf, type Suoyin } from '../support/older-version.ts';
import { pausing } from './pausing.ts';

const [folder = '', name = '', url = '', alias = '', source = '', dataDir = ''] =
  process.argv.slice(2);
const suoyin = (await import(pathToFileURL(`${folder}/lib/index.ts`).href)) as Suoyin;
const product = PRODUCTS.find((each) => each.name === name)!;
const client = product.connect(url);
const index = new suoyin.PlaceIndex(engineOf(suoyin, product, client), { alias, dataDir });
await index.rebuild(source, {
  leaseMs: 600_000,
  onProgress: pausing(),
});
console.log('done');
await index.close();
await client.close();
