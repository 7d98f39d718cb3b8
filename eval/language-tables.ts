// Tables of detection results.
import { toTraditional } from '../lib/analyzers/variants.ts';
import type { Detector } from '../lib/analyzers/detection.ts';
import type { NameHint } from '../lib/analyzers/hints.ts';
import { isHanOnly, type LabelledName, languageOf } from './language-examples.ts';
import type { Guess } from './language-methods.ts';

export interface Row {
  gold: LabelledName;
  found: Guess;
}

export const share = (part: number, all: number): string =>
  all === 0 ? '-' : (part / all).toFixed(4);

const isRight = ({ gold, found }: Row): boolean =>
  gold.lang === 'both'
    ? ['zh', 'ja', 'both'].includes(found.language)
    : found.language === languageOf(gold.lang);

const right = (rows: readonly Row[]): string => share(rows.filter(isRight).length, rows.length);

const hanOnlyOf = (rows: readonly Row[]): Row[] => rows.filter(({ gold }) => isHanOnly(gold));

function f1(rows: readonly Row[], language: string): number {
  const wanted = rows.filter(({ gold }) => languageOf(gold.lang) === language).length;
  const given = rows.filter(({ found }) => found.language === language);
  const hits = given.filter(({ gold }) => languageOf(gold.lang) === language).length;
  return (2 * hits) / Math.max(1, wanted + given.length);
}

const inBoth = ({ found }: Row): boolean => found.ambiguous || found.language === 'both';

/**
 * Prints one line per method: accuracy on all names and on names in Han characters only; for the
 * latter also the mean F1, recall by label, and how they would be indexed.
 */
export function printComparison(
  runs: readonly { title: string; rows: readonly Row[]; microseconds: number }[],
): void {
  const titles = ['all', 'Han', 'Han F1', 'ja', 'zh-Hant', 'zh-Hans', 'in both', 'field hit', 'µs'];
  console.log(`${''.padEnd(24)}${titles.map((title) => title.padStart(10)).join('')}`);
  for (const { title, rows, microseconds } of runs) {
    const han = hanOnlyOf(rows);
    const labelled = (label: string): Row[] => han.filter(({ gold }) => gold.lang === label);
    const hit = han.filter((row) => inBoth(row) || isRight(row)).length;
    const cells = [
      right(rows),
      right(han),
      ((f1(han, 'zh') + f1(han, 'ja')) / 2).toFixed(4),
      ...['ja', 'zh-Hant', 'zh-Hans'].map((label) => right(labelled(label))),
      share(han.filter(inBoth).length, han.length),
      share(hit, han.length),
      microseconds.toFixed(1),
    ];
    console.log(`${title.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}`);
  }
}

/**
 * Prints the right answers by group of names, largest first; groups with fewer than `smallest`
 * names are skipped.
 */
export function printGroups(
  title: string,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  smallest = 20,
): void {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  console.log(`\n${title}`);
  for (const [key, members] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    if (members.length >= smallest) {
      console.log(`  ${key.padEnd(30)} ${right(members)}  of ${members.length}`);
    }
  }
}

/**
 * Prints the claimed and the actual share of right answers, and their mean difference weighted by
 * names (ECE).
 */
export function printReliability(
  title: string,
  claims: readonly { claimed: number; right: boolean }[],
): void {
  console.log(`\n${title}\n  claimed          mean  right   names`);
  let distance = 0;
  const edges = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1];
  for (const [index, low] of edges.slice(0, -1).entries()) {
    const high = edges[index + 1]!;
    const inside = claims.filter(({ claimed }) => claimed >= low && (claimed < high || high === 1));
    if (inside.length === 0) continue;
    const mean = inside.reduce((sum, { claimed }) => sum + claimed, 0) / inside.length;
    const real = inside.filter((claim) => claim.right).length / inside.length;
    distance += Math.abs(mean - real) * inside.length;
    console.log(
      `  ${low.toFixed(2)} to ${high.toFixed(2)}  ${mean.toFixed(3)}  ${real.toFixed(3)}  ${String(inside.length).padStart(6)}`,
    );
  }
  console.log(`  expected calibration error ${share(distance, claims.length)}`);
}

