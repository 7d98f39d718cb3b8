// Evaluates names with models that were trained without them.
import { languageModel } from '../lib/analyzers/language-model.ts';
import { isHanOnly, type LabelledName, sureSign } from './language-examples.ts';
import { type Example, type FirstStage, train } from './language-training.ts';

/** A name with the log-odds of Japanese from both stages; `sure` if no model was asked. */
export interface Judged {
  gold: LabelledName;
  isJapanese: boolean;
  sure: boolean;
  fast: number;
  full: number;
}

export interface Part {
  title: string;
  judged: Judged[];
}

const MIN_NAMES = 50;

function judge(
  names: readonly LabelledName[],
  examples: readonly (Example | null)[],
  start: FirstStage,
  isHeldOut: (name: LabelledName, index: number) => boolean,
): Judged[] {
  const known = examples.filter(
    (example, index): example is Example => example !== null && !isHeldOut(names[index]!, index),
  );
  const model = languageModel(train(known, start));
  return names.flatMap((gold, index): Judged[] => {
    if (!isHanOnly(gold) || !isHeldOut(gold, index)) return [];
    const isJapanese = gold.lang === 'ja';
    const example = examples[index];
    if (!example) {
      const odds = sureSign(gold) === 'ja' ? 4 : -4;
      return [{ gold, isJapanese, sure: true, fast: odds, full: odds }];
    }
    const score = model.score(example.name);
    const full = model.full(score, example.signals);
    return [{ gold, isJapanese, sure: false, fast: model.fast(score), full }];
  });
}

/** Evaluates names in Han characters in five parts, each with a model trained on the other four. */
export function crossValidate(
  names: readonly LabelledName[],
  examples: readonly (Example | null)[],
  start: FirstStage,
): Part[] {
  return [0, 1, 2, 3, 4].map((part) => ({
    title: `part ${part + 1}`,
    judged: judge(names, examples, start, (_, index) => index % 5 === part),
  }));
}

/**
 * Evaluates names in Han characters by source, each with a model that saw no name of that source.
 */
export function leaveSourcesOut(
  names: readonly LabelledName[],
  examples: readonly (Example | null)[],
  start: FirstStage,
): Part[] {
  const sources = [...new Set(names.flatMap(({ source }) => source.split('+')))].sort();
  return sources.flatMap((title) => {
    const isOf = ({ source }: LabelledName): boolean => source.split('+').includes(title);
    if (names.filter((name) => isHanOnly(name) && isOf(name)).length < MIN_NAMES) return [];
    return [{ title, judged: judge(names, examples, start, isOf) }];
  });
}

const rightShare = (judged: readonly Judged[], by: 'fast' | 'full'): number =>
  judged.filter((row) => row[by] > 0 === row.isJapanese).length / judged.length;

/** Prints the accuracy of both stages for each part and for all parts together. */
export function printParts(title: string, parts: readonly Part[]): void {
  console.log(`\n${title}: names in Han only, right of all`);
  console.log(`  ${'left out'.padEnd(18)} ${'names'.padStart(6)}  fast   full`);
  const all = { title: 'all', judged: parts.flatMap(({ judged }) => judged) };
  for (const { title, judged } of [...parts, all]) {
    const [fast, full] = [rightShare(judged, 'fast'), rightShare(judged, 'full')];
    console.log(
      `  ${title.padEnd(18)} ${String(judged.length).padStart(6)}  ${fast.toFixed(4)} ${full.toFixed(4)}`,
    );
  }
}

/**
 * Prints the accuracy if the second stage is asked only for names of which the first is less sure.
 */
export function printCutoffs(title: string, parts: readonly Part[]): void {
  const judged = parts.flatMap(({ judged }) => judged);
  console.log(`\n${title}: the dictionaries are asked where the fast model is less sure than`);
  for (const cutoff of [0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 1]) {
    const odds = Math.log(cutoff / (1 - cutoff));
    const asked = judged.filter(({ sure, fast }) => !sure && Math.abs(fast) < odds).length;
    const right = judged.filter(
      ({ fast, full, isJapanese }) => (Math.abs(fast) < odds ? full : fast) > 0 === isJapanese,
    ).length;
    console.log(
      `  ${cutoff}  asked ${(asked / judged.length).toFixed(3)}  right ${(right / judged.length).toFixed(4)}`,
    );
  }
}

/** Confidence and outcome of the names that the model decided. */
export function claimsOf(
  parts: readonly Part[],
  by: 'fast' | 'full',
): { claimed: number; right: boolean }[] {
  return parts
    .flatMap(({ judged }) => judged)
    .filter(({ sure }) => !sure)
    .map((row) => ({
      claimed: 1 / (1 + Math.exp(-Math.min(5, Math.abs(row[by])))),
      right: row[by] > 0 === row.isJapanese,
    }));
}
