// Nouns that only one of the two dictionaries contains: the model is pretrained on them before it
// sees labelled names. IPADIC 2007 (NAIST and ICOT notice, in kuromoji) and jieba's dictionary
// (MIT, in @node-rs/jieba).
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { dict } from '@node-rs/jieba/dict.js';
import kuromoji, { type IpadicFeatures, type Tokenizer } from 'kuromoji';
import { ConverterFactory } from 'opencc-js/core';
import simplifiedCharacters from 'opencc-js/dict/STCharacters';
import simplifiedPhrases from 'opencc-js/dict/STPhrases';
import taiwanVariants from 'opencc-js/dict/TWVariants';
import { fold } from '../lib/analyzers/fold.ts';

export interface DictionaryName {
  name: string;
  language: 'zh' | 'ja';
  /**
   * Place names have the largest weight: they are most similar to what the model is asked about.
   */
  weight: number;
  /** What the list has names of. */
  kind: string;
}

const NOUN = /^\p{Script=Han}{2,8}$/u;

async function japaneseNouns(): Promise<Map<string, number>> {
  const root = dirname(createRequire(import.meta.url).resolve('kuromoji/package.json'));
  const tokenizer = await new Promise<Tokenizer<IpadicFeatures>>((resolve, reject) => {
    kuromoji.builder({ dicPath: join(root, 'dict') }).build((error, built) => {
      if (error) reject(error);
      else resolve(built);
    });
  });
  // The type declarations omit the map.
  const words = tokenizer.token_info_dictionary as typeof tokenizer.token_info_dictionary & {
    target_map: Record<string, number[]>;
  };
  const nouns = new Map<string, number>();
  for (const id of Object.values(words.target_map).flat()) {
    const [name = '', ...pos] = words.getFeatures(String(id)).split(',');
    if (!NOUN.test(name) || pos[0] !== '名詞') continue;
    const weight = pos[2] === '地域' ? 1 : pos[1] === '固有名詞' ? 0.5 : 0.3;
    nouns.set(name, Math.max(weight, nouns.get(name) ?? 0));
  }
  return nouns;
}

function chineseNouns(): Map<string, number> {
  const nouns = new Map<string, number>();
  for (const line of Buffer.from(dict).toString('utf8').split('\n')) {
    const [name = '', , tag = ''] = line.trim().split(' ');
    if (tag.startsWith('n') && NOUN.test(name))
      nouns.set(name, /^n(?:s|t|z)$/.test(tag) ? 1 : 0.15);
  }
  return nouns;
}

/** Chinese nouns are included in Simplified and in Traditional form. */
export async function dictionaryNames(): Promise<DictionaryName[]> {
  const [japanese, chinese] = [await japaneseNouns(), chineseNouns()];
  const keysOf = (nouns: Map<string, number>): Set<string> =>
    new Set(Array.from(nouns.keys(), (name) => fold(name)));
  const [japaneseKeys, chineseKeys] = [keysOf(japanese), keysOf(chinese)];
  const toTraditional = ConverterFactory(
    [simplifiedPhrases, simplifiedCharacters],
    [taiwanVariants],
  );
  const names: DictionaryName[] = [];
  for (const [name, weight] of japanese) {
    if (!chineseKeys.has(fold(name))) names.push({ name, language: 'ja', weight, kind: 'ipadic' });
  }
  for (const [name, weight] of chinese) {
    if (japaneseKeys.has(fold(name))) continue;
    for (const form of new Set([name, toTraditional(name)])) {
      names.push({ name: form, language: 'zh', weight, kind: 'jieba' });
    }
  }
  return names;
}
