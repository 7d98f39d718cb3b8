import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { TextSearch, TextTerm } from '../../lib/autocomplete/searches.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { documentWith } from '../support/documents.ts';
import { ADDRESS_PLACES, DESCRIBED_PLACES, TEXT_PLACES } from '../support/text-places.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { codeOf } from '../support/failures.ts';

/** What every engine promises about text search. */
export function searchContract(makeEngine: () => Engine): void {
  let engine: Engine;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
  });

  const live = async (...documents: ReturnType<typeof documentWith>[]): Promise<void> => {
    const { name } = await engine.createGeneration('places', { ...placeMapping() });
    await engine.write(
      name,
      documents.map((index) => ({ index })),
    );
    await engine.finishGeneration(name);
    await engine.swapAlias('places', null, name);
  };
  const searchFor = (...terms: TextTerm[]): TextSearch => ({ terms, limit: 10 });
  const gram = (value: string, weight = 1): TextTerm => ({ field: 'grams', value, weight });
  const matched = async (...args: [TextSearch, ...object[]]): Promise<string[]> =>
    (await engine.findByTerms('places', ...args)).map(({ id }) => id);

  describe('findByTerms', () => {
    it('adds up weights, and orders equal sums by rank', async () => {
      await live(
        documentWith('one', 3, {}, { grams: ['清水'] }),
        documentWith('both', 9, {}, { grams: ['清水', '水寺'] }),
        documentWith('other', 1, {}, { grams: ['清水'] }),
        documentWith('none', 0, {}, { grams: ['水清'] }),
      );
      expect(await matched(searchFor(gram('清水'), gram('水寺')))).to.deep.equal([
        'both',
        'other',
        'one',
      ]);
      expect(await matched({ ...searchFor(gram('清水')), limit: 2 })).to.deep.equal([
        'other',
        'one',
      ]);
    });

    it('counts a container for places that have another term, and for no others', async () => {
      await live(
        documentWith('far', 1, {}, { grams: ['清水'] }),
        documentWith('kyoto', 2, {}, { grams: ['清水'], within: ['京都', '京都市'] }),
        documentWith('only-within', 3, {}, { within: ['京都'] }),
      );
      const within: TextTerm = { field: 'within', value: '京都', weight: 1 };
      expect(await matched(searchFor(gram('清水'), within))).to.deep.equal(['kyoto', 'far']);
      expect(await matched(searchFor(within))).to.deep.equal([]);
    });

    it('looks up words by language', async () => {
      await live(
        documentWith('zh', 1, {}, { zh: ['清水 寺'] }),
        documentWith('ja', 2, {}, { ja: ['清水寺', 'say "hi" \\ bye'] }),
      );
      const word = (field: 'zh' | 'ja', value: string): TextSearch =>
        searchFor({ field, value, weight: 1 });
      expect(await matched(word('zh', '寺'))).to.deep.equal(['zh']);
      expect(await matched(word('ja', '清水寺'))).to.deep.equal(['ja']);
      expect(await matched(word('ja', '寺'))).to.deep.equal([]);
      expect(await matched(word('ja', '"hi"'))).to.deep.equal(['ja']);
      expect(await matched(word('ja', '\\'))).to.deep.equal(['ja']);
    });

    it('keeps to countries, kinds and boxes', async () => {
      const grams = ['公园'];
      await live(
        documentWith('tw', 1, {}, { grams, country: 'TW', location: { lat: 25, lon: 121.5 } }),
        documentWith('jp', 2, {}, { grams, country: 'JP', kind: 'poi' }),
        documentWith('fiji', 3, {}, { grams, kind: 'poi', location: { lat: -17, lon: 179.9 } }),
      );
      const search = searchFor(gram('公园'));
      expect(await matched(search, { countries: ['JP', 'CN'] })).to.deep.equal(['jp']);
      expect(await matched(search, { kinds: ['poi'] })).to.deep.equal(['jp', 'fiji']);
      const box = { south: -20, north: -10, west: 179, east: -179 };
      expect(await matched(search, { box })).to.deep.equal(['fiji']);
    });

    it('gives a hit its words, and neither grams nor keys', async () => {
      await live(documentWith('a', 1, { name: ['a'] }, { grams: ['清水'], zh: ['清 水'] }));
      const [hit] = await engine.findByTerms('places', searchFor(gram('清水')));
      expect(hit!.source).to.deep.include({ id: 'a', zh: ['清 水'], ja: [] });
      expect(hit!.source).to.not.have.any.keys('grams', 'keys');
    });

    it('follows writes to a live index', async () => {
      await live(documentWith('a', 1, {}, { grams: ['清水'], zh: ['清水'] }));
      const word = searchFor({ field: 'zh', value: '清水', weight: 1 });
      await engine.write('places', [{ index: documentWith('b', 2, {}, { zh: ['清水'] }) }]);
      expect(await matched(word)).to.deep.equal(['a', 'b']);
      await engine.write('places', [{ index: documentWith('a', 1, {}, { zh: ['大坂'] }) }]);
      expect(await matched(word)).to.deep.equal(['b']);
      expect(await matched(searchFor(gram('清水')))).to.deep.equal([]);
      await engine.write('places', [{ delete: 'b' }]);
      expect(await matched(word)).to.deep.equal([]);
    });

    it('finds nothing for no terms, and throws for an unknown index or an aborted signal', async () => {
      await live(documentWith('a', 1, {}, { grams: ['清水'] }));
      expect(await matched(searchFor())).to.deep.equal([]);
      expect(await codeOf(engine.findByTerms('nowhere', searchFor(gram('清水'))))).to.equal(
        'INDEX_NOT_FOUND',
      );
      const stopped = engine.findByTerms(
        'places',
        searchFor(),
        {},
        { signal: AbortSignal.abort() },
      );
      expect(((await stopped.catch((e: unknown) => e)) as Error).name).to.equal('AbortError');
    });
  });

  describe('PlaceIndex.search', () => {
    let index: PlaceIndex;
    beforeEach(async () => {
      index = new PlaceIndex(engine);
      await index.rebuild(TEXT_PLACES);
    });
    const ids = async (...args: Parameters<PlaceIndex['search']>): Promise<string[]> =>
      (await index.search(...args)).hits.map(({ id }) => id);

    it('finds a place with its city, in any order, with and without a space', async () => {
      for (const text of ['清水寺 京都', '京都 清水寺', '京都清水寺', '清水寺京都市']) {
        expect((await ids(text, { language: 'ja' }))[0], text).to.equal('kiyomizu');
      }
    });

    it('finds a Japanese name that is a Chinese word for Chinese readers, in the zh field', async () => {
      expect((await index.get('kiyomizu'))!.zh).to.deep.equal(['清水 寺']);
      expect((await index.get('tower'))!.zh).to.deep.equal([]);
      const word: TextTerm = { field: 'zh', value: '清水', weight: 1 };
      const found = await engine.findByTerms('places', searchFor(word));
      expect(found.map(({ id }) => id)).to.include('kiyomizu');
      const { hits } = await index.search('清水寺 京都', { language: 'zh-Hans', explain: true });
      expect(hits[0]).to.include({ id: 'kiyomizu', name: '清水寺' });
      expect(hits[0]!.explain!.pieces.map(({ text, part, aligned }) => [text, part, aligned]))
        .to.deep.equal([
          ['清水寺', 'name', true],
          ['京都', 'container', true],
        ]); // prettier-ignore
    });

    it('finds by category and container, and says what to emphasise', async () => {
      const { hits } = await index.search('台南 古蹟', { language: 'zh-Hant' });
      expect(hits[0]).to.include({ id: 'fort', name: '億載金城' });
      expect(hits[0]!.highlights).to.deep.equal([
        { part: 'container', text: '台南', ranges: [[0, 2]] },
        { part: 'category', text: '古蹟類', ranges: [[0, 2]] },
      ]);
      expect(hits[0]!.matches).to.deep.equal([]);
    });

    it('emphasises the shown name, also in the other script', async () => {
      const { hits } = await index.search('日月潭缆车', { language: 'zh-Hant' });
      expect(hits[0]).to.deep.include({ id: 'ropeway', name: '日月潭纜車站', matches: [[0, 5]] });
    });

    it('forgives one wrong character where nothing has the text', async () => {
      expect((await ids('清永寺 京都', { language: 'ja' }))[0]).to.equal('kiyomizu');
      expect((await ids('日月譚纜車站'))[0]).to.equal('ropeway');
    });

    it('takes address parts as filters, in any script, and tells what is left', async () => {
      await index.rebuild(ADDRESS_PLACES);
      const found = async (text: string, language: string): Promise<unknown> => {
        const { hits } = await index.search(text, { language });
        return hits.map(({ id, unread = [] }) => [id, ...unread.map((at) => text.slice(...at))]);
      };
      expect(await found('West Lake District, Hangzhou', 'en')).to.deep.equal([
        ['hangzhou', 'West Lake District'],
      ]);
      expect(await found('新北市板橋區文化路一段1號', 'zh-Hant')).to.deep.equal([
        ['banqiao', '文化路一段1號'],
      ]);
      const [first, second] = (await found('新宿駅南口', 'ja')) as string[][];
      expect(first).to.deep.equal(['shinjuku-station', '南口']);
      expect(second).to.not.include('south');
      // A container in a script that the names of its places lack.
      expect(await found('문화센터 banqiao', 'ko')).to.deep.equal([['centre']]);
      // A true name in a wrong container is lost no more than the container.
      expect(await found('文化中心 杭州市', 'zh-Hant')).to.deep.equal([
        ['centre', '杭州市'],
        ['hangzhou', '文化中心'],
      ]);
    });

    it('tells a mistake as a guess, and no number for another one', async () => {
      await index.rebuild(ADDRESS_PLACES);
      const found = async (text: string): Promise<unknown> => {
        const { hits } = await index.search(text, { language: 'zh-Hant' });
        return hits.map(({ id, guess = false }) => [id, guess]);
      };
      expect(await found('文化中心')).to.deep.equal([['centre', false]]);
      expect(await found('文花中心')).to.deep.equal([['centre', true]]);
      expect(await found('第三公園')).to.deep.equal([['park-3', false]]);
      expect(await found('第五公園')).to.deep.equal([]);
    });

    it('keeps to countries, kinds and a radius', async () => {
      expect(await ids('清水', { countries: ['TW'] })).to.deep.equal(['qingshui']);
      expect(await ids('清水', { kinds: ['poi'] })).to.deep.equal(['kiyomizu']);
      const near = { lat: 34.99, lon: 135.78 };
      expect(await ids('清水', { near, radiusKm: 20 })).to.deep.equal(['kiyomizu']);
    });

    it('pages without gaps or repeats, with one total', async () => {
      const whole = await index.search('公園', { limit: 100 });
      expect(whole).to.include({ total: 12, more: false });
      const paged: string[] = [];
      for (let from = 0; from < 12; from += 5) {
        const page = await index.search('公園', { from, limit: 5 });
        expect(page.total).to.equal(12);
        paged.push(...page.hits.map(({ id }) => id));
      }
      expect(paged).to.deep.equal(whole.hits.map(({ id }) => id));
      expect((await index.search('公園', { from: 12 })).hits).to.deep.equal([]);
    });

    it('finds what was put, and no more what was deleted', async () => {
      await index.put([{ id: 'new', name: '明石海峡大橋', country: 'JP', category: '橋' }]);
      expect(await ids('明石 大橋', { language: 'ja' })).to.deep.equal(['new']);
      await index.delete(['new']);
      expect(await ids('明石 大橋', { language: 'ja' })).to.deep.equal([]);
    });

    it('finds places by what their descriptions say, below those by name, with the pieces that say it', async () => {
      await index.rebuild(DESCRIBED_PLACES);
      const where = { in: ['names', 'descriptions'] as const, language: 'zh-Hant' };
      expect(await ids('賞櫻 親子', { language: 'zh-Hant' })).to.deep.equal(['hall', 'cherries']);
      expect(await ids('賞櫻 親子', where)).to.deep.equal(['park', 'hall', 'cherries']);
      // As anybody writes it.
      expect(await ids('赏樱 亲子', { ...where, language: 'zh-Hans' })).to.deep.equal([
        'park',
        'hall',
        'cherries',
      ]);
      const { hits } = await index.search('賞櫻', where);
      expect(hits.map(({ id }) => id)).to.deep.equal(['cherries', 'hill', 'park']);
      expect(hits[0]!.description).to.equal(undefined);
      const [fragment] = hits[2]!.description!.fragments;
      expect(hits[2]!.description!.language).to.equal('zh-Hant');
      expect(fragment!.highlights.map((at) => fragment!.text.slice(...at))).to.deep.equal(['賞櫻']);
      // A name or a container beside it is met together with the description.
      expect((await ids('陽明山 賞櫻', where))[0]).to.equal('hill');
      expect((await ids('台北 賞櫻', where)).slice(0, 2)).to.have.members(['park', 'hill']);
      const only = await index.search('陽明山', { in: ['descriptions'], language: 'zh-Hant' });
      expect(only.hits.map(({ id }) => id)).to.deep.equal(['park']);
      expect(await ids('桜 子ども', { in: ['descriptions'], language: 'ja' })).to.deep.equal([
        'park',
      ]);
      const document = await index.get('park');
      expect(document!.descriptions!.map(({ language }) => language)).to.deep.equal([
        'zh-Hant',
        'ja',
      ]);
    });

    it('follows writes to descriptions, and pages through them', async () => {
      await index.rebuild(DESCRIBED_PLACES);
      const how = { in: ['descriptions'] as const, language: 'zh-Hant' };
      await index.put(
        Array.from({ length: 12 }, (_, i) => ({
          id: `spa-${i}`,
          name: `第${i}號湯屋`,
          country: 'TW',
          description: `這裡的溫泉已有${i + 80}年`,
        })),
      );
      const whole = await index.search('溫泉', { ...how, limit: 100 });
      expect(whole).to.include({ total: 12, more: false });
      const paged: string[] = [];
      for (let from = 0; from < 12; from += 5)
        paged.push(...(await ids('溫泉', { ...how, from, limit: 5 })));
      expect(paged).to.deep.equal(whole.hits.map(({ id }) => id));
      await index.put([{ id: 'spa-0', name: '第0號湯屋', country: 'TW' }]);
      await index.delete(['spa-1']);
      expect((await index.search('溫泉', how)).total).to.equal(10);
      expect(await engine.countAbout('places', ['d', 'g温泉', 'g没有'])).to.deep.equal([12, 10, 0]);
    });

    it('finds nothing for blank text', async () => {
      for (const text of ['', ' ', '・', '💩']) {
        expect(await index.search(text), text).to.deep.equal({ total: 0, more: false, hits: [] });
      }
    });
  });
}
