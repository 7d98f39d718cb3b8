import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readBoundaries, type Boundaries } from '../lib/autocomplete/geography/boundaries.ts';
import type { BoundaryLevel } from '../lib/autocomplete/geography/boundary.ts';

interface Case {
  lat: number;
  lon: number;
  name?: string;
  expectCity: string | null;
  acceptCity?: string[];
  expectCountry: string;
  expectDistrict?: string;
  why: string;
}

/** A method's answer to one case, by level; null if it has none. */
interface Answer {
  city: string | null;
  country: string | null;
  district: string | null;
}

interface Tally {
  right: number;
  asked: number;
}

const USAGE = 'npm run eval -- parents FILE.jsonl [--boundaries B.geojson[.gz]] [--with-country]';

/**
 * Prints how often points get the city, country and district that an authority states, compared
 * with the baseline "smallest polygon alone".
 *
 * @param args - FILE of cases, one JSON object per line: lat, lon, expectCity (null: none is
 *   defined), acceptCity, expectCountry, expectDistrict, why. `--boundaries`: default
 *   `boundaries.geojson.gz` beside FILE. `--with-country`: passes the expected country with the
 *   point.
 */
export function evalParents(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { boundaries: { type: 'string' }, 'with-country': { type: 'boolean' } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(`Usage: ${USAGE}`);
  const cases = readText(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Case);
  const path = values.boundaries ?? join(dirname(file), 'boundaries.geojson.gz');
  const { features } = JSON.parse(readText(path)) as { features: unknown[] };

  const started = performance.now();
  const boundaries = readBoundaries(features);
  const loadMs = performance.now() - started;
  console.log(`${path}: ${boundaries.size} boundaries in ${loadMs.toFixed(0)} ms`);
  for (const failure of boundaries.failures) console.log(`  refused: ${failure.message}`);

  const hint = values['with-country']
    ? ({ expectCountry }: Case) => expectCountry
    : () => undefined;
  const ours = cases.map((c) => answerOf(boundaries, { ...c, country: hint(c) }));
  const baseline = cases.map((c) => smallestOf(boundaries, c));

  console.log(`${file}: ${cases.length} cases${values['with-country'] ? ', country given' : ''}`);
  report('suoyin', cases, ours);
  report('smallest polygon alone', cases, baseline);
  console.log('\nMisses');
  cases.forEach((c, i) => {
    const wrong = (['city', 'country', 'district'] as const).filter(
      (level) => isRight(c, ours[i]!, level) === false,
    );
    if (wrong.length === 0) return;
    const expected = wrong.map((level) => `${level} ${expectedOf(c, level) ?? 'none'}`).join(', ');
    const got = wrong.map((level) => ours[i]![level] ?? 'none').join(', ');
    console.log(`  ${c.lat}, ${c.lon} ${c.name ?? ''} (${c.why}): ${expected}; got ${got}`);
  });
  console.log(`\n${pointsPerSecond(boundaries, cases).toFixed(0)} points/s`);
}

function answerOf(
  boundaries: Boundaries,
  point: { lat: number; lon: number; country: string | undefined },
): Answer {
  const { city, country, district } = boundaries.parentsOf(point);
  return {
    city: city?.id ?? null,
    country: country?.country ?? null,
    district: district?.id ?? null,
  };
}

function smallestOf(boundaries: Boundaries, point: { lat: number; lon: number }): Answer {
  const areas = boundaries.covering(point);
  const at = (level: BoundaryLevel) => areas.find(({ levels }) => levels.includes(level)) ?? null;
  return {
    city: at('city')?.id ?? null,
    country: at('country')?.country ?? null,
    district: at('district')?.id ?? null,
  };
}

function expectedOf(c: Case, level: 'city' | 'country' | 'district'): string | null | undefined {
  if (level === 'city') return c.expectCity;
  return level === 'country' ? c.expectCountry : c.expectDistrict;
}

/** Undefined if the case does not ask about this level. */
function isRight(
  c: Case,
  answer: Answer,
  level: 'city' | 'country' | 'district',
): boolean | undefined {
  const expected = expectedOf(c, level);
  if (expected === undefined) return undefined;
  if (level === 'city' && c.acceptCity?.includes(answer.city ?? '')) return true;
  return answer[level] === expected;
}

function report(title: string, cases: readonly Case[], answers: readonly Answer[]): void {
  const groups = new Map<string, Record<'city' | 'country' | 'district', Tally>>();
  cases.forEach((c, i) => {
    for (const group of ['all', c.why]) {
      const tallies = groups.get(group) ?? { city: none(), country: none(), district: none() };
      groups.set(group, tallies);
      for (const level of ['city', 'country', 'district'] as const) {
        const right = isRight(c, answers[i]!, level);
        if (right === undefined) continue;
        tallies[level].asked++;
        if (right) tallies[level].right++;
      }
    }
  });
  console.log(
    `\n${title.padEnd(34)}${'city'.padStart(16)}${'country'.padStart(16)}${'district'.padStart(16)}`,
  );
  for (const [group, { city, country, district }] of [...groups].sort()) {
    const cells = [city, country, district].map((tally) => share(tally).padStart(16));
    console.log(`  ${group.padEnd(32)}${cells.join('')}`);
  }
}

function none(): Tally {
  return { right: 0, asked: 0 };
}

function share({ right, asked }: Tally): string {
  return asked === 0 ? '-' : `${(right / asked).toFixed(3)} (${right}/${asked})`;
}

function pointsPerSecond(boundaries: Boundaries, cases: readonly Case[]): number {
  const rounds = Math.ceil(20_000 / cases.length);
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const { lat, lon } of cases) boundaries.parentsOf({ lat, lon });
  }
  return (1000 * rounds * cases.length) / (performance.now() - started);
}

function readText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
