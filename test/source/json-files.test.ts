import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';

import { readJsonElements } from '../../lib/source/json-elements.ts';
import { outlineOf } from '../../lib/source/json-outline.ts';
import { openSource, type PlaceFiles } from '../../lib/source/source.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { runs } from '../support/properties.ts';
import { givenSeed } from '../support/seed.ts';

function file(name: string, content: string | Uint8Array): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function read(files: string, how: Omit<PlaceFiles, 'files'> = {}): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { line, value, error } of (await openSource({ files, ...how })).lines()) {
    found.push(error ? `${line} ${error.code} ${error.message}` : value);
  }
  return found;
}

const RECORDS: Record<string, unknown>[] = readFileSync(EXAMPLE_FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const [FIRST, SECOND] = RECORDS as [Record<string, unknown>, Record<string, unknown>];

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function elementsOf(text: string, at: string | null, size: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { value, error } of readJsonElements('a', inChunks(text, size), { at })) {
    if (error) throw error;
    found.push(value);
  }
  return found;
}

describe('JSON objects', () => {
  it('may be one record or several, however they are laid out', async () => {
    const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
    expect(await read(file('one.json', pretty(FIRST)))).to.deep.equal([FIRST]);
    expect(await read(file('one.json', JSON.stringify(FIRST)))).to.deep.equal([FIRST]);
    const both = `${pretty(FIRST)}\n${pretty(SECOND)}\n`;
    expect(await read(file('two.json', both))).to.deep.equal([FIRST, SECOND]);
    const columns = 'id=nr,name=title';
    const titled = file('t.json', pretty({ nr: 1, title: '甲', also: [{ a: 1 }] }));
    expect(await read(titled, { columns })).to.deep.equal([{ id: '1', name: '甲' }]);
  });

  const wrapped: [text: string, flags: string[]][] = [
    [JSON.stringify({ places: [FIRST] }), ['places']],
    [JSON.stringify({ count: 1, next: null, results: [FIRST] }, null, 2), ['results']],
    [JSON.stringify({ status: 'ok', data: { total: 1, items: [FIRST] } }), ['data.items']],
    [JSON.stringify({ a: [FIRST], note: [1], b: [SECOND] }, null, 1), ['a', 'b']],
  ];
  for (const [text, flags] of wrapped) {
    it(`are refused with the way to what they hold: --records ${flags.join(', ')}`, async () => {
      const path = file('w.json', text);
      const error = await failureOf(openSource(path));
      expect(error).to.include({ code: 'RECORDS_NESTED' });
      for (const at of flags) expect(error.message).to.include(`--records ${at}`);
      const found = await Promise.all(flags.map((records) => read(path, { records })));
      expect(found.flat()).to.deep.equal([FIRST, SECOND].slice(0, flags.length));
    });
  }

  it('name the array that is not there, and the format that has none', async () => {
    const path = file('w.json', JSON.stringify({ places: [FIRST] }));
    const error = await failureOf(read(path, { records: 'place' }));
    expect(error.message).to.include('has no array "place" in it');
    const csv = { files: file('a.csv', 'id,name\n1,甲\n'), format: 'csv', records: 'a' } as const;
    expect(await failureOf(openSource(csv))).to.include({ code: 'OPTION_NOT_USED' });
  });

  it('tell where the text between them is no JSON, and where the last one is cut off', async () => {
    const text = JSON.stringify(FIRST, null, 1);
    const stray = await failureOf(read(file('s.json', `${text}\n${text} oops`)));
    expect(stray).to.include({ code: 'MALFORMED_JSON' });
    const line = 2 * text.split('\n').length;
    expect(stray.message).to.include(`is not a JSON object on line ${line}, column 3`);
    const cut = await failureOf(read(file('s.json', `${text}\n${text.slice(0, -1)}`)));
    expect(cut).to.include({ code: 'TRUNCATED_JSON' });
  });

  it('are read as JSON.parse does, wherever they are and whatever is beside them', async () => {
    const words = ['data', 'items', 'a"b', 'x.y', '\\', '果'];
    const beside = fc.constantFrom<unknown>(1, null, 'a]"{', [1, [2]], { a: [] }, ['[', '"']);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          keys: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
          others: fc.array(fc.tuple(fc.constantFrom('p', 'q', 'r'), beside), { maxLength: 3 }),
          from: fc.nat(RECORDS.length - 3),
          size: fc.integer({ min: 1, max: 700 }),
          pretty: fc.boolean(),
        }),
        async ({ keys, others, from, size, pretty }) => {
          const records = RECORDS.slice(from, from + 3);
          let value: unknown = records;
          for (const key of keys.toReversed())
            value = { ...Object.fromEntries(others), [key]: value };
          const text = JSON.stringify(value, null, pretty ? 2 : 0);
          const at = keys.join('.');
          expect(await elementsOf(text, at, size)).to.deep.equal(records);
          expect(outlineOf(text).arrays).to.include(at);
          const sequence = records.map(
            (each) => `\u001e${JSON.stringify(each, null, pretty ? 1 : 0)}`,
          );
          expect(await elementsOf(sequence.join('\n'), null, size)).to.deep.equal(records);
          const separate = pretty ? '\n' : '';
          const joined = records.map((each) => JSON.stringify(each)).join(separate);
          expect(await elementsOf(joined, null, size)).to.deep.equal(records);
        },
      ),
      { numRuns: runs(200), seed: givenSeed() ?? Date.now() },
    );
  });
});

