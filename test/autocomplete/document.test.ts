import { expect } from 'chai';

import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { importanceOf, rankOf } from '../../lib/autocomplete/record/importance.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { readerOf } from '../../lib/autocomplete/suggest/reader.ts';

describe('toPlaceDocument', () => {
  const itabashi = readPlaceRecord({
    id: 'jp:13119',
    name: '板橋区',
    names: { ja: '板橋区', 'ja-Hira': 'いたばしく', en: 'Itabashi City', 'zh-Hant': '板橋區' },
    kind: 'city',
    country: 'JP',
    parent: 'jp:13',
  });
  const tokyo = readPlaceRecord({
    id: 'jp:13',
    name: '東京都',
    names: { ja: '東京都', 'zh-Hans': '东京都' },
    kind: 'region',
    country: 'JP',
  });

  it('has every key that the place is found by, folded', () => {
    const { keys } = toPlaceDocument(itabashi);
    expect(keys.name).to.have.members([
      '板桥区',
      'いたばしく',
      'itabashi city',
      '板桥',
      'itabashi',
    ]);
    expect(keys.pinyin).to.have.members(['banqiaoqu', 'banqiao']);
    expect(keys.initials).to.have.members(['bqq', 'bq']);
    expect(keys.zhuyin).to.have.members(['ㄅㄢㄑㄧㄠㄑㄩ', 'ㄅㄢㄑㄧㄠ']);
    expect(keys.romaji).to.have.members(['itabasiku', 'itabasi']);
    expect(keys.tail).to.deep.equal(['桥区']);
    expect(keys.inner).to.deep.equal(['city']);
  });

  it('keeps names with the reading that belongs to them', () => {
    const { names } = toPlaceDocument(itabashi);
    expect(names[0]).to.deep.equal({
      text: '板橋区',
      language: 'ja',
      kind: 'official',
      key: '板桥区',
      pinyin: 'ban3 qiao2 qu1',
      kana: 'いたばしく',
    });
    expect(names.find((n) => n.kind === 'short' && n.language === 'ja')!.kana).to.equal('いたばし');
    expect(names.find((n) => n.language === 'zh-Hant')).to.not.have.property('kana');
  });

  it('asks for a reading only of Japanese places that state none', () => {
    const asked: string[] = [];
    const kana = (text: string): string => {
      asked.push(text);
      return 'よみ';
    };
    const bare = readPlaceRecord({ id: 'x', name: '放出', names: { ja: '放出' }, country: 'JP' });
    expect(toPlaceDocument(bare, { kana }).keys.romaji).to.deep.equal(['yomi']);
    toPlaceDocument(itabashi, { kana });
    toPlaceDocument(
      readPlaceRecord({ id: 'y', name: '臺北', names: { ja: '台北' }, country: 'TW' }),
      { kana },
    );
    expect(asked).to.deep.equal(['放出']);
  });

  it('gives a Japanese place its reading, also where another language calls it the same', () => {
    const kana = (text: string): string | null => (text === '嵐山' ? 'あらしやま' : null);
    const place = { id: 'x', name: '嵐山', country: 'JP', names: { 'zh-Hant': '嵐山' } };
    expect(toPlaceDocument(readPlaceRecord(place), { kana }).keys.romaji).to.deep.equal([
      'arasiyama',
    ]);
  });

  it('cuts long names at word starts', () => {
    const palace = readPlaceRecord({ id: 'x', name: '國立故宮博物院' });
    const { keys, zh } = toPlaceDocument(palace, { wordStarts: () => [0, 2, 4] });
    expect(keys.inner).to.deep.equal(['故宫博物院', '博物院']);
    expect(zh).to.deep.equal(['国立 故宫 博物院']);
  });

  it('carries its parents with their names, and all names to be typed beside it', () => {
    const { parents, within, country } = toPlaceDocument(itabashi, { parents: [tokyo] });
    expect(parents).to.deep.equal([
      {
        id: 'jp:13',
        kind: 'region',
        names: { local: '東京都', ja: '東京都', 'zh-Hans': '东京都', 'zh-Hant': '東京都' },
        variants: ['东京'],
        importance: 0.54,
      },
    ]);
    expect(within).to.deep.equal(['东京都', '东京']);
    expect(country).to.equal('JP');
  });

  it('finds a country by its ISO code', () => {
    const japan = readPlaceRecord({ id: 'jp', name: '日本', kind: 'country', country: 'JP' });
    expect(toPlaceDocument(japan).keys.name).to.deep.equal(['日本', 'jp']);
    expect(toPlaceDocument(itabashi).keys.name).to.not.include('jp');
  });

  it('cuts no character in half', () => {
    const { keys } = toPlaceDocument(readPlaceRecord({ id: 'x', name: '𣴎田市' }));
    expect(keys.tail).to.deep.equal(['田市']);
  });
});

describe('importanceOf and rankOf', () => {
  it('put large before small, wide before narrow, hamlets last', () => {
    const city = importanceOf({ kind: 'city', population: 3e6 });
    expect(city).to.be.greaterThan(importanceOf({ kind: 'city', population: 3e4 }));
    expect(importanceOf({ kind: 'city' })).to.be.greaterThan(importanceOf({ kind: 'town' }));
    expect(importanceOf({ kind: 'town', granularity: 'settlement' })).to.be.lessThan(0.15);
  });

  it('order by importance first, the same on every machine', () => {
    expect(rankOf(0.9, 'z')).to.be.lessThan(rankOf(0.8, 'a'));
    expect(rankOf(0.5, 'a')).to.equal(rankOf(0.5, 'a')).and.not.equal(rankOf(0.5, 'b'));
    expect(Number.isSafeInteger(rankOf(0, 'x'))).to.equal(true);
  });
});

describe('readerOf', () => {
  const cases: [tag: string, language: string, home: string[]][] = [
    ['zh-Hant', 'zh-Hant', ['TW']],
    ['zh-TW', 'zh-Hant', ['TW']],
    ['zh-HK', 'zh-Hant-HK', ['HK']],
    ['zh_MO', 'zh-Hant-MO', ['MO']],
    ['zh', 'zh-Hans', ['CN']],
    ['zh-SG', 'zh-Hans-SG', ['SG']],
    ['ja', 'ja', ['JP']],
    ['ko-KR', 'ko', ['KR']],
    ['en', 'en', []],
    ['en-SG', 'en-SG', ['SG']],
    ['pt-BR', 'pt', ['BR']],
    ['sr-Latn-RS', 'sr-Latn', ['RS']],
    ['fr', 'fr', []],
  ];
  for (const [tag, language, home] of cases) {
    it(`takes ${tag} for a reader of ${language}`, () => {
      expect(readerOf(tag)).to.deep.equal({ language, home });
    });
  }
});
