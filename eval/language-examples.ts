// Reads labelled names, {name, lang, kind, source} a line, and turns them into examples for training.
import { readFileSync } from 'node:fs';
import { clauseOf } from '../lib/analyzers/clauses.ts';
import { scriptsOf } from '../lib/analyzers/script.ts';
import { type Dictionaries, dictionarySignals } from '../lib/analyzers/tokens.ts';
import type { Example } from './language-training.ts';

export interface LabelledName {
  name: string;
  /** zh-Hant, zh-Hans, zh, ja, both or other. */
  lang: string;
  /** What the name is of; several joined by +. */
  kind: string;
  /** The list it comes from; several joined by +. */
  source: string;
}

export const jsonLines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** The label without the script of Chinese. */
export const languageOf = (label: string): string => label.replace(/-Han[st]$/, '');

/** Names in Han only that are Chinese or Japanese and not both: the hard part. */
export const isHanOnly = ({ name, lang }: LabelledName): boolean =>
  ['zh', 'ja'].includes(languageOf(lang)) && /^\p{Script=Han}+$/u.test(name);

/** What the sure signs decide, null where the model is asked, undefined where it is another question. */
export function sureSign({ name, lang }: LabelledName): 'zh' | 'ja' | null | undefined {
  const scripts = scriptsOf(name);
  if (!['zh', 'ja'].includes(languageOf(lang)) || !scripts.has('han')) return undefined;
  if (scripts.has('hangul') || scripts.has('bopomofo')) return undefined;
  return clauseOf(name.normalize('NFC'), scripts.has('kana'))?.language ?? null;
}

/** The examples of a file, null for what the sure signs decide. */
export function examplesOf(
  names: readonly LabelledName[],
  dictionaries: Dictionaries,
): (Example | null)[] {
  return names.map((row) => {
    if (sureSign(row) !== null) return null;
    const name = row.name.normalize('NFC');
    return {
      name,
      isJapanese: row.lang === 'ja',
      sources: row.source.split('+'),
      signals: dictionarySignals(name, dictionaries),
    };
  });
}
