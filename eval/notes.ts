import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { embedded } from '../lib/engines/embedded/index.ts';
import { NoteIndex } from '../lib/note-index.ts';
import type { Note } from '../lib/notes/note.ts';
import { startOpenSearch } from '../scripts/opensearch.mjs';
import { analysed, miniSearch, type NoteFinder, pagesIn, trigrams } from './note-methods.ts';

// npm run eval -- notes [FILE] [--man FOLDER] [--analyzers | --node URL] [--failures]
//
// Translated manuals of Debian (apt install manpages-zh manpages-ja) as texts, and queries of our own (default the 80 of
// eval/notes.jsonl), each with the pages that answer it. The texts are read where they are installed; none of them is in the project.
// --analyzers starts an OpenSearch with cjk, smartcn and kuromoji and measures them as well; --node takes one that runs.

/** A query with the names of the pages that answer it. */
interface Judged {
  query: string;
  language: 'zh-TW' | 'zh-CN' | 'ja';
  wanted: string[];
}

const FOLDERS = { 'zh-TW': 'zh_TW', 'zh-CN': 'zh_CN', ja: 'ja' } as const;
const SHOWN = 10;

/** Success at 3 and nDCG at 10 of ours beside other searches, by language and over all. */
export async function evalNotes(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      man: { type: 'string', default: '/usr/share/man' },
      node: { type: 'string' },
      analyzers: { type: 'boolean', default: false },
      failures: { type: 'boolean', default: false },
    },
  });
  const server = values.analyzers ? await startOpenSearch({ flavor: 'analyzers' }) : null;
  try {
    await measureNotes(positionals[0], { ...values, node: server?.url ?? values.node });
  } finally {
    await server?.stop();
  }
}

async function measureNotes(
  path: string | undefined,
  values: { man: string; node: string | undefined; failures: boolean },
): Promise<void> {
  const file = path ?? new URL('./notes.jsonl', import.meta.url);
  const judged = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Judged);
  const sums = new Map<string, { success: number; gain: number; of: number }>();
  for (const [language, folder] of Object.entries(FOLDERS)) {
    const pages = pagesIn(values.man, folder);
    const names = new Set(pages.map(({ id }) => id!));
    const queries = judged
      .filter((one) => one.language === language)
      .map((one) => ({ ...one, wanted: one.wanted.filter((name) => names.has(name)) }))
      .filter(({ wanted }) => wanted.length > 0);
    console.log(`${language}: ${pages.length} pages, ${queries.length} queries`);
    for (const [name, search] of await contenders(pages, values.node)) {
      const results: { success: number; gain: number }[] = [];
      for (const { query, wanted } of queries) {
        const found = (await search(query)).slice(0, SHOWN);
        const success = found.slice(0, 3).some((page) => wanted.includes(page)) ? 1 : 0;
        results.push({ success, gain: ndcg(found, wanted) });
        if (values.failures && success === 0 && name === 'suoyin') {
          console.log(`  ${query}: ${found.slice(0, 3).join(' ')}, not ${wanted.join(' ')}`);
        }
      }
      const [success, gain] = (['success', 'gain'] as const).map((key) =>
        results.reduce((sum, result) => sum + result[key], 0),
      ) as [number, number];
      tell(name, { success, gain, of: results.length });
      const sum = sums.get(name) ?? { success: 0, gain: 0, of: 0 };
      sums.set(name, {
        success: sum.success + success,
        gain: sum.gain + gain,
        of: sum.of + results.length,
      });
    }
  }
  console.log('all');
  for (const [name, sum] of sums) tell(name, sum);
}

function tell(
  name: string,
  { success, gain, of }: { success: number; gain: number; of: number },
): void {
  const [at3, at10] = [success / of, gain / of].map((share) => share.toFixed(3));
  console.log(`  ${name.padEnd(28)} success@3 ${at3}  nDCG@10 ${at10}`);
}

function ndcg(found: readonly string[], wanted: readonly string[]): number {
  const gainAt = (at: number): number => 1 / Math.log2(at + 2);
  const gain = found.reduce((sum, page, at) => sum + (wanted.includes(page) ? gainAt(at) : 0), 0);
  const best = Array.from({ length: Math.min(SHOWN, wanted.length) }, (_, at) => gainAt(at));
  return gain / best.reduce((sum, one) => sum + one, 0);
}

async function contenders(
  pages: readonly Note[],
  node: string | undefined,
): Promise<Map<string, NoteFinder>> {
  const found = new Map<string, NoteFinder>([
    ['suoyin', await ours(pages)],
    ['MiniSearch, pairs', miniSearch(pages)],
    ['SQLite FTS5, trigram', await trigrams(pages)],
  ]);
  for (const analyzer of node === undefined ? [] : ['cjk', 'smartcn', 'kuromoji']) {
    const search = await analysed(pages, node!, analyzer);
    if (search) found.set(`cluster, ${analyzer}`, search);
    else console.log(`  the cluster has no analyzer ${analyzer}`);
  }
  return found;
}

async function ours(pages: readonly Note[]): Promise<NoteFinder> {
  const index = new NoteIndex(embedded({ dataDir: ':memory:', threads: 0 }));
  await index.put(pages);
  return async (text) => (await index.search(text, { fragments: 0 })).notes.map(({ id }) => id);
}
