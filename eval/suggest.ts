// Scores autocomplete on a file of cases: {query, lang, expect, within, why, expectLabelContains?,
// expectLabel?, expectKind?, corpus?}; eval/typed.jsonl and eval/typed-fresh.jsonl have 338 texts of several parts, for any
// index of the world's places; eval/typed-pasted.jsonl has 127 as they are typed and pasted, and eval/typed-unseen.jsonl 255 of
// all kinds, with the ids of one index.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import type { Suggestion } from '../lib/autocomplete/suggest/suggestions.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';

interface Case {
  query: string;
  lang: string;
  /** Ids; left out where only the label tells. */
  expect?: string[];
  /** Of the label: a regular expression. */
  expectLabel?: string;
  /** Kinds that are right. */
  expectKind?: string[];
  within: number;
  why: string;
  expectLabelContains?: string;
  corpus?: string;
}

interface Tally {
  cases: number;
  first: number;
  three: number;
  within: number;
  reciprocal: number;
  keystrokes: number;
  length: number;
}

const USAGE = `npm run eval -- suggest CASES [--places F] [--pois F] [--boundaries F] [--data DIR] [--misses] [--no-replay]`;
const TOP = 10;

/**
 * Indexes places and POIs (or uses an existing index), runs every case, and prints figures by
 * group.
 */
export async function evalSuggest(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      places: { type: 'string' },
      pois: { type: 'string' },
      boundaries: { type: 'string' },
      data: { type: 'string' },
      misses: { type: 'boolean', default: false },
      'no-replay': { type: 'boolean', default: false },
    },
  });
  const file = positionals[0];
  if (file === undefined) throw new Error(`No case file. ${USAGE}`);
  const beside = (name: string): string => join(dirname(file), name);
  const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'suoyin-eval-'));
  const engine = embedded({ dataDir });
  const cases = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Case);
  try {
    const places = new PlaceIndex(engine, { alias: 'places' });
    const pois = new PlaceIndex(engine, { alias: 'pois' });
    await build(places, [values.places ?? beside('places.jsonl.gz')]);
    if (cases.some((c) => c.corpus === 'pois')) {
      const all = [
        values.places ?? beside('places.jsonl.gz'),
        values.pois ?? beside('pois.jsonl.gz'),
      ];
      await build(pois, all);
    }
    await score(cases, (c) => (c.corpus === 'pois' ? pois : places));
  } finally {
    await engine.close();
    if (values.data === undefined) rmSync(dataDir, { recursive: true });
  }

  async function build(index: PlaceIndex, sources: string[]): Promise<void> {
    if ((await engine.aliases()).some((a) => a.alias === index.alias)) return;
    const started = performance.now();
    const boundaries = values.boundaries ?? beside('boundaries.geojson.gz');
    const result = await index.rebuild(sources, existsSync(boundaries) ? { boundaries } : {});
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`indexed ${result.documents} documents of ${sources.join(', ')} in ${seconds} s`);
  }

  async function score(all: Case[], indexOf: (c: Case) => PlaceIndex): Promise<void> {
    const groups = new Map<string, Tally>();
    let duplicateRows = 0;
    let equalLabels = 0;
    const times: number[] = [];
    for (const c of all) {
      const ask = (query: string): Promise<Suggestion[]> =>
        indexOf(c).suggest(query, { language: c.lang, limit: TOP });
      const started = performance.now();
      const answers = await ask(c.query);
      times.push(performance.now() - started);
      duplicateRows += answers.length - new Set(answers.map((a) => a.id)).size;
      equalLabels += answers.length - new Set(answers.map((a) => a.label)).size;
      const rank = rankOf(c, answers);
      const keystrokes = values['no-replay'] ? 0 : await keystrokesToTop3(c, ask);
      for (const name of ['all', c.why]) count(groups, name, { c, rank, keystrokes });
      if (values.misses && rank !== 1) {
        const what = rank === 0 || rank > c.within ? 'miss' : `place ${rank}`;
        const got = answers.slice(0, 5).map((a) => `${a.id} ${a.label} (${a.score})`);
        console.log(
          `${what}: ${c.lang} ${c.query} [${c.why}] wants ${c.expect?.join(' or ') ?? c.expectLabel}, got ${got.join(' | ')}`,
        );
      }
    }
    printTable(groups, !values['no-replay']);
    times.sort((a, b) => a - b);
    const at = (q: number): string => times[Math.floor((times.length - 1) * q)]!.toFixed(2);
    console.log(`duplicate rows ${duplicateRows}, equal labels ${equalLabels}`);
    console.log(`cold time a query: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  }
}

/** 1-based rank of the first right answer; 0 if there is none. */
function rankOf(c: Case, answers: readonly Suggestion[]): number {
  return (
    1 +
    answers.findIndex(
      (a) =>
        (c.expect?.includes(a.id) ?? true) &&
        (c.expectKind?.includes(a.kind) ?? true) &&
        a.label.includes(c.expectLabelContains ?? '') &&
        new RegExp(c.expectLabel ?? '').test(a.label),
    )
  );
}

/**
 * Characters that must be typed until the answer is among the first three; the whole length if it
 * never is.
 */
async function keystrokesToTop3(
  c: Case,
  ask: (query: string) => Promise<Suggestion[]>,
): Promise<number> {
  const chars = Array.from(c.query);
  for (let typed = 1; typed < chars.length; typed++) {
    const rank = rankOf(c, await ask(chars.slice(0, typed).join('')));
    if (rank >= 1 && rank <= 3) return typed;
  }
  return chars.length;
}

function count(
  groups: Map<string, Tally>,
  name: string,
  { c, rank, keystrokes }: { c: Case; rank: number; keystrokes: number },
): void {
  let tally = groups.get(name);
  if (!tally) {
    tally = { cases: 0, first: 0, three: 0, within: 0, reciprocal: 0, keystrokes: 0, length: 0 };
    groups.set(name, tally);
  }
  tally.cases += 1;
  tally.first += Number(rank === 1);
  tally.three += Number(rank >= 1 && rank <= 3);
  tally.within += Number(rank >= 1 && rank <= c.within);
  tally.reciprocal += rank === 0 ? 0 : 1 / rank;
  tally.keystrokes += keystrokes;
  tally.length += Array.from(c.query).length;
}

function printTable(groups: ReadonlyMap<string, Tally>, replayed: boolean): void {
  const rows = [...groups].sort(
    ([a], [b]) => Number(b === 'all') - Number(a === 'all') || (a < b ? -1 : 1),
  );
  const head = ['group', 'cases', 'success@1', 'success@3', 'within', 'MRR'];
  console.log([...head, ...(replayed ? ['keystrokes to top 3', 'length'] : [])].join('\t'));
  for (const [name, t] of rows) {
    const share = (n: number): string => (n / t.cases).toFixed(3);
    const cells = [
      name,
      t.cases,
      share(t.first),
      share(t.three),
      share(t.within),
      share(t.reciprocal),
    ];
    if (replayed) cells.push((t.keystrokes / t.cases).toFixed(2), (t.length / t.cases).toFixed(2));
    console.log(cells.join('\t'));
  }
}
