// Scores the language of names on a file of labelled names: {name, lang, source}, and `alsoZh` on one of judgements.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Detection, loadDetector } from '../lib/analyzers/detect.ts';
import { scriptsOf } from '../lib/analyzers/script.ts';

interface LabelledName {
  name: string;
  /** zh-Hant, zh-Hans, zh, ja, both or other. */
  lang: string;
  source: string;
}

interface Judgement {
  name: string;
  /** A Chinese noun or well-known name once Japanese character forms are turned into Chinese ones. */
  folded: boolean;
}

const jsonLines = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** The label without the script of Chinese. */
const languageOf = (label: string): string => label.replace(/-Han[st]$/, '');
const isRight = (label: string, found: Detection): boolean =>
  label === 'both'
    ? ['zh', 'ja', 'both'].includes(found.language)
    : found.language === languageOf(label);
const share = (part: number, all: number): string => (all === 0 ? '-' : (part / all).toFixed(4));

/** Prints accuracy in all, for names in Han only, by label, by source and by the clause that decided. */
function printAccuracy(rows: readonly { gold: LabelledName; found: Detection }[]): void {
  const hanOnly = rows.filter(
    ({ gold }) => [...scriptsOf(gold.name)].join() === 'han' && gold.lang !== 'other',
  );
  const decided = hanOnly.filter(({ gold }) => gold.lang !== 'both');
  const right = (list: typeof rows): string =>
    share(list.filter(({ gold, found }) => isRight(gold.lang, found)).length, list.length);
  console.log(`accuracy, all                ${right(rows)}  of ${rows.length}`);
  console.log(`accuracy, Han only           ${right(decided)}  of ${decided.length}`);
  const f1 = (language: string): number => {
    const hits = decided.filter(
      ({ gold, found }) => languageOf(gold.lang) === language && found.language === language,
    ).length;
    const sizes = decided.reduce(
      (sum, { gold, found }) =>
        sum + Number(languageOf(gold.lang) === language) + Number(found.language === language),
      0,
    );
    return (2 * hits) / sizes;
  };
  console.log(`macro-F1 of zh, ja, Han only ${((f1('zh') + f1('ja')) / 2).toFixed(4)}`);
  const inEither = decided.filter(
    ({ gold, found }) => found.ambiguous || isRight(gold.lang, found),
  ).length;
  const doubled = decided.filter(({ found }) => found.ambiguous).length;
  console.log(
    `right field hit, Han only    ${share(inEither, decided.length)}  with ${share(doubled, decided.length)} of names in both`,
  );
  const table = (
    title: string,
    list: typeof rows,
    keyOf: (row: (typeof rows)[number]) => string,
  ): void => {
    const groups = new Map<string, (typeof rows)[number][]>();
    for (const row of list) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
    console.log(`\n${title}`);
    for (const [key, members] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
      if (members.length >= 20)
        console.log(`  ${key.padEnd(26)} ${right(members)}  of ${members.length}`);
    }
  };
  table('by label, Han only', hanOnly, ({ gold }) => gold.lang);
  table(
    'by label, other names',
    rows.filter((row) => !hanOnly.includes(row)),
    ({ gold }) => gold.lang,
  );
  table('by source (20 names or more)', rows, ({ gold }) => gold.source);
  table('by clause', rows, ({ found }) => `${found.reason} ${found.language}`);
}

function printAlsoZh(judged: readonly { gold: Judgement; found: Detection }[]): void {
  const marked = judged.filter(({ found }) => found.alsoZh);
  const hits = marked.filter(({ gold }) => gold.folded).length;
  const wanted = judged.filter(({ gold }) => gold.folded).length;
  console.log(
    `\nalsoZh: precision ${share(hits, marked.length)} recall ${share(hits, wanted)} F1 ${share(2 * hits, marked.length + wanted)}  of ${judged.length}`,
  );
}

/** `eval language NAMES.jsonl [ALSOZH.jsonl | --alsozh FILE]`. */
export async function evalLanguage(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { alsozh: { type: 'string' }, nodejieba: { type: 'boolean' } },
  });
  const [file, second] = positionals;
  if (file === undefined)
    throw new Error(
      'Usage: npm run eval -- language NAMES.jsonl [--alsozh JUDGEMENTS.jsonl] [--nodejieba]',
    );
  const began = performance.now();
  const detector = await loadDetector({
    prefer: values.nodejieba ? 'nodejieba' : '@node-rs/jieba',
  });
  const loaded = performance.now();
  const names = jsonLines<LabelledName>(readFileSync(file, 'utf8'));
  const start = performance.now();
  const rows = names.map((gold) => ({ gold, found: detector.detect(gold.name) }));
  const each = ((performance.now() - start) * 1000) / names.length;
  printAccuracy(rows);
  const alsoZhFile = values.alsozh ?? second;
  if (alsoZhFile !== undefined) {
    const judgements = jsonLines<Judgement>(readFileSync(alsoZhFile, 'utf8'));
    printAlsoZh(judgements.map((gold) => ({ gold, found: detector.detect(gold.name) })));
  }
  console.log(
    `\nloading ${Math.round(loaded - began)} ms, ${each.toFixed(1)} µs a name, ${Math.round(1e6 / each)} names/s, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
  );
}
