import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import iconv from 'iconv-lite';
import { PbfWriter } from 'pbf';
import { fold } from '../../lib/analyzers/fold.ts';
import { type PlaceFiles, openSource } from '../../lib/source/source.ts';
import { decoded } from '../../lib/source/text.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { sized } from '../support/properties.ts';

function file(name: string, content: string | Uint8Array): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

type How = Omit<PlaceFiles, 'files'>;

/** Records of files, or `CODE message` for what is wrong in their place. */
async function read(files: string | readonly string[], how: How = {}): Promise<unknown[]> {
  const found: unknown[] = [];
  const source = await openSource({ files, ...how });
  for await (const { line, value, error } of source.lines()) {
    found.push(error ? `${line} ${error.code} ${error.message}` : value);
  }
  return found;
}

const lines = (...rows: (readonly unknown[])[]): string =>
  rows.map((row) => `${row.join('\t')}\n`).join('');

/** Names of Hong Kong in Big5-HKSCS. */
const HONG_KONG =
  'b260a4f496f52cadbbb4e40a9defc94eca5c9df69df82cadbbb4e40a916fb3bdaf462cadbbb4e40a' +
  '8fc0abb3ab48ae7c2cadbbb4e40a886288a52cadbbb4e40aa457a4f42cadbbb4e40a';

const HEADER = '景點名稱,日文名稱,別名,國家,縣市,緯度,經度,類別,地址';
const COLUMNS =
  'name=景點名稱,names.ja=日文名稱,aliases=別名,country=國家,parent=縣市,lat=緯度,lon=經度,categories=類別';
const SPOTS = `${HEADER}\n九份老街,九份,"九份;九份山城",台灣,新北市,25.1098,121.845,風景|老街,基山街\n故宮,,,TW,台北市,,,博物館,\n`;
const SPOT_RECORDS = [
  {
    id: 'TW',
    name: '台灣',
    names: { 'zh-Hant': '台灣', 'zh-Hans': '台湾', ja: '台湾', ko: '대만', en: 'Taiwan' },
    kind: 'country',
    country: 'TW',
  },
  { id: 'TW/新北市', name: '新北市', kind: 'city', country: 'TW', parent: 'TW' },
  { id: 'TW/台北市', name: '台北市', kind: 'city', country: 'TW', parent: 'TW' },
  {
    id: 'TW/新北市/九份老街',
    name: '九份老街',
    names: { ja: '九份' },
    aliases: ['九份', '九份山城'],
    country: '台灣',
    parent: 'TW/新北市',
    lat: 25.1098,
    lon: 121.845,
    categories: ['風景', '老街'],
  },
  {
    id: 'TW/台北市/故宫',
    name: '故宮',
    country: 'TW',
    parent: 'TW/台北市',
    categories: ['博物館'],
  },
];

