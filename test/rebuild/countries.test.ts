import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import type { PlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { countWarnings, warningText } from '../../lib/rebuild/record-warnings.ts';
import { documentsFrom, scanSource } from '../../lib/rebuild/stages.ts';
import { collectDeadLetters } from '../../lib/source/dead-letters.ts';
import { openSource } from '../../lib/source/source.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';

interface Raw {
  id: string;
  kind?: string;
  country?: string;
  lat?: number;
  lon?: number;
}

const RECORDS = readFileSync(EXAMPLE_FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => ({ ...(JSON.parse(line) as Raw), parent: null }))
  .filter(
    ({ country, lat, kind }) => country !== undefined && lat !== undefined && kind !== 'country',
  );

/** Outlines of countries: a small square around each place in them. */
const OUTLINES = [...new Set(RECORDS.map(({ country }) => country!))].map((country) => ({
  type: 'Feature',
  properties: { id: `outline-${country}`, name: country, level: 'country', country },
  geometry: {
    type: 'MultiPolygon',
    coordinates: RECORDS.filter((record) => record.country === country).map(({ lat, lon }) => [
      [
        [lon! - 1e-4, lat! - 1e-4],
        [lon! + 1e-4, lat! - 1e-4],
        [lon! + 1e-4, lat! + 1e-4],
        [lon! - 1e-4, lat! + 1e-4],
        [lon! - 1e-4, lat! - 1e-4],
      ],
    ]),
  },
}));

async function documentsOf(
  records: readonly object[],
  boundaries: readonly object[],
): Promise<{ documents: Map<string, PlaceDocument>; told: string[] }> {
  const letters = collectDeadLetters(null);
  const scanned = await scanSource(await openSource(records), letters, {
    alias: 'places',
    boundaries,
  });
  const documents = new Map<string, PlaceDocument>();
  for await (const { document } of documentsFrom(scanned, undefined))
    documents.set(document.id, document);
  expect(letters.first).to.deep.equal([]);
  return { documents, told: countWarnings().counts(scanned.source).map(warningText) };
}

describe('records without a country, within outlines', () => {
  it('become the documents of those that state it, readings and short names included', async () => {
    const bare = RECORDS.map(({ country: _, ...record }) => record);
    const stated = await documentsOf(RECORDS, OUTLINES);
    const found = await documentsOf(bare, OUTLINES);
    expect(found.documents.size).to.equal(RECORDS.length);
    for (const [id, document] of stated.documents) {
      expect(found.documents.get(id), id).to.deep.equal(document);
    }
    const readings = [...found.documents.values()].filter(({ names }) =>
      names.some(({ kana }) => kana),
    );
    expect(readings.length).to.be.above(20);
    expect(stated.told).to.deep.equal([]);
    expect(found.told.join('\n')).to.match(
      new RegExp(
        `^${RECORDS.length} records have no country; that of the outline .*COUNTRY_FOUND\\]$`,
      ),
    );
  });

  it('keep a country that is stated, and have none beyond the outlines', async () => {
    const first: Raw = RECORDS[0]!;
    const { documents, told } = await documentsOf(
      [
        { id: 'a', name: '甲', country: 'KR', lat: first.lat, lon: first.lon },
        { id: 'b', name: '乙', lat: -60, lon: 0 },
        { id: 'c', name: '丙' },
        { id: 'd', name: '丁', lat: String(first.lat), lon: first.lon },
      ],
      OUTLINES,
    );
    expect([...documents.values()].map(({ country }) => country)).to.deep.equal([
      'KR',
      undefined,
      undefined,
      first.country,
    ]);
    expect(told.join()).to.include(`was taken: ${first.country} ((array) line 4) [COUNTRY_FOUND]`);
  });
});
