// Asks the README's table of inputs of the example places, and of an index of more: `--data DIR`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import type { Suggestion } from '../lib/autocomplete/suggest/suggestions.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';

/** A row of the README's table. */
export interface ReadmeRow {
  typed: readonly string[];
  language: string;
  /** Of the first answers, in their order. */
  labels: readonly string[];
  unread?: string;
  guess?: true;
}

const BANQIAO = ['板橋, 新北市, 台灣'];

/** The README's table with the reader of each row; `test/project/readme-table.test.ts` holds it beside the README. */
export const README_ROWS: readonly ReadmeRow[] = [
  { typed: ['板橋'], language: 'zh-Hant', labels: BANQIAO },
  {
    typed: ['中山區'],
    language: 'zh-Hant',
    labels: ['中山區, 臺北市, 台灣', '中山區, 基隆市, 台灣'],
  },
  { typed: ['新加坡'], language: 'zh-Hant', labels: ['新加坡'] },
  { typed: ['漢城'], language: 'zh-Hant', labels: ['首爾, 南韓'] },
  {
    typed: ['臺北', '台北', 'taib', 'tb', 'ㄊㄞˊㄅ'],
    language: 'zh-Hant',
    labels: ['臺北, 台灣'],
  },
  {
    typed: ['しんj', 'ｼﾝｼﾞｭｸ', 'sinzyuku', 'shinju'],
    language: 'ja',
    labels: ['新宿, 東京都, 日本'],
  },
  { typed: ['103ful6'], language: 'zh-Hant', labels: BANQIAO, guess: true },
  { typed: ['tjdnf'], language: 'ko', labels: ['서울, 대한민국'], guess: true },
  { typed: ['基隆中正'], language: 'zh-Hant', labels: ['中正, 基隆市, 台灣'] },
  { typed: ['中山區 基'], language: 'zh-Hant', labels: ['中山區, 基隆市, 台灣'] },
  { typed: ['台灣新北市板橋區'], language: 'zh-Hant', labels: ['板橋區, 新北市, 台灣'] },
  { typed: ['Banqiao, New Taipei, Taiwan'], language: 'zh-Hant', labels: BANQIAO },
  { typed: ['新宿駅南口'], language: 'ja', labels: ['新宿駅, 東京都, 日本'], unread: '南口' },
  {
    typed: ['霞ヶ関', '霞が関', '霞ケ関'],
    language: 'ja',
    labels: ['霞が関, 東京都, 日本'],
  },
  { typed: ['高熊'], language: 'zh-Hant', labels: ['高雄, 台灣'], guess: true },
];

/** What an index answers to a text of a row, and whether that is what the README says. */
export interface ReadmeAnswer {
  typed: string;
  said: string;
  holds: boolean;
}

/** Asks an index every text of the table. */
export async function askReadme(index: Pick<PlaceIndex, 'suggest'>): Promise<ReadmeAnswer[]> {
  const answers: ReadmeAnswer[] = [];
  for (const row of README_ROWS) {
    for (const typed of row.typed) {
      const found = await index.suggest(typed, { language: row.language, limit: 10 });
      const first = found.slice(0, row.labels.length);
      const said = first.map((each) => saidOf(typed, each)).join(' · ');
      const wanted = row.labels.map((label) => toldOf(label, row.unread, row.guess)).join(' · ');
      answers.push({ typed, said, holds: said === wanted });
    }
  }
  return answers;
}

function saidOf(typed: string, { label, unread, guess }: Suggestion): string {
  const rest = unread?.map(([from, to]) => typed.slice(from, to)).join(' ');
  return toldOf(label, rest, guess);
}

const toldOf = (label: string, unread?: string, guess?: true): string =>
  label + (unread === undefined ? '' : ` (unread: ${unread})`) + (guess ? ' (guess)' : '');

const USAGE = 'npm run eval -- readme [--data DIR]';
const EXAMPLES = fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url));

/** Prints the table with the answers of the example places, and of the index in `--data`. */
export async function evalReadme(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' } },
  });
  if (positionals.length > 0) throw new Error(`It takes no file. ${USAGE}`);
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-readme-'));
  const small = new PlaceIndex(embedded({ dataDir: folder }), { dataDir: folder });
  const { data } = values;
  const large =
    data === undefined ? null : new PlaceIndex(embedded({ dataDir: data }), { dataDir: data });
  try {
    const { documents } = await small.rebuild(EXAMPLES);
    const own = await askReadme(small);
    const others = large && (await askReadme(large));
    console.log(`| typed | ${documents} example places |${others ? ` ${data} |` : ''}`);
    console.log(`| --- | --- |${others ? ' --- |' : ''}`);
    for (const [at, { typed, said, holds }] of own.entries()) {
      const other = others?.[at];
      const cells = [
        typed,
        marked(said, holds),
        ...(other ? [marked(other.said, other.holds)] : []),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
    for (const [name, all] of [
      ['example places', own],
      ...(others ? [[data!, others] as const] : []),
    ] as const) {
      console.log(`${name}: ${all.filter(({ holds }) => holds).length} of ${all.length} hold`);
    }
  } finally {
    await small.close();
    await large?.close();
    rmSync(folder, { recursive: true });
  }
}

const marked = (said: string, holds: boolean): string =>
  holds ? said : `**not:** ${said || 'nothing'}`;
