import { expect } from 'chai';

import { readBoundaries, type Boundaries } from '../../lib/autocomplete/geography/boundaries.ts';
import { type Correction, readCorrection } from '../../lib/autocomplete/geography/corrections.ts';
import { resolveParents, type ResolvedParents } from '../../lib/autocomplete/geography/parents.ts';
import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { RecordError } from '../../lib/errors.ts';

type Box = [west: number, south: number, east: number, north: number];

function outline(id: string, level: string, parent: string | null, box: Box): object {
  const [west, south, east, north] = box;
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return {
    type: 'Feature',
    properties: { id, name: `名${id}`, level, country: 'TW', parent },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

const BOUNDARIES: Boundaries = readBoundaries([
  outline('tw', 'country', null, [120, 22, 122, 26]),
  outline('north', 'city', 'tw', [121, 24, 122, 26]),
  outline('inner', 'city', 'tw', [121.4, 25, 121.6, 25.2]),
  outline('north-1', 'district', 'north', [121, 24, 121.2, 24.2]),
]);

const place = (raw: object): PlaceRecord =>
  readPlaceRecord({ name: '某地', kind: 'poi', country: 'TW', ...raw });
const RECORDS = new Map(
  [
    { id: 'tw', kind: 'country' },
    { id: 'north', kind: 'city', parent: 'tw' },
    { id: 'south', kind: 'city', parent: 'tw' },
    { id: 'village', kind: 'town', parent: 'north' },
    { id: 'loop-a', kind: 'town', parent: 'loop-b' },
    { id: 'loop-b', kind: 'town', parent: 'loop-a' },
  ].map((raw): [string, PlaceRecord] => [raw.id, place(raw)]),
);

function resolve(raw: object, corrections: object[] = []): ResolvedParents {
  const read = corrections.map((raw): [string, Correction] => {
    const correction = readCorrection({ who: 'mei', why: 'seen', when: '2026-11-21', ...raw });
    return [correction.id, correction];
  });
  return resolveParents(place(raw), {
    lookup: (id) => RECORDS.get(id),
    boundaries: BOUNDARIES,
    corrections: new Map(read),
  });
}
const ids = ({ parents }: ResolvedParents): string[] => parents.map((p) => p.id);
const codes = ({ issues }: ResolvedParents): string[] => issues.map((issue) => issue.code);

describe('resolveParents', () => {
  it('takes the areas around a point, narrow to wide', () => {
    const found = resolve({ id: 'x', lat: 24.1, lon: 121.1 });
    expect([found.from, ids(found)]).to.deep.equal(['geometry', ['north-1', 'north', 'tw']]);
  });

  it('takes the smaller of two cities, and says so', () => {
    const found = resolve({ id: 'x', lat: 25.1, lon: 121.5 });
    expect(ids(found)).to.deep.equal(['inner', 'tw']);
    expect(codes(found)).to.include('PARENT_RIVALS');
  });

  it('knows an area from its outline alone', () => {
    const [inner] = resolve({ id: 'x', lat: 25.1, lon: 121.5 }).parents;
    expect(inner).to.include({ id: 'inner', name: '名inner', kind: 'city', country: 'TW' });
  });

  it('lets outlines win over the record of a point, and reports the mismatch', () => {
    const found = resolve({ id: 'x', lat: 24.1, lon: 121.1, parent: 'south' });
    expect(ids(found)).to.deep.equal(['north-1', 'north', 'tw']);
    expect(codes(found)).to.deep.equal(['PARENT_MISMATCH']);
  });

  it('keeps a stated parent that is narrower and agrees', () => {
    const found = resolve({ id: 'x', lat: 24.9, lon: 121.9, parent: 'village' });
    expect(ids(found)).to.deep.equal(['village', 'north', 'tw']);
  });

  it('lets the record of an area win over its point', () => {
    const found = resolve({ id: 'x', kind: 'district', lat: 24.5, lon: 121.5, parent: 'south' });
    expect([found.from, ids(found)]).to.deep.equal(['stated', ['south', 'tw']]);
  });

  it('never makes an area its own parent', () => {
    const found = resolve({ id: 'inner', kind: 'city', lat: 25.1, lon: 121.5 });
    expect([found.from, ids(found)]).to.deep.equal(['boundary', ['tw']]);
  });

  it('uses the record where there is no outline', () => {
    const found = resolve({ id: 'x', lat: 10, lon: 10, parent: 'south', country: 'NG' });
    expect([found.from, ids(found)]).to.deep.equal(['stated', ['south', 'tw']]);
  });

  it('takes the nearest area off the coast, and says so', () => {
    const found = resolve({ id: 'x', lat: 24.5, lon: 122.02 });
    expect(ids(found)).to.deep.equal(['north', 'tw']);
    expect(codes(found)).to.include('PARENT_NEAREST');
  });

  it('takes a correction before all else, for the place and for those below it', () => {
    const moved = [{ id: 'village', parent: 'south' }];
    expect(ids(resolve({ id: 'village', kind: 'town', parent: 'north' }, moved))).to.deep.equal([
      'south',
      'tw',
    ]);
    expect(ids(resolve({ id: 'x', parent: 'village' }, moved))).to.deep.equal([
      'village',
      'south',
      'tw',
    ]);
    expect(ids(resolve({ id: 'x', parent: 'south' }, [{ id: 'x', parent: null }]))).to.deep.equal(
      [],
    );
  });

  it('reports parents that are not there, cycles and orphans, and never hangs', () => {
    expect(codes(resolve({ id: 'x', parent: 'nowhere' }))).to.deep.equal([
      'PARENT_NOT_FOUND',
      'PARENT_NONE',
    ]);
    expect(codes(resolve({ id: 'x', parent: 'loop-a' }))).to.include('PARENT_CYCLE');
    expect(codes(resolve({ id: 'x', parent: 'x' }))).to.include('PARENT_CYCLE');
    expect(codes(resolve({ id: 'x' }))).to.deep.equal(['PARENT_NONE']);
  });
});

describe('readCorrection', () => {
  const good = { id: 'a', parent: 'b', who: 'mei', why: 'moved in 2024', when: '2026-11-21' };

  it('keeps who said so, why and when', () => {
    expect(readCorrection({ ...good, more: 1 })).to.deep.equal(good);
  });

  for (const [what, raw, field] of [
    ['no object', 'a', null],
    ['no id', { ...good, id: '' }, 'id'],
    ['no parent', { ...good, parent: undefined }, 'parent'],
    ['itself as parent', { ...good, parent: 'a' }, 'parent'],
    ['nobody', { ...good, who: ' ' }, 'who'],
    ['no reason', { ...good, why: 5 }, 'why'],
    ['no date', { ...good, when: 'yesterday' }, 'when'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readCorrection(raw))
        .to.throw(RecordError)
        .that.includes({ code: 'CORRECTION_INVALID', field });
    });
  }
});

describe('readBoundaries', () => {
  it('refuses one bad outline and keeps the rest', () => {
    const [good] = [outline('a', 'city', null, [0, 0, 1, 1])];
    const open = structuredClone(good) as { geometry: { coordinates: number[][][] } };
    open.geometry.coordinates[0]!.pop();
    const across = outline('c', 'city', null, [170, 0, -170, 1]);
    const read = readBoundaries([
      good,
      { ...open, properties: { id: 'b', name: 'b', level: 'city' } },
      across,
      good,
      7,
    ]);
    expect(read.size).to.equal(1);
    expect(read.failures.map((failure) => failure.code)).to.deep.equal([
      'RING_NOT_CLOSED',
      'ANTIMERIDIAN_CROSSED',
      'ID_DUPLICATE',
      'FEATURE_INVALID',
    ]);
  });

  it('counts a point on the line as inside, and wraps longitudes', () => {
    expect(BOUNDARIES.parentsOf({ lat: 24, lon: 121 }).city?.id).to.equal('north');
    expect(BOUNDARIES.parentsOf({ lat: 24.1, lon: 121.1 - 360 }).district?.id).to.equal('north-1');
    expect(() => BOUNDARIES.parentsOf({ lat: 91, lon: 0 }))
      .to.throw()
      .with.property('code', 'POINT_INVALID');
  });

  it('has nothing for a point far from everything', () => {
    const { country, city } = BOUNDARIES.parentsOf({ lat: -40, lon: -100 });
    expect([country, city]).to.deep.equal([null, null]);
  });
});
