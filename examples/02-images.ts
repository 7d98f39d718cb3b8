// Pictures: exact copies, edited copies and look-alikes, and which rule found each.
import { embedded, ImageIndex } from 'suoyin';
import sharp from 'sharp';
import { PHOTOS } from './photos.ts';

const index = new ImageIndex(embedded({ dataDir: ':memory:' }));
for (const [id, bytes] of Object.entries(PHOTOS)) {
  // Bytes, a path or a URL. Fields are stored; searches can filter by them.
  await index.add(bytes, { id, fields: { country: id.startsWith('nagasaki') ? 'JP' : 'FR' } });
}

const boats = PHOTOS['nagasaki-boats.jpg']!;
const edits: [what: string, bytes: Buffer][] = [
  ['the same file', boats],
  ['a thumbnail', await sharp(boats).resize(160).jpeg({ quality: 60 }).toBuffer()],
  ['mirrored', await sharp(boats).flop().webp().toBuffer()],
  ['with black bars', await sharp(boats).resize(400).extend({ top: 80, bottom: 80 }).toBuffer()],
  ['in grey', await sharp(boats).grayscale().png().toBuffer()],
  [
    'a flat picture',
    await sharp({ create: { width: 99, height: 99, channels: 3, background: '#678' } })
      .png()
      .toBuffer(),
  ],
];
for (const [what, bytes] of edits) {
  const [best] = await index.similar(bytes, { limit: 1 });
  console.log(`${what}: ${best ? `${best.id} by ${best.rule}` : 'nothing to compare'}`);
}

await index.add(edits[1]![1], { id: 'thumbnail.jpg' });
for await (const { best, others } of index.duplicates()) {
  console.log(`keep ${best.id}; drop ${others.map(({ id }) => id).join(', ')}`);
}

const french = await index.similar(boats, { filter: { country: 'FR' }, limit: 3 });
console.log(`not in Japan: ${french.map(({ id, rule }) => `${id} (${rule})`).join(', ')}`);
await index.close();
