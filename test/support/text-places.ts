import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CASES = new URL('../cases/', import.meta.url);

/** One line of test/cases/search.jsonl. */
export interface TextCase {
  query: string;
  /** Of the reader. */
  lang: string;
  /** Any of these ids is right. */
  expect: string[];
  /** How it was typed. */
  why: string;
  /** One of them is among the first so many. Default 1. */
  within?: number;
}

/** Sights that the cases of text search ask for, beside the example places. */
export const TEXT_CASE_PLACES: string = fileURLToPath(new URL('search-places.jsonl', CASES));

/** What is typed into a text search, and what is meant. */
export function textCases(): TextCase[] {
  const lines = readFileSync(new URL('search.jsonl', CASES), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TextCase);
}

/** Places for text search: facts that anyone knows, and numbered parks. */
export const TEXT_PLACES: readonly Record<string, unknown>[] = [
  { id: 'jp', name: '日本', kind: 'country', country: 'JP' },
  { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
  { id: 'kyoto', name: '京都市', kind: 'city', country: 'JP', parent: 'jp' },
  { id: 'tokyo', name: '東京都', kind: 'region', country: 'JP', parent: 'jp' },
  { id: 'shimizu', name: '清水区', kind: 'district', country: 'JP', parent: 'jp', names: { ja: '清水区' } },
  { id: 'kiyomizu', name: '清水寺', country: 'JP', parent: 'kyoto', lat: 34.9949, lon: 135.785 },
  { id: 'tower', name: '東京タワー', country: 'JP', parent: 'tokyo' },
  { id: 'tainan', name: '臺南市', kind: 'city', country: 'TW', parent: 'tw' },
  { id: 'taichung', name: '臺中市', kind: 'city', country: 'TW', parent: 'tw' },
  { id: 'nantou', name: '南投縣', kind: 'city', country: 'TW', parent: 'tw' },
  { id: 'qingshui', name: '清水區', kind: 'district', country: 'TW', parent: 'taichung' },
  { id: 'fort', name: '億載金城', country: 'TW', parent: 'tainan', category: '古蹟類' },
  { id: 'ropeway', name: '日月潭纜車站', country: 'TW', parent: 'nantou' },
  ...Array.from({ length: 12 }, (_, i) => ({
    id: `park-${i}`,
    name: `${'甲乙丙丁戊己庚辛壬癸子丑'.charAt(i)}公園`,
    country: 'TW',
    parent: 'tainan',
  })),
]; // prettier-ignore

/** Places that compete with parts of an address: by a word, a piece of a name, a namesake elsewhere. */
export const ADDRESS_PLACES: readonly Record<string, unknown>[] = [
  { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
  { id: 'cn', name: '中国', kind: 'country', country: 'CN' },
  { id: 'jp', name: '日本', kind: 'country', country: 'JP' },
  { id: 'hangzhou', name: '杭州市', names: { en: 'Hangzhou' }, kind: 'city', country: 'CN', parent: 'cn' },
  { id: 'yuhang', name: '余杭区', kind: 'district', country: 'CN', parent: 'hangzhou' },
  { id: 'kelowna', name: 'West Kelowna', kind: 'city', country: 'CA' },
  { id: 'westlake', name: 'West Lake', kind: 'city', country: 'US' },
  { id: 'ntp', name: '新北市', kind: 'city', country: 'TW', parent: 'tw' },
  { id: 'banqiao', name: '板橋區', names: { en: 'Banqiao' }, kind: 'district', country: 'TW', parent: 'ntp' },
  { id: 'centre', name: '文化中心', names: { ko: '문화센터' }, country: 'TW', parent: 'banqiao' },
  { id: 'park-3', name: '第三公園', country: 'TW', parent: 'banqiao' },
  { id: 'tokyo', name: '東京都', kind: 'region', country: 'JP', parent: 'jp' },
  { id: 'shinjuku', name: '新宿区', kind: 'city', country: 'JP', parent: 'tokyo' },
  { id: 'shinjuku-station', name: '新宿', kind: 'station', country: 'JP', parent: 'shinjuku' },
  { id: 'south', name: '南新宿駅', kind: 'station', country: 'JP', parent: 'tokyo' },
]; // prettier-ignore

/** Places with descriptions. */
export const DESCRIBED_PLACES: readonly object[] = [
  { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
  { id: 'taipei', name: '臺北市', kind: 'city', country: 'TW', parent: 'tw' },
  {
    id: 'park',
    name: '花卉試驗中心',
    country: 'TW',
    parent: 'taipei',
    description: {
      'zh-Hant': '位於陽明山上。每年二月適合全家親子同遊，也是賞櫻的好去處，步道平緩。',
      ja: '陽明山にあり、桜の名所として知られる。子ども連れに人気。',
    },
  },
  {
    id: 'hill',
    name: '陽明山公園',
    country: 'TW',
    parent: 'taipei',
    description: '從花鐘到瀑布，春天賞櫻的人很多，花季時請搭公車。',
  },
  { id: 'hall', name: '親子館', country: 'TW' },
  { id: 'cherries', name: '賞櫻步道', country: 'TW' },
];
