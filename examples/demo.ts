// `npm run demo`: indexes the example places on the embedded engine and prints what a dozen queries
// of different kinds find, each with its label in the reader's language.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { detectLanguage, embedded, ImageIndex, PlaceIndex } from 'suoyin';
import sharp, { type Sharp } from 'sharp';
import { exampleOutlines } from './outlines.ts';
import { PHOTOS } from './photos.ts';

const QUERIES: [query: string, language: string, shows: string][] = [
  ['板橋', 'zh-Hant', 'a district of New Taipei, and its namesakes'],
  ['板橋', 'ja', 'the same, asked by a Japanese reader'],
  ['中山區', 'zh-Hant', 'one name in several cities'],
  ['新加坡', 'zh-Hant', 'a country and its city, each named once'],
  ['臺北', 'zh-Hans', 'Traditional characters, Simplified reader'],
  ['しんj', 'ja', 'kana while the last syllable is still typed'],
  ['banq', 'zh-Hant', 'pinyin, not finished'],
  ['ㄅㄢˇ', 'zh-Hant', 'zhuyin'],
  ['霞ヶ関', 'ja', 'ヶ, ケ and が are one'],
  ['吉林', 'zh-Hans', 'a province and a city of one short name'],
  ['漢城', 'zh-Hant', 'a historic name finds Seoul and is not shown'],
  ['基隆中正', 'zh-Hant', 'parent and child without a space'],
  ['高熊', 'zh-Hant', 'a homophone typed by mistake'],
  ['清水寺', 'ja', 'a temple in Kyoto'],
];
const NAMES = ['清水寺', '新宿御苑', '國立故宮博物院', '涩谷', 'ハルビン'];

const EDITS: [what: string, edit: (photo: Sharp) => Promise<Buffer>][] = [
  ['a thumbnail, JPEG 40', (photo) => photo.resize(160).jpeg({ quality: 40 }).toBuffer()],
  ['brighter, in grey, WebP', (photo) => photo.linear(1.3).greyscale().webp().toBuffer()],
  ['mirrored', (photo) => photo.flop().jpeg().toBuffer()],
  ['black bars above and below', (photo) => photo.extend({ top: 150, bottom: 150 }).toBuffer()],
  ['5 % cut off on every side', (photo) => cutSides(photo, 0.05)],
];

async function cutSides(photo: Sharp, share: number): Promise<Buffer> {
  const { width, height } = await photo.metadata();
  const [left, top] = [Math.round(width * share), Math.round(height * share)];
  const inner = { left, top, width: width - 2 * left, height: height - 2 * top };
  return photo.extract(inner).toBuffer();
}

const paint = (code: number, text: string): string =>
  process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
const bold = (text: string): string => paint(1, text);
const dim = (text: string): string => paint(2, text);

const folder = fileURLToPath(new URL('../.suoyin/demo/', import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const source = fileURLToPath(new URL('data/places.jsonl', import.meta.url));
const boundaries = `${folder}/boundaries.geojson`;
writeFileSync(
  boundaries,
  JSON.stringify({ type: 'FeatureCollection', features: exampleOutlines(source) }),
);

const index = new PlaceIndex(embedded({ dataDir: folder }), { alias: 'places' });
const started = performance.now();
await index.rebuild(source, { boundaries });
console.log(
  `${bold('suoyin')} ${dim(`indexed in ${(performance.now() - started).toFixed(0)} ms`)}\n`,
);

for (const [query, language, shows] of QUERIES) {
  console.log(`${bold(query)}  ${dim(`${language}: ${shows}`)}`);
  for (const { name, label, kind } of await index.suggest(query, { language, limit: 4 })) {
    console.log(`   ${pad(name, 18)} ${pad(label, 40)} ${dim(kind)}`);
  }
  console.log();
}

console.log(bold('Which language is a name?'));
for (const name of NAMES) {
  const { language, confidence, alsoZh, reason } = await detectLanguage(name, {
    dictionaries: true,
  });
  const also = alsoZh && language === 'ja' ? ', a Chinese name too' : '';
  console.log(`   ${pad(name, 18)} ${language} ${confidence.toFixed(2)}${also} ${dim(reason)}`);
}
await index.close();

console.log(`\n${bold('Which picture is this?')}`);
const images = new ImageIndex(embedded({ dataDir: folder }));
for (const [id, bytes] of Object.entries(PHOTOS)) await images.add(bytes, { id });
for (const [what, edit] of EDITS) {
  const found = await images.similar(await edit(sharp(PHOTOS['nagasaki-boats.jpg'])), { limit: 1 });
  for (const { id, rule, distance } of found) {
    console.log(`   ${pad(what, 34)} ${id} ${dim(`${rule}, distance ${distance?.toFixed(3)}`)}`);
  }
}
await images.close();

console.log(`\n${dim(`The index stays in .suoyin/demo; try it:`)}`);
console.log('   node dist/cli/main.js suggest 板橋 --data .suoyin/demo');

/** Pads to a number of terminal columns: Han, kana and Hangul take two. */
function pad(text: string, columns: number): string {
  const wide = text.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー、，]/gu,
  );
  return text + ' '.repeat(Math.max(0, columns - text.length - (wide?.length ?? 0)));
}
