// Keeps whole answers of suggest in a file, and compares those of a changed suoyin with them, byte by byte; and
// times two builds of suoyin on the same queries in turns.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { makeCells } from './cases.ts';
import { takeCorpus } from './corpus.ts';
import { percentile, seededRandom, shuffled } from './statistics.ts';
import type * as lib from '../lib/index.ts';
import type { PlaceRecord } from '../lib/autocomplete/place.ts';
import type { SuggestCallOptions } from '../lib/place-options.ts';

const USAGE = `npm run bench -- answers --data DIR --write FILE --places FILE [options]
npm run bench -- answers --data DIR --check FILE [--beside DIR] [options]

  --data DIR          index of the places, opened read-only
  --alias NAME        its alias (default places)
  --write FILE        keeps the answers there (packed JSON lines), of queries made from:
  --places FILE ...     records, JSON lines, packed or not
  --count N             queries (default 4000); filters, limits and explanations take turns on them
  --seed N              draws them (default 7)
  --check FILE        compares the answers with those kept; exits with 1 where one differs
  --beside DIR        folder of another build (its dist): it and this one, built before, answer the queries in
                      turns, in one process
  --beside-data DIR     its index, where it can't read that of --data
  --rounds N            calls of each query, of which the fastest counts (default 5)`;

const BUILD = new URL('../scripts/build.mjs', import.meta.url);

/** A query with its filters, as it is asked and kept. */
export interface Asked {
  kind: string;
  text: string;
  options: SuggestCallOptions;
}

type Ask = (text: string, options: SuggestCallOptions) => Promise<unknown>;

interface Opened {
  ask: Ask;
  close(): Promise<void>;
}