describe('features', () => {
  const feature = (name: string): object => ({
    type: 'Feature',
    properties: { name, country: 'TW' },
    geometry: { type: 'Point', coordinates: [121.5, 25] },
  });
  const records = ['九份', '淡水'].map((name) => ({
    id: `TW/${name}`,
    name,
    country: 'TW',
    lat: 25,
    lon: 121.5,
  }));

  it('may be a file on several lines, or one after the other, with separators of RFC 8142', async () => {
    const [one, two] = [feature('九份'), feature('淡水')];
    const pretty = JSON.stringify(one, null, 2);
    expect(await read(file('a.geojson', pretty))).to.deep.equal(records.slice(0, 1));
    const both = `${pretty}\n${JSON.stringify(two, null, 2)}\n`;
    expect(await read(file('b.geojson', both))).to.deep.equal(records);
    const sequence = `\u001e${JSON.stringify(one)}\n\u001e${JSON.stringify(two)}\n`;
    expect(await read(file('c.geojsons', sequence))).to.deep.equal(records);
  });

  it("of Who's On First may be a file each, as they are published", async () => {
    const properties = { 'wof:id': 1, 'wof:name': 'Taipei', 'wof:placetype': 'locality' };
    const published = {
      id: 1,
      type: 'Feature',
      properties: { ...properties, 'wof:country': 'TW' },
      geometry: { type: 'Point', coordinates: [121.5, 25] },
    };
    expect(await read(file('1.geojson', JSON.stringify(published, null, 2)))).to.deep.equal([
      { id: '1', name: 'Taipei', kind: 'city', country: 'TW', lat: 25, lon: 121.5 },
    ]);
  });

  it('lose none behind a line that is broken', async () => {
    const lines = [
      JSON.stringify(feature('九份')).replace('":', '"'),
      JSON.stringify(feature('淡水')),
    ];
    const found = await read(file('d.geojsonl', lines.join('\n')));
    expect(found[0]).to.match(/^1 MALFORMED_JSON Line 1, column/);
    expect(found[1]).to.deep.equal(records[1]);
  });
});

describe('an answer of Overpass', () => {
  const answer = (remark?: string): string =>
    JSON.stringify({
      version: 0.6,
      generator: 'Overpass API',
      elements: [{ type: 'node', id: 1, lat: 25, lon: 121, tags: { name: '九份' } }],
      ...(remark !== undefined && { remark }),
    });
  const record = { id: 'node/1', name: '九份', lat: 25, lon: 121 };

  for (const remark of [
    'runtime error: Query timed out in "query" at line 3 after 25 seconds.',
    'runtime error: Query run out of memory in "recurse" at line 5 using about 2048 MB of RAM.',
  ]) {
    it(`is not taken for whole where it says: ${remark}`, async () => {
      const error = await failureOf(read(file('o.json', answer(remark))));
      expect(error).to.include({ code: 'ANSWER_INCOMPLETE' });
      expect(error.message).to.include(JSON.stringify(remark).slice(0, 50));
    });
  }

  it('is taken with its remark told where that is no error', async () => {
    const notes: string[] = [];
    const path = file('o.json', answer('runtime remark: Timeout is 25.'));
    expect(await read(path, { onNote: (note) => notes.push(note) })).to.deep.equal([record]);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.include('Timeout is 25.');
    expect(await read(file('o.json', answer()))).to.deep.equal([record]);
  });
});

describe('what is marked up', () => {
  const hints: [text: string, hint: string][] = [
    ['<?xml version="1.0"?>\n<osm version="0.6"><node id="1"/></osm>', 'osmium cat'],
    ['<?xml version="1.0"?><kml><Placemark/></kml>', 'ogr2ogr'],
    ['<!DOCTYPE html><p>rate_limited</p>', 'page of an error'],
  ];
  for (const [text, hint] of hints) {
    it(`is refused with what to do: ${hint}`, async () => {
      const error = await failureOf(openSource(file('x.json', text)));
      expect(error).to.include({ code: 'FORMAT_UNKNOWN' });
      expect(error.message).to.include(hint);
    });
  }
});
