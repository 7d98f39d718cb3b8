import { expect } from 'chai';
import fc from 'fast-check';
import { fold } from '../../lib/analyzers/fold.ts';
import {
  dachenToZhuyin,
  initialsKey,
  pinyinKey,
  pinyinOf,
  pinyinTyped,
  zhuyinKey,
  zhuyinToned,
  zhuyinTyped,
} from '../../lib/analyzers/readings.ts';
import { ZHUYIN_BY_PINYIN } from '../../lib/analyzers/syllables.ts';

describe('pinyinOf', () => {
  it('reads a text of 200,000 characters', () => {
    expect(pinyinOf('板'.repeat(200_000)).split(' ')).to.have.length(200_000);
  });

  const readings: [string, string][] = [
    ['板橋區', 'ban3 qiao2 qu1'],
    ['重庆', 'chong2 qing4'],
    ['重慶', 'chong2 qing4'],
    ['廈門', 'xia4 men2'],
    ['綠島', 'lv4 dao3'],
    ['略陽', 'lve4 yang2'],
    ['東京都', 'dong1 jing1 du1'],
    ['朴子', 'pu2 zi3'],
    ['六安', 'lu4 an1'],
    ['乾隆', 'qian2 long2'],
    ['佐々木', 'zuo3 zuo3 mu4'],
    ['渋谷', 'se4 gu3'],
    ['𠮷野', 'ji2 ye3'],
    ['台北101', 'tai2 bei3 1 0 1'],
    ['A B 板橋', 'a _ b ban3 qiao2'],
  ];
  for (const [name, pinyin] of readings) {
    it(`reads ${name} as ${pinyin}`, () => expect(pinyinOf(name)).to.equal(pinyin));
  }

  it('gives nothing where there is no Han', () => {
    expect(['', 'Taipei', 'しんじゅく', '서울'].map(pinyinOf)).to.deep.equal(['', '', '', '']);
  });

  it('has an item for each code point of the key', () => {
    const part = fc.constantFrom(...Array.from('板橋重慶長々東京𠮷かア aé1-가峠辻㍿'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const pinyin = pinyinOf(parts.join(''));
        if (pinyin !== '')
          expect(pinyin.split(' ')).to.have.lengthOf(Array.from(fold(parts.join(''))).length);
      }),
    );
  });
});

describe('keys of a reading', () => {
  it('are joined without tones', () => {
    expect(pinyinKey('ban3 qiao2 qu1')).to.equal('banqiaoqu');
    expect(initialsKey('ban3 qiao2 zhen4')).to.equal('bqz');
    expect(zhuyinKey('ban3 qiao2 qu1')).to.equal('ㄅㄢㄑㄧㄠㄑㄩ');
    expect(zhuyinToned('ban3 qiao2 qu1')).to.equal('ㄅㄢˇㄑㄧㄠˊㄑㄩ');
    expect(zhuyinToned('fang2 zi5')).to.equal('ㄈㄤˊㄗ˙');
  });

  it('keep what is not Han and drop its spaces', () => {
    expect(pinyinKey('a _ b tai2 1')).to.equal('abtai1');
    expect(initialsKey('a _ b tai2 1')).to.equal('abt1');
    expect(zhuyinKey('a _ tai2 1')).to.equal('aㄊㄞ1');
  });

  it('spell syllables as zhuyin does', () => {
    const spelled = [
      'zhi1',
      'yu2',
      'yue4',
      'xue2',
      'lve4',
      'weng1',
      'dong1',
      'xiong2',
      'er2',
      'jun1',
      'liu2',
      'gui4',
      'lun2',
    ];
    expect(spelled.map(zhuyinKey)).to.deep.equal([
      'ㄓ',
      'ㄩ',
      'ㄩㄝ',
      'ㄒㄩㄝ',
      'ㄌㄩㄝ',
      'ㄨㄥ',
      'ㄉㄨㄥ',
      'ㄒㄩㄥ',
      'ㄦ',
      'ㄐㄩㄣ',
      'ㄌㄧㄡ',
      'ㄍㄨㄟ',
      'ㄌㄨㄣ',
    ]);
  });
});

describe('pinyinTyped', () => {
  const typed: [string, string | null][] = [
    ['banq', 'banq'],
    ["ban'q", 'banq'],
    ['Ban Qiao', 'banqiao'],
    ['ban3qiao2', 'banqiao'],
    ['bǎnqiáo', 'banqiao'],
    ["xī'ān", 'xian'],
    ['lü', 'lu'],
    ['lǚ', 'lu'],
    ['lu:', 'lu'],
    ['lvey', 'luey'],
    ['luey', 'luey'],
    ['nv', 'nu'],
    ['lyudao', 'ludao'],
    ['danyu', 'danyu'],
    ['nver', 'nuer'],
    ['luer', 'luer'],
    ['jü', 'ju'],
    ['zhongs', 'zhongs'],
    ['shangh', 'shangh'],
    ['b', 'b'],
    ['shinjuku', null],
    ['bqq', null],
    ['i', null],
    ['板', null],
    ['', null],
  ];
  for (const [text, key] of typed) {
    it(`takes ${JSON.stringify(text)} for ${key}`, () => expect(pinyinTyped(text)).to.equal(key));
  }

  it('takes every beginning of a key for itself', () => {
    const syllable = fc.constantFrom(...ZHUYIN_BY_PINYIN.keys());
    fc.assert(
      fc.property(fc.array(syllable, { minLength: 1, maxLength: 4 }), (syllables) => {
        const key = pinyinKey(syllables.map((s) => `${s}1`).join(' '));
        for (let length = 1; length <= key.length; length++) {
          expect(pinyinTyped(key.slice(0, length))).to.equal(key.slice(0, length));
        }
      }),
      { examples: [[['nv', 'e']], [['nv', 'er']], [['lve']], [['lu', 'e']]] },
    );
  });
});

describe('zhuyinTyped', () => {
  it('takes whole and half syllables, with and without tones', () => {
    expect(zhuyinTyped('ㄅㄢˇㄑ')).to.deep.equal({ key: 'ㄅㄢㄑ', toned: true });
    expect(zhuyinTyped('ㄓㄨㄥ ㄕㄢ')).to.deep.equal({ key: 'ㄓㄨㄥㄕㄢ', toned: false });
  });

  it('refuses anything else', () => {
    expect(['ㄅ板', 'ba', 'ˇ', ''].map(zhuyinTyped)).to.deep.equal([null, null, null, null]);
  });
});

describe('dachenToZhuyin', () => {
  const typed: [string, string | null][] = [
    ['103ful6', 'ㄅㄢˇㄑㄧㄠˊ'],
    ['103f', 'ㄅㄢˇㄑ'],
    ['10', 'ㄅㄢ'],
    ['5j/ g0', 'ㄓㄨㄥㄕㄢ'],
    ['SU3', 'ㄋㄧˇ'],
    ['10fu', null],
    ['hello', null],
    ['33', null],
    ['板3', null],
    ['', null],
  ];
  for (const [keys, zhuyin] of typed) {
    it(`takes ${JSON.stringify(keys)} for ${zhuyin}`, () =>
      expect(dachenToZhuyin(keys)).to.equal(zhuyin));
  }
});
