import { expect } from 'chai';

import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';

function officialNames(record: object): string[] {
  return readPlaceRecord({ id: 'x', kind: 'city', ...record })
    .names.filter((name) => name.kind === 'official')
    .map(({ text, language, made }) => `${language ?? '?'} ${text}${made ? ' made' : ''}`);
}

describe('withBothScripts', () => {
  it('makes the Chinese script that a record lacks', () => {
    expect(officialNames({ name: '长沙市', names: { 'zh-Hans': '长沙市' } })).to.deep.equal([
      'zh-Hans 长沙市',
      'zh-Hant 長沙市 made',
    ]);
  });

  it('adds the other script to a local name, also where both write it alike', () => {
    const names = (name: string): string[] => officialNames({ name, country: 'TW' });
    expect(names('臺北市')).to.deep.equal(['zh-Hant 臺北市', 'zh-Hans 台北市 made']);
    expect(names('中山')).to.deep.equal(['zh-Hant 中山', 'zh-Hans 中山 made']);
  });

  it('takes Japanese names for both scripts where neither is stated', () => {
    expect(officialNames({ name: '新宿区', country: 'JP' })).to.deep.equal([
      'ja 新宿区',
      'zh-Hant 新宿區 made',
      'zh-Hans 新宿区 made',
    ]);
    expect(officialNames({ name: 'さいたま市', country: 'JP' })).to.deep.equal(['ja さいたま市']);
  });

  it('leaves alone what is stated, whichever 臺 it has', () => {
    const names = { 'zh-Hant': '台東市', 'zh-Hans': '台东市' };
    expect(officialNames({ name: '台東市', names, country: 'TW' })).to.deep.equal([
      'zh-Hant 台東市',
      'zh-Hans 台东市',
    ]);
  });

  it('does not turn 台, 里 or 谷 of a Simplified name into other characters', () => {
    for (const [hans, hant] of [
      ['台州市', '台州市'],
      ['三门峡市', '三門峽市'],
      ['玉里镇', '玉里鎮'],
      ['吐鲁番谷', '吐魯番谷'],
    ] as const) {
      const made = officialNames({ name: hans, names: { 'zh-Hans': hans } }).slice(1);
      expect(made).to.deep.equal([`zh-Hant ${hant} made`]);
    }
  });

  it('adds nothing to a name of a language that nobody knows', () => {
    expect(officialNames({ name: '臺北市' })).to.deep.equal(['? 臺北市']);
  });
});

describe('takeLocalName', () => {
  const local = (record: object): string | undefined => officialNames(record)[0];

  it('takes the language of the country, but for kana outside of quotation marks and bopomofo', () => {
    expect(local({ name: '衞生署', country: 'HK' })).to.equal('zh-Hant 衞生署');
    expect(local({ name: '森鷗外記念館', country: 'JP' })).to.equal('ja 森鷗外記念館');
    expect(local({ name: '名店「ヤマシロヤ」', country: 'TW' })).to.equal(
      'zh-Hant 名店「ヤマシロヤ」',
    );
    expect(local({ name: '名店ヤマシロヤ', country: 'TW' })).to.equal('? 名店ヤマシロヤ');
    expect(local({ name: '板橋ㄅㄢˇ', country: 'JP' })).to.equal('? 板橋ㄅㄢˇ');
  });

  it('knows the language of a local name by its country', () => {
    const countries = ['TW', 'HK', 'MO', 'CN', 'SG', 'JP'];
    expect(countries.map((country) => local({ name: '中山', country }))).to.deep.equal([
      'zh-Hant 中山',
      'zh-Hant 中山',
      'zh-Hant 中山',
      'zh-Hans 中山',
      'zh-Hans 中山',
      'ja 中山',
    ]);
    expect(local({ name: '서울', country: 'KR' })).to.equal('ko 서울');
    expect(local({ name: '夢時代 Dream Mall', country: 'TW' })).to.equal(
      'zh-Hant 夢時代 Dream Mall',
    );
  });

  it('takes a name in characters of the other Chinese script for what it is', () => {
    expect(officialNames({ name: '龙山寺', country: 'TW' })).to.deep.equal([
      'zh-Hans 龙山寺',
      'zh-Hant 龍山寺 made',
    ]);
    expect(officialNames({ name: '龍山寺', country: 'CN' })).to.deep.equal([
      'zh-Hant 龍山寺',
      'zh-Hans 龙山寺 made',
    ]);
    const names = { 'zh-Hant': '大坂槽' };
    expect(local({ name: '大坂槽', country: 'TW', names })).to.equal('zh-Hant 大坂槽');
  });

  it('states no language of a name that is not written as those of its country are', () => {
    expect(local({ name: 'Taipei 101', country: 'TW' })).to.equal('? Taipei 101');
    expect(local({ name: 'カルフール', country: 'TW' })).to.equal('? カルフール');
    expect(local({ name: '首爾', country: 'KR' })).to.equal('? 首爾');
    expect(local({ name: '中山', country: 'FR' })).to.equal('? 中山');
  });

  it('is not misled by another language that has the same name', () => {
    expect(
      officialNames({ name: '嵐山', country: 'JP', names: { 'zh-Hant': '嵐山' } }),
    ).to.deep.equal(['ja 嵐山', 'zh-Hant 嵐山', 'zh-Hans 岚山 made']);
    expect(officialNames({ name: '龍山寺', country: 'TW', names: { ja: '龍山寺' } })).to.deep.equal(
      ['zh-Hant 龍山寺', 'ja 龍山寺', 'zh-Hans 龙山寺 made'],
    );
    const names = { 'zh-Hans': '后里', ja: '后里' };
    expect(officialNames({ name: '后里', country: 'TW', names })).to.deep.equal([
      'zh-Hant 后里',
      'zh-Hans 后里',
      'ja 后里',
    ]);
  });

  it('believes a record that states the language, or another name in it', () => {
    expect(local({ name: '日月潭', country: 'TW', names: { zh: '日月潭' } })).to.equal('zh 日月潭');
    expect(local({ name: '屯门', country: 'HK', names: { 'zh-Hans': '屯门' } })).to.equal(
      'zh-Hans 屯门',
    );
    const names = { ja: '東京タワー', 'zh-Hant': '東京鐵塔' };
    expect(local({ name: '東京鐵塔', country: 'JP', names })).to.equal('zh-Hant 東京鐵塔');
    expect(local({ name: '渋谷', country: 'JP', names: { ja: '渋谷区' } })).to.equal('? 渋谷');
    const rich = [{ name: '龍山寺' }, { name: 'Lungshan Temple', language: 'en' }];
    expect(officialNames({ name: '龍山寺', country: 'TW', names: rich })).to.deep.equal([
      'zh-Hant 龍山寺',
      'en Lungshan Temple',
      'zh-Hans 龙山寺 made',
    ]);
  });
});
