import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBoundaries } from '../../lib/autocomplete/geography/boundaries.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { OptionError, RebuildError, type RecordError } from '../../lib/errors.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import type { RebuildProgress } from '../../lib/rebuild/progress.ts';
import { rebuildPlaces } from '../../lib/rebuild/places.ts';
import type { DeadLetter } from '../../lib/source/dead-letters.ts';
import { RECORDS } from './records.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

describe('PlaceIndex.rebuild', () => {
  let dataDir: string;
  let engine: Engine;
  let index: PlaceIndex;
  beforeEach(() => {
    dataDir = tempFolder();
    engine = embedded({ dataDir });
    index = closeAtEnd(new PlaceIndex(engine, { dataDir }));
  });

  const taiwan = { id: 'cc:TW', name: '臺灣', kind: 'country', country: 'TW' };

  function lettersOf(path: string | null): DeadLetter[] {
    const lines = readFileSync(path!, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as DeadLetter);
  }

  async function idsOf(text: string): Promise<string[]> {
    return (await index.suggest(text)).map(({ id }) => id);
  }

  it('makes every record findable, with parents in its label', async () => {
    const result = await index.rebuild(RECORDS);
    expect(result).to.include({
      generation: 'places-000001',
      previous: null,
      records: 30,
      documents: 30,
      failed: 0,
      deadLettersFile: null,
    });
    expect(await engine.count('places')).to.equal(30);
    const [banqiao] = await index.suggest('板橋', { language: 'zh-Hant' });
    expect(banqiao).to.include({ id: 'tw:65000010', label: '板橋, 新北市, 台灣' });
    expect((await index.get('tw:65000010'))?.parents.map(({ id }) => id)).to.deep.equal([
      'tw:65000',
      'cc:TW',
    ]);
  });

  it('puts first what people chose, with boosts, and says so', async () => {
    const [first, second] = ['a', 'b'].map((id) => ({ id, name: '中山區', kind: 'district' }));
    const chosen = { id: 'b', boost: 0.12 };
    const source = [first!, second!];
    const boosts = [chosen, { id: 'elsewhere', boost: 0.1 }];
    const { warnings } = await index.rebuild(source, { boosts });
    expect(warnings).to.include('1 boosts belong to no record and have no effect');
    const [best] = await index.suggest('中山', { explain: true });
    expect(best).to.include({ id: 'b' });
    expect(best!.explain!.learned).to.equal(0.084);
    expect(await index.verify(source, { boosts })).to.include({ equal: 2 });
    expect((await index.verify(source)).differing).to.deep.equal(['b']);

    const file = join(dataDir, 'boosts.jsonl');
    writeFileSync(file, `${JSON.stringify(chosen)}\n{"id": "a", "boost": 7}\n`);
    const failure = await failureOf(index.rebuild(source, { boosts: file }));
    expect(failure).to.include({ code: 'BOOST_INVALID', field: 'boost' });
    expect(failure.message).to.match(/boosts\.jsonl line 2: boost 7 .* from 0 to 0\.2\.$/);
    expect((await index.get('b'))!.learned).to.equal(0.12);
  });

  it('finds a long name by the words in it', async () => {
    await index.rebuild(RECORDS);
    expect(await idsOf('故宮')).to.deep.equal(['poi:npm']);
  });

  it('finds a Japanese name that lists no reading by one from the dictionary, unless told not to', async () => {
    const osaka = { id: 'a', name: '大阪城', names: { ja: '大阪城' }, country: 'JP' };
    await index.rebuild([osaka]);
    expect(await idsOf('おおさか')).to.deep.equal(['a']);
    await index.rebuild([osaka], { readings: 'data' });
    expect(await idsOf('おおさか')).to.deep.equal([]);
  });

  it('reads records from a file, and goes through its stages in order', async () => {
    const source = join(dataDir, 'places.jsonl');
    writeFileSync(source, RECORDS.map((record) => JSON.stringify(record)).join('\n'));
    const seen: RebuildProgress[] = [];
    await index.rebuild(source, { onProgress: (progress) => seen.push(progress) });
    expect([...new Set(seen.map(({ stage }) => stage))]).to.deep.equal(['scan', 'fill', 'verify']);
    expect(seen.findLast(({ stage }) => stage === 'scan')).to.include({ done: 30, fraction: 1 });
    expect(seen.findLast(({ stage }) => stage === 'fill')).to.include({ done: 30, total: 30 });
  });

  it('keeps the generation before, which rollback goes to and comes back from', async () => {
    await index.rebuild(RECORDS);
    const second = await index.rebuild([taiwan]);
    expect(second).to.include({ generation: 'places-000002', previous: 'places-000001' });
    expect(await idsOf('板橋')).to.deep.equal([]);
    await index.rollback();
    expect(await idsOf('故宮')).to.deep.equal(['poi:npm']);
    await index.rollback();
    expect(await idsOf('故宮')).to.deep.equal([]);
  });

  it('refuses a rollback to nowhere', async () => {
    expect((await failureOf(index.rollback())).code).to.equal('NOTHING_TO_ROLL_BACK');
    await index.rebuild(RECORDS);
    expect((await failureOf(index.rollback())).code).to.equal('NOTHING_TO_ROLL_BACK');
  });

  it('builds all and writes nothing in a dry run', async () => {
    const twice = [...RECORDS, taiwan];
    const result = await index.rebuild(twice, { dryRun: true, maxFailed: 1 });
    expect(result).to.include({ generation: null, records: 31, documents: 30, failed: 1 });
    expect(await engine.generations()).to.deep.equal([]);
  });

  describe('with bad records', () => {
    const faulty: [unknown, string, string | null][] = [
      [{ name: 'x' }, 'ID_INVALID', 'id'],
      [{ id: 'b' }, 'NAME_INVALID', 'name'],
      [{ id: 'b', name: 'x', lat: 91, lon: 0 }, 'LOCATION_INVALID', 'lat'],
      [{ id: 'b', name: '長'.repeat(10_000) }, 'NAME_TOO_LONG', 'name'],
      [{ id: 'b', name: 'a\uD800' }, 'NAME_INVALID', 'name'],
      [{ id: 'b', name: 'a\u0000b' }, 'NAME_INVALID', 'name'],
      [{ id: 'cc:TW', name: 'again' }, 'DUPLICATE_ID', 'id'],
      [{ id: 'b', name: 'x', parent: 'nowhere' }, 'UNKNOWN_PARENT', 'parent'],
      [{ id: 'b', name: 'x', parent: 'b' }, 'PARENT_CYCLE', 'parent'],
      [[], 'RECORD_INVALID', null],
    ];
    for (const [record, code, field] of faulty) {
      it(`makes a dead letter ${code} of ${JSON.stringify(record).slice(0, 50)}`, async () => {
        const result = await index.rebuild([taiwan, record] as object[], { maxFailed: 1 });
        const [letter, ...more] = lettersOf(result.deadLettersFile);
        expect(more).to.deep.equal([]);
        expect(letter).to.include({ code, field, line: 2 });
        expect(letter!.hint).to.match(/\.$/);
        expect(result).to.include({ documents: 1, failed: 1 });
        expect((await index.get('cc:TW'))?.names[0]?.text).to.equal('臺灣');
      });
    }

    it('names the line of the first of two records with one id', async () => {
      const result = await index.rebuild([taiwan, { id: 'a', name: 'A' }, taiwan], {
        maxFailed: 1,
      });
      expect(result.deadLetters[0]).to.include({ line: 3, id: 'cc:TW' });
      expect(result.deadLetters[0]!.message).to.include('line 1');
    });

    it('refuses all members of a parent cycle', async () => {
      const cycle = [
        { id: 'a', name: 'A', parent: 'b' },
        { id: 'b', name: 'B', parent: 'c' },
        { id: 'c', name: 'C', parent: 'a' },
      ];
      const result = await index.rebuild([taiwan, ...cycle], { maxFailed: 3 });
      expect(result.deadLetters.map(({ id, code }) => `${id} ${code}`)).to.deep.equal([
        'a PARENT_CYCLE',
        'b PARENT_CYCLE',
        'c PARENT_CYCLE',
      ]);
    });

    it('swaps nothing over the limit, and leaves neither generation nor lease', async () => {
      await index.rebuild(RECORDS);
      const error = await failureOf(index.rebuild([taiwan, {}, {}], { maxFailed: 1 }));
      expect(error).to.be.instanceOf(RebuildError);
      expect(error).to.include({ code: 'TOO_MANY_FAILED', stage: 'scan', aliasMoved: false });
      expect(error.message).to.include(join(dataDir, 'dead-letters', 'places-000002.jsonl'));
      expect(await idsOf('故宮')).to.deep.equal(['poi:npm']);
      expect((await index.status()).generations.map(({ name }) => name)).to.deep.equal([
        'places-000001',
      ]);
      expect(existsSync(join(dataDir, 'places.lease'))).to.equal(false);
    });

    const good = (count: number): object[] =>
      Array.from({ length: count }, (_, i) => ({ id: `p${i}`, name: `Place ${i}` }));
    const bad = (count: number): object[] => Array.from({ length: count }, () => ({}));

    it('bears one in a thousand when told so', async () => {
      const options = { maxFailed: 0.001 };
      const built = await index.rebuild([...good(999), {}], options);
      expect(built).to.include({ documents: 999, failed: 1 });
      const error = await failureOf(index.rebuild([...good(998), {}], options));
      expect(error.code).to.equal('TOO_MANY_FAILED');
    });

    it('bears up to ten that are one in ten at the most when nothing is said', async () => {
      expect(await index.rebuild([...good(29), {}])).to.include({ documents: 29, failed: 1 });
      expect(await index.rebuild([...good(90), ...bad(10)])).to.include({ failed: 10 });
      for (const source of [
        [...good(8), {}],
        [...good(28), ...bad(4)],
        [...good(200), ...bad(11)],
      ]) {
        expect((await failureOf(index.rebuild(source))).code).to.equal('TOO_MANY_FAILED');
      }
    });

    it('names the first three that failed', async () => {
      const { message } = await failureOf(index.rebuild([taiwan, ...bad(5)]));
      expect(message).to.include('5 of 6 records failed and at most 0 may: (array) line 2: id ');
      expect(message).to.match(/\(array\) line 4: [^;]*; and 2 more\. The alias was not moved\./);
      expect(message).to.include('maxFailed, on the command line --max-failed');
    });

    it('counts duplicates and unknown parents to the limit as well', async () => {
      const orphan = { id: 'o', name: 'O', parent: 'nowhere' };
      for (const record of [taiwan, orphan]) {
        const error = await failureOf(index.rebuild([taiwan, record], { maxFailed: 0 }));
        expect(error).to.include({ code: 'TOO_MANY_FAILED', stage: 'fill' });
      }
    });
  });

  it('counts places without a parent, countries apart', async () => {
    const { parents } = await index.rebuild([taiwan, { id: 'a', name: '甲' }]);
    expect(parents).to.include({ none: 1, stated: 0 });
  });

  it('never swaps in an empty index unless told to', async () => {
    await index.rebuild(RECORDS);
    expect((await failureOf(index.rebuild([]))).code).to.equal('EMPTY_SOURCE');
    expect((await failureOf(index.rebuild([{}], { maxFailed: 5 }))).code).to.equal('EMPTY_SOURCE');
    expect(await engine.count('places')).to.equal(30);
    expect(await index.rebuild([], { allowEmpty: true })).to.include({ documents: 0 });
    expect(await idsOf('板橋')).to.deep.equal([]);
  });

  it('refuses wrong options before anything is made', async () => {
    expect(await failureOf(rebuildPlaces(engine, RECORDS, { alias: '../x' }))).to.be.instanceOf(
      OptionError,
    );
    const share = await failureOf(index.rebuild(RECORDS, { maxFailed: 1.5 }));
    expect(share.code).to.equal('MAX_FAILED_INVALID');
    expect(await engine.generations()).to.deep.equal([]);
  });

  it('stops when aborted, while the old generation answers', async () => {
    await index.rebuild(RECORDS);
    for (const stage of ['scan', 'fill', 'verify']) {
      const stop = new AbortController();
      const run = index.rebuild([taiwan], {
        signal: stop.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) stop.abort();
        },
      });
      const error: unknown = await run.catch((e: unknown) => e);
      expect((error as Error).name, stage).to.equal('AbortError');
      expect(await engine.count('places')).to.equal(30);
      expect((await index.status()).rebuilding).to.equal(null);
    }
  });

  it('may leave the swap for later', async () => {
    await index.rebuild(RECORDS);
    const prepared = await index.rebuild([taiwan], { prepareOnly: true });
    expect(prepared).to.include({ generation: 'places-000002', live: false });
    expect((await index.status()).live).to.equal('places-000001');
    expect((await index.swap()).generation).to.equal('places-000002');
    expect((await failureOf(index.swap())).code).to.equal('NOTHING_PREPARED');
  });

  it('keeps a second rebuild away while it runs', async () => {
    const other = new PlaceIndex(engine, { dataDir });
    const seen: string[] = [];
    await index.rebuild(async function* () {
      if (seen.length === 0) {
        seen.push((await failureOf(other.rebuild(RECORDS))).code);
        seen.push(String((await other.status()).rebuilding?.pid));
      }
      yield* RECORDS;
    });
    expect(seen).to.deep.equal(['LEASE_HELD', String(process.pid)]);
  });

  it('does not swap when somebody moved the alias meanwhile', async () => {
    await index.rebuild(RECORDS);
    await index.rebuild(RECORDS);
    const moved: Promise<unknown>[] = [];
    const run = index.rebuild([taiwan], {
      onProgress: ({ stage }) => {
        if (stage === 'fill' && moved.length === 0) moved.push(index.rollback());
      },
    });
    expect((await failureOf(run)).code).to.equal('ALIAS_MOVED');
    await Promise.all(moved);
    expect((await index.status()).live).to.equal('places-000001');
  });

  it('drops what a killed rebuild left half filled', async () => {
    await engine.createGeneration('places', {});
    const result = await index.rebuild(RECORDS);
    expect(result.orphansDropped).to.deep.equal(['places-000001']);
    expect((await index.status()).generations.map(({ name }) => name)).to.deep.equal([
      'places-000002',
    ]);
  });

  describe('gc', () => {
    beforeEach(async () => {
      for (const name of ['A', 'B', 'C', 'D']) await index.rebuild([{ id: name, name }]);
      await engine.createGeneration('places', {});
    });

    it('keeps the live generation and the one before, and drops the rest', async () => {
      const wouldDrop = await index.gc({ dryRun: true });
      expect((await index.status()).generations).to.have.length(5);
      const result = await index.gc();
      expect(result).to.deep.equal(wouldDrop);
      expect(result.dropped).to.have.members(['places-000001', 'places-000002', 'places-000005']);
      expect(result.kept).to.have.members(['places-000003', 'places-000004']);
      expect(await idsOf('D')).to.deep.equal(['D']);
      await index.rollback();
      expect(await idsOf('C')).to.deep.equal(['C']);
    });

    it('keeps as many as told, first of all the one that rollback goes to', async () => {
      await index.rollback();
      await index.gc({ keep: 1 });
      const status = await index.status();
      expect(status).to.include({ live: 'places-000003', previous: 'places-000004' });
      await index.gc({ keep: 0 });
      expect((await index.status()).generations.map(({ name }) => name)).to.deep.equal([
        'places-000003',
      ]);
      expect(await idsOf('C')).to.deep.equal(['C']);
      expect((await failureOf(index.gc({ keep: -1 }))).code).to.equal('KEEP_INVALID');
    });

    it('drops dead letters of what is no more, but for a newer run that did not go live', async () => {
      const letters = (): string[] => readdirSync(join(dataDir, 'dead-letters')).sort();
      const bad = [{ id: 'A', name: 'A' }, {}];
      for (const maxFailed of [1, 0, 1, 0]) {
        await index.rebuild(bad, { maxFailed }).catch(() => undefined);
      }
      const files = [6, 7, 8, 9].map((n) => `places-00000${n}.jsonl`);
      expect(letters()).to.deep.equal(files);
      await index.gc({ keep: 0, dryRun: true });
      expect(letters()).to.deep.equal(files);
      expect((await index.gc({ keep: 0 })).kept).to.deep.equal(['places-000008']);
      expect(letters()).to.deep.equal(files.slice(2));
    });

    it('leaves other aliases alone', async () => {
      const other = new PlaceIndex(engine, { alias: 'others', dataDir });
      await other.rebuild([{ id: 'a', name: 'A' }]);
      await index.gc();
      expect((await other.status()).generations).to.have.length(1);
    });
  });

  describe('put and delete', () => {
    it('change the live generation, with parents from the index', async () => {
      await index.rebuild(RECORDS);
      const outcomes = await index.put([
        { id: 'new', name: '三峽區', kind: 'district', country: 'TW', parent: 'new-city' },
        { id: 'new-city', name: '新北特區市', kind: 'city', country: 'TW', parent: 'cc:TW' },
      ]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal([201, 201]);
      expect((await index.get('new'))?.parents.map(({ id }) => id)).to.deep.equal([
        'new-city',
        'cc:TW',
      ]);
      expect(await idsOf('三峽')).to.deep.equal(['new']);
      expect((await index.delete(['new', 'none'])).map(({ status }) => status)).to.deep.equal([
        200, 404,
      ]);
      expect(await idsOf('三峽')).to.deep.equal([]);
    });

    it('make of a place what a rebuild makes of it, with the same outlines, and tell what is lost without', async () => {
      const square = (id: string, level: string, size: number, more: object): object => ({
        type: 'Feature',
        properties: { id, name: id, level, ...more },
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [121 - size, 25 - size],
              [121 + size, 25 - size],
              [121 + size, 25 + size],
              [121 - size, 25 + size],
              [121 - size, 25 - size],
            ],
          ],
        },
      });
      const outlines = [
        square('cc:TW', 'country', 1, { country: 'TW' }),
        square('新北市', 'city', 0.5, { country: 'TW', parent: 'cc:TW' }),
      ];
      const spot = { id: 'spot', name: '九份老街', lat: 25, lon: 121 };
      const stated = { ...spot, id: 'stated', parent: 'cc:TW' };
      await index.rebuild([taiwan, spot, stated], { boundaries: outlines });
      const rebuilt = await Promise.all([index.get('spot'), index.get('stated')]);
      expect(rebuilt[0]?.parents.map(({ id }) => id)).to.deep.equal(['新北市', 'cc:TW']);

      const without = await index.put([spot]);
      expect(without[0]!.warnings).to.deep.equal([
        { code: 'COUNTRY_LOST', field: 'country', value: undefined, meant: 'TW' },
      ]);
      expect((await index.get('spot'))?.country).to.equal(undefined);

      const boundaries = readBoundaries(outlines);
      const [outcome] = await index.put([spot, stated], { boundaries });
      expect(outcome!.warnings?.map(({ code, meant }) => `${code} ${meant}`)).to.deep.equal([
        'COUNTRY_FOUND TW',
      ]);
      const put = await Promise.all([index.get('spot'), index.get('stated')]);
      expect(put).to.deep.equal(rebuilt);
      const lost = await failureOf(index.put([{ ...spot, lat: 0, parent: 'no' }], { boundaries }));
      expect(lost).to.include({ code: 'UNKNOWN_PARENT' });
    });

    it('write nothing when a record is bad', async () => {
      await index.rebuild(RECORDS);
      for (const [parent, code] of [
        ['nowhere', 'UNKNOWN_PARENT'],
        ['x', 'PARENT_CYCLE'],
      ]) {
        const run = index.put([taiwan, { id: 'x', name: 'X', parent }]);
        expect((await failureOf(run)).code).to.equal(code);
      }
      expect(await engine.count('places')).to.equal(30);
    });

    it('tell all bad records and all their faults at once, each with its index', async () => {
      await index.rebuild(RECORDS);
      const run = index.put([
        taiwan,
        { id: 'bad', name: '', lat: 100, lon: 0 },
        // Of a parent that is refused itself, that is told.
        { id: 'child', name: '甲', parent: 'bad' },
        { id: 'lost', name: '乙', parent: 'nowhere' },
      ]);
      const error = await failureOf<RecordError>(run);
      expect(error.faults.map(({ at, code }) => [at, code])).to.deep.equal([
        [1, 'NAME_INVALID'],
        [1, 'LOCATION_INVALID'],
        [3, 'UNKNOWN_PARENT'],
      ]);
      expect(error).to.include({ code: 'NAME_INVALID', at: 1 });
      expect(error.message).to.match(
        /^2 of 4 records can't be used, so none was written: record 1: /,
      );
    });
  });
});
