import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { lostTransactions } from '../../lib/engines/embedded/check-log.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import type { VectorSpace } from '../../lib/knn/space.ts';
import { seededRandom } from '../../bench/statistics.ts';
import { runCli } from '../support/cli.ts';
import { documentWith } from '../support/documents.ts';
import { failureOf } from '../support/failures.ts';
import { fileFaults } from '../support/file-faults.ts';
import { tempFolder } from '../support/folders.ts';
import { hashOf, pictureWith, vectorIn } from '../support/pictures.ts';
import { runs } from '../support/properties.ts';

const SPACE: VectorSpace = { dimension: 6, spaceType: 'l2', dataType: 'float' };
/** Bytes of a page of SQLite. */
const PAGE = 4096;
const random = seededRandom(14);
const HASHES = Array.from({ length: 40 }, () => hashOf(random));
const VECTORS = Array.from({ length: 40 }, () => vectorIn(SPACE, random));

/** A file with two generations of places and one of pictures, its alias and some state. */
async function makeFile(dataDir: string): Promise<void> {
  const engine = embedded({ dataDir, threads: 0 });
  for (const before of [null, 'places-000001']) {
    const { name } = await engine.createGeneration('places', { ...placeMapping() });
    const places = Array.from({ length: 180 }, (_, i) =>
      documentWith(
        `p${i}`,
        i % 7 === 0 ? 10 : 10 + i,
        { name: [`aa${i}`, `b${i % 9}`], pinyin: [`x${i}`] },
        {
          country: i % 2 ? 'JP' : 'TW',
          location: { lat: i / 3, lon: -i / 7 },
          within: [`c${i % 5}`, 'all'],
          zh: [`甲${i} 乙`],
          grams: [`丙${i % 4}`],
        },
      ),
    );
    await engine.write(
      name,
      places.map((index) => ({ index })),
    );
    await engine.finishGeneration(name, { seen: before });
    await engine.swapAlias('places', before, name);
  }
  await engine.write('places', [
    { delete: 'p3' },
    { index: documentWith('new', 5, { name: ['aa'] }) },
  ]);
  const { name } = await engine.createGeneration('images', { ...imageMapping(SPACE) });
  await engine.write(
    name,
    HASHES.map((dctHash, i) => ({
      index: pictureWith(
        `i${i}`,
        { dctHash, vector: VECTORS[i]!, ...(i % 4 ? {} : { trimmed: VECTORS[39 - i]! }) },
        { space: SPACE, fields: { odd: i % 2 } },
      ),
    })),
  );
  await engine.finishGeneration(name);
  await engine.swapAlias('images', null, name);
  await engine.writeState('places', 'note', { a: 1 });
  await engine.close();
}

/** All that an index answers, as far as anybody can ask. */
async function answersOf(engine: Engine): Promise<unknown> {
  const all = async (index: string): Promise<unknown[]> => {
    const found = [];
    for await (const document of engine.scan(index)) found.push(document);
    return found;
  };
  const filter = { country: ['JP'] };
  const byName = (value: string, match: 'prefix' | 'exact'): object => ({
    field: 'name',
    value,
    match,
    limit: 500,
  });
  const searches = ['a', 'aa', 'aa1', 'b', 'b3'].flatMap((value) => [
    [byName(value, 'prefix')],
    [byName(value, 'exact')],
    [{ ...byName(value, 'prefix'), filter }],
  ]);
  const { aliases, generations } = {
    aliases: await engine.aliases(),
    generations: await engine.generations(),
  };
  return [
    aliases,
    generations,
    // What notes the file of a generation changes when that is made again.
    (await engine.listState('places', '')).filter(({ key }) => !key.endsWith('/file')),
    await Promise.all(generations.map(({ name }) => all(name))),
    await Promise.all(generations.map(({ name }) => engine.indexBodyOf(name))),
    await Promise.all(searches.map((search) => engine.findByKeys('places', search as never))),
    await engine.versions('places', ['p1', 'p2', 'p3', 'new']),
    await Promise.all(
      HASHES.map((value) =>
        engine.byHash('images', { field: 'dctHash', value, maxDistance: 31, limit: 50 }),
      ),
    ),
    await Promise.all(
      VECTORS.map(async (vector) => engine.nearest('images', { vectors: [vector], limit: 5 })),
    ),
  ];
}

