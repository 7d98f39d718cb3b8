// Scores language detection on a file of labelled names: {name, lang, kind, source}, and `alsoZh`
// on a file of judgements.
import { parseArgs } from 'node:util';
import { loadDetector } from '../lib/analyzers/detect.ts';
import { jsonLines, type LabelledName, trainingSet } from './language-examples.ts';
import { type Guess, languageMethods, pythonRuns } from './language-methods.ts';
import {
  printComparison,
  printDetails,
  printHints,
  printOldForms,
  printReliability,
  printThresholds,
  share,
} from './language-tables.ts';
import { claimsOf, type LEFT_OUT, leaveOut, printParts } from './language-validation.ts';

interface Judgement {
  name: string;
  /**
   * Whether it is a Chinese noun or well-known name after Japanese character forms are converted to
   * Chinese ones.
   */
  folded: boolean;
}

const USAGE =
  'Usage: npm run eval -- language NAMES.jsonl [--alsozh JUDGEMENTS.jsonl] [--leave-one-kind-out] [--leave-one-source-out] [--cross-validate] [--lists DIR] [--nodejieba] [--packages DIR] [--python-packages DIR]';
/** Number of names that warm up a method before it is timed. */
const WARM_UP = 2000;

async function printAlsoZh(file: string): Promise<void> {
  const detector = await loadDetector();
  const judged = jsonLines<Judgement>(file).map((gold) => ({
    gold,
    found: detector.detect(gold.name),
  }));
  const marked = judged.filter(({ found }) => found.alsoZh);
  const hits = marked.filter(({ gold }) => gold.folded).length;
  const wanted = judged.filter(({ gold }) => gold.folded).length;
  console.log(
    `\nalsoZh: precision ${share(hits, marked.length)} recall ${share(hits, wanted)} F1 ${share(2 * hits, marked.length + wanted)}  of ${judged.length}`,
  );
}

/** Accuracy and claims of models trained without the names that they judge. */
async function printUnseen(
  names: readonly LabelledName[],
  by: keyof typeof LEFT_OUT,
  lists: string | undefined,
): Promise<void> {
  const { examples, start } = await trainingSet(names, lists);
  const parts = leaveOut(names, examples, start, by);
  printParts(`One ${by} left out`, parts);
  for (const stage of ['fast', 'full'] as const) {
    const claims = claimsOf(parts, stage);
    printReliability(`reliability with one ${by} left out, ${stage}`, claims);
    printThresholds(`threshold with one ${by} left out, ${stage}`, claims);
  }
}

/** Runs `eval language`; see `USAGE`. */
export async function evalLanguage(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      alsozh: { type: 'string' },
      'leave-one-kind-out': { type: 'boolean' },
      'leave-one-source-out': { type: 'boolean' },
      'cross-validate': { type: 'boolean' },
      lists: { type: 'string' },
      nodejieba: { type: 'boolean' },
      packages: { type: 'string' },
      'python-packages': { type: 'string' },
    },
  });
  const [file, second] = positionals;
  if (file === undefined) throw new Error(USAGE);
  const prefer = values.nodejieba ? 'nodejieba' : '@node-rs/jieba';
  const names = jsonLines<LabelledName>(file);
  const { methods, missing } = await languageMethods(prefer, { packages: values.packages });
  const runs = [];
  for (const { title, detect } of methods) {
    for (const { name } of names.slice(0, WARM_UP)) await detect(name);
    const found: Guess[] = [];
    const began = performance.now();
    for (const { name } of names) {
      const guess = detect(name);
      found.push(guess instanceof Promise ? await guess : guess);
    }
    const microseconds = ((performance.now() - began) * 1000) / names.length;
    runs.push({
      title,
      microseconds,
      rows: names.map((gold, at) => ({ gold, found: found[at]! })),
    });
  }
  const python = pythonRuns(
    names.map(({ name }) => name),
    values['python-packages'],
  );
  for (const { title, microseconds, guesses } of python.runs) {
    const rows = names.map((gold, at) => ({ gold, found: guesses[at]! }));
    runs.push({ title, microseconds, rows });
  }
  printComparison(runs);
  for (const title of [...missing, ...python.missing])
    console.log(`${title.padEnd(24)}not installed`);

  const detector = await loadDetector({ prefer });
  printDetails(
    names.map((gold) => {
      const found = detector.detect(gold.name);
      return { gold, found, reason: found.reason };
    }),
  );
  printHints(names, detector);
  printOldForms(names, detector);
  const judgements = values.alsozh ?? second;
  if (judgements !== undefined) await printAlsoZh(judgements);
  for (const [flag, by] of [
    ['leave-one-kind-out', 'kind'],
    ['leave-one-source-out', 'source'],
    ['cross-validate', 'part'],
  ] as const) {
    if (values[flag] === true) await printUnseen(names, by, values.lists);
  }
}