describe('tables', () => {
  it('are records by the columns that are given', async () => {
    expect(await read(file('a.csv', SPOTS), { columns: COLUMNS })).to.deep.equal(SPOT_RECORDS);
    const columns = { name: '景點名稱', country: '=台灣', lat: '緯度', lon: '經度' };
    expect(await read(file('a.csv', SPOTS), { columns })).to.deep.include({
      id: 'TW/九份老街',
      name: '九份老街',
      country: '台灣',
      lat: 25.1098,
      lon: 121.845,
    });
  });

  for (const field of ['aliases', 'aliases.ja', 'categories']) {
    it(`may have 200,000 values in a cell of ${field}`, async () => {
      const path = file('many.csv', `name,also\n板橋,${Array(200_000).fill('a').join(';')}\n`);
      const columns = `name=name,${field}=also`;
      const [record] = (await read(path, { columns })) as [Record<string, unknown[]>];
      expect(record[field.split('.')[0]!]).to.have.length(200_000);
    });
  }

  it('are refused with the columns that their headers suggest, unless these are accepted', async () => {
    const path = file('a.csv', SPOTS);
    const error = await failureOf(openSource(path));
    expect(error.code).to.equal('COLUMNS_UNCONFIRMED');
    expect(error.message).to.include('parent=縣市').and.to.include('地址 would not be used');
    const notes: string[] = [];
    const records = await read(path, { acceptColumns: true, onNote: (note) => notes.push(note) });
    expect(records).to.have.deep.members(SPOT_RECORDS);
    expect(notes.join()).to.include('name=景點名稱').and.to.not.include('No header is the country');
    await read(file('a.csv', '名稱,緯度,經度\n九份,25.1,121.8\n'), {
      acceptColumns: true,
      onNote: (note) => notes.push(note),
    });
    expect(notes.at(-1)).to.include('No header is the country').and.to.include('country==TW');
  });

  it('have several values in a cell between ; or |, and between 、 where there is neither', async () => {
    const rows =
      'id,name,aliases,categories\n1,九份,九戶、九份仔,老街、夜景|海景\n2,淡水,滬尾;あ、淡水,\n';
    expect(await read(file('lists.csv', rows))).to.deep.equal([
      { id: '1', name: '九份', aliases: ['九戶', '九份仔'], categories: ['老街、夜景', '海景'] },
      { id: '2', name: '淡水', aliases: ['滬尾', 'あ、淡水'] },
    ]);
  });

  it('are empty where they say that there is nothing, but for names and ids', async () => {
    const rows =
      '編號,名稱,別名,類別,縣市,備註,日文名稱\n1,日月潭,無,－,南投縣,N/A,なし\n2,無,水社;無,湖,暫無,,\n';
    const columns =
      'id=編號,name=名稱,aliases=別名,categories=類別,parent=縣市,description=備註,names.ja=日文名稱';
    expect(await read(file('nothing.csv', rows), { columns })).to.deep.equal([
      { id: '南投县', kind: 'city', name: '南投縣' },
      { id: '1', name: '日月潭', parent: '南投县' },
      { id: '2', name: '無', aliases: ['水社'], categories: ['湖'] },
    ]);
  });

  it('may have both coordinates in one column, in the order in which they are assigned', async () => {
    const rows =
      '編號,名稱,座標\n1,植物園,"25.0310, 121.5096"\n2,貓村,（25.0870 121.8275）\n3,水庫,無\n4,夜市,25.1\n';
    const read4 = (columns: string) => read(file('pairs.csv', rows), { columns });
    const both = 'id=編號,name=名稱,lat=座標,lon=座標';
    expect(await read4(both)).to.deep.equal([
      { id: '1', name: '植物園', lat: 25.031, lon: 121.5096 },
      { id: '2', name: '貓村', lat: 25.087, lon: 121.8275 },
      { id: '3', name: '水庫', lat: '無' },
      { id: '4', name: '夜市', lat: 25.1 },
    ]);
    const [first] = await read4('id=編號,name=名稱,lon=座標,lat=座標');
    expect(first).to.deep.include({ lon: 25.031, lat: 121.5096 });
  });

  it('need no confirmation where the headers are fields', async () => {
    const path = file('b.csv', 'id,name,names.ja,lat,lon\n1,板橋,板橋,25,121.5\n');
    expect(await read(path)).to.deep.equal([
      { id: '1', name: '板橋', names: { ja: '板橋' }, lat: 25, lon: 121.5 },
    ]);
  });

  const headers: [headers: string, columns: string][] = [
    [
      '名称,国,都道府県,市区町村,緯度,経度,読み',
      'name=名称,country=国,lat=緯度,lon=経度,names.ja-Hira=読み,parent=市区町村,parent=都道府県',
    ],
    [
      '名称,名称_カナ,名称_英語,国家,纬度,经度',
      'name=名称,names.ja-Hira=名称_カナ,names.en=名称_英語,country=国家,lat=纬度,lon=经度',
    ],
    ['이름,영문명칭,나라,위도,경도', 'name=이름,names.en=영문명칭,country=나라,lat=위도,lon=경도'],
    [
      'Place Name,Japanese name,name_zh_TW,Country,City,LNG,Lat',
      'name=Place Name,names.ja=Japanese name,names.zh-TW=name_zh_TW,country=Country,lon=LNG,lat=Lat,parent=City',
    ],
    [
      '編號,中文名稱,英文名稱,經度,緯度',
      'id=編號,name=中文名稱,names.en=英文名稱,lon=經度,lat=緯度',
    ],
    [
      '景點編號,景點名稱,俗稱/別名,緯度(WGS84),經度 / lon',
      'id=景點編號,name=景點名稱,aliases=俗稱/別名,lat=緯度(WGS84),lon=經度 / lon',
    ],
    ['Name,X,Y', 'name=Name,lon=X,lat=Y'],
    ['郵便番号,施設名,駅コード', 'name=施設名,id=駅コード'],
    [
      '店舗コード,店舗名,店舗名カナ,担当者名,町域',
      'id=店舗コード,name=店舗名,names.ja-Hira=店舗名カナ,parent=町域',
    ],
    [
      '名称（必填）,所属省份,所在市,行政区(选填),所在地,业态',
      'name=名称（必填）,categories=业态,parent=行政区(选填),parent=所在市,parent=所属省份',
    ],
    ['门店编号,门店名,英文门店名称', 'id=门店编号,name=门店名,names.en=英文门店名称'],
  ];
  for (const [header, columns] of headers) {
    it(`suggest what ${header} means`, async () => {
      const error = await failureOf(openSource(file('h.csv', `${header}\n`)));
      expect(error.message).to.include(`--columns '${columns}'`);
    });
  }

  it('say which column or field there is not, and what is like it', async () => {
    const path = file('a.csv', SPOTS);
    const told = async (columns: string): Promise<string> =>
      (await failureOf(openSource({ files: path, columns }))).message;
    expect(await told('name=景點名')).to.include('Did you mean "景點名稱"?');
    expect(await told('name=景點名稱,lng=經度')).to.include('Did you mean lon?');
    expect(await told('lat=緯度')).to.include('no column is the name');
    expect((await failureOf(openSource(file('n.csv', '甲,乙\n1,2\n')))).code).to.equal(
      'COLUMNS_NEEDED',
    );
  });

  describe('of 300 spots', () => {
    const spots = Array.from(
      { length: 300 },
      (_, i) => `景点${i}号,${(2000 + i) / 100},${(11000 + i) / 100}`,
    );
    const text = `名称,緯度,経度\r\n${spots.join('\r\n')}\r\n`;
    const asTaiwan = (s: string): string =>
      s
        .replaceAll('名称', '名稱')
        .replaceAll('景点', '景點')
        .replaceAll('号', '號')
        .replaceAll('経', '經');
    const cases: [encoding: string, text: string, how: How][] = [
      ['utf8', text, {}],
      ['utf16le', text, {}],
      ['utf16be', text, {}],
      ['big5', asTaiwan(text), { encoding: 'big5' }],
      ['gb18030', asTaiwan(text), { encoding: 'gb18030' }],
      ['shift_jis', text.replaceAll('景点', '景勝'), { encoding: 'shift_jis' }],
      ['euc-jp', text.replaceAll('景点', '景勝'), { encoding: 'euc-jp' }],
    ];
    for (const [encoding, content, how] of cases) {
      it(`are read in ${encoding}`, async () => {
        const bytes = iconv.encode(content, encoding, { addBOM: encoding.startsWith('utf') });
        const records = await read(file('spots.csv', bytes), { acceptColumns: true, ...how });
        expect(records).to.have.length(300);
        expect(records[299]).to.include({ lat: 22.99, lon: 112.99 });
        expect(records[299]).to.have.property('name', content.split('\r\n')[300]!.split(',')[0]);
      });
    }

    it('are refused in an encoding that they are not in, with what each one reads', async () => {
      const path = file('spots.csv', iconv.encode(asTaiwan(text), 'big5'));
      const error = await failureOf(openSource(path));
      expect(error.code).to.equal('ENCODING_UNKNOWN');
      expect(error.message)
        .to.include('from line 1 on')
        .and.to.include('--encoding big5 reads "名稱,緯度,經度"');
      expect((await failureOf(openSource({ files: path, encoding: 'klingon' }))).code).to.equal(
        'ENCODING_INVALID',
      );
    });
  });

  it('name line and column where rows mix encodings, and go on', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `甲${i},1,2\n`).join('');
    const bytes = Buffer.concat([
      Buffer.from(`name,lat,lon\n${rows}`),
      iconv.encode('台北,3,4\n', 'big5'),
    ]);
    const found = await read(file('m.csv', bytes), { acceptColumns: true });
    expect(found).to.have.length(10);
    expect(found[9]).to.match(/^11 INVALID_TEXT Line 11, column 1 \(name\) is not valid utf-8/);
  });

  it('name line and column of a quote that is never closed, or stands where it can not', async () => {
    const head = 'id,name,lat,lon\n1,A,1,2\n';
    const open = await failureOf(read(file('q.csv', `${head}2,"B,1,2\n3,C,1,2\n`)));
    expect(open).to.include({ code: 'QUOTE_NOT_CLOSED' });
    expect(open.message).to.include('line 3, column 3');
    const closed = await failureOf(read(file('q.csv', `${head}2,"B,1,2\n3,"C",1,2\n`)));
    expect(closed.message).to.include('Line 4, column 3').and.to.include('begins on line 3');
    const inside = await read(file('q.csv', `${head}2,5" B,1,2\n3,C,1,2\n`));
    expect(inside[1]).to.match(/^3 QUOTE_INVALID Line 3, column 4 /);
    expect(inside[2]).to.include({ name: 'C' });
  });

  it('name the line of a row with other columns than the header, and the column', async () => {
    const found = await read(
      file('d.csv', 'id;name;lat;lon\n1;A;1;2\n2,B,1,2\n3;C;1;2;9\n4;D;1;2;;\n'),
    );
    expect(found[1]).to.match(
      /^3 COLUMNS_DIFFER Line 3 has 1 columns, the header 4; column 2 \(name\) is missing/,
    );
    expect(found[2]).to.match(/^4 COLUMNS_DIFFER .*column 5 has no header/);
    expect(found[3]).to.include({ id: '4' });
  });

  it('obey what Excel writes above a header', async () => {
    const text = '\uFEFFsep=;\r\n名稱;國家\r\n九份;台灣\r\n';
    const how = { acceptColumns: true };
    const place = { id: 'TW/九份', name: '九份', country: '台灣' };
    expect(await read(file('a.csv', text), how)).to.deep.equal([place]);
    expect(await read(file('a.csv', iconv.encode(text, 'utf16le')), how)).to.deep.equal([place]);
  });

  for (const encoding of ['big5', 'Big5-HKSCS']) {
    it(`have the characters of Hong Kong in ${encoding}`, async () => {
      const names = ['深水埗', '嘅冇佢喺啲', '鰂魚涌', '衞奕信徑', 'Ê̄ê̌', '上水'];
      // Bytes by the codec of Python, which is another one than that which reads them.
      const bytes = Buffer.from(HONG_KONG, 'hex');
      const path = file('a.csv', Buffer.concat([Buffer.from(`name,country\n`), bytes]));
      expect(await read(path, { encoding })).to.deep.equal(
        names.map((name) => ({ id: `HK/${fold(name)}`, name, country: '香港' })),
      );
    });
  }

  it('have the characters of Big5 wherever their bytes are cut', async () => {
    const bytes = Buffer.from(HONG_KONG, 'hex');
    const whole = iconv.decode(bytes, 'big5-hkscs');
    for (let size = 1; size < 8; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      let text = '';
      for await (const part of decoded(Readable.from(chunks), 'big5')) text += part;
      expect(text).to.equal(whole);
    }
  });

  it('name line and column of bytes that are no character, and of NUL', async () => {
    const how = { columns: 'name=名稱,country=國家' };
    const big5 = iconv.encode('名稱,國家\n九份,台灣\n上X水,香港\n淡水,台灣\n', 'big5');
    big5[big5.indexOf('X')] = 0xff;
    const told = await read(file('a.csv', big5), { ...how, encoding: 'big5' });
    expect(told[0]).to.deep.equal({ id: 'TW/九份', name: '九份', country: '台灣' });
    expect(told[1]).to.match(/^3 INVALID_TEXT Line 3, column 1 \(名稱\) is not valid big5/);
    expect(told).to.have.lengthOf(3);
    const nul = await read(file('a.csv', '名稱,國家\n九份,台灣\n淡\0水,台灣\n上水,香港\n'), how);
    expect(nul[1]).to.match(/^3 INVALID_TEXT Line 3, column 1/);
    expect(nul).to.have.lengthOf(3);
  });

  it('are refused with a delimiter that the header does not have', async () => {
    const error = await failureOf(
      openSource({ files: file('e.csv', 'id;name\n1;A\n'), delimiter: ',' }),
    );
    expect(error).to.include({ code: 'DELIMITER_INVALID' });
    expect(error.message).to.include('";" separates 2 columns');
  });

  it('keep line numbers past blank lines and cells of several lines', async () => {
    const path = file('l.csv', 'id\tname\r\n\r\n1\t"A\r\nB"\r\n2\r\n');
    expect((await read(path))[1]).to.match(/^5 COLUMNS_DIFFER/);
  });
});

