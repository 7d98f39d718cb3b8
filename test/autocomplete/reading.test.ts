import { expect } from 'chai';
import fc from 'fast-check';

import {
  largeToSmall,
  numbersIn,
  otherNumber,
  otherNumerals,
  subChain,
  twoScripts,
} from '../../eval/typed-texts.ts';
import { seededRandom } from '../../bench/statistics.ts';
import { ANCHOR_LIMITS, anchorsOf } from '../../lib/autocomplete/reading/anchors.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { MISTAKE_LIMITS } from '../../lib/autocomplete/reading/mistakes.ts';
import { numbersDiffer } from '../../lib/autocomplete/reading/numbers.ts';
import { readQuery } from '../../lib/autocomplete/reading/read-query.ts';
import { ReadText } from '../../lib/autocomplete/reading/read-text.ts';
import { type PlaceDocument, plainSource } from '../../lib/autocomplete/record/document.ts';
import type { KeySearch } from '../../lib/autocomplete/searches.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';

describe('a text of several parts', () => {
  const documents = documentsOf(exampleRecords());
  const byId = new Map(documents.map((document) => [document.id, document]));
  const inside = documents.filter(({ parents }) => parents.length > 0);
  const containers = containersOf(documents);
  const search = memorySearch(documents);
  const languages = ['zh-Hant', 'zh-Hans', 'ja', 'ko', 'en'];
  const ask = (text: string, language: string, limit = 10): Promise<Suggestion[]> =>
    answerPlaceQuery(text, { language, limit, containers }, search);
  const drawn = {
    place: fc.constantFrom(...inside),
    language: fc.constantFrom(...languages),
    seed: fc.nat(2 ** 31 - 1),
  };

  async function labelOf(place: PlaceDocument, language: string): Promise<string | null> {
    const list = await ask(place.names[0]!.text, language, 50);
    return list.find(({ id }) => id === place.id)?.label ?? null;
  }

  /** What is wrong: null where the place is among the first three, or they are namesakes that have all of the text, too. */
  async function fault(
    text: string,
    language: string,
    place: PlaceDocument,
  ): Promise<string | null> {
    const three = (await ask(text, language)).slice(0, 3);
    const told = three.length === 3 && three.every(({ unread, guess }) => !unread && !guess);
    if (told || three.some(({ id }) => id === place.id)) return null;
    // A city may be called as the country that it is.
    const [first] = three;
    if (first && !first.unread && place.parents.some(({ id }) => id === first.id)) return null;
    // Of places that nothing tells apart only one is shown.
    if (three[0] && three[0].label === (await labelOf(place, language))) return null;
    return `${text} (${language}) wants ${place.id}, got ${three.map(({ label }) => label).join(' | ')}`;
  }

  it('finds a place by its own label, as it is and from large to small', async () => {
    await fc.assert(
      fc.asyncProperty(drawn.place, drawn.language, async (place, language) => {
        const label = await labelOf(place, language);
        if (label === null) return;
        for (const text of [label, largeToSmall(label)]) {
          const list = await ask(text, language);
          // Of places that nothing tells apart only one is shown.
          if (list[0]?.label === label) continue;
          const three = list.slice(0, 3).map(({ id }) => id);
          expect(three, text).to.include(place.id);
        }
      }),
      { numRuns: runs(300) },
    );
  }).timeout(60_000);

  it('finds it by any of its containers, in any script and order', async () => {
    await fc.assert(
      fc.asyncProperty(drawn.place, drawn.language, drawn.seed, async (place, language, seed) => {
        const around = place.parents.flatMap(({ id }) => byId.get(id) ?? []);
        const text = subChain(place, around, seededRandom(seed));
        if (text !== null) expect(await fault(text, language, place)).to.equal(null);
      }),
      { numRuns: runs(300) },
    );
  }).timeout(60_000);

  it('finds a name in one script that has a container in it, beside others', async () => {
    for (const [text, id] of [
      ['Shin-Osaka Station おおさかし 日本', 'jp-shin-osaka-station'],
      ['新大阪站오사카시일본', 'jp-shin-osaka-station'],
      ['Taipei 101 信义区 台北市', 'tw-taipei-101'],
      ['Taiwan, Taipei City Xinyi District Taipei 101', 'tw-taipei-101'],
      ['Taipei Main Station Taipei City Taiwan', 'tw-taipei-main-station'],
      ['Taiwan Taipei City Taipei Main Station', 'tw-taipei-main-station'],
    ] as const) {
      expect((await ask(text, 'zh-Hant'))[0], text).to.include({ id });
    }
  });

  it('finds it without a table of containers, by the ones it states itself', async () => {
    const ids = async (text: string): Promise<string[]> =>
      (await answerPlaceQuery(text, { language: 'zh-Hant' }, search)).map(({ id }) => id);
    const two = await answerPlaceQuery('台北 中山', { language: 'zh-Hant' }, search);
    expect(two.map(({ label }) => label)).to.deep.equal(['中山, 台北, 台灣']);
    await fc.assert(
      fc.asyncProperty(drawn.place, fc.boolean(), async (place, isFirst) => {
        const [name] = place.names;
        const container = place.parents[0]!.names['local']!;
        const text = isFirst ? `${container} ${name!.text}` : `${name!.text}, ${container}`;
        const without = await ids(text);
        const withTable = (await ask(text, 'zh-Hant')).map(({ id }) => id);
        // What the table finds by its containers first is found first without it, too.
        expect(without[0], text).to.equal(withTable[0]);
      }),
      { numRuns: runs(300) },
    );
  }).timeout(60_000);

  it('finds it by two of its names in different scripts', async () => {
    await fc.assert(
      fc.asyncProperty(drawn.place, drawn.language, drawn.seed, async (place, language, seed) => {
        const text = twoScripts(place, seededRandom(seed));
        if (text !== null) expect(await fault(text, language, place)).to.equal(null);
      }),
      { numRuns: runs(300) },
    );
  }).timeout(60_000);

  it('takes numbers in any numerals for the same, and never for another', () => {
    const counted = fc.tuple(
      fc.constantFrom('西新宿', '中山北路', '第', '北'),
      fc.integer({ min: 1, max: 99 }),
      fc.constantFrom('丁目', '段', '号', '条'),
      drawn.seed,
    );
    fc.assert(
      fc.property(counted, ([front, number, unit, seed]) => {
        const name = `${front}${number}${unit}`;
        for (const other of otherNumerals(name)) {
          expect(numbersIn(other), other).to.equal(String(number));
          expect(numbersDiffer(name, other.normalize('NFKC')), other).to.equal(false);
        }
        const wrong = otherNumber(name, seededRandom(seed));
        if (wrong !== null) {
          expect(numbersDiffer(name, wrong.normalize('NFKC')), wrong).to.equal(true);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('says which parts a place has nothing for', async () => {
    const [first] = await ask('新宿駅南口', 'ja');
    expect(first).to.include({ id: 'jp-shinjuku-station' });
    expect(first!.unread).to.deep.equal([[3, 5]]);
    expect(await ask('新北市扳橋區', 'zh-Hant')).to.have.nested.property('[0].guess', true);
  });

  it('takes work that is bounded, whatever is typed', async () => {
    const pieces = [
      ...[
        '東京',
        '京都',
        '新北',
        '板橋',
        '市',
        '区',
        '駅',
        '5',
        '十',
        '丁目',
        ' ',
        ', ',
        'a',
        'na',
      ],
      ...[
        'osaka',
        'shi',
        'xin',
        'bei',
        'ㄅㄢˇ',
        'しん',
        'ー',
        '서울',
        '\u{20bb7}',
        '(',
        'o',
        'ん',
        'j',
      ],
    ];
    const hostile = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 256 })
      .map((some) => some.join('').repeat(20).slice(0, 256));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const read = new ReadText(text, containers);
        expect(read.states).to.be.at.most(80_000);
        const anchors = anchorsOf(read.typed, read.readings, containers);
        expect(anchors.length).to.be.at.most(ANCHOR_LIMITS.anchors);
        for (const { value, match, lengths } of anchors) {
          expect(value).to.not.equal('');
          // Clusters refuse a search for no beginning at all.
          if (match === 'beginning') expect(lengths?.length, value).to.be.at.least(1);
        }
        expect(read.mistaken().spans.length).to.be.at.most(MISTAKE_LIMITS.spans);
        let searches = 0;
        const count = (asked: readonly KeySearch[]): Promise<[]> => {
          searches += asked.length;
          return Promise.resolve([]);
        };
        const options = { language: 'ja', near: { lat: 35, lon: 139 }, containers };
        await answerPlaceQuery(text, options, count);
        expect(searches).to.be.at.most(400);
      }),
      { numRuns: runs(40) },
    );
  }).timeout(60_000);

  it('looks closely at so many places, however many are found and however long a page is', async () => {
    const text = ' k s,a k ・・・・hshshshshshshshshs・sa ';
    const looked = async (limit: number, copies: number): Promise<number> => {
      const seen = new Set<string>();
      const found = documents.flatMap((document) =>
        Array.from({ length: copies }, (_, i) => ({ ...plainSource(document), id: `${i}` })),
      );
      const hits = found.map((source, i) => {
        const id = `${i}`;
        const { parents } = source;
        const get = (): typeof parents => {
          seen.add(id);
          return parents;
        };
        return { id, source: Object.defineProperty({ ...source, id }, 'parents', { get }) };
      });
      await answerPlaceQuery(text, { language: 'ja', limit, containers }, (searches) => {
        const beginnings = searches.filter(({ match }) => match === 'beginning');
        for (const one of beginnings) expect(one.limit).to.be.at.most(20);
        const at = searches.findIndex(({ match }) => match === 'beginning');
        return Promise.resolve(at < 0 ? [] : hits.map((hit) => ({ ...hit, search: at })));
      });
      return seen.size;
    };
    const few = await looked(10, 1);
    expect(few).to.be.above(0);
    expect(await looked(100, 8)).to.be.at.most(few + 200);
  });

  it('asks an engine twice at the most where each time is a request', async () => {
    const texts = [
      '板橋',
      '新北市扳橋區',
      '新宿駅南口',
      'Tokyo osaka',
      '東京都新宿区西しんj',
      'qwertz, uiop',
    ];
    for (const text of texts) {
      let asked = 0;
      await answerPlaceQuery(text, { containers, fewRequests: true }, (searches, filter) => {
        asked += 1;
        return search(searches, filter);
      });
      expect(asked, text).to.be.at.most(2);
    }
  });

  it('is answered alike with few requests', async () => {
    for (const text of [
      '板橋',
      '新北市扳橋區',
      '新宿駅南口',
      '台灣新北市板',
      'Xihu, Hangzhuo',
      '京都 osaka',
    ]) {
      const few = await answerPlaceQuery(text, { containers, fewRequests: true }, search);
      expect(few, text).to.deep.equal(await answerPlaceQuery(text, { containers }, search));
    }
  });
});

describe('readQuery', () => {
  it('has no reading for what can’t be read', () => {
    expect(readQuery('')).to.deep.equal([]);
    expect(readQuery('a'.repeat(257))).to.deep.equal([]);
  });

  it('tells parts, cheapest reading first', () => {
    const readings = readQuery('JR新宿駅');
    const shown = readings.map(({ parts }) => parts.map(({ part, text }) => `${part} ${text}`));
    expect(shown).to.deep.include(['operator JR', 'name 新宿', 'kind 駅']);
    const costs = readings.map(({ cost }) => cost);
    expect(costs).to.deep.equal(costs.toSorted((a, b) => a - b));
  });
});
