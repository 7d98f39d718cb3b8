import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import { expect } from 'chai';
import fc from 'fast-check';

import type { PlaceDocument } from '../../lib/autocomplete/record/document.ts';
import type { KeySearch, PlaceFilter, PlaceHit } from '../../lib/autocomplete/searches.ts';
import { placeQuery, passSearches } from '../../lib/autocomplete/suggest/query.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine, Generation } from '../../lib/engines/engine.ts';
import { buildGeneration } from '../support/documents.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';

const PLACES = documentsOf(exampleRecords());
const TEXTS = PLACES.flatMap(({ names }) => names.flatMap(({ text, kana }) => [text, kana ?? '']));
const WITHIN = [...new Set(PLACES.flatMap(({ within }) => within))];

/** What is typed of the names of real places, as key searches, and searches of every other kind. */
const searches: fc.Arbitrary<KeySearch[]> = fc
  .record({
    text: fc.constantFrom(...TEXTS.filter((text) => text !== '')),
    length: fc.integer({ min: 1, max: 8 }),
    language: fc.constantFrom('zh-Hant', 'ja', 'ko', 'en'),
    limit: fc.integer({ min: 1, max: 100 }),
    near: fc.option(fc.constant({ lat: 35.68, lon: 139.76 }), { nil: undefined }),
    within: fc.option(fc.subarray(WITHIN, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map(({ text, length, language, limit, near, within }) => {
    const typed = text.slice(0, length);
    const query = placeQuery(typed, { language, limit, ...(near && { near }) });
    const plain = query.passes.flatMap((pass) => passSearches(query, pass));
    const value = query.key;
    const lengths = Array.from({ length: value.length }, (_, i) => value.length - i);
    const own: KeySearch[] =
      value === '' ? [] : [{ field: 'name', value, match: 'beginning', lengths, limit }];
    const all = [...plain, ...own];
    return within ? all.map((search) => ({ ...search, within })) : all;
  });

const filters: fc.Arbitrary<PlaceFilter> = fc.record(
  {
    countries: fc.subarray(['JP', 'TW', 'CN', 'KR', 'XX'], { minLength: 1 }),
    kinds: fc.subarray(['city', 'district', 'station', 'poi'] as const, { minLength: 1 }),
    box: fc.constantFrom(
      { south: 20, west: 110, north: 30, east: 130 },
      { south: -90, west: 170, north: 90, east: -170 },
    ),
  },
  { requiredKeys: [] },
);

/** Hits as plain objects. */
const plain = (hits: readonly PlaceHit[]): unknown => JSON.parse(JSON.stringify(hits));

/** Puts a place in, whole or with the names and the rank of another, or takes one out. */
const edits = fc.array(
  fc.record({
    at: fc.nat(PLACES.length - 1),
    like: fc.nat(PLACES.length - 1),
    does: fc.constantFrom('put', 'change', 'delete'),
  }),
  { maxLength: 12 },
);

describe('files of generations of places', () => {
  let dataDir: string;
  const open = (options: Parameters<typeof embedded>[0] = {}): Engine =>
    closeAtEnd(embedded({ dataDir, threads: 0, ...options }));
  const files = (): string[] => readdirSync(join(dataDir, 'generations'));
  const build = async (engine: Engine, documents: readonly PlaceDocument[]): Promise<void> => {
    const { name } = await engine.createGeneration('places', {});
    await engine.write(
      name,
      documents.map((index) => ({ index })),
    );
    await engine.finishGeneration(name);
    await engine.swapAlias('places', null, name);
  };
  beforeEach(() => {
    dataDir = tempFolder();
  });

  it('answer as the tables do, whatever was written since, in every process', async () => {
    const [even, odd] = [0, 1].map((rest) => PLACES.filter((_, i) => i % 2 === rest));
    const writer = open();
    await build(writer, [...even!, ...odd!.slice(0, 40)]);
    const tables = open({ resident: false });
    const reader = open({ readOnly: true });
    // The first search begins to read the file.
    await reader.findByKeys('places', []);
    await fc.assert(
      fc.asyncProperty(
        edits,
        fc.array(fc.tuple(searches, filters), { minLength: 1, maxLength: 4 }),
        async (done, asked) => {
          for (const { at, like, does } of done) {
            const place = PLACES[at]!;
            const { keys, names, rank } = PLACES[like]!;
            await writer.write('places', [
              does === 'delete'
                ? { delete: place.id }
                : { index: does === 'put' ? place : { ...place, keys, names, rank } },
            ]);
          }
          for (const [all, filter] of asked) {
            const right = plain(await tables.findByKeys('places', all, filter));
            expect(plain(await writer.findByKeys('places', all, filter))).to.deep.equal(right);
            expect(plain(await reader.findByKeys('places', all, filter))).to.deep.equal(right);
          }
        },
      ),
      { numRuns: runs(60) },
    );
    expect(files()).to.have.length(1);
  });

  it('are made again where they are missing or damaged, and the tables answer meanwhile', async () => {
    const first = open();
    await build(first, PLACES);
    const search: KeySearch[] = [{ field: 'name', value: '新', match: 'prefix', limit: 50 }];
    const right = plain(await first.findByKeys('places', search));
    expect(right).to.not.be.empty;
    await first.close();
    for (const harm of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, readFileSync(path).subarray(100)),
      (path: string) => writeFileSync(path, readFileSync(path).fill(7, 3000, 3001)),
      (path: string) => writeFileSync(path, ''),
    ]) {
      const [file] = files();
      harm(join(dataDir, 'generations', file!));
      const isThere = files().length > 0;
      const faults = (await checkFile(dataDir)).map(({ subject }) => subject);
      expect(faults).to.deep.equal(isThere ? [file] : []);
      const told: string[] = [];
      const warn = (text: string): void => void told.push(text);
      const [reader, writer] = [open({ readOnly: true, warn }), open({ warn })];
      const askUntil = async (engine: Engine, isSo: () => boolean | Promise<boolean>) => {
        do {
          expect(plain(await engine.findByKeys('places', search))).to.deep.equal(right);
          await sleep(1);
        } while (!(await isSo()));
      };
      const statusOf = async (engine: Engine): Promise<string> => (await engine.health()).status;
      await askUntil(reader, async () => (await statusOf(reader)) === 'degraded');
      await askUntil(writer, () => told.length === 2);
      await askUntil(writer, async () => (await statusOf(writer)) === 'ok');
      await askUntil(reader, async () => (await statusOf(reader)) === 'ok');
      expect(told.join())
        .to.match(/missing or damaged/)
        .and.to.match(/check-file --fix/);
      await reader.close();
      await writer.close();
      expect(await checkFile(dataDir)).to.deep.equal([]);
    }
  });

  it('are read though who asks in a row waits for nothing else', async () => {
    const first = open();
    await build(first, PLACES);
    await first.close();
    const reader = open({ readOnly: true });
    const search: KeySearch[] = [{ field: 'name', value: '新', match: 'prefix', limit: 50 }];
    let asked = 0;
    let isInMemory = false;
    while (!isInMemory && asked++ < 10_000) {
      const hits = await reader.findByKeys('places', search);
      isInMemory = hits.every(({ place }) => place !== undefined);
    }
    expect(isInMemory).to.equal(true);
  });

  it('are made anew by check-file --fix', async () => {
    const engine = open();
    await build(engine, PLACES);
    await engine.close();
    for (const harm of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, 'x'),
    ]) {
      harm(join(dataDir, 'generations', files()[0]!));
      const missing = files().length === 0;
      expect(await checkFile(dataDir, { fix: true })).to.have.length(missing ? 0 : 1);
      expect(files()).to.have.length(1);
      expect(await checkFile(dataDir)).to.deep.equal([]);
    }
  });

  it('are made anew by check-file --fix from an older layout, which is no damage', async () => {
    const engine = open();
    await build(engine, PLACES);
    const [{ name }] = (await engine.generations('places')) as [Generation];
    const path = join(dataDir, 'generations', files()[0]!);
    const older = readFileSync(path);
    older.write('SuoyPl00', 'latin1');
    writeFileSync(path, older);
    const noted = (await engine.readState('places', `${name}/file`))!.value as object;
    await engine.writeState('places', `${name}/file`, { ...noted, crc32: crc32(older) });
    await engine.close();
    const layout = (): string =>
      readFileSync(join(dataDir, 'generations', files()[0]!)).toString('latin1', 0, 8);
    expect(await checkFile(dataDir)).to.deep.equal([]);
    expect(layout()).to.equal('SuoyPl00');
    expect(await checkFile(dataDir, { fix: true })).to.deep.equal([]);
    expect(files()).to.have.length(1);
    expect(layout()).to.not.equal('SuoyPl00');
  });

  it('go with their generation, and so do those that a crash left', async () => {
    const engine = open();
    const [a, b] = [await buildGeneration(engine, 5), await buildGeneration(engine, 5)];
    await engine.swapAlias('places', null, b);
    writeFileSync(join(dataDir, 'generations', 'places-000077.new'), 'half');
    expect(files()).to.have.length(3);
    await engine.dropGeneration(a);
    expect(files()).to.have.length(1);
    expect(files()[0]).to.match(new RegExp(`^${b}\\.`));
  });

  it('are there for folders of an older layout from the first write on', async () => {
    const engine = open();
    await build(engine, PLACES.slice(0, 50));
    await engine.close();
    rmSync(join(dataDir, 'generations'), { recursive: true });
    const { openSqlite } = await import('../../lib/engines/embedded/sqlite.ts');
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    database.exec(
      `drop table g1_change; delete from state where key like '%/file'; pragma user_version = 3;`,
    );
    database.close();
    const search: KeySearch[] = [{ field: 'name', value: '新', match: 'prefix', limit: 50 }];
    const reader = open({ readOnly: true });
    const right = await reader.findByKeys('places', search);
    await reader.close();
    const writer = open();
    expect(await writer.findByKeys('places', search)).to.deep.equal(right);
    await writer.close();
    expect(files()).to.have.length(1);
    expect(await checkFile(dataDir)).to.deep.equal([]);
  });
});
