// A process that rebuilds `places` of DATA from FILE under a short lease, and stops itself in the middle until it is continued.
import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { pausing } from './pausing.ts';

const [dataDir = '', source = '', leaseMs = ''] = process.argv.slice(2);
const engine = embedded({ dataDir });
const index = new PlaceIndex(engine, { dataDir });
try {
  await index.rebuild(source, {
    leaseMs: Number(leaseMs),
    onProgress: pausing(),
  });
  console.log('done');
} catch (error) {
  console.log((error as { code?: string }).code ?? String(error));
  process.exitCode = 1;
} finally {
  await engine.close();
}
