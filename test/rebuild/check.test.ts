import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';

import { checkPlaces, type CheckFinding } from '../../lib/rebuild/check.ts';

/** A square outline of so many degrees, its lower left corner at lon, lat. */
function outline(id: string, level: string, [lon, lat]: [number, number], size = 1): object {
  const [east, north] = [lon + size, lat + size];
  const ring = [
    [lon, lat],
    [east, lat],
    [east, north],
    [lon, north],
    [lon, lat],
  ];
  return {
    type: 'Feature',
    properties: { id, name: id, level, country: 'TW' },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

describe('checkPlaces', () => {
  const source = [
    { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
    { id: 'north', name: '北市', kind: 'city', country: 'TW', parent: 'tw' },
    { id: 'south', name: '南市', kind: 'city', country: 'TW', parent: 'tw' },
    { id: 'right', name: '甲', lat: 24.5, lon: 121.5, country: 'TW', parent: 'north' },
    { id: 'wrong', name: '乙', lat: 24.5, lon: 121.5, country: 'TW', parent: 'south' },
    { id: 'orphan', name: '丙', country: 'TW', parent: 'nobody' },
    { id: 'bad', name: '', country: 'TW' },
  ];
  const boundaries = [
    outline('tw', 'country', [120, 22], 4),
    outline('north', 'city', [121, 24]),
    outline('south', 'city', [121, 23]),
  ];

  async function findings(options: object = {}): Promise<{ found: CheckFinding[]; bad: number }> {
    const found: CheckFinding[] = [];
    const onFinding = (finding: CheckFinding): void => {
      found.push(finding);
    };
    const report = await checkPlaces(source, { boundaries, onFinding, ...options });
    return { found, bad: report.badCount };
  }

  it('names the place whose record and outline disagree, and what was chosen', async () => {
    const { found } = await findings();
    const mismatch = found.filter(({ issue }) => issue === 'PARENT_MISMATCH');
    expect(mismatch).to.have.length(1);
    expect(mismatch[0]).to.deep.include({ id: 'wrong', name: '乙', parents: ['north', 'tw'] });
    expect(mismatch[0]!.detail).to.include('south').and.to.include('north');
  });

  it('names a place whose parent is missing, and counts bad records', async () => {
    const { found, bad } = await findings();
    expect(found.find(({ id }) => id === 'orphan')?.issue).to.equal('PARENT_NOT_FOUND');
    expect(bad).to.equal(1);
  });

  it('takes the first of two records of one id, and counts the second as bad', async () => {
    const report = await checkPlaces([...source, { id: 'north', name: '北市', kind: 'city' }]);
    expect(report).to.include({ places: 6, badCount: 2 });
    expect(report.bad[1]).to.include({ code: 'DUPLICATE_ID', id: 'north', line: 8 });
    expect(report.bad[1]!.message).to.include('line 2');
  });

  it('names places at 0,0, of one name under one parent, and of two local names', async () => {
    const found: string[] = [];
    const report = await checkPlaces(
      [
        { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
        { id: 'a', name: '台中市', kind: 'city', country: 'TW', parent: 'tw' },
        { id: 'b', name: '臺中市', kind: 'city', country: 'TW', parent: 'tw' },
        { id: 'c', name: '甲', country: 'TW', parent: 'tw', lat: 0, lon: 0 },
        { id: 'd', name: '羽黑山', names: { ja: '羽黒山' }, country: 'JP', parent: 'tw' },
        {
          id: 'e',
          name: '乙',
          names: { 'zh-Hant': '乙', ja: '丙' },
          country: 'TW',
          parent: 'tw',
          lng: 1,
        },
      ],
      {
        onFinding: ({ id, issue, detail }) => {
          found.push(`${issue} ${id} ${detail}`);
        },
      },
    );
    expect(found).to.deep.equal(['NAME_TWICE b a', 'LOCATION_ZERO c ', 'NAME_DIFFERS d ja 羽黒山']);
    expect(report.findings).to.include({ NAME_TWICE: 1, LOCATION_ZERO: 1, NAME_DIFFERS: 1 });
    expect(report.warnings[0]).to.deep.include({
      code: 'FIELD_UNKNOWN',
      field: 'lng',
      meant: 'lon',
      count: 1,
    });
  });

  it('waits for what is done with a finding before it goes on to the next', async () => {
    const records = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, name: '九份' }));
    let doing = 0;
    let most = 0;
    await checkPlaces(records, {
      async onFinding() {
        most = Math.max(most, ++doing);
        await setImmediate();
        doing -= 1;
      },
    });
    expect([most, doing]).to.deep.equal([1, 0]);
  });

  it('is satisfied by a correction, and tells one of no place', async () => {
    const correction = { parent: 'south', who: 'me', why: 'seen there', when: '2026-11-01' };
    const corrections = [
      { id: 'wrong', ...correction },
      { id: 'gone', ...correction },
    ];
    const { found } = await findings({ corrections });
    expect(found.filter(({ id }) => id === 'wrong')).to.deep.equal([]);
    expect(found.find(({ id }) => id === 'gone')?.issue).to.equal('CORRECTION_UNUSED');
  });

  it('names places outside the country that they state, with outlines and without', async () => {
    const records = [
      { id: 'fair', name: '甲', country: 'TW', lat: 25, lon: 121.5 },
      { id: 'swapped', name: '乙', country: 'AU', lat: 1, lon: -30 },
      { id: 'kyoto', name: '丙', country: 'TW', lat: 35, lon: 135.7 },
      { id: 'aleutian', name: '丁', country: 'US', lat: 52, lon: 174 },
      { id: 'anywhere', name: '戊', lat: 35, lon: 135.7 },
      { id: 'zero', name: '己', country: 'TW', lat: 0, lon: 0 },
    ];
    const outside = async (options: object): Promise<string[]> => {
      const found: CheckFinding[] = [];
      await checkPlaces(records, { ...options, onFinding: (finding) => found.push(finding) });
      return found.flatMap(({ id, issue }) => (issue === 'LOCATION_OUTSIDE' ? [id] : []));
    };
    expect(await outside({})).to.deep.equal(['swapped', 'kyoto']);
    const square = [
      [
        [135, 34],
        [136, 34],
        [136, 36],
        [135, 36],
        [135, 34],
      ],
    ];
    const japan = {
      type: 'Feature',
      properties: { id: 'jp', name: '日本', level: 'country', country: 'JP' },
      geometry: { type: 'Polygon', coordinates: square },
    };
    expect(await outside({ boundaries: [japan] })).to.deep.equal(['swapped', 'kyoto']);
  });

  it('finds no fault in a name of another script than the local one', async () => {
    const found: CheckFinding[] = [];
    const onFinding = (finding: CheckFinding): unknown => found.push(finding);
    const names = { 'zh-Hans': '新加坡' };
    await checkPlaces([{ id: 'sg', name: 'Singapore', kind: 'country', country: 'SG', names }], {
      onFinding,
    });
    expect(found).to.deep.equal([]);
  });
});
