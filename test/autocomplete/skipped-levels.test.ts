import { expect } from 'chai';

import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

/** Records as sources have them: not every container is stated, and names hold others. */
const RECORDS = [
  { id: 'HK', name: '香港', kind: 'country', country: 'HK', names: { en: 'Hong Kong' } },
  { id: 'new-territories', name: '新界', kind: 'city', parent: 'HK', names: { en: 'New Territories' }, lat: 22.42, lon: 114.11 },
  { id: 'yuen-long', name: '元朗', kind: 'district', parent: 'HK', names: { en: 'Yuen Long' }, lat: 22.45, lon: 114.03 },
  { id: 'tai-po', name: '大埔', kind: 'district', parent: 'HK', names: { en: 'Tai Po' }, lat: 22.45, lon: 114.17 },
  { id: 'kowloon', name: '九龍', kind: 'district', parent: 'HK', names: { en: 'Kowloon' }, lat: 22.32, lon: 114.18 },
  { id: 'mong-kok', name: '旺角', kind: 'town', parent: 'HK', names: { en: 'Mong Kok' }, lat: 22.32, lon: 114.17 },
  { id: 'sham-shui-po', name: '深水埗', kind: 'district', parent: 'HK', names: { en: 'Sham Shui Po' }, lat: 22.33, lon: 114.16 },
  { id: 'US', name: 'United States', kind: 'country', country: 'US', names: { 'zh-Hans': '美国' } },
  { id: 'california', name: 'California', kind: 'region', parent: 'US' },
  { id: 'los-angeles', name: 'Los Angeles', kind: 'city', parent: 'california', names: { 'zh-Hans': '洛杉矶' }, lat: 34, lon: -118 },
  { id: 'new-york', name: 'New York', kind: 'city', parent: 'US', lat: 40.7, lon: -74 },
  { id: 'KR', name: '대한민국', kind: 'country', country: 'KR' },
  { id: 'gyeonggi', name: '경기도', kind: 'region', parent: 'KR' },
  { id: 'bundang', name: '성남시분당구', kind: 'district', parent: 'gyeonggi', country: 'KR', lat: 37.38, lon: 127.12 },
  { id: 'jeongja', name: '정자동', kind: 'town', parent: 'bundang', country: 'KR', lat: 37.36, lon: 127.11 },
  { id: 'seongnam', name: '성남시', kind: 'town', parent: 'bundang', country: 'KR', population: 900000, lat: 37.42, lon: 127.13 },
  { id: 'JP', name: '日本', kind: 'country', country: 'JP' },
  { id: 'fukuoka', name: '福岡市', kind: 'city', parent: 'JP', lat: 33.59, lon: 130.4 },
  { id: 'hakata-ekimae', name: '博多駅前', kind: 'district', parent: 'fukuoka', lat: 33.59, lon: 130.42 },
  { id: 'hakata-station', name: '博多', kind: 'station', parent: 'fukuoka', names: { ja: '博多' }, aliases: ['博多駅'], lat: 33.59, lon: 130.42 },
  { id: 'kyoto', name: '京都市', kind: 'city', parent: 'JP', lat: 35.01, lon: 135.77 },
  { id: 'tokyo', name: '東京都', kind: 'region', parent: 'JP', lat: 35.69, lon: 139.69 },
]; // prettier-ignore

describe('a text with a level that the record of the place lacks', () => {
  const documents = documentsOf(RECORDS.map((record) => readPlaceRecord(record)));
  const search = memorySearch(documents);
  const containers = containersOf(documents);
  const ask = (text: string, language: string): Promise<Suggestion[]> =>
    answerPlaceQuery(text, { language, containers, explain: true }, search);

  for (const [text, id, language] of [
    ['香港新界元朗', 'yuen-long', 'zh-Hant'],
    ['Tai Po, New Territories, Hong Kong', 'tai-po', 'en'],
    ['香港九龍旺角', 'mong-kok', 'zh-Hant'],
    ['九龍深水埗', 'sham-shui-po', 'zh-Hant'],
    ['성남 분당', 'bundang', 'ko'],
    ['경기도 성남시 분당구', 'bundang', 'ko'],
  ] as const) {
    it(`finds the deepest place: ${text}`, async () => {
      const [first] = await ask(text, language);
      expect(first).to.include({ id });
      expect(first).not.to.have.property('unread');
    });
  }

  for (const [text, id, language, unread] of [
    ['美国加利福尼亚州洛杉矶', 'los-angeles', 'zh-Hans', ['加利福尼亚州']],
    ['350 5th Ave, New York, NY 10118, USA', 'new-york', 'en', ['350 5th Ave', 'NY 10118']],
    [
      'Unit 9, 12/F, Nathan Road, Mong Kok, Kowloon',
      'mong-kok',
      'en',
      ['Unit 9, 12/F, Nathan Road'],
    ],
    ['博多駅前2丁目', 'hakata-ekimae', 'ja', ['2丁目']],
    ['博多駅2丁目', 'hakata-station', 'ja', ['2丁目']],
  ] as const) {
    it(`finds the deepest place, and tells what is left: ${text}`, async () => {
      const [first] = await ask(text, language);
      expect(first).to.include({ id });
      expect(first!.unread!.map((range) => text.slice(...range))).to.deep.equal(unread);
    });
  }

  it('takes no place far away for a container', async () => {
    const found = await ask('東京都京都市', 'ja');
    expect(found.map(({ id }) => id)).to.have.members(['tokyo', 'kyoto']);
    for (const { unread } of found) expect(unread).to.have.lengthOf(1);
  });
});
