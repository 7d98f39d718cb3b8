import { expect } from 'chai';
import fc from 'fast-check';

import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { coverByWholeName, coverOf } from '../../lib/autocomplete/reading/judge.ts';
import { ReadText } from '../../lib/autocomplete/reading/read-text.ts';
import { commonRun, commonRuns } from '../../lib/autocomplete/text/segments.ts';
import { coverageMost, matchText } from '../../lib/autocomplete/text/match.ts';
import { TEXT_QUERY_DEFAULTS, textQuery } from '../../lib/autocomplete/text/query.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { runs } from '../support/properties.ts';

const SOURCES = documentsOf(exampleRecords());

describe('coverageMost', () => {
  /** Pieces of names, as they are or with a character wrong, missing, added or swapped. */
  const piece = fc
    .tuple(fc.constantFrom(...SOURCES), fc.nat(3), fc.integer({ min: 1, max: 8 }), fc.nat(5))
    .map(([{ names }, from, length, change]) => {
      const text = names[0]!.text.slice(from, from + length);
      const at = Math.floor(text.length / 2);
      const [head, tail] = [text.slice(0, at), text.slice(at)];
      const swapped = tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2);
      return [text, text, `${head}栗${tail.slice(1)}`, head + tail.slice(1), `${head}栗${tail}`]
        .concat(head + swapped)
        .at(change)!;
    });

  it('is no less than the coverage of any match', () => {
    const text = fc
      .array(piece, { minLength: 1, maxLength: 3 })
      .chain((pieces) => fc.constantFrom('', ' ', '市').map((between) => pieces.join(between)));
    fc.assert(
      fc.property(text, fc.boolean(), (text, mistakes) => {
        const query = textQuery(text);
        for (const source of SOURCES) {
          const coverage = matchText(query, source, mistakes)?.coverage ?? 0;
          expect(coverageMost(query, source), source.id).to.be.at.least(coverage - 1e-9);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('coverByWholeName', () => {
  it('is what coverOf is where the name is whole, for every place', () => {
    const containers = containersOf(SOURCES);
    const names = SOURCES.flatMap(({ names }) => names.map(({ text }) => text));
    const part = fc.constantFrom(...names, '中山', 'station', '駅', '1-2');
    let whole = 0;
    fc.assert(
      fc.property(part, part, fc.constantFrom('', ' ', '、'), (a, b, between) => {
        const sure = new ReadText(a + between + b, containers);
        for (const read of [sure, sure.mistaken()]) {
          for (const source of SOURCES) {
            const cover = coverOf(read, source, 'zh-Hant');
            const expected = cover?.own.whole ? cover : null;
            const found = coverByWholeName(read, source, 'zh-Hant');
            expect(found, `${read.typed.text} ${source.id}`).to.deep.equal(expected);
            if (expected) whole += 1;
          }
        }
      }),
      { numRuns: runs(60) },
    );
    expect(whole).to.be.above(0);
  });
});

describe('commonRun', () => {
  it('is the length of what two texts have in common from two offsets on, in whatever order it is asked for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.array(fc.tuple(fc.nat(13), fc.nat(13))), (a, b, asked) => {
        const runs = commonRuns(a, b);
        for (const [i, e] of asked) {
          let length = 0;
          while (i + length < a.length && a[i + length] === b[e + length]) length += 1;
          expect(commonRun(runs, i, e), `${a} ${i}, ${b} ${e}`).to.equal(length);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('is told up to 254 units', () => {
    const [a, b] = ['a'.repeat(300), 'a'.repeat(400)];
    expect(commonRun(commonRuns(a, b), 0, 0)).to.equal(254);
    expect(commonRun(commonRuns(a, b), 200, 0)).to.equal(100);
  });
});

describe('textQuery', () => {
  it('ranks fewer places for a long text', () => {
    const limit = (text: string): number => textQuery(text).searches[0]!.limit;
    const { window, maxLength } = TEXT_QUERY_DEFAULTS;
    expect(limit('板'.repeat(12))).to.equal(window);
    expect(limit('taipei main station')).to.equal(window);
    expect(limit('板'.repeat(maxLength))).to.be.below(window / 5);
  });
});
