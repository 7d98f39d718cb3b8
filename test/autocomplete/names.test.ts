import { expect } from 'chai';

import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

type Row = { name: string } & Record<string, unknown>;

/** Names, official names and labels that a reader is shown, best first. */
async function shown(text: string, language: string, ...rows: Row[]): Promise<string[]> {
  const records = rows.map((row, i) => readPlaceRecord({ id: `${i}`, ...row }));
  const found = await answerPlaceQuery(text, { language }, memorySearch(documentsOf(records)));
  return found.map(
    (s: Suggestion) =>
      `${s.name} / ${s.officialName} / ${s.label}${s.converted ? ' converted' : ''}`,
  );
}

describe('officialName', () => {
  const sunMoon = { name: '日月潭', names: { ja: 'ジツゲツタン', en: 'Sun Moon Lake' } };

  it('is the local name, and not a foreign one, for who reads its characters', async () => {
    for (const row of [{ ...sunMoon, country: 'TW' }, sunMoon]) {
      const country = 'country' in row ? { 'zh-Hant': ', 台灣', 'zh-Hans': ', 台湾' } : null;
      for (const language of ['zh-Hant', 'zh-Hans'] as const) {
        const label = `日月潭${country?.[language] ?? ''}`;
        const name = `日月潭 / 日月潭 / ${label}`;
        expect(await shown('Sun Moon', language, row)).to.deep.equal([name]);
        expect(await shown('日月', language, row)).to.deep.equal([name]);
      }
    }
    const shibuya = { name: '渋谷', names: { 'zh-Hant': '澀谷' } };
    expect(await shown('shibuya', 'ja', { ...shibuya, aliases: ['Shibuya'] })).to.deep.equal([
      '渋谷 / 渋谷 / 渋谷',
    ]);
    const seoul = { name: '서울', names: { en: 'Seoul' } };
    expect(await shown('seoul', 'ko', seoul)).to.deep.equal(['서울 / 서울 / 서울']);
  });

  it('is the stated one for who has one, whatever the local name is', async () => {
    expect(await shown('日月', 'ja', { ...sunMoon, country: 'TW' })).to.deep.equal([
      'ジツゲツタン / ジツゲツタン / ジツゲツタン, 台湾',
    ]);
    expect(await shown('日月', 'en', sunMoon)).to.deep.equal([
      'Sun Moon Lake / Sun Moon Lake / Sun Moon Lake',
    ]);
  });

  it('is in the script of the reader as the name and the label are, marked where it was turned', async () => {
    const temple = { name: '龍山寺', country: 'TW' };
    for (const row of [temple, { ...temple, names: { ja: '龍山寺' } }]) {
      expect(await shown('龍山', 'zh-Hans', row)).to.deep.equal([
        '龙山寺 / 龙山寺 / 龙山寺, 台湾 converted',
      ]);
      expect(await shown('龙山', 'zh-Hant', row)).to.deep.equal(['龍山寺 / 龍山寺 / 龍山寺, 台灣']);
    }
  });
});

describe('displayName', () => {
  it('is the short name of whichever official name the reader is shown', async () => {
    const row = { name: '板橋區', country: 'TW', kind: 'district' };
    const converted = '板橋 / 板橋区 / 板橋, 台湾 converted';
    expect(await shown('板橋', 'ja', row)).to.deep.equal([converted]);
    expect(await shown('板橋區', 'zh-TW', row)).to.deep.equal(['板橋區 / 板橋區 / 板橋區, 台灣']);
    expect(await shown('banq', 'en', row)).to.deep.equal(['板橋區 / 板橋區 / 板橋區, Taiwan']);
  });
});

describe('placeLabel', () => {
  it('names a parent as its own suggestion would', async () => {
    const child = { name: 'Pier', parent: '1' };
    const lake = { ...{ name: '日月潭', names: { ja: 'ジツゲツタン' } }, kind: 'city' };
    expect((await shown('pier', 'zh-Hant', child, lake))[0]).to.equal('Pier / Pier / Pier, 日月潭');
    expect((await shown('pier', 'ja', child, lake))[0]).to.equal(
      'Pier / Pier / Pier, ジツゲツタン',
    );
    const shenyang = {
      name: '沈阳',
      names: { 'zh-Hans': '沈阳', 'zh-Hant': '瀋陽' },
      kind: 'city',
    };
    expect((await shown('pier', 'ja', child, shenyang))[0]).to.equal('Pier / Pier / Pier, 瀋陽');
  });
});

describe('romaji that ends in m', () => {
  it('finds what goes on with ま, み, む, め or も first, then what goes on with ん', async () => {
    const rows = [
      { name: '清水寺', country: 'JP', names: { 'ja-Hira': 'きよみずでら' } },
      { name: 'きょうと', country: 'JP' },
      { name: 'きよ', country: 'JP' },
      { name: '新橋', country: 'JP', names: { 'ja-Hira': 'しんばし' } },
      { name: '島根', country: 'JP', names: { 'ja-Hira': 'しまね' } },
      { name: '新宿', country: 'JP', names: { 'ja-Hira': 'しんじゅく' } },
    ];
    const names = async (text: string): Promise<string[]> =>
      (await shown(text, 'ja', ...rows)).map((line) => line.split(' / ')[0]!);
    for (const text of ['kiyom', 'きよm', 'kyom', 'きよみ', 'きよみz']) {
      expect(await names(text), text).to.deep.equal(['清水寺']);
    }
    expect(await names('shim')).to.deep.equal(['島根', '新橋']);
    expect(await names('shimb')).to.deep.equal(['新橋']);
  });

  it('is no longer than what was typed where it marks a name', async () => {
    const record = readPlaceRecord({ id: 'x', name: 'しんばし', country: 'JP' });
    const search = memorySearch([toPlaceDocument(record)]);
    const [found] = await answerPlaceQuery('shim', { language: 'ja' }, search);
    expect(found!.matches).to.deep.equal([[0, 2]]);
  });
});