/**
 * Prints what a threshold means: how many names are then in both fields, and how many are in their own, whether alone or in
 * both.
 */
export function printThresholds(
  title: string,
  claims: readonly { claimed: number; right: boolean }[],
): void {
  console.log(`\n${title}\n  threshold  in both  own field`);
  for (const threshold of [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98]) {
    const both = claims.filter(({ claimed }) => claimed < threshold).length;
    const own = claims.filter(({ claimed, right }) => claimed < threshold || right).length;
    console.log(
      `  ${threshold.toFixed(2)}       ${share(both, claims.length)}   ${share(own, claims.length)}`,
    );
  }
}

const COUNTRIES: Readonly<Record<string, string>> = {
  ja: 'JP',
  'zh-Hant': 'TW',
  'zh-Hans': 'CN',
};

/** Prints how names are judged of which their country or their language is stated, and of which the wrong one is. */
export function printHints(names: readonly LabelledName[], detector: Detector): void {
  const rows = names.filter((row) => isHanOnly(row) && COUNTRIES[row.lang] !== undefined);
  const obeyed = (
    hintOf: (row: LabelledName) => NameHint,
    language: (row: LabelledName) => string,
  ) =>
    share(
      rows.filter((row) => {
        const hint = hintOf(row);
        return detector.detect(row.name, { hint, dictionaries: false }).language === language(row);
      }).length,
      rows.length,
    );
  const own = ({ lang }: LabelledName): string => languageOf(lang);
  const other = ({ lang }: LabelledName): string => (lang === 'ja' ? 'zh' : 'ja');
  console.log(`\nhints, ${rows.length} names in Han only: share that is judged as stated`);
  console.log(`  its country        ${obeyed(({ lang }) => ({ country: COUNTRIES[lang]! }), own)}`);
  console.log(`  its language       ${obeyed(({ lang }) => ({ language: lang }), own)}`);
  console.log(
    `  the other country  ${obeyed(({ lang }) => ({ country: lang === 'ja' ? 'HK' : 'JP' }), other)}`,
  );
  console.log(`  the other language ${obeyed((row) => ({ language: other(row) }), other)}`);
}

/** Prints how Japanese names are judged in old forms (德川家康), which are the Chinese ones as well. */
export function printOldForms(names: readonly LabelledName[], detector: Detector): void {
  const old = names
    .filter((row) => isHanOnly(row) && row.lang === 'ja')
    .map(({ name, kind }) => ({ name, kind, form: toTraditional(name) }))
    .filter(({ name, form }) => form !== name);
  console.log(
    '\nJapanese names written in Traditional Chinese forms: judged ja; ja or below the threshold',
  );
  for (const [title, rows] of [
    ['all kinds', old],
    ['persons', old.filter(({ kind }) => kind.includes('person'))],
  ] as const) {
    const found = rows.map(({ form }) => detector.detect(form));
    const japanese = found.filter(({ language }) => language === 'ja').length;
    const kept = found.filter(
      ({ language, ambiguous }) => language === 'ja' || language === 'both' || ambiguous,
    ).length;
    console.log(
      `  ${title}: ${share(japanese, found.length)} ${share(kept, found.length)}  of ${found.length}`,
    );
  }
}

/** Prints the tables of one method. */
export function printDetails(rows: readonly (Row & { reason: string })[]): void {
  const han = hanOnlyOf(rows);
  printGroups('by label, all names', rows, ({ gold }) => gold.lang);
  printGroups('by length, Han only', han, ({ gold }) => `${gold.name.length} characters`);
  printGroups('by kind, Han only', han, ({ gold }) => gold.kind);
  printGroups('by source, Han only', han, ({ gold }) => gold.source);
  const reasons = new Map<LabelledName, string>(rows.map(({ gold, reason }) => [gold, reason]));
  printGroups('by clause', rows, ({ gold, found }) => `${reasons.get(gold)} ${found.language}`);
  const claims = han
    .filter(({ found }) => found.language !== 'both')
    .map((row) => ({ claimed: row.found.confidence ?? 0, right: isRight(row) }));
  printReliability('reliability of confidence, Han only', claims);
  printThresholds('threshold, Han only', claims);
}
