import { expect } from 'chai';

import fc from 'fast-check';

import type { PlaceKind } from '../../lib/autocomplete/place.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import {
  innerReadingOf,
  shortNameOf,
  shortNamesOf,
  shortReadingOf,
} from '../../lib/autocomplete/record/short-name.ts';
import { anyString } from '../support/any-text.ts';
import { exampleRecords } from '../support/example-places.ts';
import { runs } from '../support/properties.ts';

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

  const byCountry: [country: string, kind: PlaceKind, official: string, short: string[]][] = [
    ['CN', 'district', '浦东新区', ['浦东']],
    ['CN', 'district', '濱海新區', ['濱海']],
    ['CN', 'district', '六枝特区', ['六枝']],
    ['CN', 'district', '神农架林区', ['神农架']],
    ['CN', 'district', '鹰手营子矿区', ['鹰手营子']],
    ['CN', 'district', '阿拉善左旗', []],
    ['CN', 'district', '察哈尔右翼前旗', []],
    ['CN', 'district', '乌审旗', []],
    ['CN', 'district', '鄂温克族自治旗', ['鄂温克']],
    ['CN', 'district', '莫力达瓦达斡尔族自治旗', ['莫力达瓦']],
    ['CN', 'city', '锡林郭勒盟', ['锡林郭勒']],
    ['CN', 'city', '大兴安岭地区', ['大兴安岭']],
    ['CN', 'district', '苏州工业园区', []],
    ['CN', 'district', '市中区', []],
    ['CN', 'district', '高新区', []],
    ['CN', 'city', '杭州', []],
    ['CN', 'town', '望京街道', ['望京']],
    ['CN', 'town', '新安满族乡', ['新安']],
    ['CN', 'city', 'Enshi Tujia and Miao Autonomous Prefecture', ['Enshi']],
    ['CN', 'region', 'Inner Mongolia Autonomous Region', ['Inner Mongolia']],
    ['CN', 'city', '베이징시', ['베이징']],
    ['TW', 'district', '那瑪夏區', ['那瑪夏']],
    ['TW', 'town', '阿里山鄉', ['阿里山']],
    ['TW', 'city', 'Taipei City', ['Taipei']],
    ['JP', 'district', '京都市左京区', ['左京区']],
    ['JP', 'district', '京都市左京區', ['左京區']],
    ['JP', 'town', '西置賜郡白鷹町', ['白鷹町']],
    ['JP', 'town', '八丈島八丈町', ['八丈町']],
    ['JP', 'town', '粟島浦村', ['粟島浦']],
    ['JP', 'town', '小郡町', ['小郡']],
    ['JP', 'city', '廿日市市', ['廿日市']],
    ['JP', 'city', '大和郡山市', ['大和郡山']],
    ['JP', 'town', '太宰府', []],
    ['JP', 'region', '東京都', ['東京']],
    ['JP', 'region', '홋카이도', []],
    ['JP', 'region', '오사카부', ['오사카']],
    ['KR', 'region', '서울특별시', ['서울', '서울시']],
    ['KR', 'region', '제주특별자치도', ['제주', '제주도']],
    ['KR', 'district', '수원시 장안구', ['장안구']],
    ['KR', 'district', '수원시권선구', ['권선구']],
    ['KR', 'district', '중구', []],
    ['KR', 'region', '釜山広域市', ['釜山']],
    ['HK', 'district', '沙田區', ['沙田']],
    ['US', 'city', '三藩市', []],
    ['US', 'region', '紐約州', []],
    ['MY', 'city', '喬治市', []],
    ['VN', 'city', '胡志明市', []],
    ['VN', 'city', '호찌민시', []],
    ['KW', 'city', '科威特市', []],
    ['KW', 'city', 'Kuwait City', []],
    ['US', 'district', 'Orange County', []],
  ];
  for (const [country, kind, official, short] of byCountry) {
    it(`makes ${short.join(' and ') || 'none'} of ${official} in ${country}`, () => {
      expect(shortNamesOf(official, kind, country)).to.deep.equal(short);
    });
  }

  it('leaves town areas and hamlets whole', () => {
    const area = { id: 'a', name: '有楽町', kind: 'town', country: 'JP', granularity: 'oaza' };
    expect(readPlaceRecord(area).names.some(({ kind }) => kind === 'short')).to.equal(false);
  });

  it('is a part of the name, of at least two characters, whatever the name and the country are', () => {
    const real = exampleRecords().flatMap(({ names }) => names.map(({ text }) => text));
    const name = fc.oneof(fc.constantFrom(...real), anyString({ maxLength: 12 }));
    const country = fc.constantFrom('TW', 'CN', 'JP', 'KR', 'KP', 'HK', 'MO', 'US', undefined);
    const kind = fc.constantFrom<PlaceKind>('region', 'city', 'district', 'town');
    fc.assert(
      fc.property(name, kind, country, (official, of, code) => {
        for (const short of shortNamesOf(official, of, code)) {
          expect(short).to.not.equal(official);
          expect(Array.from(short).length, `${official} ${short}`).to.be.at.least(2);
          const stem = short.replace(/[시도]$/u, '');
          expect(official.startsWith(stem) || official.endsWith(short), short).to.equal(true);
        }
      }),
      { numRuns: runs(500) },
    );
  });

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

describe('innerReadingOf', () => {
  it('is what stands behind the 郡', () => {
    expect(innerReadingOf('西置賜郡', 'にしおきたまぐんしらたかまち')).to.equal('しらたかまち');
    expect(innerReadingOf('京都市', 'きょうとしさきょうく')).to.equal(null);
    expect(innerReadingOf('西置賜郡', 'しらたかまち')).to.equal(null);
  });
});
