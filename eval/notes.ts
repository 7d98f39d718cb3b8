import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import MiniSearch from 'minisearch';
import { fold } from '../lib/analyzers/fold.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { openSqlite } from '../lib/engines/embedded/sqlite.ts';
import { NoteIndex } from '../lib/note-index.ts';
import type { Note } from '../lib/notes/note.ts';
import { pairsOf } from '../lib/notes/terms.ts';

// npm run eval -- notes [--man FOLDER] [--node URL] [--failures]
//
// Translated manuals of Debian (apt install manpages-zh manpages-ja) as texts, and 80 queries of our own, each with the
// pages that answer it. The texts are read where they are installed; none of them is in the project.

/** A query with the names of the pages that answer it. */
interface Judged {
  query: string;
  language: 'zh-TW' | 'zh-CN' | 'ja';
  wanted: string[];
}

/** Names of the pages that a text finds, best first. */
type Search = (text: string) => Promise<string[]>;

const FOLDERS = { 'zh-TW': 'zh_TW', 'zh-CN': 'zh_CN', ja: 'ja' } as const;
const SHOWN = 10;

/** Success at 3 and nDCG at 10 of ours beside other searches, by language and over all. */
export async function evalNotes(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      man: { type: 'string', default: '/usr/share/man' },
      node: { type: 'string' },
      failures: { type: 'boolean', default: false },
    },
  });
  const file = new URL('./notes.jsonl', import.meta.url);
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

function pagesIn(man: string, folder: string): Note[] {
  const pages = new Map<string, Note>();
  for (const section of ['man1', 'man8']) {
    const path = join(man, folder, section);
    if (!existsSync(path)) {
      throw new Error(`${path} is not there: apt install manpages-zh manpages-ja, or give --man`);
    }
    for (const name of readdirSync(path).sort()) {
      const [, page] = /^(.*)\.\d\w*\.gz$/.exec(name) ?? [];
      if (page === undefined || pages.has(page)) continue;
      const body = plain(gunzipSync(readFileSync(join(path, name))).toString('utf8'));
      // A page that only names another one says nothing.
      if (body.length > 200) pages.set(page, { id: page, title: titleOf(body) ?? page, body });
    }
  }
  return [...pages.values()];
}

/** The line that says what a page is about: `ls - list directory contents`. */
function titleOf(body: string): string | null {
  const line = body.split('\n', 12).find((one) => / -+ /.test(one));
  return line === undefined ? null : line.trim().slice(0, 200);
}

/** What a page of troff says, without requests, fonts and comments. */
function plain(troff: string): string {
  return troff
    .split('\n')
    .filter((line) => !/^['.]\s*(?:\\"|TH|so|de|ie?|el)/.test(line))
    .map((line) => line.replace(/^['.]\w+\s?/, ''))
    .map((line) => line.replace(/\\f\w|\\f\[\w*\]|\\\(\w\w|\\[,/&|^]/g, '').replace(/\\-/g, '-'))
    .join('\n');
}

async function contenders(
  pages: readonly Note[],
  node: string | undefined,
): Promise<Map<string, Search>> {
  const found = new Map<string, Search>([
    ['suoyin', await ours(pages)],
    ['MiniSearch, pairs', miniSearch(pages)],
    ['SQLite FTS5, trigram', await trigrams(pages)],
  ]);
  if (node !== undefined) found.set('OpenSearch, cjk', await cjk(pages, node));
  return found;
}

async function ours(pages: readonly Note[]): Promise<Search> {
  const index = new NoteIndex(embedded({ dataDir: ':memory:', threads: 0 }));
  await index.put(pages);
  return async (text) => (await index.search(text, { fragments: 0 })).notes.map(({ id }) => id);
}

/** BM25+ over pairs of characters and Latin words, folded as ours. */
function miniSearch(pages: readonly Note[]): Search {
  const engine = new MiniSearch<Note>({
    fields: ['title', 'body'],
    tokenize: (text) =>
      text.split(/[^\p{L}\p{N}]+/u).flatMap((piece) => {
        const key = fold(piece);
        const pairs = [...pairsOf([key])];
        return pairs.length > 0 ? pairs : key.split(' ');
      }),
    processTerm: (term) => (term === '' ? null : term),
  });
  engine.addAll(pages);
  return (text) => Promise.resolve(engine.search(text).map(({ id }) => id as string));
}

async function trigrams(pages: readonly Note[]): Promise<Search> {
  const database = await openSqlite(':memory:', false);
  database.exec(
    `create virtual table page using fts5(name unindexed, title, body, tokenize = 'trigram')`,
  );
  for (const { id, title, body } of pages) {
    database.sql('insert into page values (?, ?, ?)').run(id!, title!, fold(body ?? ''));
  }
  return (text) => {
    // A part of fewer than three characters has no trigram; longer ones are looked for by each of theirs.
    const parts = text.split(/\s+/).flatMap((part) => {
      const letters = Array.from(fold(part));
      return letters.slice(2).map((_, at) => letters.slice(at, at + 3).join(''));
    });
    if (parts.length === 0) return Promise.resolve([]);
    const query = parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(' OR ');
    const rows = database
      .sql('select name from page where page match ? order by rank limit 10')
      .rows(query);
    return Promise.resolve(rows.map(([name]) => String(name)));
  };
}

/** OpenSearch's own analyzer of pairs, best fields of title and body. */
async function cjk(pages: readonly Note[], node: string): Promise<Search> {
  const index = `${node.replace(/\/$/, '')}/eval-notes`;
  const send = async (method: string, path: string, body?: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await fetch(`${index}${path}`, { method, headers, body: body ?? null });
    if (!response.ok && response.status !== 404) throw new Error(await response.text());
    return response.json();
  };
  const field = { type: 'text', analyzer: 'cjk' };
  await send('DELETE', '');
  await send(
    'PUT',
    '',
    JSON.stringify({ mappings: { properties: { title: field, body: field } } }),
  );
  for (let at = 0; at < pages.length; at += 200) {
    const lines = pages
      .slice(at, at + 200)
      .flatMap(({ id, title, body }) => [
        JSON.stringify({ index: { _id: id } }),
        JSON.stringify({ title, body }),
      ]);
    await send('POST', '/_bulk?refresh=true', `${lines.join('\n')}\n`);
  }
  return async (text) => {
    const query = { multi_match: { query: text, fields: ['title', 'body'] } };
    const answer = await send(
      'POST',
      '/_search',
      JSON.stringify({ query, size: SHOWN, _source: false }),
    );
    return (answer as { hits: { hits: { _id: string }[] } }).hits.hits.map(({ _id }) => _id);
  };
}
