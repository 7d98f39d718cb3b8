import { expect } from 'chai';
import fc from 'fast-check';
import { SOURCE_VERSIONS } from '../../lib/alias/live-writes.ts';
import { versionFrom } from '../../lib/alias/versions.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const NOW = Date.parse('2026-01-15T00:00:00Z');

function index(): PlaceIndex {
  return closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' }), { now: () => NOW }));
}

describe('versionFrom', () => {
  it('keeps the order of any sequence, above all records of a source and below all times', () => {
    const number = fc.integer({ min: 0, max: 1e15 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [one, other] = [versionFrom(a), versionFrom(BigInt(b))];
        expect(Math.sign(one - other)).to.equal(Math.sign(a - b));
        expect(one)
          .to.be.greaterThan(SOURCE_VERSIONS)
          .and.lessThan(NOW * 1000);
        expect(versionFrom(String(a))).to.equal(one);
      }),
    );
  });

  for (const bad of [-1, 1.5, 1e15 + 1, NaN, '', '12a', '99999999999999999', -1n, 10n ** 16n]) {
    it(`refuses ${typeof bad} ${bad}`, async () => {
      expect(await codeOf(() => versionFrom(bad))).to.equal('VERSION_INVALID');
    });
  }
});

describe('version of a write', () => {
  it('may be one for each document, and decides by itself which is the newer', async () => {
    const places = index();
    await places.rebuild([{ id: 'a', name: '甲' }]);
    const put = (names: string[], versions: number[]): Promise<{ status: number }[]> =>
      places.put(
        names.map((name, i) => ({ id: `abc`[i], name })),
        { version: versions.map(versionFrom) },
      );
    const statuses = async (outcomes: Promise<{ status: number }[]>): Promise<number[]> =>
      (await outcomes).map(({ status }) => status);
    expect(await statuses(put(['甲二', '乙'], [2, 5]))).to.deep.equal([200, 201]);
    expect(await statuses(put(['甲一', '乙六'], [1, 6]))).to.deep.equal([409, 200]);
    expect(await statuses(places.delete(['b'], { version: [versionFrom(6)] }))).to.deep.equal([
      409,
    ]);
    expect((await places.get('a'))!.names[0]!.text).to.equal('甲二');
  });

  it('is refused where nothing could replace it for long, or where it is not one for each', async () => {
    const places = index();
    await places.rebuild([{ id: 'a', name: '甲' }]);
    const write = (version: number | number[]): Promise<string> =>
      codeOf(places.put([{ id: 'a', name: '乙' }], { version }));
    const hour = 3_600_000;
    expect(await write((NOW + hour) * 1000)).to.equal('no error');
    for (const bad of [(NOW + hour) * 1000 + 1, NOW * 1e6, [], [NOW, NOW], 5]) {
      expect(await write(bad), String(bad)).to.equal('VERSION_INVALID');
    }
    expect(await codeOf(places.delete(['a'], { version: NOW * 1e6 }))).to.equal('VERSION_INVALID');
  });
});

describe('PlaceIndex.put', () => {
  it('forgives what a rebuild forgives, and reports it with each outcome', async () => {
    const places = index();
    await places.rebuild([{ id: 'a', name: '甲' }]);
    const outcomes = await places.put([
      {
        id: 7,
        name: '九份',
        lat: '25.1',
        lon: 121.8,
        alias: 'x',
        names: { zh_Hant: '九份', ja: '' },
      },
      { id: 'plain', name: '十分' },
    ]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal([201, 201]);
    expect(outcomes[1]).to.not.have.property('warnings');
    expect(
      outcomes[0]!.warnings!.map(({ code, field, meant }) => [code, field, meant]),
    ).to.have.deep.members([
      ['VALUE_CORRECTED', 'id', '7'],
      ['LANGUAGE_CORRECTED', 'names.zh_Hant', 'zh-Hant'],
      ['FIELD_EMPTY', 'names.ja', null],
      ['VALUE_CORRECTED', 'lat', '25.1'],
      ['FIELD_UNKNOWN', 'alias', 'aliases'],
    ]);
  });
});
