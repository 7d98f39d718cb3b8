// Reads labelled names, one {name, lang, kind, source} per line, and converts them to training
// examples.
import { readFileSync } from 'node:fs';
import { clauseOf, hasVariation } from '../lib/analyzers/clauses.ts';
import { loadChinese } from '../lib/analyzers/chinese.ts';
import { fold } from '../lib/analyzers/fold.ts';
import { loadJapanese } from '../lib/analyzers/japanese.ts';
import { scriptsOf } from '../lib/analyzers/script.ts';
import { type Dictionaries, dictionarySignals } from '../lib/analyzers/tokens.ts';
import { type DictionaryName, dictionaryNames } from './dictionary-names.ts';
import { type Example, type FirstStage, pretrain } from './language-training.ts';
import { registryNames, thinned } from './registry-names.ts';

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

/** The examples of a file: names that the sure signs leave to the model. */
export function examplesOf(names: readonly LabelledName[], dictionaries: Dictionaries): Example[] {
  return names
    .filter((row) => sureSign(row) === null)
    .map((row) => {
      const name = row.name.normalize('NFC');
      return {
        name,
        isJapanese: row.lang === 'ja',
        kinds: row.kind.split('+'),
        sources: row.source.split('+'),
        signals: dictionarySignals(name, dictionaries),
      };
    });
}

/**
 * Examples of the lists that the model is pretrained on, up to 2,000 of each kind, so that it does not forget them. They
 * have no signals: the dictionaries hold many of these very names.
 */
export function rehearsalOf(names: readonly DictionaryName[]): Example[] {
  const byKind = new Map<string, DictionaryName[]>();
  for (const row of names) {
    if (sureSign({ name: row.name, lang: row.language, kind: '', source: '' }) !== null) continue;
    const kind = byKind.get(row.kind);
    if (kind) kind.push(row);
    else byKind.set(row.kind, [row]);
  }
  return [...byKind].flatMap(([kind, rows]) =>
    thinned(rows, REHEARSED).map(({ name, language }) => ({
      name,
      isJapanese: language === 'ja',
      kinds: [kind],
      sources: [kind],
      signals: null,
    })),
  );
}

const REHEARSED = 2000;

/** What the model is trained on. */
export interface TrainingSet {
  /** Labelled names that the sure signs leave open, in order, and after them some of the lists. */
  examples: Example[];
  /** The first stage after pretraining. */
  start: FirstStage;
}

/**
 * Prepares a training: of the lists of words, no name that a labelled one equals is used, so that names that are left out
 * are unseen.
 *
 * @param lists - Folder of unpacked packages (see `registryNames`); undefined: only the two dictionaries.
 */
export async function trainingSet(
  names: readonly LabelledName[],
  lists: string | undefined,
): Promise<TrainingSet> {
  const chinese = await loadChinese({ prefer: '@node-rs/jieba' });
  const examples = examplesOf(names, { chinese, japanese: await loadJapanese() });
  const labelled = new Set(names.map(({ name }) => fold(name)));
  const words = [
    ...(await dictionaryNames()),
    ...(lists === undefined ? [] : registryNames(lists)),
  ].filter(({ name }) => !labelled.has(fold(name)));
  return {
    examples: [...examples, ...rehearsalOf(words)],
    start: pretrain(words),
  };
}
