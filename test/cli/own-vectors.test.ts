import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { type Run, runCli } from '../support/cli.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { tempFolder } from '../support/folders.ts';

const DIMENSION = 16;
const MODEL = ['--model-id', 'mine', '--dimension', String(DIMENSION), '--threshold', '0.05'];

/** A matrix as `numpy.save` writes it. */
function npy(rows: readonly (readonly number[])[], descr = '<f4'): Buffer {
  const bytes = Number(descr.at(-1));
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0]!.length}), }`;
  const header = text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00..${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  const body = Buffer.alloc(rows.length * rows[0]!.length * bytes);
  rows.flat().forEach((value, at) => {
    if (descr === '<f4') body.writeFloatLE(value, at * 4);
    else if (descr === '<f8') body.writeDoubleLE(value, at * 8);
    else body.writeInt8(value, at);
  });
  return Buffer.concat([head, body]);
}

describe('vectors of a model of your own, on the command line', () => {
  let dir: string;
  const run = (...args: string[]): Promise<Run> => runCli(args, { cwd: dir });
  const vectorOf = (seed: number): number[] =>
    Array.from({ length: DIMENSION }, (_, at) => Math.fround(Math.sin(seed * 12.9 + at * 78.2)));
  const near = (vector: readonly number[]): number[] =>
    vector.map((value, at) => Math.fround(value + (at % 2 ? 0.03 : -0.03)));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(dir, name), content);
    return name;
  };
  const jsonl = (records: readonly object[]): string =>
    records.map((record) => JSON.stringify(record)).join('\n');

  beforeEach(() => {
    dir = tempFolder();
  });

  it('works with every verb on an index of them, which keeps what its vectors are', async () => {
    const vectors = [1, 2, 3].map(vectorOf);
    const records = [...vectors, near(vectors[0]!)].map((vector, at) => ({
      id: `p${at}`,
      vector,
      fields: { country: at === 1 ? 'JP' : 'TW' },
    }));
    file('vectors.jsonl', jsonl(records));
    const added = await run('images', 'add', 'vectors.jsonl', ...MODEL, '--quiet');
    expect(added.out, added.err).to.match(/^vectors\.jsonl: 4 added, 0 replaced, 0 failed in /);
    const like = await run('similar', '--id', 'p0');
    expect(like.out).to.match(/^near-vector .* p3\nnearest/);
    file('query.json', JSON.stringify(near(vectors[1]!)));
    expect((await run('similar', '--vector', 'query.json', '--limit', '1')).out).to.match(
      /^near-vector .* p1\n$/,
    );
    file('queries.jsonl', `${JSON.stringify(vectors[2])}\n{"id":"p1"}\n{"id":"none"}\n`);
    const answers = await run('similar', '--queries', 'queries.jsonl', '--filter', 'country=TW');
    const found = answers.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }[]).map(({ id }) => id));
    expect(found[0]![0]).to.equal('p2');
    expect([found[1]!.includes('p1'), found[2]]).to.deep.equal([false, []]);
    expect((await run('duplicates')).out).to.match(/^p0\n {2}near-vector .* p3\n$/);
    expect((await run('duplicates', '--threshold', '0.000001')).out).to.equal('');
    expect((await run('images', 'status')).out).to.include('images  4 pictures');
    expect((await run('images', 'check', '--all')).code).to.equal(0);
    expect((await run('index-rebuild', 'plan', 'images')).out).to.not.include('model');
    expect((await run('index-rebuild', 'images', '--m', '24', '--quiet')).code).to.equal(0);
    expect((await run('similar', '--id', 'p0', '--limit', '1')).out).to.match(/^near-vector .* p3/);
    const purge = await run('images', 'purge', '--older-than', '1d', '--json');
    expect(JSON.parse(purge.out)).to.include({ pictures: 4, deleted: 0 });
  });

  it('says what to do where there is no threshold, no model, or other vectors', async () => {
    file('vectors.jsonl', jsonl([1, 2].map((at) => ({ id: `p${at}`, vector: vectorOf(at) }))));
    const codeOf = ({ err }: Run): string => /\[([A-Z_]+)\]/.exec(err)?.[1] ?? err;
    file('v.npy', npy([vectorOf(1)]));
    expect(codeOf(await run('images', 'add', 'v.npy'))).to.equal('MODEL_OPTION_INVALID');
    const bare = await run('images', 'add', 'vectors.jsonl', ...MODEL.slice(0, 4), '--quiet');
    expect(bare.err).to.include('suoyin images threshold proposes one');
    expect(codeOf(await run('duplicates'))).to.equal('THRESHOLD_MISSING');
    expect((await run('similar', '--id', 'p1')).err).to.include('give --threshold');
    // An index without one would not keep it.
    const other = await run('images', 'add', 'vectors.jsonl', '--threshold', '0.2');
    expect(codeOf(other)).to.equal('MODEL_DIFFERS');
    expect(other.err).to.include('index-rebuild images --alias images --threshold 0.2');
    const kept = await run('index-rebuild', 'images', '--threshold', '0.2', '--quiet');
    expect(kept.code, kept.err).to.equal(0);
    expect((await run('images', 'add', 'vectors.jsonl', '--threshold', '0.2')).code).to.equal(0);
    expect((await run('duplicates')).code).to.equal(0);
    expect(codeOf(await run('similar', 'photo.jpg'))).to.equal('MODEL_MISSING');
    expect(codeOf(await run('images', 'add', 'photo.jpg'))).to.equal('SOURCE_INVALID');
    for (const flags of [
      ['--model-id', 'other', '--dimension', '16'],
      ['--dimension', '17'],
      ['--space', 'l2'],
    ]) {
      expect(codeOf(await run('images', 'add', 'vectors.jsonl', ...flags))).to.equal(
        'MODEL_DIFFERS',
      );
    }
    const named = await run('images', 'add', 'v.npy', ...MODEL, '--alias', 'rows', '--quiet');
    expect(named.err).to.include(
      'the rows of v.npy are called v.npy#0, v.npy#1 and so on: give --ids',
    );
    file('wide.npy', npy([[...vectorOf(1), 1]]));
    expect(codeOf(await run('images', 'add', 'wide.npy'))).to.equal('VECTOR_INVALID');
  });

  it('counts what is no record as failed, with its row, and stops where none is', async () => {
    const odd = [{ id: 'a', vector: [1] }, { vector: vectorOf(1) }, { id: 'b' }, [1], 'x'];
    file(
      'odd.jsonl',
      `${jsonl([{ id: 'good', vector: vectorOf(2) }, ...(odd as object[])])}\n{"id"`,
    );
    const { code, out } = await run('images', 'add', 'odd.jsonl', ...MODEL, '--quiet', '--json');
    expect(code).to.equal(4);
    const { files } = JSON.parse(out) as { files: object[] };
    expect(files[0]).to.include({ added: 1, failed: 6 });
    const letters = readFileSync(join(dir, '.suoyin/dead-letters/images-vectors.jsonl'), 'utf8');
    const lines = letters.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).to.deep.equal([
      2, 3, 4, 5, 6, 7,
    ]);
    file(
      'bad.jsonl',
      jsonl(Array.from({ length: 300 }, (_, at) => ({ id: `x${at}`, vector: [1] }))),
    );
    const bad = await run('images', 'add', 'bad.jsonl', '--quiet');
    expect([bad.code, /\[([A-Z_]+)\]/.exec(bad.err)?.[1]]).to.deep.equal([2, 'VECTORS_UNREADABLE']);
  });

  it('proposes a threshold from pairs of ids and of vectors', async () => {
    const vectors = Array.from({ length: 30 }, (_, at) => vectorOf(at));
    file('vectors.jsonl', jsonl(vectors.map((vector, at) => ({ id: `p${at}`, vector }))));
    expect(
      (await run('images', 'add', 'vectors.jsonl', ...MODEL.slice(0, 4), '--quiet')).code,
    ).to.equal(0);
    const pairs = vectors.flatMap((vector, at) => [
      { a: `p${at}`, b: near(vector), same: true },
      { a: `p${at}`, b: `p${(at + 1) % 30}`, same: false },
    ]);
    file('pairs.jsonl', jsonl(pairs));
    const { out, err } = await run('images', 'threshold', 'pairs.jsonl', '--json');
    expect(err).to.equal('');
    const proposed = JSON.parse(out) as { threshold: number; nearestWrong: number };
    expect(proposed).to.include({ recall: 1, wrong: 0, copies: 30, strangers: 30 });
    expect(proposed.threshold).to.be.within(0.001, proposed.nearestWrong);
    expect((await run('images', 'threshold', 'pairs.jsonl')).out).to.match(
      /^threshold 0\.\d+: 100\.0 %/,
    );
  });
});

describe('ImageIndex.ingestVectors', () => {
  const open = (dir: string): ImageIndex =>
    new ImageIndex(closeAtEnd(embedded({ dataDir: dir })), {
      model: {
        id: 'mine',
        space: { dimension: 4, spaceType: 'l2', dataType: 'float' },
        threshold: null,
      },
    });

  it('reads the same from JSON lines, packed ones, NumPy and Parquet', async () => {
    // JSON is written without the sign of zero.
    const number = fc
      .float({ noNaN: true, noDefaultInfinity: true, min: -1e3, max: 1e3 })
      .map((value) => value + 0);
    const matrix = fc.array(fc.array(number, { minLength: 4, maxLength: 4 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const dir = tempFolder();
        const index = open(dir);
        const ids = rows.map((_, at) => `row ${at}`);
        const lines = rows.map((vector, at) => JSON.stringify({ id: ids[at], vector })).join('\n');
        const parquet = parquetWriteBuffer({
          columnData: [
            { name: 'id', data: ids, type: 'STRING' },
            { name: 'vector', data: rows, type: 'JSON' },
          ],
        });
        const files: Record<string, string | Uint8Array> = {
          'a.jsonl': lines,
          'a.jsonl.gz': gzipSync(lines),
          'f4.npy': npy(rows),
          'f8.npy': npy(rows, '<f8'),
          'a.parquet': new Uint8Array(parquet),
        };
        writeFileSync(join(dir, 'ids.txt'), ids.join('\n'));
        for (const [name, bytes] of Object.entries(files)) {
          writeFileSync(join(dir, name), bytes);
          const named = name.endsWith('.npy') ? { ids: join(dir, 'ids.txt') } : {};
          const result = await index.ingestVectors(join(dir, name), named);
          expect(result.failed, name).to.equal(0);
          const stored = await Promise.all(ids.map((id) => index.get(id)));
          expect(
            stored.map((document) => document?.vector),
            name,
          ).to.deep.equal(rows);
          await index.delete(ids);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('refuses files of NumPy that are damaged or of another form', async () => {
    const dir = tempFolder();
    const index = open(dir);
    const whole = npy([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    const bad: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      text: Buffer.from('no numbers at all'),
      cut: whole.subarray(0, -1),
      longer: Buffer.concat([whole, Buffer.from('x')]),
      fortran: Buffer.from(whole.toString('latin1').replace('False', 'True '), 'latin1'),
      kind: Buffer.from(whole.toString('latin1').replace('<f4', '<c8'), 'latin1'),
      shape: Buffer.from(whole.toString('latin1').replace('(2, 4)', '(8,)  '), 'latin1'),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      writeFileSync(join(dir, `${name}.npy`), bytes);
      const error = await index
        .ingestVectors(join(dir, `${name}.npy`))
        .catch((one: unknown) => one);
      expect((error as { code?: string }).code, name).to.equal('VECTORS_UNREADABLE');
    }
  });
});
