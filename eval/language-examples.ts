// Reads labelled names, one {name, lang, kind, source} per line, and converts them to training
// examples.
import { readFileSync } from 'node:fs';
import { clauseOf, hasVariation } from '../lib/analyzers/clauses.ts';
import { scriptsOf } from '../lib/analyzers/script.ts';
import { type Dictionaries, dictionarySignals } from '../lib/analyzers/tokens.ts';
import type { Example } from './language-training.ts';

export interface LabelledName {
  name: string;
  /** zh-Hant, zh-Hans, zh, ja, both or other. */
  lang: string;
  /** Kind of thing that has the name; several are joined by +. */
  kind: string;
  /** The list that it comes from; several are joined by +. */
  source: string;
}

export const jsonLines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** The label without the Chinese script. */
export const languageOf = (label: string): string => label.replace(/-Han[st]$/, '');

/** Names in Han characters only that are either Chinese or Japanese: the hard part. */
export const isHanOnly = ({ name, lang }: LabelledName): boolean =>
  ['zh', 'ja'].includes(languageOf(lang)) && /^\p{Script=Han}+$/u.test(name);

/**
 * What the sure signs decide; null if the model must decide, undefined if the name is neither
 * Chinese nor Japanese alone.
 */
export function sureSign({ name, lang }: LabelledName): 'zh' | 'ja' | null | undefined {
  const scripts = scriptsOf(name);
  if (!['zh', 'ja'].includes(languageOf(lang)) || !scripts.has('han')) return undefined;
  if (scripts.has('hangul') || scripts.has('bopomofo')) return undefined;
  return (
    clauseOf(name.normalize('NFC'), {
      hasKana: scripts.has('kana'),
      hasVariation: hasVariation(name),
    })?.language ?? null
  );
}

/** The examples of a file; null for names that the sure signs decide. */
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
