import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exampleOutlines } from '../../examples/outlines.ts';

interface Place {
  id: string;
  names: Record<string, string>;
  kind: string;
  lat: number;
  lon: number;
  country: string;
  parent: string | null;
}

const file = new URL('../../examples/data/places.jsonl', import.meta.url);
const places = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Place);

describe('example places', () => {
  const byId = new Map(places.map((place) => [place.id, place]));

  it('have ids of their own and parents among them, of the same country', () => {
    expect(byId.size).to.equal(places.length);
    for (const { id, kind, country, parent } of places) {
      if (kind === 'country') expect(parent, id).to.equal(null);
      else expect(byId.get(parent ?? '')?.country, id).to.equal(country);
    }
  });

  it('have a reading where they are Japanese and a name in both Chinese scripts', () => {
    const bare = places.filter(({ names, country }) => country === 'JP' && !names['ja-Hira']);
    expect(bare.map(({ id }) => id)).to.deep.equal(['cc-JP']);
    const oneScript = places.filter(({ names }) => !names['zh-Hant'] || !names['zh-Hans']);
    expect(oneScript.map(({ id }) => id)).to.deep.equal([]);
  });

  it('hold all counties of Taiwan, prefectures of Japan and provinces of China', () => {
    const children = (parent: string): number => places.filter((p) => p.parent === parent).length;
    expect(children('cc-TW')).to.equal(22);
    // and Mount Fuji
    expect(children('cc-JP')).to.equal(48);
    expect(children('cc-CN')).to.equal(31);
  });

  it('have an outline for every country and every county and township of Taiwan', () => {
    const drawn = new Set(exampleOutlines(file).map(({ properties }) => properties.id));
    const wanted = places.filter(
      ({ kind, country, id }) =>
        kind === 'country' ||
        (country === 'TW' &&
          /^(city|district|town)$/.test(kind) &&
          !['tw-jiufen', 'tw-ximending'].includes(id)),
    );
    expect(wanted.filter(({ id }) => !drawn.has(id)).map(({ id }) => id)).to.deep.equal([]);
    expect([...drawn].filter((id) => !byId.has(id))).to.deep.equal([]);
  });
});
