import { expect } from 'chai';
import * as fc from 'fast-check';

import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { ANCHOR_LIMITS } from '../../lib/autocomplete/reading/anchors.ts';
import type { TextHit } from '../../lib/autocomplete/searches.ts';
import {
  answerTextQuery,
  type TextAnswer,
  type TextLookUps,
} from '../../lib/autocomplete/text/hits.ts';
import { matchText } from '../../lib/autocomplete/text/match.ts';
import { textQuery, type TextQueryOptions } from '../../lib/autocomplete/text/query.ts';
import { rankTexts, textsMeant } from '../../lib/autocomplete/text/ranking.ts';

/** What the dictionaries of the test say: words of these lengths. */
const CUTS: Readonly<Record<string, readonly number[]>> = {
  東京都庁: [0, 2, 3],
  清水寺: [0, 2],
  南山: [0],
};
const textStarts = (text: string): readonly number[] => CUTS[text] ?? [0];

function hit(raw: Record<string, unknown>, ...containers: string[]): TextHit {
  const record = readPlaceRecord({ id: raw['name'], country: 'JP', ...raw });
  const parents = containers.map((name) =>
    readPlaceRecord({ id: name, name, kind: 'city', country: 'JP' }),
  );
  const { grams: _, keys: __, ...source } = toPlaceDocument(record, { parents, textStarts });
  return { id: record.id, source };
}

const order = (text: string, hits: TextHit[], options: TextQueryOptions = {}): string[] => {
  const query = textQuery(text, { language: 'ja', ...options }, { textStarts });
  return rankTexts(query, textsMeant(query, hits, false)).map(({ source }) => source.id);
};
const answer = (
  text: string,
  hits: TextHit[],
  options: TextQueryOptions = {},
): Promise<TextAnswer> =>
  answerTextQuery(
    text,
    { language: 'ja', ...options },
    { textStarts },
    {
      byTerms: () => Promise.resolve(hits),
      byKeys: () => Promise.resolve([]),
      countAbout: () => Promise.resolve([]),
    },
  );

describe('answerTextQuery', () => {
  it('looks up mistakes in an address by three calls and a bounded number of keys', async () => {
    for (const text of ['新北市扳橋區', '苗票縣三義鄉', 'Kaoshiung, Taiwan', '東京'.repeat(32)]) {
      let calls = 0;
      let keys = 0;
      const counted = <T>(found: T): Promise<T> => {
        calls += 1;
        return Promise.resolve(found);
      };
      await answerTextQuery(
        text,
        {},
        { textStarts },
        {
          byTerms: () => counted([]),
          byKeys: (searches) => {
            keys += searches.length;
            return counted([]);
          },
          countAbout: () => counted([]),
        },
      );
      expect(calls, text).to.be.at.most(3);
      // Anchors, each also as a whole name before its prefix, and as many for mistakes.
      expect(keys, text).to.be.at.most(3 * ANCHOR_LIMITS.anchors);
    }
  });
});

describe('rankTexts', () => {
  it('puts a word before the same characters across words', () => {
    const found = [hit({ name: '東京都庁' }), hit({ name: '京都' })];
    expect(order('京都', found)).to.deep.equal(['京都', '東京都庁']);
  });

  it('puts the namesake in the named city first', () => {
    const found = [
      hit({ id: 'a', name: '清水寺' }, '島根市'),
      hit({ id: 'b', name: '清水寺' }, '京都市'),
    ];
    expect(order('清水寺 京都', found)).to.deep.equal(['b', 'a']);
    expect(order('島根の清水寺', found)).to.deep.equal(['a']);
  });

  it('breaks ties by id and counts a place once', () => {
    const twins = ['b', 'a', 'c'].map((id) => hit({ id, name: '清水寺' }));
    expect(order('清水寺', [...twins, ...twins])).to.deep.equal(['a', 'b', 'c']);
  });

  it('leaves out what has less than half of the text, and what is outside the radius', () => {
    expect(order('清水寺公園', [hit({ name: '清川' })])).to.deep.equal([]);
    const far = hit({ name: '清水寺', lat: 35, lon: 135 });
    const near = { lat: 36, lon: 135 };
    expect(order('清水寺', [far], { near, radiusKm: 120 })).to.deep.equal(['清水寺']);
    expect(order('清水寺', [far], { near, radiusKm: 100 })).to.deep.equal([]);
  });
});

