import { expect } from 'chai';
import fc from 'fast-check';

import { fold } from '../../lib/analyzers/fold.ts';
import { fragmentsOf, highlightsOf, marksOf } from '../../lib/autocomplete/long-text/snippets.ts';
import { runs } from '../support/properties.ts';

const marked = (text: string, ...wanted: string[]): string[] =>
  highlightsOf(text, marksOf(new Map(wanted.map((value) => [value, 1])))).map(([start, end]) =>
    text.slice(start, end),
  );

describe('highlightsOf', () => {
  it('marks whole words, in any form of the characters, and joins what touches', () => {
    expect(marked('臺灣的圖書館', fold('台湾'), fold('図書館'))).to.deep.equal(['臺灣', '圖書館']);
    expect(marked('賞櫻花', fold('賞櫻'), fold('櫻花'))).to.deep.equal(['賞櫻花']);
    expect(marked('The year of an ear', 'ear')).to.deep.equal(['ear']);
    expect(marked('ｶﾀｶﾅとカタカナ', 'かたかな')).to.deep.equal(['ｶﾀｶﾅ', 'カタカナ']);
    expect(marked('nothing', fold('櫻'))).to.deep.equal([]);
  });
});

describe('fragmentsOf', () => {
  const filler = '這是一段很長的文字，說的是別的事情。'.repeat(40);
  const wanted = marksOf(
    new Map([
      [fold('賞櫻'), 1],
      [fold('親子'), 1],
    ]),
  );

  it('shows the places that have most of what was asked for', () => {
    const text = `${filler}賞櫻在二月。${filler}親子可以一起賞櫻。${filler}`;
    const [only] = fragmentsOf(text, wanted, { fragments: 1 });
    expect(only!.text).to.include('親子可以一起賞櫻');
    expect(only!.highlights.map(([a, b]) => only!.text.slice(a, b))).to.deep.equal([
      '親子',
      '賞櫻',
    ]);
    const both = fragmentsOf(text, wanted, { fragments: 2 });
    expect(both.map(({ at }) => at)).to.have.length(2);
    expect(both[0]!.at).to.be.lessThan(both[1]!.at);
  });

  it('shows the beginning where nothing is found', () => {
    const [first] = fragmentsOf(filler, wanted);
    expect(first).to.include({ at: 0 });
    expect(first!.highlights).to.deep.equal([]);
    expect(fragmentsOf(filler, wanted, { fragments: 0 })).to.deep.equal([]);
    expect(fragmentsOf('', wanted)).to.deep.equal([]);
  });

  it('never cuts a character, and every offset is right', () => {
    const unit = fc.constantFrom(
      '賞櫻',
      '親子',
      '👨‍👩‍👧',
      '𠮷',
      'か\u3099',
      'family ',
      '。',
      '\n',
      'é',
      ' ',
      '한국',
    );
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 200 }),
        fc.integer({ min: 40, max: 80 }),
        (units, fragmentLength) => {
          const text = units.join('');
          const graphemes = new Set([0]);
          const segments = new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text);
          for (const { index, segment } of segments)
            graphemes.add(index).add(index + segment.length);
          for (const { text: piece, at, highlights } of fragmentsOf(text, wanted, {
            fragmentLength,
          })) {
            expect(text.slice(at, at + piece.length)).to.equal(piece);
            expect(piece.length).to.be.at.most(fragmentLength + 20);
            expect(graphemes.has(at), `${at} of ${JSON.stringify(text)}`).to.equal(true);
            expect(graphemes.has(at + piece.length)).to.equal(true);
            let last = 0;
            for (const [start, end] of highlights) {
              expect(start).to.be.at.least(last);
              expect(end).to.be.greaterThan(start).and.at.most(piece.length);
              last = end;
            }
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
