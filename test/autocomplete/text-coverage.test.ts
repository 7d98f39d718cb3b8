import { expect } from 'chai';
import fc from 'fast-check';

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

describe('textQuery', () => {
  it('ranks fewer places for a long text', () => {
    const limit = (text: string): number => textQuery(text).searches[0]!.limit;
    const { window, maxLength } = TEXT_QUERY_DEFAULTS;
    expect(limit('板'.repeat(12))).to.equal(window);
    expect(limit('taipei main station')).to.equal(window);
    expect(limit('板'.repeat(maxLength))).to.be.below(window / 5);
  });
});
