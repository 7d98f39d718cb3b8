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
});
