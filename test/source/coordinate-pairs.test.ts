import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { degreesOf } from '../../lib/source/formats/coordinate-pairs.ts';
import { openSource } from '../../lib/source/source.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';

interface Place {
  name: string;
  country: string;
  lat: number;
  lon: number;
}

const PLACES = readFileSync(new URL('../../examples/data/places.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Place & { kind?: string })
  .filter(({ kind, lat }) => kind !== 'country' && lat !== undefined);

/** As degrees and minutes, rounded to a second. */
function sexagesimal(value: number): string {
  const seconds = Math.round(Math.abs(value) * 3600);
  return `${Math.floor(seconds / 3600)}°${Math.floor(seconds / 60) % 60}'${seconds % 60}"`;
}

/** How a cell has both, first and second in their order. */
const FORMS: readonly ((lat: number, lon: number, latFirst: boolean) => string)[] = [
  ...[', ', ',', ' ', '，', ';', '、'].map(
    (between) => (lat: number, lon: number, latFirst: boolean) =>
      (latFirst ? [lat, lon] : [lon, lat]).map((each) => each.toFixed(4)).join(between),
  ),
  (lat, lon, latFirst) =>
    `(${(latFirst ? [lat, lon] : [lon, lat]).map((each) => each.toFixed(4)).join(', ')})`,
  (lat, lon, latFirst) => `POINT(${latFirst ? `${lat} ${lon}` : `${lon} ${lat}`})`,
  (lat, lon, latFirst) => {
    const north = `${sexagesimal(lat)}${lat < 0 ? 'S' : 'N'}`;
    const east = `${sexagesimal(lon)}${lon < 0 ? 'W' : 'E'}`;
    return latFirst ? `${north} ${east}` : `${east} ${north}`;
  },
  (lat, lon, latFirst) => {
    const north = `${lat < 0 ? '南緯' : '北緯'}${Math.abs(lat).toFixed(4)}度`;
    const east = `${lon < 0 ? '西経' : '東経'}${Math.abs(lon).toFixed(4)}度`;
    return latFirst ? north + east : east + north;
  },
];
const HEADERS = [
  '座標',
  '坐标',
  '經緯度',
  '经纬度',
  '緯度経度',
  'location',
  'Lat,Lon',
  'wkt',
  '備註',
];

function table(
  header: string,
  cells: readonly string[],
  countries: readonly string[] = [],
): string {
  const path = join(tempFolder(), 'pairs.csv');
  const named = countries.length > 0;
  const head = `名稱,"${header}"${named ? ',國家' : ''}`;
  const rows = cells.map(
    (cell, i) => `地點${i},"${cell.replaceAll('"', '""')}"${named ? `,${countries[i]!}` : ''}`,
  );
  writeFileSync(path, [head, ...rows, ''].join('\n'));
  return path;
}

async function records(files: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { value } of (await openSource({ files, acceptColumns: true })).lines()) {
    found.push(value as Record<string, unknown>);
  }
  return found;
}

describe('a column with both coordinates', () => {
  it('is read in its order wherever one order alone is possible, whatever its header and form', async () => {
    const some = fc.record({
      places: fc.uniqueArray(fc.constantFrom(...PLACES), { minLength: 1, maxLength: 8 }),
      form: fc.constantFrom(...FORMS),
      header: fc.constantFrom(...HEADERS),
      latFirst: fc.boolean(),
      named: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(some, async ({ places, form, header, latFirst, named }) => {
        fc.pre(places.some(({ lon }) => Math.abs(lon) > 90));
        const cells = places.map(({ lat, lon }) => form(lat, lon, latFirst));
        const path = table(header, cells, named ? places.map(({ country }) => country) : []);
        const found = await records(path);
        expect(found).to.have.lengthOf(places.length);
        places.forEach(({ lat, lon }, i) => {
          expect(degreesOf('lat', found[i]!['lat'])).to.be.closeTo(lat, 0.0003);
          expect(degreesOf('lon', found[i]!['lon'])).to.be.closeTo(lon, 0.0003);
        });
      }),
    );
  });

  const munich = ['48.1374, 11.5755', '48.3705, 10.8978'];
  const decided: [
    why: string,
    header: string,
    cells: string[],
    countries: string[],
    lat: number,
  ][] = [
    ['its header', 'lat,lon', munich, [], 48.1374],
    ['its header', '經緯度(Lng/Lat)', munich, [], 11.5755],
    ['the countries of the rows', '座標', munich, ['DE', 'DE'], 48.1374],
    ['the countries of the rows', 'lon,lat', munich, ['DE', 'DE'], 48.1374],
    ['a direction', '座標', ['11.5755E 48.1374N'], [], 48.1374],
    ['POINT', '座標', ['POINT(11.5755 48.1374)'], [], 48.1374],
    ['what is possible on Earth', 'lat,lon', ['121.5, 25.03', '72.9, 19.1'], [], 25.03],
  ];
  for (const [why, header, cells, countries, lat] of decided) {
    it(`is read in its order by ${why}: ${header}`, async () => {
      const [first] = await records(table(header, cells, countries));
      expect(degreesOf('lat', first!['lat'])).to.equal(lat);
    });
  }

  it('is refused where nothing says its order, with what to do', async () => {
    for (const cells of [munich, ['121.5, 25.03', '25.04, 121.6']]) {
      const path = table('座標', cells);
      for (const acceptColumns of [false, true]) {
        const error = await failureOf(openSource({ files: path, acceptColumns }));
        expect(error.code).to.equal('COLUMNS_UNCONFIRMED');
        expect(error.message)
          .to.include("--columns 'name=名稱,lat=座標,lon=座標'")
          .and.to.include(`in 座標 is the latitude can't be told of "${cells[0]!}"`);
      }
    }
  });

  it('is none where it has other things, or where others are the coordinates', async () => {
    const other: [header: string, cells: string[]][] = [
      ['位置', ['台北市信義區', '新北市板橋區']],
      ['電話', ['02, 2345', '02, 9999']],
      ['location', ['25.03, 121.5', '台北市', '板橋']],
      ['座標', ['304000, 2770000']],
      ['尺寸', ['1.5, 2.5']],
    ];
    for (const [header, cells] of other) {
      const { message } = await failureOf(openSource(table(header, cells)));
      expect(message).to.include(`--columns 'name=名稱'; ${header} would not be used`);
    }
    const path = join(tempFolder(), 'both.csv');
    writeFileSync(path, '名稱,緯度,經度,座標\n日月潭,23.8573,120.9159,"23.8573,120.9159"\n');
    const { message } = await failureOf(openSource(path));
    expect(message).to.include("--columns 'name=名稱,lat=緯度,lon=經度'; 座標 would not be used");
  });
});

describe('a table without a country', () => {
  const told: [what: string, header: string, rows: string[], hint: string][] = [
    ['Taiwan', '名稱,座標', ['國立故宮博物院,"25.1024,121.5485"'], 'as country==TW, by'],
    [
      'Japan',
      '名称,緯度,経度',
      ['太宰府天満宮,33.5215,130.5349', 'ひろば,33.5,130.4'],
      'as country==JP, by',
    ],
    ['the Mainland', '名称,经纬度', ['厦门园林植物园,"118.1089,24.4478"'], 'as country==CN, by'],
    ['Hong Kong', '名稱,緯度,經度', ['灣仔,22.2783,114.1747'], 'as country==HK, by'],
    ['South Korea', '이름,위도,경도', ['해운대,35.1587,129.1604'], 'as country==KR, by'],
    [
      'nobody knows where',
      '名稱,電話',
      ['故宮,02'],
      'as country==CODE with its code of ISO 3166-1',
    ],
  ];
  for (const [what, header, rows, hint] of told) {
    it(`is refused with the country that its first rows are of: ${what}`, async () => {
      const path = join(tempFolder(), 'rows.csv');
      writeFileSync(path, [header, ...rows, ''].join('\n'));
      expect((await failureOf(openSource(path))).message).to.include(hint);
    });
  }

  it('is refused with the country of the points of its features', async () => {
    const path = join(tempFolder(), 'places.geojson');
    const geometry = { type: 'Point', coordinates: [139.7, 35.7] };
    const feature = { type: 'Feature', geometry, properties: { 名称: '新宿' } };
    writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    expect((await failureOf(openSource(path))).message).to.include('as country==JP, by');
  });

  it('is told the country of real places, among others at most', async () => {
    for (const country of ['TW', 'JP', 'CN', 'HK', 'KR']) {
      const own = PLACES.filter((place) => place.country === country);
      expect(own.length).to.be.greaterThan(5);
      const path = join(tempFolder(), 'own.csv');
      const rows = own.map(({ name, lat, lon }) => `"${name}",${lat},${lon}`);
      writeFileSync(path, ['名稱,緯度,經度', ...rows, ''].join('\n'));
      const { message } = await failureOf(openSource(path));
      expect(message).to.include(`as country==${country}`);
    }
  });
});