describe('parents that are named', () => {
  const city = { id: 'c', name: '臺北市', kind: 'city', country: 'TW' };
  const district = (id: string, parent: string): object => ({
    id,
    name: '中山區',
    kind: 'district',
    country: 'TW',
    parent,
  });
  const spot = { id: 's', name: '甲', country: 'TW' };
  const parentOf = async (records: object[]): Promise<unknown> => {
    const source = await openSource(records);
    for await (const { value } of source.lines()) {
      const { id, parent = null } = value as { id: string; parent?: string };
      if (id === 's') return [parent, ...source.notes.map(({ code }) => code)];
    }
    return null;
  };

  it('are the area of that name in that country, whatever the variant, or its id', async () => {
    expect(await parentOf([city, { ...spot, parentName: '台北市' }])).to.deep.equal(['c']);
    expect(await parentOf([city, { ...spot, parentName: 'c' }])).to.deep.equal(['c']);
    expect(
      await parentOf([
        { ...city, country: 'JP' },
        { ...spot, parentName: '台北市' },
      ]),
    ).to.deep.equal(['TW/台北市', 'PARENT_MADE']);
  });

  it('are looked up by one reading after the other, and each record comes once', async () => {
    let open = 0;
    const readings: number[] = [];
    const source = await openSource(async function* () {
      readings.push((open += 1));
      try {
        yield city;
        yield await Promise.resolve({ id: 'x', name: '乙' });
        yield { ...spot, parentName: '基隆市' };
      } finally {
        open -= 1;
      }
    });
    const told: number[] = [];
    const ids: unknown[] = [];
    for await (const { value } of source.lines((amount) => told.push(amount))) {
      ids.push((value as { id: string }).id);
    }
    expect(ids).to.deep.equal(['c', 'x', 'TW', 'TW/基隆市', 's']);
    expect(readings).to.deep.equal([1, 1, 1, 1]);
    expect(told).to.deep.equal([1, 1, 1]);
  });

  it('are told apart by wider ones, and reported where nothing tells them apart', async () => {
    const other = { id: 'k', name: '基隆市', kind: 'city', country: 'TW' };
    const areas = [city, other, district('d1', 'c'), district('d2', 'k')];
    expect(await parentOf([...areas, { ...spot, parentName: ['中山區', '基隆市'] }])).to.deep.equal(
      ['d2'],
    );
    expect(await parentOf([...areas, { ...spot, parentName: '中山區' }])).to.deep.equal([
      null,
      'PARENT_AMBIGUOUS',
    ]);
  });
});