describe('checkFile', () => {
  let whole: string;
  let dataDir: string;
  before(async () => {
    whole = tempFolder();
    await makeFile(whole);
  });
  beforeEach(() => {
    dataDir = tempFolder();
    cpSync(whole, dataDir, { recursive: true });
  });
  const file = (): string => join(dataDir, 'suoyin.db');
  const change = async (...statements: string[]): Promise<void> => {
    const database = await openSqlite(file(), false);
    for (const sql of statements) database.exec(sql);
    database.close();
  };

  it('finds nothing in a file that is whole', async () => {
    expect(await checkFile(dataDir)).to.deep.equal([]);
  });

  it('tells whatever byte of a file is wrong, or it is one that no answer depends on', async () => {
    const bytes = readFileSync(join(whole, 'suoyin.db'));
    const reader = embedded({ dataDir: whole, readOnly: true, threads: 0 });
    const right = await answersOf(reader);
    await reader.close();
    const folder = tempFolder();
    let silent = 0;
    const pages = bytes.length / PAGE;
    const flip = fc
      .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, change]) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= change;
        return damaged;
      });
    const hole = fc.nat(bytes.length / 512 - 1).map((at) => {
      const damaged = Buffer.from(bytes);
      return damaged.fill(0, at * 512, (at + 1) * 512);
    });
    const astray = fc.tuple(fc.nat(pages - 1), fc.nat(pages - 1)).map(([from, to]) => {
      const damaged = Buffer.from(bytes);
      bytes.copy(damaged, to * PAGE, from * PAGE, (from + 1) * PAGE);
      return damaged;
    });
    const cut = fc
      .integer({ min: 1, max: bytes.length })
      .map((length) => bytes.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: flip }, hole, astray, cut),
        async (damaged) => {
          rmSync(folder, { recursive: true, force: true });
          mkdirSync(folder);
          writeFileSync(join(folder, 'suoyin.db'), damaged);
          if ((await fileFaults(folder)).length > 0) return;
          silent += 1;
          const engine = embedded({ dataDir: folder, readOnly: true, threads: 0 });
          try {
            expect(await answersOf(engine)).to.deep.equal(right);
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: runs(100, 20), endOnFailure: true },
    );
    expect(silent).to.be.greaterThan(0);
  }).timeout(120_000);

  for (const space of [
    { dimension: 6, spaceType: 'innerproduct', dataType: 'float' },
    { dimension: 6, spaceType: 'cosinesimil', dataType: 'float' },
    { dimension: 64, spaceType: 'hamming', dataType: 'binary' },
    { dimension: 6, spaceType: 'l2', dataType: 'byte' },
  ] as const satisfies readonly VectorSpace[]) {
    it(`finds nothing in pictures of ${space.spaceType} and ${space.dataType} that come and go, and a byte that is wrong`, async () => {
      const folder = tempFolder();
      const engine = embedded({ dataDir: folder, threads: 0 });
      const { name } = await engine.createGeneration('images', { ...imageMapping(space) });
      const put = (i: number): object => ({
        index: pictureWith(
          `i${i % 1300}`,
          { vector: vectorIn(space, random), ...(i % 3 ? { dctHash: hashOf(random) } : {}) },
          { space },
        ),
      });
      await engine.write(name, Array.from({ length: 1300 }, (_, i) => put(i)) as never);
      await engine.finishGeneration(name);
      await engine.swapAlias('images', null, name);
      await engine.write('images', [
        ...Array.from({ length: 1100 }, (_, i) => ({ delete: `i${i}` })),
        ...Array.from({ length: 90 }, (_, i) => put(i + 7)),
      ] as never);
      await engine.close();
      expect(await checkFile(folder)).to.deep.equal([]);
      const database = await openSqlite(join(folder, 'suoyin.db'), false);
      database.exec(`update g1_view set v = zeroblob(length(v))
        where view = (select max(view) from g1_view)`);
      database.close();
      expect((await checkFile(folder))[0]?.detail).to.match(/documents are damaged/);
    });
  }

  it('makes again what documents are found by, and tells it', async () => {
    const engine = embedded({ dataDir, threads: 0 });
    const right = await answersOf(engine);
    await engine.close();
    await change(
      "delete from g2_key where k = 'naa1'",
      "update g2_prefix set country = 'XX' where rank = 20",
      'update g2_attr set lat = 1 where doc = 9',
      "update g2_text set k = 'z丁' where k = 'z乙' and rank = 20",
      "update g3_term set doc = 4 where doc = 5 and term like 't%'",
    );
    const tables = ['g3_term', 'g2_attr', 'g2_key', 'g2_text', 'g2_prefix'];
    const found = await checkFile(dataDir);
    expect(found.map(({ detail }) => detail.split(' ')[0])).to.deep.equal(tables);
    expect(new Set(found.map(({ hint }) => hint))).to.deep.equal(
      new Set(['suoyin check-file --fix makes it again']),
    );
    expect(await checkFile(dataDir, { fix: true })).to.have.length(5);
    expect(await checkFile(dataDir)).to.deep.equal([]);
    const mended = embedded({ dataDir, threads: 0 });
    expect(await answersOf(mended)).to.deep.equal(right);
    await mended.close();
  });

  for (const [what, statement, detail] of [
    [
      'a document',
      `update g2_doc set source = replace(source, '"JP"', '"CN"') where id = 'p5'`,
      '1 documents are damaged: p5',
    ],
    [
      'a column of a document',
      "update g2_doc set country = 'CN' where id = 'p5'",
      '1 documents have columns that differ from what they hold: p5',
    ],
    [
      'a picture',
      `update g3_doc set source = replace(source, '2026', '2025') where id = 'i2'`,
      '1 documents are damaged: i2',
    ],
    [
      'a vector',
      'update g3_view set v = zeroblob(length(v))',
      '40 documents are damaged: i0, i1, i2, i3, i4 and others',
    ],
    [
      'the picture of a vector',
      'update g3_view set doc = 3 - doc where doc < 3',
      '2 documents are damaged: i0, i1',
    ],
    [
      'a hash',
      'update g3_hash set v = zeroblob(32) where doc = 2',
      'g3_hash does not agree with the documents: 40 rows, 40 wanted',
    ],
    ['an alias', "update alias set live = 1 where alias = 'places'", 'alias places is damaged'],
    ['state', `update state set value = '{"a":2}'`, 'state places is damaged'],
    ['a body', `update generation set body = '{}' where number = 3`, 'generation 3 is damaged'],
    ['a count', 'update generation set documents = 9 where number = 1', /180 documents where 9/],
    ['a container', `update g2_area set keys = '["all"]' where area = 2`, /columns that differ/],
    ['an index', 'drop index g3_view_doc', 'table g3_view is damaged'],
    ['a table', 'alter table g2_attr rename column lat to lati', 'table g2_attr is damaged'],
  ] as const) {
    it(`tells that ${what} is not what was written, and changes nothing`, async () => {
      const text = typeof detail === 'string' ? new RegExp(`^${detail}$`) : detail;
      await change(statement);
      for (const fix of [false, true, false]) {
        const [first] = await checkFile(dataDir, { fix });
        expect(first?.detail).to.match(text);
        expect(first?.hint).to.match(/back-up|gc --keep 0/);
      }
    });
  }

  it('tells documents of an older layout from those with a checksum, and notes it', async () => {
    await change(
      ...['g1_doc', 'g2_doc', 'g3_doc', 'generation', 'alias', 'state'].map(
        (table) => `alter table ${table} drop column sum`,
      ),
      'pragma user_version = 2',
    );
    const told = (await checkFile(dataDir)).map(({ subject, detail }) => [subject, detail]);
    expect(told.map(([subject]) => subject)).to.deep.equal([
      'images-000001',
      'places-000001',
      'places-000002',
    ]);
    expect(told[0]![1]).to.equal(
      '40 documents have no checksum, since an older suoyin wrote them: i0, i1, i2, i3, i4 and others',
    );
    const writer = embedded({ dataDir, threads: 0 });
    await writer.write('places', [{ index: documentWith('p1', 5, { name: ['aa'] }) }]);
    await writer.close();
    expect((await checkFile(dataDir)).at(-1)!.detail).to.match(/^179 documents have no checksum/);
    expect((await checkFile(dataDir, { fix: true })).at(-1)!.hint).to.equal(
      'noted as they are now',
    );
    expect(await checkFile(dataDir)).to.deep.equal([]);
    await change(`update g2_doc set source = replace(source, '"JP"', '"CN"') where id = 'p5'`);
    expect(await checkFile(dataDir)).to.have.length(1);
  });

  it('tells writes that are lost behind a damaged place in the log', async () => {
    const writer = embedded({ dataDir, threads: 0 });
    for (let n = 0; n < 3; n++) await writer.writeState('places', `more/${n}`, n);
    const log = readFileSync(`${file()}-wal`);
    const copy = tempFolder();
    cpSync(file(), join(copy, 'suoyin.db'));
    writeFileSync(join(copy, 'suoyin.db-wal'), log);
    expect(await checkFile(copy)).to.deep.equal([]);
    fc.assert(
      fc.property(fc.nat(log.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(log);
        damaged[at]! ^= change;
        writeFileSync(join(copy, 'suoyin.db-wal'), damaged);
        const last = at >= log.length - 4096 - 24;
        // The last write may as well be one that was never complete.
        if (!last) expect(lostTransactions(join(copy, 'suoyin.db-wal'))).to.be.greaterThan(0);
      }),
      {
        numRuns: runs(300),
        // The salts, the page size and the checksum of the header.
        examples: [
          [16, 1],
          [10, 0x30],
          [24, 1],
        ],
      },
    );
    const half = Buffer.from(log);
    half[100]! ^= 1;
    writeFileSync(join(copy, 'suoyin.db-wal'), half);
    const [fault] = await checkFile(copy);
    expect(fault!.detail).to.match(/at least [123] writes/);
    await writer.close();
  });

  it('is a command that ends with 3 where something was found', async () => {
    const good = await runCli(['check-file', '--data', dataDir]);
    expect(good).to.deep.equal({ code: 0, out: '', err: 'nothing found\n' });
    await change("delete from g2_key where k = 'naa1'");
    const bad = await runCli(['check-file', '--data', dataDir, '--json']);
    expect(bad.code).to.equal(3);
    expect(JSON.parse(bad.out)).to.include({ subject: 'places-000002' });
    const mended = await runCli(['check-file', '--data', dataDir, '--fix']);
    expect(mended.out).to.match(/^places-000002 {2}g2_key does not agree .*: made again\n$/);
    expect((await runCli(['check-file', '--data', dataDir])).code).to.equal(0);
  });

  it('says what to do where there is no file, and makes none', async () => {
    const missing = join(dataDir, 'nowhere');
    const error = await failureOf(checkFile(missing, { fix: true }));
    expect(error.code).to.equal('INDEX_NOT_FOUND');
    expect(await codeOfRead(missing)).to.equal('ENOENT');
  });
});

async function codeOfRead(path: string): Promise<string | undefined> {
  const error = await failureOf<NodeJS.ErrnoException>(() => readFileSync(path));
  return error.code;
}
