import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { readRecords } from '../../lib/rebuild/scan.ts';
import { countWarnings } from '../../lib/rebuild/record-warnings.ts';
import { openSource, type PlaceFiles } from '../../lib/source/source.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';

interface Told {
  names: string[];
  /** `line CODE` of what was refused. */
  bad: string[];
  messages: string;
  /** `CODE field` of what was corrected or left out. */
  warnings: string[];
}

/** What a rebuild would take of a file, and what it would say. */
async function told(
  name: string,
  content: string | Uint8Array,
  how: Omit<PlaceFiles, 'files'> = {},
): Promise<Told> {
  const files = join(tempFolder(), name);
  writeFileSync(files, content);
  const source = await openSource({ files, ...how });
  const warnings = countWarnings();
  const found: Told = { names: [], bad: [], messages: '', warnings: [] };
  const onBad = ({
    line,
    code,
    message,
  }: {
    line: number;
    code: string;
    message: string;
  }): void => {
    found.bad.push(`${line} ${code}`);
    found.messages += `${message}\n`;
  };
  for await (const { record } of readRecords(source, { warnings, onBad }))
    found.names.push(record.name);
  found.warnings = warnings.counts(source).map(({ code, field }) => `${code} ${field}`);
  return found;
}

describe('files as programs write them', () => {
  it('have \\N or NULL of a database for nothing', async () => {
    const rows =
      'id\tname\tnames.ja\tlat\tlon\n1\t九份\t\\N\t25.1\t121.8\n2\t淡水\tNULL\tNULL\tnull\n3\t\\N\t\\N\t\\N\t\\N\n';
    const { names, bad, warnings } = await told('dump.tsv', rows);
    expect(names).to.deep.equal(['九份', '淡水']);
    expect(bad).to.deep.equal(['4 NAME_INVALID']);
    expect(warnings).to.deep.equal([]);
  });

  for (const cell of ['#REF!', '#N/A', '#NAME?', '#DIV/0!', '#VALUE!']) {
    it(`name line and column of ${cell}, wherever it stands`, async () => {
      const rows = `id,name,lat,lon\n1,${cell},25,121\n2,淡水,${cell},121\n3,三峽,24.9,121.3\n`;
      const { names, bad, messages } = await told('sheet.csv', rows);
      expect(names).to.deep.equal(['三峽']);
      expect(bad).to.deep.equal(['2 FORMULA_FAILED', '3 FORMULA_FAILED']);
      expect(messages)
        .to.include('Line 2, column 2 (name)')
        .and.to.include('Line 3, column 3 (lat)');
    });
  }

  it('are told that the header comes again, where files were joined', async () => {
    const part = (row: string): string => `\uFEFFid,name\r\n${row}\r\n`;
    const { names, bad } = await told('joined.csv', part('1,九份') + part('2,淡水'));
    expect(names).to.deep.equal(['九份', '淡水']);
    expect(bad).to.deep.equal(['3 HEADER_REPEATED']);
  });

  it('may have decimal commas and degrees, minutes and seconds, which is told', async () => {
    const rows =
      'id;name;lat;lon\n1;九份;25,1098;121,845\n2;淡水;"25°10\'11""N";"121°26\'30""E"\n3;三峽;24°56\'2"N;121°22\'6"E\n';
    const { names, bad, warnings } = await told('german.csv', rows);
    expect([names, bad]).to.deep.equal([['九份', '淡水'], ['4 QUOTE_INVALID']]);
    expect(warnings).to.deep.equal(['VALUE_CORRECTED lat', 'VALUE_CORRECTED lon']);
  });

  it('say which line is the header, where a title stands above it', async () => {
    const rows = '113年度景點清冊,,\n製表日期：113/5/1,,\n景點編號,景點名稱,緯度\n1,九份,25.1\n';
    for (const how of [{}, { columns: 'id=景點編號,name=景點名稱' }]) {
      const error = await failureOf(told('titled.csv', rows, how));
      expect(error).to.include({ code: 'HEADER_INVALID' });
      expect(error.message).to.include('line 3 looks like it: ["景點編號","景點名稱","緯度"]');
    }
    const missing = await failureOf(told('titled.csv', rows, { columns: 'name=名字' }));
    expect(missing).to.include({ code: 'COLUMN_NOT_FOUND' });
  });

  it('may say in words that a place has no coordinates, which is told', async () => {
    const rows = 'id,name,lat,lon\n1,九份,無,無\n2,淡水,N/A,\n3,三峽,-,121.3\n4,烏來,－,－\n';
    const { names, bad, warnings } = await told('words.csv', rows);
    expect([names, bad]).to.deep.equal([['九份', '淡水', '烏來'], ['4 LOCATION_INVALID']]);
    expect(warnings).to.deep.equal(['FIELD_EMPTY lat', 'FIELD_EMPTY lon']);
  });

  it('are asked for a header where the first line is a row already', async () => {
    const error = await failureOf(told('copy.txt', '1\t九份\t25.1\n2\t淡水\t25\n\\.\n'));
    expect(error).to.include({ code: 'COLUMNS_NEEDED' });
    expect(error.message).to.include('The first line has to be the names of the columns');
  });

  it('of Overpass as a table are known by their headers', async () => {
    const rows = '@id\t@lat\t@lon\tname\tname:ja\n1\t25.1\t121.8\t九份\t九份\n2\t25.1\t121.8\t\t\n';
    const notes: string[] = [];
    const onNote = (note: string): unknown => notes.push(note);
    const { names, bad } = await told('overpass.csv', rows, { acceptColumns: true, onNote });
    expect(notes.join()).to.include("'id=@id,lat=@lat,lon=@lon,name=name,names.ja=name:ja'");
    expect([names, bad]).to.deep.equal([['九份'], ['3 NAME_INVALID']]);
  });

  it('end the run with the line of a row that never ends, quoted or not', async () => {
    const long = 'x'.repeat(3 << 20);
    const bare = await failureOf(told('long.csv', `id,name\n1,A\n2,${long}\n3,C\n`));
    expect(bare).to.include({ code: 'ROW_TOO_LONG' });
    expect(bare.message).to.include('Line 3 of');
    const quoted = await failureOf(told('long.csv', `id,name\n1,A\n2,"${long}\n3,C\n`));
    expect(quoted).to.include({ code: 'QUOTE_NOT_CLOSED' });
    expect(quoted.message).to.include('line 3, column 3');
  });

  it('of Photon that have positions in another form are told so', async () => {
    const place = { place_id: 1, name: { name: '九份' }, centroid: { lat: 25.1, lon: 121.8 } };
    const header = { type: 'NominatimDumpFile', content: { version: '9' } };
    const rows = [header, { type: 'Place', content: [place] }].map((row) => JSON.stringify(row));
    const { names, warnings } = await told('photon.jsonl', rows.join('\n'));
    expect(names).to.deep.equal(['九份']);
    expect(warnings).to.include('FIELD_UNKNOWN centroid');
  });
});

