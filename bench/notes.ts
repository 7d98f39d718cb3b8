// Time and size of an index of notes beside MiniSearch and SQLite FTS5: npm run bench -- notes
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { miniSearch, type NoteFinder, pagesIn, trigrams } from '../eval/note-methods.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { NoteIndex } from '../lib/note-index.ts';
import type { Note } from '../lib/notes/note.ts';
import { machineLine } from './machine.ts';
import { bytesInFolder } from './search-run.ts';
import { percentile, seededRandom } from './statistics.ts';

const USAGE = `npm run bench -- notes [options]

  --count N     notes (default 100000)
  --queries N   texts that are looked for (default 300)
  --man FOLDER  translated manuals of Debian (apt install manpages-zh manpages-ja), of whose paragraphs the
                notes are made (default /usr/share/man)
  --seed N      draws paragraphs and queries (default 1)`;

/** Paragraphs of a note. */
const PARAGRAPHS = 3;
const BATCH = 500;

interface Contender {
  name: string;
  find: NoteFinder;
  cpuSeconds: number;
  megabytes: number;
}

/** Prints a Markdown table to stdout and progress to stderr. */
export async function benchNotes(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '100000' },
      queries: { type: 'string', default: '300' },
      man: { type: 'string', default: '/usr/share/man' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const paragraphs = ['zh_TW', 'zh_CN', 'ja'].flatMap((folder) =>
    pagesIn(values.man, folder).flatMap(({ body = '' }) =>
      body.split(/\n\s*\n|\n(?=[A-Z]{4})/u).filter((one) => one.length > 60 && HAN.test(one)),
    ),
  );
  const count = Number(values.count);
  const notes = (): Generator<Note> => drawn(paragraphs, count, Number(values.seed));
  const queries = queriesOf(paragraphs, Number(values.queries), Number(values.seed) + 1);
  const folder = await mkdtemp(join(tmpdir(), 'bench-notes-'));
  try {
    const contenders = [
      await ours(notes(), join(folder, 'suoyin')),
      await timed('MiniSearch, pairs', () => Promise.resolve(miniSearch(notes()))),
      await timed('SQLite FTS5, trigram', () => trigrams(notes(), join(folder, 'fts5.db'))),
    ];
    contenders[2]!.megabytes = bytesInFolder(folder) / 2 ** 20 - contenders[0]!.megabytes;
    report(contenders, await measured(contenders, queries), {
      count,
      paragraphs: paragraphs.length,
      queries: queries.length,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const HAN = /\p{Script=Han}/u;

/** Notes of paragraphs drawn at random; the same for a seed. */
function* drawn(paragraphs: readonly string[], count: number, seed: number): Generator<Note> {
  const random = seededRandom(seed);
  const draw = (): string => paragraphs[Math.floor(random() * paragraphs.length)]!;
  for (let i = 0; i < count; i++) {
    const body = Array.from({ length: PARAGRAPHS }, draw).join('\n\n');
    yield { id: `n${i}`, title: body.trimStart().slice(0, 20), body };
  }
}

/** Two pieces of two to four Han characters or kana of one paragraph each. */
function queriesOf(paragraphs: readonly string[], count: number, seed: number): string[] {
  const random = seededRandom(seed);
  const queries: string[] = [];
  while (queries.length < count) {
    const paragraph = paragraphs[Math.floor(random() * paragraphs.length)]!;
    const pieces =
      paragraph.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{2,}/gu) ?? [];
    const two = [0, 1].map(() => pieces[Math.floor(random() * pieces.length)]?.slice(0, 4));
    if (two.every((piece) => piece !== undefined)) queries.push(two.join(' '));
  }
  return queries;
}

async function ours(notes: Iterable<Note>, dataDir: string): Promise<Contender> {
  const index = new NoteIndex(embedded({ dataDir, threads: 0 }));
  const contender = await timed('suoyin', async () => {
    let batch: Note[] = [];
    let done = 0;
    for (const note of notes) {
      if (batch.push(note) < BATCH) continue;
      await index.put(batch);
      done += batch.length;
      if (done % 10_000 === 0) console.error(`suoyin: ${done}`);
      batch = [];
    }
    if (batch.length > 0) await index.put(batch);
    return async (text) => (await index.search(text)).notes.map(({ id }) => id);
  });
  return { ...contender, megabytes: bytesInFolder(dataDir) / 2 ** 20 };
}

async function timed(name: string, build: () => Promise<NoteFinder>): Promise<Contender> {
  console.error(`building ${name}`);
  const before = memoryInUse();
  const began = process.cpuUsage();
  const find = await build();
  const { user, system } = process.cpuUsage(began);
  const megabytes = (memoryInUse() - before) / 2 ** 20;
  return { name, find, cpuSeconds: (user + system) / 1e6, megabytes };
}

/** Bytes that are still used after garbage collection. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Milliseconds of CPU of every query, by contender; they take turns, so that noise meets all alike. */
async function measured(
  contenders: readonly Contender[],
  queries: readonly string[],
): Promise<number[][]> {
  for (const { find } of contenders) await find('日本語 文件');
  const times = contenders.map((): number[] => []);
  for (const [at, query] of queries.entries()) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (turn + at) % contenders.length;
      const began = process.cpuUsage();
      await contenders[which]!.find(query);
      const { user, system } = process.cpuUsage(began);
      times[which]!.push((user + system) / 1000);
    }
  }
  return times;
}

function report(
  contenders: readonly Contender[],
  times: readonly (readonly number[])[],
  { count, paragraphs, queries }: { count: number; paragraphs: number; queries: number },
): void {
  const own = { p50: percentile(times[0]!, 0.5), p99: percentile(times[0]!, 0.99) };
  console.log(`${machineLine()}\n`);
  console.log(
    `${count} notes, each of ${PARAGRAPHS} of ${paragraphs} paragraphs of Debian's manuals in zh_TW, zh_CN and ja; ` +
      `${queries} queries. CPU time; ratios are to suoyin.\n`,
  );
  console.log('| | build, CPU s | ratio | MiB | p50 ms | ratio | p99 ms | ratio |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  contenders.forEach(({ name, cpuSeconds, megabytes }, i) => {
    const [p50, p99] = [percentile(times[i]!, 0.5), percentile(times[i]!, 0.99)];
    const cells = [
      cpuSeconds.toFixed(1),
      (cpuSeconds / contenders[0]!.cpuSeconds).toFixed(2),
      megabytes.toFixed(0) + (name.startsWith('Mini') ? ' (memory)' : ''),
      p50.toFixed(1),
      (p50 / own.p50).toFixed(2),
      p99.toFixed(1),
      (p99 / own.p99).toFixed(2),
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  });
}