describe('JSON', () => {
  it('is an array of records, or one on each line, with columns or without', async () => {
    const records = [
      { id: 'a', name: '甲' },
      { id: 'b', name: '乙]"' },
    ];
    for (const text of [JSON.stringify(records), JSON.stringify(records, null, 2)]) {
      expect(await read(file('a.json', `\uFEFF${text}`))).to.deep.equal(records);
      expect(
        await read(file('u.json', iconv.encode(text, 'utf16le', { addBOM: true }))),
      ).to.deep.equal(records);
    }
    const rows = '{"title":"甲","nr":1}\n{"title":"乙","nr":2}\n';
    expect(await read(file('a.jsonl', rows), { columns: 'id=nr,name=title' })).to.deep.equal([
      { id: '1', name: '甲' },
      { id: '2', name: '乙' },
    ]);
  });

  it('names line and column of what is wrong in it', async () => {
    const found = await read(file('b.json', '[\n {"id": "a"},\n {"id": x},\n {"id": "c"}]'));
    expect(found[1]).to.match(/^3 MALFORMED_JSON Line 3, column 9 is not JSON/);
    expect(found[2]).to.deep.equal({ id: 'c' });
    const cut = await failureOf(read(file('b.json', '[{"id": "a"},\n {"id": "b"')));
    expect(cut).to.include({ code: 'TRUNCATED_JSON' });
    expect(cut.message).to.include('line 2, column 2');
    const crossed = await failureOf(read(file('b.json', '[{"id": "a"],\n')));
    expect(crossed.message).to.include('line 1, column 12');
  });
});

