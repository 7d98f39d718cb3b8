// Looks for the request of each route that costs most, and compares it with an ordinary one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { detectLanguage } from '../lib/analyzers/detect.ts';
import { PLACE_KINDS, type PlaceKind } from '../lib/autocomplete/place.ts';
import { PLACE_QUERY_DEFAULTS } from '../lib/autocomplete/suggest/query.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex, type SuggestCallOptions } from '../lib/place-index.ts';
import { type Asked, queriesOf } from './answers.ts';
import { takeCorpus } from './corpus.ts';
import { machineLine } from './machine.ts';
import { percentile, seededRandom } from './statistics.ts';

const USAGE = `npm run bench -- dearest [options]

  --data DIR        index of the places, opened read-only (default: one of the example places)
  --places FILE     records of it, JSON lines (default examples/data/places.jsonl)
  --tries N         requests tried a route (default 1500)
  --seed N          of the search (default 1)`;

const EXAMPLE = fileURLToPath(new URL('../examples/data/places.jsonl', import.meta.url));
/** Ordinary requests a route, of which the median is taken. */
const ORDINARY = 400;
/** Requests that the search goes on from. */
const KEPT = 12;
/** Calls of a request, of which the cheapest counts. */
const ROUNDS = 3;
const FINAL_ROUNDS = 15;

/** What texts are made of that have many readings, or none. */
const PARTS = [
  ...'na n a ang shi zhu xi o ou hs v k 1 一 十 百 ２ 中 山 新 北 市 區 区 駅 站 路 な に ん ー し ょ'.split(
    ' ',
  ),
  ...'ㄅ ㄧ ㄢ ㄓ ㄱ ㅏ 가 각 , 、 ・ - é 😀 中山 新北市 東京 taipei station 車站'.split(' '),
  ' ',
];

interface Request {
  text: string;
  options: SuggestCallOptions;
}

type Answer = (request: Request) => Promise<unknown>;

interface Cost {
  request: Request;
  /** Milliseconds of CPU. */
  cpuMs: number;
}

