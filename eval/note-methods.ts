// Other ways to find notes, which ours is measured beside in evaluations and benchmarks.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import MiniSearch from 'minisearch';
import { fold } from '../lib/analyzers/fold.ts';
import { pairsOf } from '../lib/autocomplete/long-text/terms.ts';
import { openSqlite } from '../lib/engines/embedded/sqlite.ts';
import type { Note } from '../lib/notes/note.ts';

/** Names of the notes that a text finds, best first. */
export type NoteFinder = (text: string) => Promise<string[]>;

const SHOWN = 10;

/** Debian's translated manuals (apt install manpages-zh manpages-ja) of a folder of languages. */
export function pagesIn(man: string, folder: string): Note[] {
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

/** BM25+ over pairs of characters and Latin words, folded as ours. */
export function miniSearch(pages: Iterable<Note>): NoteFinder {
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
  for (const page of pages) engine.add(page);
  return (text) => Promise.resolve(engine.search(text).map(({ id }) => id as string));
}

/**
 * SQLite FTS5 over trigrams of folded texts.
 *
 * @param path - Of the database.
 */
export async function trigrams(pages: Iterable<Note>, path = ':memory:'): Promise<NoteFinder> {
  const database = await openSqlite(path, false);
  database.exec(
    `create virtual table page using fts5(name unindexed, title, body, tokenize = 'trigram')`,
  );
  database.exec('begin');
  for (const { id, title, body } of pages) {
    database.sql('insert into page values (?, ?, ?)').run(id!, title!, fold(body ?? ''));
  }
  database.exec('commit');
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

/**
 * Best fields of title and body by an analyzer of OpenSearch or Elasticsearch: `cjk`, or of a plugin `smartcn`,
 * `kuromoji`.
 *
 * @returns Null where the cluster has no such analyzer.
 */
export async function analysed(
  pages: readonly Note[],
  node: string,
  analyzer: string,
): Promise<NoteFinder | null> {
  const index = `${node.replace(/\/$/, '')}/eval-notes-${analyzer}`;
  const send = async (method: string, path: string, body?: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await fetch(`${index}${path}`, { method, headers, body: body ?? null });
    if (!response.ok && response.status !== 404) throw new Error(await response.text());
    return response.json();
  };
  const field = { type: 'text', analyzer };
  await send('DELETE', '');
  const body = JSON.stringify({ mappings: { properties: { title: field, body: field } } });
  try {
    await send('PUT', '', body);
  } catch (error) {
    if (String(error).includes('has not been configured in mappings')) return null;
    if (String(error).includes(`analyzer [${analyzer}]`)) return null;
    throw error;
  }
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