describe('GeoJSON', () => {
  const features = [
    {
      type: 'Feature',
      id: 7,
      properties: { name: '甲', country: 'TW' },
      geometry: { type: 'Point', coordinates: [121, 25] },
    },
    {
      type: 'Feature',
      id: 8,
      properties: { name: '乙' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [0, 4],
            [0, 0],
          ],
        ],
      },
    },
  ];
  const records = [
    { id: '7', name: '甲', country: 'TW', lat: 25, lon: 121 },
    { id: '8', name: '乙', lat: 2, lon: 2 },
  ];

  it('is a collection or features on lines; an area stands at its label point', async () => {
    const collection = { type: 'FeatureCollection', features };
    expect(await read(file('a.geojson', JSON.stringify(collection)))).to.deep.equal(records);
    expect(await read(file('b.geojson', JSON.stringify(collection, null, 1)))).to.deep.equal(
      records,
    );
    const each = features.map((feature) => `${JSON.stringify(feature)}\n`).join('');
    expect(await read(file('c.geojsonl', each))).to.deep.equal(records);
  });

  it('is refused where it states other coordinates than degrees', async () => {
    const collection = (crs: string): string =>
      JSON.stringify({
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: crs } },
        features: [
          {
            type: 'Feature',
            id: 1,
            properties: { name: '點' },
            geometry: { type: 'Point', coordinates: [121.5, 25] },
          },
        ],
      });
    for (const crs of [
      'urn:ogc:def:crs:EPSG::3826',
      'EPSG:3857',
      'urn:ogc:def:crs:EPSG:6.9:2451',
    ]) {
      const error = await failureOf(read(file('a.geojson', collection(crs))));
      expect(error).to.include({ code: 'COORDINATES_PROJECTED' });
    }
    for (const crs of [
      'urn:ogc:def:crs:OGC:1.3:CRS84',
      'EPSG:4326',
      'urn:ogc:def:crs:EPSG:6.9:6668',
    ]) {
      const place = { id: '1', name: '點', lat: 25, lon: 121.5 };
      expect(await read(file('a.geojson', collection(crs)))).to.deep.equal([place]);
    }
  });

  it('names the line of what is no feature, and of the element that the file ends in', async () => {
    const text = JSON.stringify({
      type: 'FeatureCollection',
      features: [...features, { type: 'X' }],
    });
    expect((await read(file('d.geojson', text)))[2]).to.match(/^1 NOT_A_FEATURE/);
    const cut = await failureOf(read(file('e.geojson', text.slice(0, -30))));
    expect(cut).to.include({ code: 'TRUNCATED_JSON' });
  });
});

