import { expect } from 'chai';
import fc from 'fast-check';
import { fold, foldWithOffsets } from '../../lib/analyzers/fold.ts';
import { runs } from '../support/properties.ts';
import { anyCharacter, anyString } from '../support/any-text.ts';

/** Any string, with the characters whose folding depends on their neighbours more often than chance has them. */
const text = fc.oneof(
  anyString({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
    .map((codes) => String.fromCharCode(...codes)),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...Array.from('かがけヶ山々ゝゞ aßé각가ㅅｶﾞ゛·個иำกุİ゜〻𠮷ー㍿ΣςบËﹰبّ'),
          '\u3099',
          '\u0301',
          '\u0323',
          '\u200d',
          '\ud842',
          '\udfb7',
          '\ufe0f',
          '\u0306',
        ),
        anyCharacter(),
      ),
      { maxLength: 9 },
    )
    .map((parts) => parts.join('')),
);

describe('fold', () => {
  const same: [string, ...string[]][] = [
    ['台北', '臺北', '臺 北', '台北\u200b'],
    ['霞个关', '霞ヶ関', '霞ケ関', '霞が関', '霞ヵ関', '霞か関', '霞箇関', '霞个关'],
    ['涩谷', '渋谷', '澀谷', '澁谷'],
    ['しんじゅく', 'シンジュク', 'ｼﾝｼﾞｭｸ', 'し ん・じゅく', 'シンシ\u3099ュク'],
    ['后里', '後里', '后裏', '後裡'],
    ['户冢', '戸塚', '戶塚', '户冢'],
    ['姬路', '姫路', '姬路'],
    ['龙山', '龍山', '竜山'],
    ['市川', '巿川', '市川'],
    ['佐佐木', '佐々木', '佐〻木'],
    ['いすず', 'いすゞ', 'イスズ'],
    ['辨天', '弁天', '辯天', '瓣天'],
    ['广岛', '広島', '廣島', '廣嶋'],
    ['ひばりが丘', 'ひばりヶ丘'],
    ['munchen', 'MÜNCHEN', 'Mu\u0308nchen', 'Ｍünchen'],
    ['strasse', 'Straße'],
    ['xian', "Xi'an", 'Xi’an'],
    ['saint denis', 'Saint-Denis', ' saint  denis ', 'Saint_Denis'],
    ['łodz'.replace('ł', 'l'), 'Łódź'],
    ['台北101', '台北 101', '臺北-１０１'],
    ['й'.normalize('NFD'), 'Й', 'й'],
  ];
  for (const [key, ...spellings] of same) {
    it(`gives ${key} for ${spellings.join(', ')}`, () => {
      expect(spellings.map(fold)).to.deep.equal(spellings.map(() => key));
    });
  }

  it('keeps apart what is not one name', () => {
    expect(fold('ビル')).to.not.equal(fold('ヒル'));
    expect(fold('大連')).to.not.equal(fold('大聯'));
    expect(fold('滬江')).to.not.equal(fold('濾江'));
    expect(fold('й')).to.not.equal(fold('и'));
  });

  it('makes a Hangul syllable under way a prefix of the finished name', () => {
    for (const typed of ['ㅅ', '서', '성', '서우', '서울']) {
      expect(fold('서울역').startsWith(fold(typed)), typed).to.equal(true);
    }
    expect(fold('과천').startsWith(fold('고'))).to.equal(true);
    expect(fold('닭').startsWith(fold('달'))).to.equal(true);
  });

  it('makes 霞が a prefix of 霞が関', () => {
    expect(fold('霞が関').startsWith(fold('霞が'))).to.equal(true);
  });

  it('leaves kana behind Han alone where more kana follow', () => {
    expect(fold('新宿カフェ')).to.equal('新宿かふぇ');
  });

  it('gives nothing for what can not be searched', () => {
    expect(['', ' ', '\0', '🍜', '\ud800', '・', '\u3099'].map(fold)).to.deep.equal([
      '',
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
  });

  it('changes no key, whatever the text', () => {
    fc.assert(
      fc.property(text, (any) => fold(fold(any)) === fold(any)),
      { numRuns: runs(5000) },
    );
  });

  it('changes no key of a single code point', () => {
    const changed: string[] = [];
    for (let code = 0; code < 0x32000; code++) {
      const key = fold(String.fromCodePoint(code));
      if (fold(key) !== key) changed.push(code.toString(16));
    }
    expect(changed).to.deep.equal([]);
  });

  it('is the same for a text and its canonical decomposition', () => {
    fc.assert(
      fc.property(
        text,
        (any) => fold(any.toWellFormed()) === fold(any.toWellFormed().normalize('NFD')),
      ),
      { numRuns: runs(2000) },
    );
  });
});

describe('foldWithOffsets', () => {
  it('points from each unit of the key to its part of the text', () => {
    expect(foldWithOffsets('ｼﾞｮ ß')).to.deep.equal({
      key: 'じょss',
      starts: [0, 2, 4, 4],
      ends: [2, 3, 5, 5],
    });
    expect(foldWithOffsets('𠮷a 각')).to.deep.equal({
      key: '吉a가ᄀ'.normalize('NFD'),
      starts: [0, 2, 4, 4, 4],
      ends: [2, 3, 5, 5, 5],
    });
  });

  it('has the key of fold and spans inside the text, in order', () => {
    fc.assert(
      fc.property(text, (any) => {
        const { key, starts, ends } = foldWithOffsets(any);
        expect(key).to.equal(fold(any));
        expect(starts).to.have.lengthOf(key.length);
        expect(ends).to.have.lengthOf(key.length);
        starts.forEach((start, index) => {
          expect(start).to.be.within(starts[index - 1] ?? 0, any.length);
          expect(ends[index]).to.be.within(start + 1, any.length);
        });
      }),
      { numRuns: runs(3000) },
    );
  });
});
