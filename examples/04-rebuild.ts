// A rebuild with no downtime: stopped half-way, resumed, checked, swapped in, rolled back.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded, PlaceIndex } from 'suoyin';

const dataDir = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'suoyin-'));
const source = join(dataDir, 'towns.jsonl');
const towns = Array.from({ length: 12_000 }, (_, i) => ({
  id: `town-${i}`,
  name: `第${i}村`,
  kind: 'town',
  country: 'TW',
}));
const write = (records: readonly object[]): void => {
  writeFileSync(source, records.map((record) => JSON.stringify(record)).join('\n'));
};
const index = new PlaceIndex(embedded({ dataDir }), { dataDir });

write(towns.slice(0, 3));
await index.rebuild(source);
console.log(`live: ${(await index.status()).live}`);

// Interrupted after a few thousand records: queries keep using the live generation.
write(towns);
const stop = new AbortController();
await index
  .rebuild(source, {
    signal: stop.signal,
    onProgress: ({ stage, done }) => {
      if (stage === 'fill' && done >= 6000) stop.abort();
    },
  })
  .catch(() => console.log('interrupted'));
console.log(`live: ${(await index.status()).live}`);

// Live writes go to the old generation and to the new one.
await index.put([{ id: 'town-new', name: '新村', kind: 'town', country: 'TW' }]);

// The same call resumes at the last checkpoint.
const { resumed, documents } = await index.rebuild(source);
console.log(`resumed: ${resumed}, ${documents} from the source`);
console.log(`新村: ${(await index.suggest('新村')).map(({ id }) => id).join()}`);

const { live, previous } = await index.status();
console.log(`live: ${live}, kept: ${previous}`);
console.log(`back at ${(await index.rollback()).generation}`);
await index.close();