describe('GeoNames', () => {
  const place = (cells: Record<number, unknown>): unknown[] =>
    Array.from({ length: 19 }, (_, i) => cells[i] ?? '');
  const taipei = place({
    0: 1668341,
    1: 'Taipei',
    3: 'Taibei',
    4: 25.04,
    5: 121.53,
    6: 'P',
    7: 'PPLC',
    8: 'TW',
    10: '03',
    14: 7871900,
  });
  const district = place({
    0: 5,
    1: 'Shilin',
    4: 25.1,
    5: 121.5,
    6: 'A',
    7: 'ADM2',
    8: 'TW',
    10: '03',
    11: 'SL',
  });
  const old = place({ 0: 6, 1: 'Gone', 4: 25, 5: 121, 6: 'P', 7: 'PPLH', 8: 'TW' });

  it('has no position where the file has none, and tells lines that are cut off, the first too', async () => {
    const row = (lat: string, lon: string): string =>
      `7\tX\tX\t\t${lat}\t${lon}\tP\tPPL\tTW\t\t04\tNWT\t\t\t5\t\t19\tAsia/Taipei\t2026-01-01\n`;
    const cut = row('25', '121').split('\t').slice(0, 12).join('\t');
    const found = await read(file('TW.txt', `${cut}\n${row('', '')}${row('25.5', 'x')}`));
    expect(found[0]).to.match(/^1 COLUMNS_DIFFER Line 1 ends in column 12 of 19/);
    expect(found[1]).to.not.have.any.keys('lat', 'lon');
    expect(found[2]).to.include({ lat: 25.5, lon: 'x' });
  });

  it('has names and areas from the files beside it', async () => {
    const files = [
      file('TW.txt', lines(taipei, district, old)),
      file(
        'names.txt',
        lines(
          [1, 1668341, 'zh-TW', '臺北市', 1, '', '', '', '', ''],
          [2, 1668341, 'ja', '台北', '', '', '', '', '', ''],
          [3, 1668341, 'de', 'Taipeh', '', '', '', '', '', ''],
          [4, 1668341, 'zh', '臺北府', '', '', '', 1, '', ''],
        ),
      ),
      file('admin1.txt', lines(['TW.03', 'Taipei', 'Taipei', 7280290])),
    ];
    expect(await read(files)).to.deep.equal([
      { id: '7280290', name: 'Taipei', kind: 'region', country: 'TW', names: {}, aliases: [] },
      {
        id: '1668341',
        name: '臺北市',
        kind: 'city',
        country: 'TW',
        population: 7871900,
        lat: 25.04,
        lon: 121.53,
        names: { 'zh-TW': '臺北市', ja: '台北', en: 'Taipei' },
        aliases: [{ name: '臺北府', language: 'zh', kind: 'historic' }, 'Taibei'],
        parent: '7280290',
      },
      {
        id: '5',
        name: 'Shilin',
        kind: 'city',
        country: 'TW',
        lat: 25.1,
        lon: 121.5,
        names: {},
        aliases: [],
        parent: '7280290',
      },
    ]);
  });

  it('names the line and column where a file is cut off', async () => {
    const text = lines(taipei, district);
    const found = await read(file('TW.txt', text.slice(0, text.lastIndexOf('ADM2'))));
    expect(found[1]).to.match(/^2 COLUMNS_DIFFER Line 2 ends in column 8 of 19/);
    expect(
      (await failureOf(openSource({ files: file('x.txt', 'a\tb\n'), format: 'geonames' }))).code,
    ).to.equal('GEONAMES_UNKNOWN');
  });
});

describe('Photon', () => {
  const dump = [
    { type: 'NominatimDumpFile', content: { version: '0.1.0' } },
    { type: 'CountryInfo', content: [] },
    {
      type: 'Place',
      content: [
        {
          place_id: 1,
          osm_key: 'place',
          osm_value: 'city',
          rank_address: 16,
          name: { name: '新北市', 'name:en': 'New Taipei' },
          country_code: 'tw',
          centroid: [121.4, 25],
          importance: 0.6,
        },
      ],
    },
    {
      type: 'Place',
      content: [
        {
          place_id: '2',
          categories: ['osm.tourism.attraction'],
          name: { name: '九份' },
          country_code: 'tw',
          centroid: [121.8, 25.1],
          addresslines: [{ place_id: 1, rank_address: 16, isaddress: true }],
        },
      ],
    },
    {
      type: 'Place',
      content: [
        {
          place_id: 3,
          osm_key: 'tourism',
          osm_value: 'museum',
          name: { name: '十分' },
          country_code: 'tw',
          centroid: [121.7, 25.2],
          address: { city: '新北市' },
        },
      ],
    },
    { type: 'Place', content: [{ place_id: 4, housenumber: '3', centroid: [1, 2] }] },
  ];
  const text = dump.map((entry) => `${JSON.stringify(entry)}\n`).join('');

  it('has parents by its address lines, else by the areas that are named', async () => {
    expect(await read(file('photon.jsonl', text))).to.deep.equal([
      {
        id: 1,
        name: '新北市',
        names: { en: 'New Taipei' },
        kind: 'city',
        country: 'tw',
        importance: 0.6,
        lat: 25,
        lon: 121.4,
      },
      {
        id: '2',
        name: '九份',
        categories: ['attraction'],
        country: 'tw',
        lat: 25.1,
        lon: 121.8,
        parent: '1',
      },
      {
        id: 3,
        name: '十分',
        categories: ['museum'],
        country: 'tw',
        lat: 25.2,
        lon: 121.7,
        parent: '1',
      },
    ]);
  });

  it('names the line and column where it is cut off', async () => {
    const found = await read(
      file('photon.jsonl', text.slice(0, text.indexOf('"rank_address":16,"name"'))),
    );
    expect(found.at(-1)).to.match(/^3 MALFORMED_JSON Line 3, column \d+ is not JSON/);
  });
});

