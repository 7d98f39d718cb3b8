// A process that counts the places of DIR that a search finds, again and again, until it is stopped.
import { embedded } from '../../lib/engines/embedded/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const engine = embedded({ dataDir, readOnly: true });
let running = true;
process.on('SIGTERM', () => (running = false));
while (running) {
  const search = { field: 'name', value: 'a', match: 'prefix', limit: 5000 } as const;
  console.log((await engine.findByKeys('places', [search])).length);
  await new Promise((resolve) => setImmediate(resolve));
}
await engine.close();
