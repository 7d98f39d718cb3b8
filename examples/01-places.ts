// Builds a place index in a folder, without any server, and asks it typical queries: a prefix, a
// name of two places, a historic name, a reading, a typo.
//
//     npx tsx examples/01-places.ts [folder]
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlaceIndex, embedded } from 'suoyin';

const dataDir = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'suoyin-'));
const index = new PlaceIndex(embedded({ dataDir }), { alias: 'places' });

// One JSON record per line. Another rebuild would create a new generation beside this one.
await index.rebuild(fileURLToPath(new URL('data/places.jsonl', import.meta.url)));

const ask = async (query: string, language: string): Promise<void> => {
  const suggestions = await index.suggest(query, { language, limit: 3 });
  console.log(`${query} (${language})`);
  for (const { name, label } of suggestions) console.log(`  ${name}: ${label}`);
};

// The reader's home decides: the district of New Taipei comes before the ward in Tokyo.
await ask('板橋', 'zh-Hant');
await ask('板橋', 'ja');
// Two districts with the same name: the label distinguishes them.
await ask('中山區', 'zh-Hant');
// Parent and child in one query.
await ask('基隆中正', 'zh-Hant');
// A historic name finds the place but is not shown.
await ask('漢城', 'zh-Hant');
// Romanised, and half-typed zhuyin.
await ask('banq', 'zh-Hant');
await ask('ㄅㄢˇ', 'zh-Hant');
// Another character with the same reading.
await ask('高熊', 'zh-Hant');

await index.close();
