// Scores text search on a file of cases: {query, lang, expect, why}. Without --places it searches
// the example places.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';

interface Case {
  query: string;
  lang: string;
  /** Ids; any of them is right. */
  expect: string[];
  /** Kind of the query. */
  why: string;
}

interface Tally {
  cases: number;
  first: number;
  three: number;
  reciprocal: number;
}

const USAGE = 'npm run eval -- search CASES --places FILE... [--data DIR] [--misses]';
const TOP = 10;

/**
 * Indexes the places (or uses an existing index), runs every case, and prints the success by kind
 * of query.
 */
export async function evalSearch(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      places: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      misses: { type: 'boolean', default: false },
    },
  });
  const [file, ...more] = positionals;
  const sources = [...values.places, ...more];
  if (file === undefined || (sources.length === 0 && values.data === undefined)) {
    throw new Error(`No case file or no places. ${USAGE}`);
  }
  const cases = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Case);
  const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'suoyin-eval-'));
  const engine = embedded({ dataDir });
  try {
    const index = new PlaceIndex(engine);
    if (sources.length > 0) {
      const { live } = await index.status();
      if (live !== null) throw new Error(`${dataDir} holds ${live}: leave --places out. ${USAGE}`);
      const { documents, seconds } = await index.rebuild(sources);
      console.log(`indexed ${documents} documents in ${seconds.toFixed(1)} s`);
    }
    for (const language of ['zh-Hant', 'ja']) await index.search('山', { language });
    const groups = new Map<string, Tally>();
    const times: number[] = [];
    for (const { query, lang, expect, why } of cases) {
      const started = performance.now();
      const { hits } = await index.search(query, { language: lang, limit: TOP });
      times.push(performance.now() - started);
      const rank = 1 + hits.findIndex(({ id }) => expect.includes(id));
      for (const name of ['all', why]) count(groups, name, rank);
      if (!values.misses || (rank >= 1 && rank <= 3)) continue;
      const got = hits.slice(0, 5).map((hit) => `${hit.id} ${hit.label} (${hit.score})`);
      const wanted = expect.slice(0, 3).join(' or ');
      console.log(`${rank}: ${lang} ${query} [${why}] wants ${wanted}, got ${got.join(' | ')}`);
    }
    print(groups);
    times.sort((a, b) => a - b);
    const at = (q: number): string => times[Math.floor((times.length - 1) * q)]!.toFixed(1);
    console.log(`time a query: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  } finally {
    await engine.close();
    if (values.data === undefined) rmSync(dataDir, { recursive: true });
  }
}

function count(groups: Map<string, Tally>, name: string, rank: number): void {
  const tally = groups.get(name) ?? { cases: 0, first: 0, three: 0, reciprocal: 0 };
  groups.set(name, tally);
  tally.cases += 1;
  tally.first += Number(rank === 1);
  tally.three += Number(rank >= 1 && rank <= 3);
  tally.reciprocal += rank === 0 ? 0 : 1 / rank;
}

function print(groups: ReadonlyMap<string, Tally>): void {
  console.log(['behaviour', 'cases', 'success@1', 'success@3', 'MRR'].join('\t'));
  for (const [name, { cases, first, three, reciprocal }] of groups) {
    const shares = [first, three, reciprocal].map((n) => (n / cases).toFixed(3));
    console.log([name, cases, ...shares].join('\t'));
  }
}
