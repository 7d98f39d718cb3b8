import { expect } from 'chai';
import fc from 'fast-check';

import { withinOneEdit } from '../../lib/autocomplete/suggest/edit-distance.ts';
import { runs } from '../support/properties.ts';

/** Optimal string alignment distance, the textbook table. */
function distance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) d[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, d[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, d[i - 2]![j - 2]! + 1);
      }
      d[i]![j] = best;
    }
  }
  return d[a.length]![b.length]!;
}

describe('withinOneEdit', () => {
  it('accepts one character replaced, left out, added or swapped with its neighbour', () => {
    expect(withinOneEdit('溫歌華', '溫哥華')).to.equal(true);
    expect(withinOneEdit('bankok', 'bangkok')).to.equal(true);
    expect(withinOneEdit('kyotto', 'kyoto')).to.equal(true);
    expect(withinOneEdit('yokohmaa', 'yokohama')).to.equal(true);
    expect(withinOneEdit('kyoto', 'tokyo')).to.equal(false);
  });

  it('equals the textbook distance', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => withinOneEdit(a, b) === distance(a, b) <= 1),
      { numRuns: runs(2000) },
    );
  });
});
