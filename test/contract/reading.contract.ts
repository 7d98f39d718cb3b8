import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import type { ClusterClient } from '../../lib/engines/cluster/request.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { largeToSmall } from '../../eval/typed-texts.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { closeAtEnd } from '../support/lifetime.ts';

interface Case {
  query: string;
  options?: Parameters<PlaceIndex['suggest']>[1];
}

/** Names in Hong Kong and Macau by their Cantonese reading, whole and begun. */
const JYUTPING = [
  'wongkok',
  'wong gok',
  'zimsaazeoi',
  'saatin',
  'waanzai',
  'jauzimwong',
  'hoenggong',
];

/** Texts that no table of cases has: what is left over, mistakes, keyboards, addresses, numbers, nothing. */
const TYPED = [
  ...[
    'ㅎㅇㄷ',
    'ㄱㄴㄱ',
    '西新宿5丁目',
    '西新宿５丁目',
    '西新宿五丁目',
    '中山北路6段',
    '第11公園',
    'しぶやえき',
    'JR新宿駅',
  ],
  ...[
    'banqiaozhan',
    'Osaka Station',
    '板橋捷運站',
    '5-2-1 Ginza, Chuo-ku, Tokyo 104-0061',
    '苗票縣三義鄉',
  ],
  ...[
    '221B Baker Street, London NW1 6XE, UK',
    '〒160-0023 東京都新宿区西新宿２－８－１',
    '220新北市板橋區文化路一段1號 02-2968-1234',
  ],
  ...[
    'No. 7, Sec. 5, Xinyi Rd., Xinyi Dist., Taipei City 110',
    '서울시 강람구',
    '札幌市中央区南3条西4丁目',
    'Kaoshiung, Taiwan',
  ],
  ...[
    '新宿駅南口',
    '紀尾井町1-3',
    '板橋車站2號出口',
    '新北市扳橋區',
    'Xihu, Hangzhuo',
    '京都 osaka',
  ],
  ...['新宿え', '板橋z', '旺角 Mong Kok', 'tjdnf rkdskarn', '오사카역', 'chungli, taoyuan', '中山'],
  ...[
    'Shin-Osaka Station おおさかし 日本',
    'qwertz, uiop',
    'a'.repeat(256),
    '東京'.repeat(60),
    '\\ "',
  ],
];

/**
 * What a cluster promises about texts of several parts: the answers of the embedded engine, to the last field, by two
 * requests at the most.
 *
 * @param makeEngine - Over a client that counts.
 */
export function readingContract(
  makeEngine: (client: ClusterClient) => Engine,
  clientOf: () => ClusterClient,
): void {
  it('reads texts in parts as the embedded engine does, by two requests at the most', async () => {
    let requests = 0;
    const { transport } = clientOf();
    const counting: ClusterClient = {
      transport: {
        request: (...args: Parameters<typeof transport.request>) => {
          requests += 1;
          return transport.request(...args);
        },
      },
    };
    // A clock that stands: every five seconds a look for a newer table goes beside a query.
    const now = Date.now();
    const settings = { now: () => now, jyutping: true };
    const there = closeAtEnd(new PlaceIndex(makeEngine(counting), settings));
    const here = closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' }), settings));
    const examples = exampleLines();
    const records = [...examples, ...casesIn('places'), ...casesIn('habit-places')];
    for (const index of [there, here]) await index.rebuild(records);
    // The table of containers is read once a generation.
    await there.containers();
    const some = (_: unknown, at: number): boolean => at % 3 === 0;
    const habits = casesIn<Case & Case['options']>('habits')
      .filter(some)
      .map(({ query, language, doublePinyin }) => ({
        query,
        options: { ...(language && { language }), ...(doublePinyin && { doublePinyin }) },
      }));
    const asked: Case[] = [
      ...casesIn<Case>('autocomplete'),
      ...habits,
      ...JYUTPING.map((query) => ({ query, options: { language: 'zh-HK' } })),
      ...(await labelsOf(here, examples)),
      ...TYPED.flatMap((query) => [
        { query, options: { explain: true } },
        { query, options: { language: 'ja', near: { lat: 35.68, lon: 139.76 }, limit: 3 } },
        { query, options: { language: 'zh-HK', countries: ['TW', 'HK', 'JP'] } },
      ]),
    ];
    for (const { query, options } of asked) {
      requests = 0;
      const found = await there.suggest(query, options);
      const what = `${query} ${JSON.stringify(options)}`;
      expect(requests, what).to.be.at.most(2);
      expect(found, what).to.deep.equal(await here.suggest(query, options));
    }
    for (const query of [
      ...TYPED,
      ...casesIn<Case>('search')
        .filter(some)
        .map((c) => c.query),
    ]) {
      expect(await there.search(query), query).to.deep.equal(await here.search(query));
    }
  }).timeout(600_000);
}

function exampleLines(): { id: string }[] {
  const lines = readFileSync(EXAMPLE_FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { id: string });
}

function casesIn<T = { id: string }>(name: string): T[] {
  const lines = readFileSync(`test/cases/${name}.jsonl`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

/** Labels of every thirtieth place in three languages, as they are and from large to small. */
async function labelsOf(index: PlaceIndex, records: readonly { id: string }[]): Promise<Case[]> {
  const asked: Case[] = [];
  for (const { id } of records.filter((_, at) => at % 30 === 0)) {
    const place = await index.get(id);
    for (const language of ['zh-Hant', 'ja', 'en']) {
      const [first] = await index.suggest(place!.names[0]!.text, { language });
      if (!first) continue;
      const options = { language };
      asked.push({ query: first.label, options });
      asked.push({ query: largeToSmall(first.label), options });
    }
  }
  return asked;
}
