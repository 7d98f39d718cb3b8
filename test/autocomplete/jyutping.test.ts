import { expect } from 'chai';
import fc from 'fast-check';

import { type JyutpingOf, loadCantonese } from '../../lib/analyzers/cantonese.ts';
import { jyutpingKey, jyutpingTyped } from '../../lib/analyzers/jyutping.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { MissingDependencyError } from '../../lib/errors.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';

/** Readings as the dictionary of to-jyutping has them. */
const READINGS: Readonly<Record<string, string>> = {
  香港: 'hoeng1 gong2',
  澳門: 'ou3 mun2',
  將軍澳: 'zoeng1 gwan1 ou3',
  深水埗: 'sam1 seoi2 bou2',
  筲箕灣: 'saau1 gei1 waan1',
  氹仔: 'tam5 zai2',
  路環: 'lou6 waan4',
  葵涌: 'kwai4 cung1',
};

const RECORDS = [
  { id: 'HK', name: '香港', kind: 'country', country: 'HK' },
  { id: 'MO', name: '澳門', kind: 'country', country: 'MO' },
  ...['將軍澳', '深水埗', '筲箕灣', '葵涌'].map((name) => ({
    id: name,
    name,
    kind: 'district',
    country: 'HK',
    parent: 'HK',
  })),
  ...['氹仔', '路環'].map((name) => ({
    id: name,
    name,
    kind: 'district',
    country: 'MO',
    parent: 'MO',
  })),
  { id: 'tw', name: '路環', kind: 'town', country: 'TW' },
];

describe('Jyutping', () => {
  const records = RECORDS.map((record) => readPlaceRecord(record));
  const jyutping: JyutpingOf = (text) => READINGS[text] ?? null;
  const documents = records.map((record) => {
    const parents = records.filter(({ id }) => id === record.parent);
    return toPlaceDocument(record, { parents, jyutping });
  });
  const places = documents.filter(({ parents }) => parents.length > 0);
  const options = { language: 'zh-HK', containers: containersOf(documents) };
  const search = memorySearch(documents);
  const ids = async (text: string): Promise<string[]> =>
    (await answerPlaceQuery(text, options, search)).map(({ id }) => id);

  it('finds every place by its reading, with tones and spaces or without, and by its beginnings', async () => {
    const typed = fc.constantFrom(...places).chain((place) => {
      const reading = READINGS[place.id]!;
      const spelled = fc.constantFrom(reading, jyutpingKey(reading), reading.replace(/\d/g, ''));
      return spelled.chain((text) =>
        fc
          .integer({ min: 4, max: text.length })
          .map((length) => ({ id: place.id, text: text.slice(0, length) })),
      );
    });
    await fc.assert(
      fc.asyncProperty(typed, async ({ id, text }) => {
        expect(await ids(text), text).to.include(id);
      }),
      { numRuns: runs(200) },
    );
  });

  it('finds it inside of its containers, in either order', async () => {
    for (const { id, country } of places) {
      const [own, around] = [READINGS[id]!, country === 'HK' ? 'hoenggong' : 'oumun'];
      expect((await ids(`${around} ${jyutpingKey(own)}`))[0], own).to.equal(id);
      expect((await ids(`${jyutpingKey(own)}, ${around}`))[0], own).to.equal(id);
    }
  });

  it('is a reading of places in Hong Kong and Macau only', () => {
    const of = (id: string): string[] => documents.find((one) => one.id === id)!.keys.taiwan;
    expect(of('路環')).to.include('louwaan');
    expect(of('tw')).not.to.include('louwaan');
    const without = toPlaceDocument(records.find(({ id }) => id === '路環')!);
    expect(without.keys.taiwan).not.to.include('louwaan');
  });

  it('is read by its syllables', () => {
    expect(jyutpingTyped('Zoeng1 gwan1 o')).to.equal('zoenggwano');
    for (const text of ['', 'xian', 'strasbourg', '將', 'zoeng9', 'a'.repeat(99)]) {
      expect(jyutpingTyped(text), text).to.equal(null);
    }
  });

  it('comes from to-jyutping where an index is told so, by rebuild and by put', async function () {
    await loadCantonese().catch((error: unknown) => {
      if (!(error instanceof MissingDependencyError) || process.env['CI']) throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    });
    const index = new PlaceIndex(embedded({ dataDir: ':memory:' }), { jyutping: true });
    try {
      await index.rebuild(RECORDS.filter(({ id }) => id !== '將軍澳'));
      await index.put(RECORDS.filter(({ id }) => id === '將軍澳'));
      for (const { id } of places) {
        const [first] = await index.suggest(jyutpingKey(READINGS[id]!), { language: 'zh-HK' });
        expect(first, id).to.include({ id });
      }
    } finally {
      await index.close();
    }
  }).timeout(60_000);
});
