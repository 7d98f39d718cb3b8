import { expect } from 'chai';

import { sortedTexts } from '../../lib/engines/embedded/key-table.ts';
import { FirstSeen } from '../../lib/source/record-lines.ts';
import { TextNumbers } from '../../lib/text-numbers.ts';
import { seededRandom } from '../../bench/statistics.ts';

/** Distinct texts of a few characters, many of which begin alike, with lone surrogates and beyond U+FFFF. */
function texts(count: number): string[] {
  const random = seededRandom(7);
  const units = ['a', 'b', '台', '臺', '\ud83d', '\udc00', '𠮷', '\uffff', '\0', 'aaaa'];
  const found = new Set(['']);
  while (found.size < count) {
    const length = 1 + Math.floor(random() * 9);
    found.add(Array.from({ length }, () => units[Math.floor(random() * units.length)]).join(''));
  }
  return [...found];
}

describe('numbers of texts', () => {
  const all = texts(20_000);

  it('are given in order of arrival, the same to the same text, which they give back', () => {
    const numbers = new TextNumbers();
    expect(all.map((text) => numbers.numberOf(text))).to.deep.equal(all.map((_, i) => i));
    expect(all.map((text) => numbers.numberOf(text))).to.deep.equal(all.map((_, i) => i));
    expect(all.map((_, i) => numbers.textOf(i))).to.deep.equal(all);
    expect(numbers.size).to.equal(all.length);
  });

  it('are sorted by the UTF-16 units of their texts', () => {
    const numbers = new TextNumbers();
    for (const text of all) numbers.numberOf(text);
    const { units, at } = numbers.pool();
    const sorted = Array.from(sortedTexts(units, at), (number) => all[number]);
    expect(sorted).to.deep.equal([...all].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('tell the first record that had a text', () => {
    const seen = new FirstSeen();
    expect(['a', 'b', 'a', 'c', 'b'].map((text, i) => seen.seen(text, 10 + i))).to.deep.equal([
      10, 11, 10, 13, 11,
    ]);
    expect([seen.textOf(0), seen.textOf(2)]).to.deep.equal(['a', 'c']);
  });
});