/** Runs what `npm run bench -- dearest` was asked for. */
export async function benchDearest(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      places: { type: 'string', default: EXAMPLE },
      tries: { type: 'string', default: '1500' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-bench-'));
  const index = new PlaceIndex(
    embedded({
      dataDir: values.data ?? folder,
      threads: 0,
      ...(values.data === undefined ? {} : { readOnly: true }),
    }),
  );
  try {
    const { records } = await takeCorpus([values.places], Infinity, folder);
    if (values.data === undefined) await index.rebuild(records);
    const seed = Number(values.seed);
    const ordinary = queriesOf(records, ORDINARY, seed);
    console.log(`${records.length} places; ${machineLine()}\n`);
    console.log(
      '| route | median ms | p99 ms | dearest ms | of the median | longest stretch ms | request |',
    );
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    for (const [route, answer] of Object.entries(answersOf(index))) {
      console.log(
        await rowOf(route, answer, { ordinary, seed, tries: Number(values.tries), records }),
      );
    }
  } finally {
    await index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answersOf(index: PlaceIndex): Record<string, Answer> {
  return {
    suggest: ({ text, options }) => index.suggest(text, options),
    search({ text, options }) {
      const { doublePinyin: _, ...rest } = options;
      return index.search(text, rest);
    },
    detect: ({ text }) => detectLanguage(text, { dictionaries: true }),
    places: ({ text }) => index.get(text),
  };
}

async function rowOf(
  route: string,
  answer: Answer,
  {
    ordinary,
    seed,
    tries,
    records,
  }: {
    ordinary: readonly Asked[];
    seed: number;
    tries: number;
    records: readonly { id: string }[];
  },
): Promise<string> {
  const random = seededRandom(seed);
  const asked =
    route === 'places'
      ? ordinary.map((one, i) => ({ ...one, text: records[(i * 37) % records.length]!.id }))
      : ordinary;
  for (const { text, options } of asked) await answer({ text, options });
  const costs: Cost[] = [];
  for (const { text, options } of asked)
    costs.push(await costOf(answer, { text, options }, ROUNDS));
  const sorted = costs.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
  const dearest = await climb(answer, costs, { tries, random });
  const { cpuMs } = await costOf(answer, dearest.request, FINAL_ROUNDS);
  const stretch = await longestStretch(answer, dearest.request);
  const median = percentile(sorted, 0.5);
  const cells = [
    `\`/${route}\``,
    median.toFixed(2),
    percentile(sorted, 0.99).toFixed(2),
    cpuMs.toFixed(2),
    `${(cpuMs / median).toFixed(1)}x`,
    stretch.toFixed(0),
    `\`${shown(dearest.request)}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** From the dearest ones known, changes of them, as long as there are tries. */
async function climb(
  answer: Answer,
  costs: readonly Cost[],
  { tries, random }: { tries: number; random: () => number },
): Promise<Cost> {
  let best = costs.toSorted((a, b) => b.cpuMs - a.cpuMs).slice(0, KEPT);
  for (let n = 0; n < tries; n++) {
    // The dearest ones most often.
    const from = best[Math.floor(random() ** 2 * best.length)]!.request;
    const request = changed(from, random);
    const once = await costOf(answer, request, 1);
    if (once.cpuMs <= best.at(-1)!.cpuMs) continue;
    // One measurement may be bad luck.
    const again = await costOf(answer, request, ROUNDS);
    best = [...best, again].sort((a, b) => b.cpuMs - a.cpuMs).slice(0, KEPT);
  }
  return best[0]!;
}

async function costOf(answer: Answer, request: Request, rounds: number): Promise<Cost> {
  let cpuMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    JSON.stringify(await answer(request));
    const { user, system } = process.cpuUsage(before);
    cpuMs = Math.min(cpuMs, (user + system) / 1000);
  }
  return { request, cpuMs };
}

/** Longest time for which nothing else had its turn, in milliseconds; the shortest of several rounds. */
async function longestStretch(answer: Answer, request: Request): Promise<number> {
  let shortest = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    // The first look begins the count.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await answer(request);
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    shortest = Math.min(shortest, delay.max / 1e6);
  }
  return shortest;
}

function changed({ text, options }: Request, random: () => number): Request {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const at = Math.floor(random() * (text.length + 1));
  const to = Math.min(text.length, at + 1 + Math.floor(random() * 8));
  const part = text.slice(at, to);
  const texts: (() => string)[] = [
    () => text.slice(0, at) + pick(PARTS) + text.slice(at),
    () => text.slice(0, at) + pick(PARTS).repeat(1 + Math.floor(random() * 16)) + text.slice(to),
    () => text.slice(0, at) + part.repeat(2 + Math.floor(random() * 6)) + text.slice(to),
    () => text.slice(0, at) + text.slice(to),
    () => `${text} ${text}`,
    () => `${text}${pick([' ', ', ', ''])}${pick(PARTS)}`,
    () => text.slice(at) + text.slice(0, at),
  ];
  const others: (() => SuggestCallOptions)[] = [
    () => ({ limit: pick([1, 10, 100]) }),
    () => ({ explain: random() < 0.5 }),
    () => ({ language: pick(['zh-Hant', 'zh-Hans', 'ja', 'ko', 'en']) }),
    () => ({
      near: pick([
        { lat: 25.03, lon: 121.56 },
        { lat: 35.68, lon: 139.76 },
      ]),
    }),
    () => ({ home: pick([['TW'], ['JP'], ['CN', 'TW', 'JP', 'HK', 'KR']]) }),
    () => ({ countries: pick([['TW'], ['JP', 'TW']]) }),
    () => ({
      kinds: pick<readonly PlaceKind[]>([PLACE_KINDS, ['station'], ['district']]).slice(),
    }),
    () => ({ doublePinyin: pick(['xiaohe', 'abc']) }),
  ];
  if (random() < 0.25) return { text, options: { ...options, ...pick(others)() } };
  return { text: pick(texts)().slice(0, PLACE_QUERY_DEFAULTS.maxLength), options };
}

function shown({ text, options }: Request): string {
  const short = text.length > 40 ? `${text.slice(0, 38)}… (${text.length})` : text;
  return `${short} ${JSON.stringify(options)}`.replaceAll('|', '\\|').replaceAll('`', "'");
}
