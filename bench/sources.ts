// How much memory it takes to read a source, by format and by number of records: npm run bench -- sources
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { checkPlaces } from '../lib/rebuild/check.ts';
import { openSource } from '../lib/source/source.ts';
import { machineLine } from './machine.ts';
import { seededRandom } from './statistics.ts';

const USAGE = `npm run bench -- sources [options]

  --count N ...     records of a file (default 100000 1000000)
  --format NAME ... default: all of them
  --check           check the records as suoyin check does, instead of reading them only
  --rebuild         build an index of them instead`;

type Format = 'jsonl' | 'json' | 'csv' | 'geojson' | 'geonames' | 'osm' | 'photon' | 'wof';
type Job = 'read' | 'check' | 'rebuild';

interface Spot {
  i: number;
  name: string;
  lat: number;
  lon: number;
  town: string;
}

/** How each format begins, has a spot, and ends. */
const WRITERS: Readonly<Record<Format, [string, (spot: Spot) => unknown, string, string]>> = {
  jsonl: ['', ({ i, name, lat, lon }) => ({ id: `${i}`, name, lat, lon, country: 'TW' }), '\n', ''],
  json: [
    '[',
    ({ i, name, lat, lon }) => ({ id: `${i}`, name, lat, lon, country: 'TW' }),
    ',\n',
    ']',
  ],
  csv: [
    'id,name,lat,lon,country,parent\n',
    ({ i, name, lat, lon, town }) => `${i},"${name}",${lat},${lon},TW,${town}`,
    '\n',
    '',
  ],
  geojson: [
    '{"type":"FeatureCollection","features":[',
    ({ i, name, lat, lon }) => ({
      type: 'Feature',
      id: `${i}`,
      properties: { name, country: 'TW' },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    }),
    ',\n',
    ']}',
  ],
  geonames: [
    '',
    ({ i, name, lat, lon }) =>
      `${i + 1}\t${name}\t${name}\t\t${lat}\t${lon}\tP\tPPL\tTW\t\t03\t\t\t\t100\t\t8\tAsia/Taipei\t2026-01-01`,
    '\n',
    '',
  ],
  osm: [
    '{"version":0.6,"elements":[',
    ({ i, name, lat, lon }) => ({ type: 'node', id: i, lat, lon, tags: { name, place: 'hamlet' } }),
    ',\n',
    ']}',
  ],
  photon: [
    '{"type":"NominatimDumpFile","content":{"version":"0.1.0"}}\n',
    ({ i, name, lat, lon, town }) => ({
      type: 'Place',
      content: {
        place_id: i,
        object_type: 'N',
        object_id: i,
        osm_key: 'place',
        osm_value: 'hamlet',
        name: { name },
        address: { county: town },
        country_code: 'tw',
        centroid: [lon, lat],
        importance: 0.1,
      },
    }),
    '\n',
    '',
  ],
  wof: [
    '',
    ({ i, name, lat, lon }) => ({
      type: 'Feature',
      id: i,
      properties: {
        'wof:id': i,
        'wof:name': name,
        'wof:placetype': 'locality',
        'wof:country': 'TW',
        'geom:latitude': lat,
        'geom:longitude': lon,
      },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    }),
    '\n',
    '',
  ],
};

const FORMATS = Object.keys(WRITERS) as Format[];

/** Prints a Markdown table to stdout and progress to stderr. */
export async function benchSources(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', multiple: true, default: ['100000', '1000000'] },
      format: { type: 'string', multiple: true, default: FORMATS },
      check: { type: 'boolean', default: false },
      rebuild: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const counts = values.count.map(Number);
  const job: Job = values.rebuild ? 'rebuild' : values.check ? 'check' : 'read';
  const folder = await mkdtemp(join(tmpdir(), 'bench-sources-'));
  console.log(`${machineLine()}\n\nPeak resident memory of a process that does: ${job}.\n`);
  console.log(`| format | ${counts.map((n) => `${n} records`).join(' | ')} | ratio |`);
  console.log(`| --- |${' ---: |'.repeat(counts.length + 1)}`);
  try {
    for (const format of values.format as Format[]) {
      const peaks: number[] = [];
      for (const count of counts) {
        const path = join(folder, `${format}.data`);
        await write(path, format, count);
        const { size } = await stat(path);
        console.error(`${format}: ${count} records, ${(size / 2 ** 20).toFixed(0)} MiB`);
        peaks.push(await peakOf(path, { format, job, folder, count }));
        await rm(path);
      }
      const ratio = (peaks.at(-1)! / peaks[0]!).toFixed(2);
      const megabytes = peaks.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`);
      console.log(`| ${format} | ${megabytes.join(' | ')} | ${ratio} |`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(path: string, format: Format, count: number): Promise<void> {
  const [head, line, between, foot] = WRITERS[format];
  const random = seededRandom(1);
  const file = createWriteStream(path);
  file.write(head);
  for (let i = 0; i < count; i++) {
    const spot = line({
      i,
      name: `景點${i.toString(36)}號`,
      lat: 22 + 3 * random(),
      lon: 120.5 + random(),
      town: `第${i % 368}鄉`,
    });
    const text = typeof spot === 'string' ? spot : JSON.stringify(spot);
    if (!file.write(i === 0 ? text : between + text)) await once(file, 'drain');
  }
  file.end(foot);
  await once(file, 'finish');
}

interface Order {
  path: string;
  format: Format;
  job: Job;
  folder: string;
  count: number;
}

async function peakOf(path: string, order: Omit<Order, 'path'>): Promise<number> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const told = JSON.stringify({ ...order, path });
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    ...[main, 'source-reader', told],
  ]);
  const { records, peak } = JSON.parse(stdout) as { records: number; peak: number };
  if (records < order.count) throw new Error(`${order.format}: only ${records} records were read`);
  return peak;
}

/** Does one job and prints its peak; in a process of its own. */
export async function readSource(told: string): Promise<void> {
  const { path, format, job, folder } = JSON.parse(told) as Order;
  const source = { files: path, format };
  let records = 0;
  if (job === 'read') {
    for await (const line of (await openSource(source)).lines()) {
      if ('value' in line && line.value !== undefined) records += 1;
    }
  } else if (job === 'check') {
    ({ places: records } = await checkPlaces(source));
  } else {
    const dataDir = join(folder, 'index');
    const index = new PlaceIndex(embedded({ dataDir }), { dataDir });
    ({ records } = await index.rebuild(source));
    await index.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ records, peak }));
}