describe('names that hold what nobody sees', () => {
  it('are taken without it, and refused where nothing else is there', async () => {
    const records = [
      { id: '1', name: '九\u200b份', aliases: ['\ufeff', 'soft\u00adhyphen'] },
      { id: '2', name: '\u200b\u00ad' },
      { id: '3', name: '葛\u{e0100}城' },
    ];
    const rows = records.map((record) => JSON.stringify(record)).join('\n');
    const { names, bad, messages, warnings } = await told('zero.jsonl', rows);
    expect(names).to.deep.equal(['九份', '葛\u{e0100}城']);
    expect(bad).to.deep.equal(['2 NAME_INVALID']);
    expect(messages).to.include('"\\u200b\\u00ad" is not a name');
    expect(warnings).to.have.members([
      'VALUE_CORRECTED name',
      'VALUE_CORRECTED aliases',
      'FIELD_EMPTY aliases',
    ]);
  });

  it('are counted where they are too many for one place', async () => {
    const aliases = Array.from({ length: 10_000 }, (_, i) => `別名${i}`);
    const { bad, messages } = await told(
      'many.jsonl',
      JSON.stringify({ id: '1', name: '九份', aliases }),
    );
    expect(bad).to.deep.equal(['1 NAME_INVALID']);
    expect(messages).to.include('10001 names are too many');
  });
});

