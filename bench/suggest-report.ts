import { LENGTHS } from './cases.ts';
import { LIMIT } from './competitor.ts';
import { machineLine } from './machine.ts';
import { ratioOf, timesOf, type WayResult } from './rounds.ts';
import { percentile } from './statistics.ts';
import { ANSWERS, type SuggestBench } from './suggest.ts';

type Row = (string | number)[];

/** Prints the results as Markdown. */
export function printReport(bench: SuggestBench): void {
  const { corpus, measured, cells } = bench;
  const states = [...new Set(cells.map((cell) => cell.state))];
  const ways = measured.ways;
  const lines = [
    '## Place autocomplete, side by side',
    '',
    ...facts(bench),
    '',
    `### Index of ${corpus.records.length.toLocaleString('en')} places`,
    '',
    'Memory is what the resident set of the process grew by since before its code was loaded: at most while building, when ready, and after all queries.',
    '',
    ...table(
      ['', 'build', 'memory, building', 'memory, ready', 'memory, after', 'outside the process'],
      indexRows(bench),
    ),
    '',
    '### Time of a query by characters typed, all input states together',
    '',
    `p50 / p99 in milliseconds. In brackets, how many times the p50 of ${ways[0]?.way ?? 'the first'} it is: the median over the rounds; under 1 is faster.`,
    '',
    ...table(['', ...LENGTHS.map(lengthName)], lengthRows(bench)),
    '',
    '### Time of a query by input state, typed in full',
    '',
    ...table(
      ['typed', ...ways.map(({ way }) => way)],
      states.map((state) => [
        state,
        ...ways.map((way) => time(way, ways[0]!, (i) => isCell(bench, i, state, 0))),
      ]),
    ),
    '',
    `### Not among the first ${LIMIT}`,
    '',
    `Share of queries without a right place in the answer, of the same ${ANSWERS} or fewer for everybody; in brackets for countries to towns only, without hamlets, town areas, stations and sights.`,
    '',
    ...table(['typed', ...ways.map(({ way }) => way)], answerRows(bench, states)),
  ];
  console.log(lines.join('\n'));
}

function facts({ corpus, example, measured, cells, ...bench }: SuggestBench): string[] {
  const queries = cells.reduce((total, cell) => total + cell.cases.length, 0);
  const entrants = [...new Set(measured.ways.map((way) => way.entrant))];
  return [
    `- Corpus: the first ${corpus.records.length.toLocaleString('en')} records of ${corpus.files.join(', ')}` +
      `${example ? ' (the example data: name your own with --places)' : ''}, ${corpus.names.toLocaleString('en')} names,` +
      ` ${corpus.refused} left out; SHA-256 ${corpus.checksum}...`,
    `- Machine: ${machineLine()}`,
    `- Versions: ${entrants.map(({ process }) => process.version).join('; ')}`,
    `- Queries: ${queries.toLocaleString('en')}, of places drawn evenly from the corpus with seed ${bench.seed}, ${LIMIT} suggestions each,` +
      ` asked in ${bench.rounds} rounds in which the contenders take turns, each in its own process;` +
      ` ${bench.seconds.toFixed(0)} s in all`,
    '- Everybody indexes all listed names, other scripts, kana and aliases too. Mandarin is typed as pinyin-pro reads it, its errors too.',
  ];
}

function indexRows({ entrants, measured, skipped }: SuggestBench): Row[] {
  const rows: Row[] = entrants.map(({ process }, i) => [
    process.ways.join(', '),
    `${process.seconds.toFixed(1)} s${process.reused ? ', reused' : ''}`,
    megabytes(process.peakBytes),
    megabytes(measured.memory[i]!.ready),
    megabytes(measured.memory[i]!.after),
    process.outside ? `${megabytes(process.outside.bytes)} ${process.outside.what}` : '',
  ]);
  return [...rows, ...skipped.map(([way, why]): Row => [way, why, '', '', '', ''])];
}

function lengthRows(bench: SuggestBench): Row[] {
  const { ways } = bench.measured;
  const first = ways[0]!;
  const rows: Row[] = [];
  for (const way of ways) {
    const timed = timesOf(way, () => true).length.toLocaleString('en');
    const cellsOf = (length: number) => (i: number) => bench.cells[i]!.length === length;
    const name = `${way.way} (${timed} queries)`;
    rows.push([name, ...LENGTHS.map((length) => time(way, first, cellsOf(length)))]);
    if (timesOf(way, () => true, 'engineMs').length > 0) {
      const inEngine = (length: number): string => span(timesOf(way, cellsOf(length), 'engineMs'));
      rows.push([`of which in the engine`, ...LENGTHS.map(inEngine)]);
    }
  }
  return rows;
}

function answerRows(bench: SuggestBench, states: readonly string[]): Row[] {
  const { ways } = bench.measured;
  const rows: Row[] = states.map((state) => [
    state,
    ...ways.map((way) => missed(bench, way, state, 0)),
  ]);
  const [first] = states;
  if (first === undefined) return rows;
  for (const length of LENGTHS.filter((l) => l > 0)) {
    const cells = ways.map((way) => missed(bench, way, first, length));
    rows.push([`${first}, ${lengthName(length)}`, ...cells]);
  }
  return rows;
}

function missed(bench: SuggestBench, way: WayResult, state: string, length: number): string {
  const i = bench.cells.findIndex((cell) => cell.state === state && cell.length === length);
  const found = way.found[i] ?? [];
  const share = (cases: readonly boolean[]): string => {
    const lost = cases.filter((hit) => !hit).length;
    return cases.length === 0 ? '-' : `${((100 * lost) / cases.length).toFixed(1)} %`;
  };
  return `${share(found)} (${share(found.filter((_, at) => bench.cells[i]!.cases[at]!.major))})`;
}

function isCell(bench: SuggestBench, i: number, state: string, length: number): boolean {
  const cell = bench.cells[i]!;
  return cell.state === state && cell.length === length;
}

function time(way: WayResult, first: WayResult, chosen: (cell: number) => boolean): string {
  const times = timesOf(way, chosen);
  if (times.length === 0) return '-';
  const ratio = way === first ? '' : ` (${factor(ratioOf(way, first, chosen))}×)`;
  return span(times) + ratio;
}

function span(times: readonly number[]): string {
  return `${ms(percentile(times, 0.5))} / ${ms(percentile(times, 0.99))}`;
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function factor(value: number): string {
  return value < 10 ? Number(value.toPrecision(2)).toString() : value.toFixed(0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function lengthName(length: number): string {
  if (length === 0) return 'in full';
  return length === 1 ? '1 character' : `${length} characters`;
}

function table(head: string[], rows: readonly Row[]): string[] {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((w) => '-'.repeat(w))), ...all.slice(1).map(line)];
}
