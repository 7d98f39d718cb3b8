// Names judged a second: one by one and in a batch, by CPU, beside a test for kana and another detector.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { franc } from 'franc';
import { detectLanguage, detectLanguages, loadDetector } from '../lib/analyzers/detect.ts';
import { machineLine } from './machine.ts';

const USAGE = `npm run bench -- detect NAMES [options]

  NAMES          a name a line, or JSON lines with "name"
  --count N      names to judge a round; those of the file are repeated (default 200000)
  --rounds N     rounds, of which the median counts (default 7)`;

type Run = (names: readonly string[]) => void | Promise<void>;

/** Runs the benchmark and prints a Markdown table to stdout. */
export async function benchDetect(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '7' },
      help: { type: 'boolean' },
    },
  });
  const [file] = positionals;
  if (values.help === true || file === undefined) throw new Error(USAGE);
  const given = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (line.startsWith('{') ? (JSON.parse(line) as { name: string }).name : line));
  const names = Array.from({ length: Number(values.count) }, (_, at) => given[at % given.length]!);
  const detector = await loadDetector({ dictionaries: false });
  const runs: Record<string, Run> = {
    'detectLanguages, one call': async (all) => void (await detectLanguages(all)),
    'a detector, one by one': (all) => all.forEach((name) => detector.detect(name)),
    'detectLanguage, one by one': async (all) => {
      for (const name of all) await detectLanguage(name);
    },
    'kana is ja, else zh': (all) => all.forEach((name) => /[ぁ-ヿ]/.test(name)),
    'franc, one by one': (all) => all.forEach((name) => franc(name, { minLength: 1 })),
  };
  console.log(`${machineLine()}\n\n| ${names.length} names | names a second of CPU |`);
  console.log('| --- | --- |');
  for (const [title, run] of Object.entries(runs)) {
    const rates: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const began = process.cpuUsage();
      await run(names);
      const { user, system } = process.cpuUsage(began);
      rates.push((names.length / (user + system)) * 1e6);
    }
    const median = rates.sort((a, b) => a - b)[rates.length >> 1]!;
    console.log(`| ${title} | ${Math.round(median).toLocaleString('en')} |`);
  }
}