describe('files of other kinds', () => {
  const kinds: [name: string, content: string | Uint8Array, told: string][] = [
    ['a.xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'save it as "csv utf-8"'],
    ['a.zip', Buffer.from('PK\x05\x06'.padEnd(22, '\0')), 'an empty ZIP file'],
    ['a.csv', '%PDF-1.7\n', 'is a PDF'],
    ['a.gpkg', 'SQLite format 3\0', 'sqlite3 -csv'],
    ['a.parquet', 'PAR1\0\0', 'Parquet'],
    ['a.tar', `${'a.csv'.padEnd(257, '\0')}ustar\0`, 'Unpack it'],
    ['a.csv.xz', Buffer.from('fd377a585a00', 'hex'), 'packed with xz'],
    ['a.csv', '<?xml version="1.0"?>\n<kml><name>九份,淡水</name></kml>', 'ogr2ogr'],
    ['a.gpx', '<gpx version="1.1"><wpt lat="25" lon="121"/></gpx>', 'ogr2ogr'],
    ['a.osm', '<osm version="0.6"/>', 'osmium cat'],
    ['a.csv', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'git lfs pull'],
    ['a.sql', "INSERT INTO spots (id,name) VALUES (1,'九份');\n", 'pg_dump'],
    ['a.json', '// places\n/* of mine */\n[{"id":"1","name":"九份"}]', 'JSON with comments'],
    ['a.jsonl', Buffer.from('{"id":"1","name":"九份"}\n', 'utf16le'), 'iconv -f utf-16le'],
    ['a.json', Buffer.from('[{"id":"1"}]', 'utf16le').swap16(), 'iconv -f utf-16be'],
  ];
  for (const [name, content, words] of kinds) {
    it(`are refused with what they are and what to do: ${name}, ${words}`, async () => {
      const error = await failureOf(told(name, content));
      expect(error).to.include({ code: 'FORMAT_UNKNOWN' });
      expect(error.message.toLowerCase()).to.include(words.toLowerCase());
    });
  }

  it('are told to be empty', async () => {
    for (const content of ['', '\uFEFF', '\n \n']) {
      const notes: string[] = [];
      await told('a.csv', content, { onNote: (note) => notes.push(note) });
      expect(notes.join()).to.match(/a\.csv is empty$/);
    }
  });

  it('are not what only begins like one', async () => {
    for (const rows of ['set name,name\n1,九份\n', '"# id",name\n1,九份\n', '-- ,name\n1,九份\n']) {
      const { names } = await told('a.csv', rows, { columns: { name: 'name' } });
      expect(names, rows).to.deep.equal(['九份']);
    }
  });
});

describe('JSON as other languages have it', () => {
  const faults: [text: string, told: string, where: string][] = [
    ['[\n{"id":"1","name":"九份"}, // old\n{"id":"2"}]', 'no comments', 'Line 2, column 25'],
    ['[\n{"id":"1","name":"九份",}\n]', 'Remove the comma before', 'Line 2, column 23'],
    [
      '{"id":"1","name":"九份"},\n{"id":"2"}\n',
      'comma at the end of the line',
      'Line 1, column 23',
    ],
    ["[{'id':'1'}]", 'double quotes', 'Line 1, column 3'],
    ['[{"id":"1","lat":NaN}]', 'no such number', 'Line 1, column 18'],
    ['{"id":"1","lat":None}', 'null, true and false only', 'Line 1, column 17'],
  ];
  for (const [text, words, where] of faults) {
    it(`is told with its line and column, and what to do: ${words}`, async () => {
      const { messages } = await told('a.json', text);
      expect(messages).to.include(where).and.to.include(words);
    });
  }
});

describe('numbers of inhabitants', () => {
  it('may be in groups of three, however these are divided', async () => {
    const given = ['551,221', '551 221', '551\u202f221', "551'221", '５５１，２２１', '1.551.221'];
    const rows = given.map((population, i) =>
      JSON.stringify({ id: `${i}`, name: 'A', population }),
    );
    const files = join(tempFolder(), 'counts.jsonl');
    writeFileSync(files, rows.join('\n'));
    const read: unknown[] = [];
    for await (const { record } of readRecords(await openSource(files)))
      read.push(record.population);
    expect(read).to.deep.equal([...Array<number>(5).fill(551_221), 1_551_221]);
  });
});
