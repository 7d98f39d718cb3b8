// Evaluates names with models that were trained without them.
import { languageModel } from '../lib/analyzers/language-model.ts';
import { isHanOnly, type LabelledName, sureSign } from './language-examples.ts';
import { type Example, type FirstStage, fitStages, scoreHeldOut } from './language-training.ts';

/** A name with the log-odds of Japanese from both stages; `sure` if no model was asked. */
export interface Judged {
  isJapanese: boolean;
  sure: boolean;
  fast: number;
  full: number;
}

export interface Part {
  title: string;
  judged: Judged[];
}

/** How names are left out: by kind, by list, or in five parts. */
export const LEFT_OUT = {
  kind: ({ kind }: LabelledName): string[] => kind.split('+'),
  source: ({ source }: LabelledName): string[] => source.split('+'),
  part: (_: LabelledName, index: number): string[] => [`part ${(index % 5) + 1}`],
} as const;

/**
 * Judges names in Han characters by models that had seen no name of their group.
 *
 * @param names - All names of the file; those that the sure signs decide count as such.
 * @param examples - The others, in order, and after them names only to learn from.
 */
export function leaveOut(
  names: readonly LabelledName[],
  examples: readonly Example[],
  start: FirstStage,
  by: keyof typeof LEFT_OUT,
): Part[] {
  const open = names.filter((row) => sureSign(row) === null);
  const groups = open.map((row, index) => LEFT_OUT[by](row, index));
  const isOpenHan = new Set(open.filter(isHanOnly).map(({ name }) => name.normalize('NFC')));
  const scored = scoreHeldOut(examples, start, ({ sources }, index) => groups[index] ?? sources);
  const parts = new Map<string, Judged[]>();
  const partOf = (title: string): Judged[] => {
    const part = parts.get(title) ?? [];
    parts.set(title, part);
    return part;
  };
  for (const title of new Set(scored.map(({ group }) => group))) {
    const stages = fitStages(scored.filter(({ group }) => group !== title));
    const model = languageModel({ slots: '', step: 1, bias: 0, ...stages });
    for (const { example, group, score } of scored) {
      if (group !== title || !isOpenHan.has(example.name)) continue;
      partOf(title).push({
        isJapanese: example.isJapanese,
        sure: false,
        fast: model.fast(score, example.name.length),
        full: model.full(score, example.name.length, example.signals),
      });
    }
  }
  names.forEach((row, index) => {
    const sign = sureSign(row);
    if (!sign || !isHanOnly(row)) return;
    const odds = sign === 'ja' ? 4 : -4;
    for (const title of LEFT_OUT[by](row, index)) {
      parts.get(title)?.push({ isJapanese: row.lang === 'ja', sure: true, fast: odds, full: odds });
    }
  });
  return [...parts].map(([title, judged]) => ({ title, judged }));
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