describe("Who's On First", () => {
  const feature = {
    type: 'Feature',
    properties: {
      'wof:id': 85,
      'wof:name': 'Taipei',
      'wof:placetype': 'locality',
      'wof:country': 'TW',
      'wof:parent_id': 10,
      'name:zho_x_preferred': ['台北'],
      'name:zho_x_variant': ['臺北'],
      'geom:latitude': 25,
      'geom:longitude': 121,
    },
    geometry: { type: 'Point', coordinates: [1, 2] },
  };

  it('is a feature with names by language; a parent that is not there is reported', async () => {
    const source = await openSource(file('wof.geojson', JSON.stringify(feature)));
    const records: unknown[] = [];
    for await (const { value } of source.lines()) records.push(value);
    expect(records).to.deep.equal([
      {
        id: '85',
        name: 'Taipei',
        names: { zh: '台北' },
        aliases: [{ name: '臺北', language: 'zh', kind: 'colloquial' }],
        kind: 'city',
        country: 'TW',
        lat: 25,
        lon: 121,
      },
    ]);
    expect(source.notes).to.have.length(1);
    expect(source.notes[0]).to.include({ code: 'PARENT_NOT_IN_SOURCE', detail: '10', count: 1 });
  });

  it('names the column where it is cut off', async () => {
    const found = await read(file('wof.geojson', JSON.stringify(feature).slice(0, -20)), {
      format: 'wof',
    }).catch((error: Error) => [error.message]);
    expect(String(found[0])).to.match(/column|line/);
  });
});

describe('OpenStreetMap', () => {
  const tags = {
    name: '旺角 Mong Kok',
    'name:zh': '旺角',
    'name:en': 'Mong Kok',
    place: 'suburb',
    alt_name: '芒角;望角',
  };
  const record = {
    name: '旺角',
    names: { zh: '旺角', en: 'Mong Kok' },
    kind: 'district',
    lat: 22.3193,
    lon: 114.1694,
    aliases: [
      { name: '芒角', kind: 'colloquial' },
      { name: '望角', kind: 'colloquial' },
    ],
  };

  it('is the JSON of Overpass', async () => {
    const elements = [
      { type: 'node', id: 1, lat: 22.3193, lon: 114.1694, tags },
      { type: 'way', id: 2, center: { lat: 1, lon: 2 }, tags: { amenity: 'cafe' } },
    ];
    expect(
      await read(
        file(
          'o.json',
          JSON.stringify({ version: 0.6, generator: 'Overpass API', elements }, null, 1),
        ),
      ),
    ).to.deep.equal([{ id: 'node/1', ...record }]);
  });

  it('stands in the middle of what out geom gives', async () => {
    const geometry = [
      { lat: 25, lon: 121 },
      { lat: 26, lon: 122 },
    ];
    const elements = [
      { type: 'way', id: 1, geometry, tags: { name: '甲路' } },
      {
        type: 'relation',
        id: 2,
        members: [{ type: 'way', ref: 1, geometry }],
        tags: { name: '乙' },
      },
      {
        type: 'relation',
        id: 3,
        members: [{ type: 'node', ref: 1, lat: 25, lon: 121 }],
        tags: { name: '丙' },
      },
      { type: 'relation', id: 4, members: [{ type: 'way', ref: 1 }], tags: { name: '丁' } },
    ];
    const path = file('a.json', JSON.stringify({ version: 0.6, elements }));
    const found = (await read(path)) as { lat?: number; lon?: number }[];
    expect(found.map(({ lat, lon }) => [lat, lon])).to.deep.equal([
      [25.5, 121.5],
      [25.5, 121.5],
      [25, 121],
      [undefined, undefined],
    ]);
  });

  it('is GeoJSON of Overpass turbo', async () => {
    const geometry = { type: 'Point', coordinates: [114.1694, 22.3193] };
    const feature = { type: 'Feature', properties: { '@id': 'node/1', ...tags }, geometry };
    expect(
      await read(
        file('o.geojson', JSON.stringify({ type: 'FeatureCollection', features: [feature] })),
      ),
    ).to.deep.equal([{ id: 'node/1', ...record }]);
  });

  /**
   * An extract with a node with tags, a square way with a name, and a relation of that way.
   *
   * @param also - So many nodes of no use, and so many times more the way in the relation.
   */
  function extract(also = 0): Buffer {
    const strings = [
      '',
      ...Object.entries(tags).flat(),
      'outer',
      '公園',
      'leisure',
      'park',
      '大公園',
    ];
    const at = (text: string): number => strings.indexOf(text);
    const nano = (degrees: number): number => Math.round(degrees * 1e7);
    const nodes: [id: number, lat: number, lon: number][] = [
      [1, 22.3193, 114.1694],
      [2, 22, 114],
      [3, 22, 114.2],
      [4, 22.2, 114.2],
      [5, 22.2, 114],
      ...Array.from({ length: also }, (_, i): [number, number, number] => [6 + i, 22.1, 114.1]),
    ];
    const deltas = (values: number[]): number[] =>
      values.map((value, i) => value - (values[i - 1] ?? 0));
    const block = new PbfWriter();
    block.writeMessage(
      1,
      (_, pbf) => {
        for (const text of strings) pbf.writeStringField(1, text);
      },
      null,
    );
    block.writeMessage(
      2,
      (_, group) => {
        group.writeMessage(
          2,
          (__, dense) => {
            dense.writePackedSVarint(1, deltas(nodes.map(([id]) => id)));
            dense.writePackedSVarint(8, deltas(nodes.map(([, lat]) => nano(lat))));
            dense.writePackedSVarint(9, deltas(nodes.map(([, , lon]) => nano(lon))));
            dense.writePackedVarint(10, [
              ...Object.entries(tags).flat().map(at),
              ...nodes.map(() => 0),
            ]);
          },
          null,
        );
      },
      null,
    );
    block.writeMessage(
      2,
      (_, group) => {
        group.writeMessage(
          3,
          (__, way) => {
            way.writeVarintField(1, 9);
            way.writePackedVarint(2, [at('name'), at('leisure')]);
            way.writePackedVarint(3, [at('公園'), at('park')]);
            way.writePackedSVarint(8, deltas([2, 3, 4, 5, 2]));
          },
          null,
        );
        group.writeMessage(
          4,
          (__, relation) => {
            relation.writeVarintField(1, 10);
            relation.writePackedVarint(2, [at('name')]);
            relation.writePackedVarint(3, [at('大公園')]);
            const members = Array.from({ length: 1 + also }, () => 9);
            relation.writePackedVarint(
              8,
              members.map(() => at('outer')),
            );
            relation.writePackedSVarint(9, deltas(members));
            relation.writePackedVarint(
              10,
              members.map(() => 1),
            );
          },
          null,
        );
      },
      null,
    );
    const blob = (type: string, content: Uint8Array): Buffer => {
      const data = new PbfWriter();
      data.writeVarintField(2, content.length);
      data.writeBytesField(3, deflateSync(content));
      const body = data.finish();
      const header = new PbfWriter();
      header.writeStringField(1, type);
      header.writeVarintField(3, body.length);
      const head = header.finish();
      const length = Buffer.alloc(4);
      length.writeUInt32BE(head.length);
      return Buffer.concat([length, head, body]);
    };
    const required = new PbfWriter();
    required.writeStringField(4, 'OsmSchema-V0.6');
    return Buffer.concat([blob('OSMHeader', required.finish()), blob('OSMData', block.finish())]);
  }

  for (const also of [0, sized(200_000, 20_000)]) {
    it(`is an extract; ways and relations stand in the middle of their nodes (${4 + also})`, async () => {
      expect(await read(file('o.osm.pbf', extract(also)))).to.deep.equal([
        { id: 'node/1', ...record },
        { id: 'way/9', name: '公園', categories: ['park'], lat: 22.1, lon: 114.1 },
        { id: 'relation/10', name: '大公園', lat: 22.1, lon: 114.1 },
      ]);
    });
  }

  it('names the byte where an extract is cut off or damaged', async () => {
    const whole = extract();
    const cut = await failureOf(read(file('o.osm.pbf', whole.subarray(0, -5))));
    expect(cut).to.include({ code: 'TRUNCATED_PBF' });
    expect(cut.message).to.match(/begins at byte \d+/);
    whole.fill(0xff, whole.length - 40, whole.length - 20);
    expect((await failureOf(read(file('o.osm.pbf', whole)))).code).to.equal('CORRUPT_PBF');
  });
});