/** Runs what `npm run bench -- answers` was asked for. */
export async function benchAnswers(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      places: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      alias: { type: 'string', default: 'places' },
      count: { type: 'string', default: '4000' },
      seed: { type: 'string', default: '7' },
      write: { type: 'string' },
      check: { type: 'string' },
      beside: { type: 'string' },
      'beside-data': { type: 'string' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  const { data, alias, places } = values;
  const file = values.write ?? values.check;
  const isComplete = data !== undefined && file !== undefined;
  if (values.help || !isComplete || (values.write !== undefined && places.length === 0)) {
    console.log(USAGE);
    if (!values.help) process.exitCode = 2;
    return;
  }
  // As it is installed: what runs from its sources is slower.
  const isTimed = values.beside !== undefined;
  if (isTimed) execFileSync(process.execPath, [fileURLToPath(BUILD)], { stdio: 'inherit' });
  const folder = new URL(isTimed ? '../dist/' : '../lib/', import.meta.url).href;
  const own = await open(folder, data, { alias, ext: isTimed ? 'js' : 'ts' });
  try {
    if (values.write !== undefined) {
      const queries = await makeQueries(places, Number(values.count), Number(values.seed));
      await write(file, queries, own.ask);
      return;
    }
    const kept = await readAnswers(file);
    if (values.beside === undefined) {
      process.exitCode = await check(kept, own.ask);
      return;
    }
    const beside = pathToFileURL(`${resolve(values.beside)}/`).href;
    const other = await open(beside, values['beside-data'] ?? data, { alias, ext: 'js' });
    try {
      await time(kept, { other: other.ask, own: own.ask }, Number(values.rounds));
    } finally {
      await other.close();
    }
  } finally {
    await own.close();
  }
}

async function open(
  folder: string,
  data: string,
  { alias, ext }: { alias: string; ext: string },
): Promise<Opened> {
  const { embedded, PlaceIndex } = (await import(`${folder}index.${ext}`)) as Pick<
    typeof lib,
    'embedded' | 'PlaceIndex'
  >;
  const index = new PlaceIndex(embedded({ dataDir: data, readOnly: true }), { alias });
  return {
    ask: (text, options) => index.suggest(text, options),
    close: () => index.close(),
  };
}

/** Draws places and types them in every state and length of `cases.ts`, mistyped, and with what they are in. */
export async function makeQueries(
  files: readonly string[],
  count: number,
  seed: number,
): Promise<Asked[]> {
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  try {
    const { records } = await takeCorpus(files, Infinity, folder);
    return queriesOf(records, count, seed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same from records. */
export function queriesOf(records: readonly PlaceRecord[], count: number, seed: number): Asked[] {
  const random = seededRandom(seed);
  const each = Math.ceil(count / 50);
  const byId = new Map(records.map((record) => [record.id, record]));
  const found: { kind: string; text: string; language: string }[] = [];
  const sizes = { full: each, cut: each, warmUp: 0 };
  for (const { state, length, cases } of makeCells(records, sizes, seed)) {
    const kind = length === 0 ? 'full' : `${length} characters`;
    for (const { text, language, accept } of cases) {
      found.push({ kind, text, language });
      if (length > 0) continue;
      if (random() < 0.25) found.push({ kind: 'mistyped', text: mistyped(text, random), language });
      if (state !== 'Han name' && state !== 'English name') continue;
      const place = byId.get(accept[0]!)!;
      const label = [place.name, ...containersOf(place, byId)].join(', ');
      found.push({ kind: 'with containers', text: label, language });
    }
  }
  return shuffled(found, random)
    .slice(0, count)
    .map(({ kind, text, language }, i) => ({
      kind,
      text,
      options: { language, ...filtersOf(i, records, random) },
    }));
}

function containersOf(place: PlaceRecord, byId: ReadonlyMap<string, PlaceRecord>): string[] {
  const found: string[] = [];
  for (let at = byId.get(place.parent ?? ''); at; at = byId.get(at.parent ?? '')) {
    if (found.length === 4) break;
    found.push(at.name);
  }
  return found;
}

/** One edit: a character left out, doubled, replaced by its neighbour, or two swapped. */
function mistyped(text: string, random: () => number): string {
  const chars = Array.from(text);
  const at = Math.floor(random() * chars.length);
  const [before, here, after] = [chars[at - 1] ?? '', chars[at]!, chars[at + 1] ?? ''];
  const edits = [[], [here, here], [after || before || here], [after, here]];
  const edit = edits[Math.floor(random() * edits.length)]!;
  const taken = edit.length === 2 && edit[0] === after && after !== '' ? 2 : 1;
  chars.splice(at, taken, ...edit);
  return chars.join('').trim() || text;
}

/** Six of ten queries are asked plainly; every other option takes its turn on the rest. */
function filtersOf(
  turn: number,
  records: readonly PlaceRecord[],
  random: () => number,
): SuggestCallOptions {
  const located = (): { lat: number; lon: number } => {
    for (;;) {
      const { location } = records[Math.floor(random() * records.length)]!;
      if (location) return { lat: location.lat, lon: location.lon };
    }
  };
  switch (turn % 20) {
    case 1:
      return { near: located() };
    case 3:
      return { near: located(), radiusKm: 80 };
    case 5:
      return { kinds: ['city', 'district', 'station'] };
    case 7:
      return { countries: ['JP'], home: ['TW'] };
    case 9:
      return { limit: 50 };
    case 11:
      return { explain: true };
    case 13:
      return { home: ['TW', 'JP'], limit: 3 };
    case 15:
      return { doublePinyin: 'xiaohe', near: located(), kinds: ['town', 'district'] };
    default:
      return {};
  }
}

async function write(file: string, queries: readonly Asked[], ask: Ask): Promise<void> {
  const packed = createGzip();
  packed.pipe(createWriteStream(file));
  for (const query of queries) {
    const answer = await ask(query.text, query.options);
    if (!packed.write(`${JSON.stringify({ ...query, answer })}\n`)) await once(packed, 'drain');
  }
  packed.end();
  await finished(packed);
  console.log(`${queries.length} answers written`);
}

/** An answer as it was when it was kept. */
type Kept = Asked & { answer: unknown };

async function readAnswers(file: string): Promise<Kept[]> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  const kept: Kept[] = [];
  for await (const line of lines) kept.push(JSON.parse(line) as Kept);
  return kept;
}

/** @returns 1 where an answer differs. */
async function check(kept: readonly Kept[], ask: Ask): Promise<number> {
  let differing = 0;
  for (const { answer, ...query } of kept) {
    const then = JSON.stringify(answer);
    const now = JSON.stringify(await ask(query.text, query.options));
    if (now === then) continue;
    differing += 1;
    if (differing <= 5) console.log(`${JSON.stringify(query)}\n  then ${then}\n  now  ${now}`);
  }
  console.log(`${kept.length - differing} of ${kept.length} answers byte-equal`);
  return differing === 0 ? 0 : 1;
}

/** Times of one class of queries, in milliseconds. */
interface Times {
  first: number[];
  best: number[];
  cpu: number;
}

/** Queries that both ways answer before anything is timed, at most a third of all: until then code is not compiled. */
const WARM_UP = 200;

/** What a query is asked with: what an older build does not know is asked of neither. */
function plain({ explain: _, doublePinyin: __, ...asked }: SuggestCallOptions): SuggestCallOptions {
  return asked;
}

/** Both ways answer each query in turns, so that noise of the machine affects both equally. */
async function time(
  queries: readonly Asked[],
  ways: { other: Ask; own: Ask },
  rounds: number,
): Promise<void> {
  const names = ['other', 'own'] as const;
  const byKind = new Map<string, Record<'other' | 'own', Times>>();
  const fresh = (): Times => ({ first: [], best: [], cpu: 0 });
  const warmUp = Math.min(WARM_UP, Math.floor(queries.length / 3));
  for (const { text, options } of queries.slice(0, warmUp)) {
    for (const name of names) await ways[name](text, plain(options));
  }
  for (const [i, { kind, text, options }] of queries.slice(warmUp).entries()) {
    const all = byKind.get(kind) ?? { other: fresh(), own: fresh() };
    byKind.set(kind, all);
    const asked = plain(options);
    for (const name of i % 2 === 0 ? names : [...names].reverse()) {
      let best = Infinity;
      const cpu = process.cpuUsage();
      for (let round = 0; round < rounds; round++) {
        const started = performance.now();
        await ways[name](text, asked);
        const took = performance.now() - started;
        if (round === 0) all[name].first.push(took);
        best = Math.min(best, took);
      }
      const { user, system } = process.cpuUsage(cpu);
      all[name].cpu += user + system;
      all[name].best.push(best);
    }
  }
  console.log(
    '| queries | first p50 / p99 ms: other | own | ratio p50 / p99 | best p50 / p99 ms: other | own | ratio | CPU |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [kind, { other, own }] of byKind) {
    const cells = [`${kind} (${own.best.length})`];
    for (const which of ['first', 'best'] as const) {
      const [a, b] = [other, own].map((times) => [
        percentile(times[which], 0.5),
        percentile(times[which], 0.99),
      ]) as [number[], number[]];
      cells.push(shown(a), shown(b), a.map((value, i) => (b[i]! / value).toFixed(2)).join(' / '));
    }
    cells.push((own.cpu / other.cpu).toFixed(2));
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function shown(values: readonly number[]): string {
  return values.map((value) => value.toFixed(3)).join(' / ');
}