describe('matchText', () => {
  it('keeps coverage and share between 0 and 1 for any text', () => {
    const { source } = hit({ name: '清水寺', category: '寺院' }, '京都市');
    const piece = fc.constantFrom('清', '水', '寺', '京', '都', '市', '院', ' ', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, mistakes) => {
        const query = textQuery(pieces.join(''), { language: 'ja' }, { textStarts });
        const match = matchText(query, source, mistakes);
        if (!match) return true;
        const inOrder = match.segments.every(
          ({ start, end }, i) => start < end && start >= (match.segments[i - 1]?.end ?? 0),
        );
        return inOrder && match.coverage <= 1 && match.coverage >= 0 && match.share <= 1;
      }),
    );
  });

  it('forgives a wrong, missing or swapped character only where told to', () => {
    const { source } = hit({ name: '五稜郭公園' });
    for (const text of ['五陵郭公園', '五郭公園', '稜五郭公園', '吾稜郭公園']) {
      const query = textQuery(text, { language: 'ja' });
      const strict = matchText(query, source, false);
      const mild = matchText(query, source, true);
      expect(mild!.coverage, text).to.be.above(strict!.coverage);
      expect(mild!.segments, text).to.have.length(1);
    }
  });

  it('does not take a container for a find', () => {
    const { source } = hit({ name: '金閣' }, '京都市');
    expect(matchText(textQuery('京都', { language: 'ja' }), source, false)).to.equal(null);
  });
});

describe('answerTextQuery', () => {
  it('gives ranges in UTF-16 offsets of the shown name, whatever was typed', async () => {
    const found = [hit({ name: '𠮷野ヶ里歴史公園' })];
    const { hits } = await answer('歷史公園 吉野', found);
    expect(hits[0]).to.deep.include({ name: '𠮷野ヶ里歴史公園' });
    const [range] = hits[0]!.matches.slice(-1);
    expect('𠮷野ヶ里歴史公園'.slice(...range!)).to.equal('歴史公園');
  });

  it('shows the name in the reader’s language where another one was met', async () => {
    const taipei = hit({
      id: 'a',
      name: '臺北市',
      country: 'TW',
      kind: 'city',
      names: { ja: '台北市', en: 'Taipei' },
    });
    const { hits } = await answer('taipei', [taipei]);
    expect(hits[0]).to.deep.include({ name: '台北市', matches: [] });
    expect(hits[0]!.highlights).to.deep.equal([{ part: 'name', text: 'Taipei', ranges: [[0, 6]] }]);
  });

  it('tells namesakes apart by official names and containers', async () => {
    const found = [
      hit({ id: 'a', name: '清水寺' }, '京都市'),
      hit({ id: 'b', name: '清水寺' }, '長野市'),
    ];
    const { hits } = await answer('清水寺', found);
    expect(new Set(hits.map(({ label }) => label)).size).to.equal(2);
  });

  it('explains a score whose parts add up', async () => {
    const { hits } = await answer('清水寺 京都', [hit({ name: '清水寺' }, '京都市')], {
      explain: true,
    });
    const { total, matchedName, pieces, ...parts } = hits[0]!.explain!;
    const sum = Object.values(parts).reduce((a, b) => a + b, 0);
    expect(total).to.be.closeTo(sum, 0.001);
    expect(matchedName).to.equal('清水寺');
    expect(pieces.map(({ text, part }) => [text, part])).to.deep.equal([
      ['清水寺', 'name'],
      ['京都', 'container'],
    ]);
  });

  it('looks for mistakes only where no place has the text', async () => {
    const asked: number[] = [];
    const search = (hits: TextHit[]): TextLookUps => ({
      byTerms: ({ terms }) => {
        asked.push(terms.length);
        return Promise.resolve(hits);
      },
      byKeys: () => Promise.resolve([]),
      countAbout: () => Promise.resolve([]),
    });
    await answerTextQuery('清水寺', {}, { textStarts }, search([hit({ name: '清水寺' })]));
    expect(asked).to.have.length(1);
    await answerTextQuery('清永寺', {}, { textStarts }, search([]));
    expect(asked).to.have.length(3);
  });
});
