import { expect } from 'chai';

import { readPlaceRecord } from '../../lib/autocomplete/record.ts';

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

  it('knows the script of a local name by its country', () => {
    expect(officialNames({ name: '臺北市', country: 'TW' })).to.deep.equal([
      '? 臺北市',
      'zh-Hant 臺北市 made',
      'zh-Hans 台北市 made',
    ]);
    expect(officialNames({ name: '臺北市' })).to.deep.equal(['? 臺北市']);
  });

  it('takes Japanese names for both scripts where neither is stated', () => {
    expect(officialNames({ name: '新宿区', country: 'JP' })).to.deep.equal([
      '? 新宿区',
      'zh-Hant 新宿區 made',
      'zh-Hans 新宿区 made',
    ]);
    expect(officialNames({ name: 'さいたま市', country: 'JP' })).to.deep.equal(['? さいたま市']);
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

  it('adds nothing to a name of no stated language that both scripts write alike', () => {
    expect(officialNames({ name: '中山', country: 'TW' })).to.deep.equal(['? 中山']);
  });
});
