import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readGeojsonFeatures } from '../../lib/source/features.ts';
import { readJsonLines } from '../../lib/source/json-lines.ts';
import { openSource, type PlaceRecordSource } from '../../lib/source/source.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';

describe('reading sources', () => {
  let folder: string;
  before(() => {
    folder = tempFolder();
  });

  function file(content: string | Uint8Array, name = 'source.jsonl'): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  async function linesOf(content: string | Uint8Array): Promise<string[]> {
    const found: string[] = [];
    for await (const { line, value, error } of readJsonLines(file(content))) {
      found.push(`${line} ${error ? error.code : JSON.stringify(value)}`);
    }
    return found;
  }

  async function countOf(source: PlaceRecordSource): Promise<number> {
    let count = 0;
    for await (const line of (await openSource(source)).lines()) count += line.line > 0 ? 1 : 0;
    return count;
  }

  describe('readJsonLines', () => {
    it('gives values with their line, passing over blank lines, a byte-order mark and CR', async () => {
      expect(await linesOf('\uFEFF{"id":"a"}\r\n\n  \n{"id":"板"}')).to.deep.equal([
        '1 {"id":"a"}',
        '4 {"id":"板"}',
      ]);
    });

    it('knows gzip by its first bytes, whatever the name', async () => {
      expect(await linesOf(gzipSync('1\n2\n'))).to.deep.equal(['1 1', '2 2']);
    });

    it('goes on after malformed JSON and names the line', async () => {
      const lines = Array.from({ length: 57_123 }, (_, i) => `{"id":"${i}"}`);
      lines[57_122] = '{"id":"57122"';
      const found = (await linesOf(`${lines.join('\n')}\n{"id":"last"}\n`)).slice(-2);
      expect(found).to.deep.equal(['57123 MALFORMED_JSON', '57124 {"id":"last"}']);
    });

    it('goes on after invalid UTF-8', async () => {
      const bad = Buffer.concat([
        Buffer.from('"a"\n"'),
        Buffer.from([0xe6, 0x9d]),
        Buffer.from('"\n3'),
      ]);
      expect(await linesOf(bad)).to.deep.equal(['1 "a"', '2 INVALID_UTF8', '3 3']);
    });

    it('goes on after a line of more than 8 MiB', async () => {
      expect(await linesOf(`1\n"${'x'.repeat(9 << 20)}"\n3`)).to.deep.equal([
        '1 1',
        '2 LINE_TOO_LONG',
        '3 3',
      ]);
    });

    it('refuses keys that change prototypes, at any depth, written plainly or escaped', async () => {
      const hidden = '{"a":[{"\\u005f_proto__":{"x":1}}]}';
      expect(
        await linesOf(
          `{"__proto__":{"polluted":1}}\n${hidden}\n{"constructor":{"prototype":{}}}\n{"name":"constructor"}`,
        ),
      ).to.deep.equal([
        '1 FORBIDDEN_KEY',
        '2 FORBIDDEN_KEY',
        '3 FORBIDDEN_KEY',
        '4 {"name":"constructor"}',
      ]);
      expect(Object.prototype).to.not.have.property('polluted');
    });

    it('throws on truncated gzip, after the lines that were whole', async () => {
      const whole = gzipSync(Array.from({ length: 5000 }, (_, i) => `${i * 7919}`).join('\n'));
      const path = file(whole.subarray(0, whole.length - 20));
      expect(await codeOf(() => countOf(path))).to.equal('TRUNCATED_GZIP');
    });

    it('throws on damaged gzip', async () => {
      const whole = gzipSync('1\n2\n3\n');
      whole.fill(0xff, 12, 18);
      expect(await codeOf(() => countOf(file(whole)))).to.equal('CORRUPT_GZIP');
    });

    it('finds nothing in an empty file', async () => {
      expect(await linesOf('')).to.deep.equal([]);
      expect(await linesOf(gzipSync(''))).to.deep.equal([]);
    });
  });

  describe('openSource', () => {
    it('reads a source again and again', async () => {
      const source = await openSource(file('1\n2\n'));
      for (const pass of [1, 2]) {
        const values: unknown[] = [];
        for await (const { value } of source.lines()) values.push(value);
        expect(values, `pass ${pass}`).to.deep.equal([1, 2]);
      }
    });

    it('tells how much of the file was read', async () => {
      const path = file(gzipSync('1\n2\n'));
      const source = await openSource(path);
      let read = 0;
      for await (const line of source.lines((bytes) => (read += bytes))) void line;
      expect(read).to.equal(source.size);
    });

    it('takes several files, an array, and functions that give iterables', async () => {
      const first = file('1\n2\n', 'first.jsonl');
      const second = file('3\n', 'second.jsonl');
      expect(await countOf([first, second])).to.equal(3);
      expect(await countOf([{ id: 'a' }])).to.equal(1);
      expect(await countOf([])).to.equal(0);
      expect(await countOf(() => [1, 2])).to.equal(2);
      async function* later(): AsyncGenerator<number> {
        await Promise.resolve();
        yield* [1, 2, 3];
      }
      expect(await countOf(later)).to.equal(3);
    });

    it('refuses what is not there, a folder, and what can be read only once', async () => {
      const once = [1, 2].values() as unknown as PlaceRecordSource;
      expect(await codeOf(() => openSource(join(folder, 'none.jsonl')))).to.equal(
        'SOURCE_NOT_FOUND',
      );
      expect(await codeOf(() => openSource(folder))).to.equal('SOURCE_UNREADABLE');
      expect(await codeOf(() => openSource(once))).to.equal('SOURCE_INVALID');
    });

    it('notices that a file changed while it was read', async () => {
      const path = file('1\n2\n');
      const source = await openSource(path);
      writeFileSync(path, '1\n2\n3\n');
      expect(
        await codeOf(async () => {
          for await (const line of source.lines()) void line;
        }),
      ).to.equal('SOURCE_CHANGED');
    });
  });

  describe('readGeojsonFeatures', () => {
    const feature = { type: 'Feature', properties: { id: 'a' }, geometry: null };

    it('gives the features of a collection, packed or not', async () => {
      const text = JSON.stringify({ type: 'FeatureCollection', features: [feature] });
      expect(await readGeojsonFeatures(file(text))).to.deep.equal([feature]);
      expect(await readGeojsonFeatures(file(gzipSync(text)))).to.deep.equal([feature]);
    });

    it('refuses anything else with a typed error', async () => {
      const cases: [string | Uint8Array, string][] = [
        ['{"type":"FeatureCollection","features":[', 'MALFORMED_JSON'],
        [JSON.stringify(feature), 'NOT_A_COLLECTION'],
        ['null', 'NOT_A_COLLECTION'],
        ['{"type":"FeatureCollection","features":[null]}', 'NOT_A_FEATURE'],
        [Buffer.from([0x22, 0xff, 0x22]), 'INVALID_UTF8'],
        [gzipSync('{}').subarray(0, 12), 'TRUNCATED_GZIP'],
      ];
      for (const [content, code] of cases) {
        expect(await codeOf(() => readGeojsonFeatures(file(content)))).to.equal(code);
      }
    });
  });
});
