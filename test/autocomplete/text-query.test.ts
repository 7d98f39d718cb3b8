import { expect } from 'chai';

import fc from 'fast-check';

import {
  readTextHits,
  TEXT_CLAUSES_MAX,
  textSearchBody,
} from '../../lib/autocomplete/text/body.ts';
import { textQuery } from '../../lib/autocomplete/text/query.ts';
import { runs } from '../support/properties.ts';

/** Clauses of a query as a cluster counts them: what matches documents by itself. */
function clausesOf(query: unknown): number {
  if (typeof query !== 'object' || query === null) return 0;
  const own = ['term', 'terms', 'match_none', 'geo_bounding_box'];
  return Object.entries(query).reduce(
    (sum, [key, value]) => sum + (own.includes(key) ? 1 : clausesOf(value)),
    0,
  );
}

describe('textQuery', () => {
  const textStarts = (text: string): number[] => (text === '清水寺' ? [0, 2] : [0]);

  it('looks up words of the reader, grams, and containers', () => {
    const query = textQuery('清水寺 京都', { language: 'ja' }, { textStarts });
    expect(query.key).to.equal('清水寺 京都');
    expect([...query.cuts]).to.deep.equal([0, 2, 3, 4, 6]);
    expect(query.searches[0]!.terms).to.deep.equal([
      { field: 'ja', value: '清水', weight: 4 },
      { field: 'ja', value: '寺', weight: 2 },
      { field: 'ja', value: '京都', weight: 4 },
      { field: 'grams', value: '清水', weight: 4 },
      { field: 'grams', value: '水寺', weight: 4 },
      { field: 'grams', value: '京都', weight: 4 },
      { field: 'within', value: '清水', weight: 4 },
      { field: 'within', value: '清水寺', weight: 6 },
      { field: 'within', value: '水寺', weight: 4 },
      { field: 'within', value: '京都', weight: 4 },
    ]);
  });

  it('looks for mistakes second, and not in words of letters', () => {
    const values = (text: string): string[][] =>
      textQuery(text).searches.map(({ terms }) => terms.map(({ value }) => value));
    const [literal, all] = values('清永寺');
    expect(all!.slice(literal!.length)).to.deep.equal(['清_寺', '清寺', '清_永', '永_寺']);
    expect(values('tokyo')).to.have.length(1);
  });

  it('takes words from the zh field for any other reader', () => {
    const fields = textQuery('板橋', { language: 'ko' }).searches[0]!.terms.map((t) => t.field);
    expect(fields).to.include('zh').and.not.include('ja');
  });

  it('looks at the first 64 units of text in whole parts', () => {
    const query = textQuery(`${'板'.repeat(40)} ${'橋'.repeat(40)}`);
    expect(query.key).to.equal('板'.repeat(40));
    expect(textQuery('板'.repeat(1000)).searches).to.deep.equal([]);
  });

  it('has no searches for blank text', () => {
    for (const text of ['', ' ', '・・', '\u200b']) {
      expect(textQuery(text).searches, JSON.stringify(text)).to.deep.equal([]);
    }
  });

  it('refuses a page that is out of reach', () => {
    for (const from of [-1, 1.5, 301, NaN]) {
      expect(() => textQuery('板', { from }))
        .to.throw()
        .with.property('code', 'FROM_INVALID');
    }
    expect(() => textQuery('板', { limit: 0 }))
      .to.throw()
      .with.property('code', 'LIMIT_INVALID');
  });
});

describe('textSearchBody', () => {
  it('adds up constant weights over documents that have a term of their own', () => {
    const terms = [
      { field: 'grams', value: '清水', weight: 4 },
      { field: 'within', value: '京都', weight: 4 },
    ] as const;
    expect(textSearchBody({ terms, limit: 9 }, { countries: ['JP'] })).to.deep.equal({
      query: {
        bool: {
          filter: [
            { bool: { should: [{ terms: { grams: ['清水'] } }], minimum_should_match: 1 } },
            { terms: { country: ['JP'] } },
          ],
          should: [
            { constant_score: { filter: { term: { grams: '清水' } }, boost: 4 } },
            { constant_score: { filter: { term: { within: '京都' } }, boost: 4 } },
          ],
        },
      },
      sort: [{ _score: 'desc' }, { rank: 'asc' }, { id: 'asc' }],
      size: 9,
      track_total_hits: false,
      _source: {
        includes: [
          'id',
          'kind',
          'granularity',
          'country',
          'location',
          'importance',
          'rank',
          'names',
          'parents',
          'within',
          'categories',
          'zh',
          'ja',
        ],
      },
    });
  });

  it('never has more clauses than clusters take', () => {
    const letters = [0x61, 0x30, 0x4e00, 0x3042, 0xac00, 0x0e01, 0x0430, 0x20000];
    const unit = fc
      .tuple(fc.constantFrom(...letters), fc.nat(0x500), fc.nat(30))
      .map(([from, at, gap]) => {
        const width = from < 0x100 ? 10 : 0x500;
        return `${String.fromCodePoint(from + (at % width))}${gap === 0 ? ' ' : ''}`;
      });
    const ofOne = fc
      .tuple(fc.constantFrom(...letters), fc.integer({ min: 50, max: 130 }))
      .map(([from, length]) =>
        Array.from({ length }, (_, i) =>
          String.fromCodePoint(from + (from < 0x100 ? (i * i) % 10 : i * 7)),
        ).join(''),
      );
    const text = fc.oneof(
      fc.array(unit, { maxLength: 130 }).map((u) => u.join('')),
      ofOne,
    );
    const everyOne = { textStarts: (word: string) => Array.from(word).map((_, i) => i) };
    const near = { lat: 25, lon: 121 };
    const filter = { countries: ['TW'], kinds: ['poi' as const], near, radiusKm: 9 };
    fc.assert(
      fc.property(text, fc.constantFrom('ja', 'zh-Hant'), (typed, language) => {
        const query = textQuery(typed, { ...filter, language }, everyOne);
        // And 32 containers that records have by other names.
        const most = TEXT_CLAUSES_MAX - 32;
        for (const search of query.searches) {
          expect(clausesOf(textSearchBody(search, query.filter).query)).to.be.at.most(most);
        }
      }),
      {
        numRuns: runs(500),
        examples: [
          [
            Array.from({ length: 64 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i)).join(''),
            'ja',
          ],
          ['7'.repeat(9) + '0123456789135790246803692581470'.repeat(4), 'ja'],
        ],
      },
    );
  });

  it('matches nothing where there is no such term', () => {
    const { query } = textSearchBody({ terms: [], limit: 9 });
    expect(query).to.deep.equal({ bool: { filter: [{ match_none: {} }], should: [] } });
  });
});

describe('readTextHits', () => {
  it('takes sources in order', () => {
    const response = { hits: { hits: [{ _source: { id: 'b' } }, { _source: { id: 'a' } }] } };
    expect(readTextHits(response).map(({ id }) => id)).to.deep.equal(['b', 'a']);
    expect(readTextHits({})).to.deep.equal([]);
  });
});
