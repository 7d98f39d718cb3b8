import { expect } from 'chai';
import fc from 'fast-check';
import { PLACE_QUERY_DEFAULTS } from '../../lib/autocomplete/suggest/query.ts';
import { runs } from '../support/properties.ts';
import { stepCounter } from '../support/steps.ts';

/** What texts are made of that have many readings, or none. */
const ALPHABETS: Readonly<Record<string, readonly string[]>> = {
  syllables: 'na n a ang an ng shi zhu xi o ou hs ch chh kt v ü'.split(' '),
  kana: 'な に ん っ ー ゃ し ょ う ガ ﾅ ﾞ'.split(' '),
  jamo: 'ㄱ ㅏ 가 ᄀ ᅡ ᆨ 각 ㅅ'.split(' '),
  bopomofo: 'ㄅ ㄧ ㄢ ˊ ㄓ ㄨ ˙'.split(' '),
  marks: ['e', '\u0301', '\u0323', 'か', '\u3099', '\u1161', '\u0345', 'İ'],
  digits: '1 一 十 百 千 万 ２ Ⅳ ① 〇'.split(' '),
  separators: [' ', '・', '-', "'", ',', '、', '/', '\u3000', '.', '\u200b'],
  emoji: ['😀', '👨‍👩‍👧', '🇯🇵', '🏽', '\ufe0f'],
  han: '北 中 国 國 駅 站 市 区 東京 臺 重 行 新北市'.split(' '),
};
const ANY = Object.values(ALPHABETS).flat();
const LONGEST = PLACE_QUERY_DEFAULTS.maxLength;

/** A pattern that is repeated, between what may come before and behind it. */
const texts = fc.record({
  unit: fc
    .constantFrom(ANY, ...Object.values(ALPHABETS))
    .chain((alphabet) => fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 6 }))
    .map((parts) => parts.join('')),
  before: fc.constantFrom('', ...ANY),
  behind: fc.constantFrom('', ...ANY),
});

function textOf(
  { unit, before, behind }: { unit: string; before: string; behind: string },
  length: number,
): string {
  const room = length - before.length - behind.length;
  return before + unit.repeat(Math.floor(room / unit.length)) + behind;
}

/** Steps that a text of twice the length may take: some more than twice as many, where the square is four times. */
function bound(steps: number): number {
  return 3 * steps + 2000;
}

describe('the cost of a text', function () {
  this.timeout(300_000);

  it('is linear, whatever it is made of, in everything that is done with it', async () => {
    const counter = await stepCounter(new URL('text-functions.ts', import.meta.url));
    try {
      expect(counter.names).to.include.members(['fold', 'answerPlaceQuery', 'detect']);
      await fc.assert(
        fc.asyncProperty(texts, async (parts) => {
          for (const name of counter.names) {
            const found: string[] = [];
            for (const before of ['', 'a', 'か']) {
              const like = { ...parts, before: before + parts.before };
              const half = await counter.of(name, textOf(like, LONGEST / 2));
              const whole = await counter.of(name, textOf(like, LONGEST));
              if (whole <= bound(half)) break;
              found.push(`${half} and ${whole} steps for ${JSON.stringify(textOf(like, LONGEST))}`);
            }
            // Once may be chance: a table made at first use, or counts lost with code that V8 let go.
            expect(found.length, `${name}: ${found.join('; ')}`).to.be.below(3);
          }
        }),
        { numRuns: runs(60), examples: [[{ unit: '\u0301', before: 'ˊ', behind: '' }]] },
      );
    } finally {
      await counter.close();
    }
  });

  it('is seen where it is the square', async () => {
    const counter = await stepCounter(new URL('square-function.ts', import.meta.url));
    try {
      const half = await counter.of('square', 'a'.repeat(LONGEST / 2));
      const whole = await counter.of('square', 'a'.repeat(LONGEST));
      expect(whole).to.be.above(bound(half));
    } finally {
      await counter.close();
    }
  });
});
