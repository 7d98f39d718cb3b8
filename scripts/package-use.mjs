// What a new user does with the package; package-check.mjs runs it in an empty project with the
// packed package. Prints `done`, or fails.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded, ImageIndex, PlaceIndex } from 'suoyin';
import { createHandler } from 'suoyin/server';

const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-use-'));
const source = join(dataDir, 'places.jsonl');
writeFileSync(
  source,
  [
    { id: 'tw:65000', name: '新北市', kind: 'city', country: 'TW' },
    { id: 'tw:65000010', name: '板橋區', kind: 'district', country: 'TW', parent: 'tw:65000' },
  ]
    .map((record) => JSON.stringify(record))
    .join('\n'),
);
const places = new PlaceIndex(embedded({ dataDir }));
await places.rebuild(source);
for (const typed of ['板桥', 'banq', 'ㄅㄢˇ']) {
  const [first] = await places.suggest(typed, { language: 'zh-Hant' });
  assert.equal(first?.id, 'tw:65000010', typed);
}

// sharp is a dependency of the package, not of this project.
const sharp = createRequire(import.meta.resolve('suoyin'))('sharp');
const pixels = Buffer.from(
  Array.from({ length: 64 * 64 }, (_, i) => ((i % 64) * 3 + (((i >> 6) ** 2) >> 4)) % 256),
);
const raw = { raw: { width: 64, height: 64, channels: 1 } };
const picture = await sharp(pixels, raw).png().toBuffer();
const smaller = await sharp(pixels, raw).resize(40).jpeg().toBuffer();
const images = new ImageIndex(embedded({ dataDir: ':memory:' }));
await images.add(picture, { id: 'ramp' });
assert.equal((await images.similar(picture))[0]?.rule, 'same-bytes');
assert.equal((await images.similar(smaller))[0]?.id, 'ramp');
await images.close();

const server = createServer(createHandler({ places })).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const answer = await fetch(`http://127.0.0.1:${server.address().port}/suggest?q=板橋`);
assert.equal((await answer.json()).suggestions[0].id, 'tw:65000010');
server.close();
server.closeAllConnections();
await places.close();
rmSync(dataDir, { recursive: true, force: true });
console.log('done');
