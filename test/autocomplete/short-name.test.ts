import { expect } from 'chai';

import { shortNameOf, shortReadingOf } from '../../lib/autocomplete/record/short-name.ts';

describe('shortNameOf', () => {
  const cases: [official: string, short: string | null][] = [
    ['板橋區', '板橋'],
    ['渋谷区', '渋谷'],
    ['東京都', '東京'],
    ['京都府', '京都'],
    ['四日市市', '四日市'],
    ['つくば市', 'つくば'],
    ['首爾特別市', '首爾'],
    ['서울특별시', '서울'],
    ['Banqiao District', 'Banqiao'],
    ['내수읍', '내수'],
    ['凉山彝族自治州', '凉山'],
    ['广西壮族自治区', '广西'],
    ['內蒙古自治區', '內蒙古'],
    ['双江拉祜族佤族布朗族傣族自治县', '双江'],
    ['北區', null],
    ['北海道', null],
    ['板橋', null],
  ];
  for (const [official, short] of cases) {
    it(`makes ${short ?? 'none'} of ${official}`, () => {
      expect(shortNameOf(official, 'city')).to.equal(short);
    });
  }

  it('leaves countries, stations and sights alone', () => {
    expect(shortNameOf('中央公園前市', 'station')).to.equal(null);
    expect(shortNameOf('築地市', 'poi')).to.equal(null);
  });
});

describe('shortReadingOf', () => {
  it('drops the reading of the suffix', () => {
    expect(shortReadingOf('板橋区', 'いたばしく')).to.equal('いたばし');
    expect(shortReadingOf('箱根町', 'はこねまち')).to.equal('はこね');
    expect(shortReadingOf('度会町', 'わたらいちょう')).to.equal('わたらい');
  });

  it('is null where the reading ends otherwise', () => {
    expect(shortReadingOf('板橋区', 'いたばし')).to.equal(null);
  });
});