describe('the format of a source', () => {
  it('is asked for where its content does not tell', async () => {
    const error = await failureOf(openSource(file('x.txt', 'hello world\n')));
    expect(error).to.include({ code: 'FORMAT_UNKNOWN' });
    expect(error.message).to.include('--format jsonl, json, csv');
  });

  it('may be packed in gzip, Zstandard or ZIP', async () => {
    const text = '{"id":"a","name":"甲"}\n';
    const zstd = Buffer.concat([
      // A frame with its size in one byte, and one raw block, the last one.
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, Buffer.byteLength(text)]),
      Buffer.from([(Buffer.byteLength(text) << 3) | 1, 0, 0]),
      Buffer.from(text),
    ]);
    for (const packed of [gzipSync(text), zstd, zip({ 'readme.txt': 'x', 'a.jsonl': text })]) {
      expect(await read(file('packed', packed))).to.deep.equal([{ id: 'a', name: '甲' }]);
    }
    const two = await failureOf(read(file('packed', zip({ 'a.jsonl': text, 'b.jsonl': text }))));
    expect(two).to.include({ code: 'ZIP_AMBIGUOUS' });
    expect((await failureOf(read(file('packed', zstd.subarray(0, -4))))).code).to.equal(
      'TRUNCATED_ZSTD',
    );
    expect(
      (await failureOf(read(file('packed', zip({ 'a.jsonl': text }).subarray(0, -30))))).code,
    ).to.equal('CORRUPT_ZIP');
  });

  it('takes no more memory where there are more records', async () => {
    const peakOf = async (rows: number): Promise<number> => {
      function* generated(): Generator {
        for (let i = 0; i < rows; i += 1)
          yield { id: `p${i}`, name: `第${i}村`, country: 'TW', parentName: '新北市' };
      }
      const source = await openSource(generated);
      let peak = 0;
      let count = 0;
      for await (const line of source.lines()) {
        count += line.error ? 0 : 1;
        if (count % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed);
      }
      expect(count).to.equal(rows + 2);
      return peak;
    };
    const rows = sized(20_000, 10_000);
    const small = await peakOf(rows);
    expect(await peakOf(sized(10 * rows, 2 * rows))).to.be.below(small + (64 << 20));
  });
});

/** A ZIP file, deflated. */
function zip(entries: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [data, title] = [deflateRawSync(text), Buffer.from(name)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(Buffer.from(text)), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, title, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, rest, title]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
