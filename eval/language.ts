// Scores language detection on a file of labelled names: {name, lang, kind, source}, and `alsoZh`
// on a file of judgements.
import { parseArgs } from 'node:util';
import { loadChinese } from '../lib/analyzers/chinese.ts';
import { loadDetector } from '../lib/analyzers/detect.ts';
import { loadJapanese } from '../lib/analyzers/japanese.ts';
import { dictionaryNames } from './dictionary-names.ts';
import { examplesOf, jsonLines, type LabelledName } from './language-examples.ts';
import { type Guess, languageMethods } from './language-methods.ts';
import { printComparison, printDetails, printReliability, share } from './language-tables.ts';
import { pretrain } from './language-training.ts';
import { claimsOf, crossValidate, leaveSourcesOut, printParts } from './language-validation.ts';

interface Judgement {
  name: string;
  /**
   * Whether it is a Chinese noun or well-known name after Japanese character forms are converted to
   * Chinese ones.
   */
  folded: boolean;
}

const USAGE =
  'Usage: npm run eval -- language NAMES.jsonl [--alsozh JUDGEMENTS.jsonl] [--leave-one-out] [--nodejieba] [--packages DIR]';
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

/** Accuracy of models trained without the names that they judge. */
async function printUnseen(names: readonly LabelledName[]): Promise<void> {
  const chinese = await loadChinese({ prefer: '@node-rs/jieba' });
  const examples = examplesOf(names, { chinese, japanese: await loadJapanese() });
  const start = pretrain(await dictionaryNames());
  const parts = crossValidate(names, examples, start);
  printParts('Cross-validation', parts);
  for (const by of ['full', 'fast'] as const) {
    printReliability(`reliability by cross-validation, ${by}`, claimsOf(parts, by));
  }
  const sources = leaveSourcesOut(names, examples, start);
  printParts('Sources left out', sources);
  printReliability('reliability with sources left out, full', claimsOf(sources, 'full'));
}

/** `eval language NAMES.jsonl [--alsozh FILE] [--leave-one-out] [--nodejieba] [--packages DIR]`. */
export async function evalLanguage(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      alsozh: { type: 'string' },
      'leave-one-out': { type: 'boolean' },
      nodejieba: { type: 'boolean' },
      packages: { type: 'string' },
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
  printComparison(runs);
  for (const title of missing) console.log(`${title.padEnd(24)}not installed`);

  const detector = await loadDetector({ prefer });
  printDetails(
    names.map((gold) => {
      const found = detector.detect(gold.name);
      return { gold, found, reason: found.reason };
    }),
  );
  const judgements = values.alsozh ?? second;
  if (judgements !== undefined) await printAlsoZh(judgements);
  if (values['leave-one-out'] === true) await printUnseen(names);
}
