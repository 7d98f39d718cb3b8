import { expect } from 'chai';
import { makeCells, STATES } from '../../bench/cases.ts';
import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';

const NEW_TAIPEI = readPlaceRecord({
  id: 'ntp',
  name: '新北市',
  names: { 'zh-Hant': '新北市', 'zh-Hans': '新北市' },
  kind: 'city',
  country: 'TW',
});
const BANQIAO = readPlaceRecord({
  id: 'banqiao',
  name: '板橋區',
  names: { 'zh-Hant': '板橋區', 'zh-Hans': '板桥区', en: 'Banqiao' },
  kind: 'district',
  country: 'TW',
  parent: 'ntp',
});
const SHINJUKU = readPlaceRecord({
  id: 'shinjuku',
  name: '新宿区',
  names: { ja: '新宿区', 'ja-Hira': 'しんじゅくく' },
  kind: 'city',
  country: 'JP',
});
const NAMESAKE = readPlaceRecord({ id: 'sight', name: '板橋區', kind: 'poi' });
const ALL = [NEW_TAIPEI, BANQIAO, SHINJUKU, NAMESAKE];

function typed(state: string, record: PlaceRecord): string | undefined {
  return STATES[state]?.(record, new Map(ALL.map((r) => [r.id, r])))?.text;
}

describe('STATES', () => {
  it('types a Taiwanese district in every Mandarin way', () => {
    expect(
      Object.fromEntries(Object.keys(STATES).map((state) => [state, typed(state, BANQIAO)])),
    ).to.deep.equal({
      'Han name': '板橋區',
      'other Han form': '板桥区',
      'without suffix': '板橋',
      'parent + child': '新北板橋',
      kana: undefined,
      romaji: undefined,
      pinyin: 'banqiaoqu',
      'pinyin initials': 'bqq',
      zhuyin: 'ㄅㄢˇㄑㄧㄠˊㄑㄩ',
      'uncommitted, zhuyin': '板橋ㄑ',
      'uncommitted, kana': undefined,
      'English name': 'Banqiao',
    });
  });

  it('types a Japanese place by its reading', () => {
    expect(typed('kana', SHINJUKU)).to.equal('しんじゅくく');
    expect(typed('romaji', SHINJUKU)).to.equal('shinjukuku');
    expect(typed('pinyin', SHINJUKU)).to.equal(undefined);
  });

  it('leaves autonomous regions and one-character stems whole', () => {
    const named = (name: string): PlaceRecord =>
      readPlaceRecord({ id: 'x', name, kind: 'region', country: 'CN' });
    expect(typed('without suffix', named('内蒙古自治区'))).to.equal(undefined);
    expect(typed('without suffix', named('喀什地区'))).to.equal('喀什');
    expect(typed('without suffix', named('北區'))).to.equal(undefined);
  });
});

describe('makeCells', () => {
  const cells = makeCells(ALL, { full: 10, cut: 10, warmUp: 0 }, 1);
  const cell = (state: string, length: number): string[] =>
    (cells.find((c) => c.state === state && c.length === length)?.cases ?? [])
      .map((c) => c.text)
      .sort();

  it('cuts texts to 1, 2 and 3 characters, and leaves out those that are no longer', () => {
    expect(cell('Han name', 0)).to.deep.equal(['新北市', '新宿区', '板橋區', '板橋區']);
    expect(cell('Han name', 2)).to.deep.equal(['新北', '新宿', '板橋', '板橋']);
    expect(cell('Han name', 3)).to.deep.equal([]);
  });

  it('accepts namesakes, and for parent and child only those under the same parent', () => {
    const accepted = (state: string, text: string): string[] | undefined =>
      cells
        .find((c) => c.state === state && c.length === 0)
        ?.cases.find((c) => c.text === text)
        ?.accept.sort();
    expect(accepted('Han name', '板橋區')).to.deep.equal(['banqiao', 'sight']);
    expect(accepted('parent + child', '新北板橋')).to.deep.equal(['banqiao']);
  });

  it('draws the same cases for the same seed', () => {
    const texts = (seed: number): string[] =>
      makeCells(ALL, { full: 10, cut: 10, warmUp: 0 }, seed).flatMap((c) =>
        c.cases.map((one) => one.text),
      );
    expect(texts(3)).to.deep.equal(texts(3));
  });

  it('keeps the cases of the warm-up apart', () => {
    const { cases, warmUp } = makeCells(ALL, { full: 2, cut: 2, warmUp: 2 }, 1)[0]!;
    expect([cases.length, warmUp.length]).to.deep.equal([2, 2]);
  });
});
