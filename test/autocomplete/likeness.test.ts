import { expect } from 'chai';
import fc from 'fast-check';

import { fold } from '../../lib/analyzers/fold.ts';
import { likeness } from '../../lib/autocomplete/suggest/likeness.ts';

describe('likeness', () => {
  const pairs: [typed: string, name: string, likeness: number][] = [
    ['航州市', '杭州市', 1],
    ['京部市', '京都市', 1],
    ['箱棍町', '箱根町', 0.5],
    ['名古星市', '名古屋市', 0],
    ['田小原市', '小田原市', 1],
    ['小原市', '小田原市', 0.5],
    ['神戶市垂', '神戶市', 0],
    ['bankok', 'bangkok', 0.5],
    ['kyotp', 'kyoto', 0.5],
  ];
  for (const [typed, name, expected] of pairs) {
    it(`of ${typed} to ${name} is ${expected}`, () => {
      expect(likeness(fold(typed), fold(name))).to.equal(expected);
    });
  }

  it('is a share, the same both ways', () => {
    const text = fc.array(fc.constantFrom(...'杭航州京都部市大小a一𠮷'), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [a.join(''), b.join('')];
        expect(likeness(x, y)).to.be.within(0, 1);
        expect(likeness(x, y)).to.equal(likeness(y, x));
      }),
    );
  });
});
