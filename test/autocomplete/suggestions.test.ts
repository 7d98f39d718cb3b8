import { expect } from 'chai';
import fc from 'fast-check';

import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { Judge } from '../../lib/autocomplete/suggest/candidates.ts';
import { placeQuery, type PlaceQueryOptions } from '../../lib/autocomplete/suggest/query.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import type { Suggestion, SuggestionOptions } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';
import { anyCharacter } from '../support/any-text.ts';

describe('answerPlaceQuery', () => {
  const documents = documentsOf(exampleRecords());
  const search = memorySearch(documents);
  const containers = containersOf(documents);
  const ask = (
    text: string,
    options: PlaceQueryOptions & SuggestionOptions = {},
  ): Promise<Suggestion[]> =>
    answerPlaceQuery(text, { language: 'zh-Hant', containers, ...options }, search);
  const labels = async (text: string, options?: PlaceQueryOptions): Promise<string[]> =>
    (await ask(text, options)).map((s) => s.label);
  const first = async (text: string, options?: PlaceQueryOptions): Promise<string | undefined> =>
    (await labels(text, options))[0];

  describe('names and labels', () => {
    it('shows the short name that matched, with parent city and country, once', async () => {
      expect(await first('板橋')).to.equal('板橋, 新北市, 台灣');
      expect((await labels('板橋')).filter((l) => l === '板橋, 新北市, 台灣')).to.have.length(1);
    });

    it('shows the official name when only that matched', async () => {
      expect(await first('板橋區')).to.equal('板橋區, 新北市, 台灣');
    });

    it('keeps namesakes apart by their parent city', async () => {
      const found = await labels('中山區');
      expect(found).to.include.members(['中山區, 臺北市, 台灣', '中山區, 基隆市, 台灣']);
    });

    it('shows a parent in the listed spelling that was typed', async () => {
      expect(await first('台北中山')).to.equal('中山, 台北, 台灣');
      expect(await first('臺北中山')).to.equal('中山, 臺北市, 台灣');
      expect(await first('东京 涩谷', { language: 'zh-Hans' })).to.equal('涩谷, 东京都, 日本');
      expect(await first('台北市中山')).to.equal('中山, 臺北市, 台灣');
    });

    it('leaves out what repeats', async () => {
      expect(await first('新加坡')).to.equal('新加坡');
      expect(await first('香港')).to.equal('香港');
      expect(await first('高雄', { language: 'ja' })).to.equal('高雄, 台湾');
    });

    it('tells a province and its capital of one name apart by their official names', async () => {
      const found = await labels('吉林', { language: 'zh-Hans' });
      expect(found).to.include.members(['吉林省, 中国', '吉林市, 吉林省, 中国']);
    });

    it('finds by a historic name and shows the present one', async () => {
      const [seoul] = await ask('漢城');
      expect(seoul).to.include({ label: '首爾, 南韓', matchedName: '漢城' });
      expect(seoul!.matches).to.deep.equal([]);
    });

    it('answers in the language of the reader', async () => {
      expect(await first('Shibuya', { language: 'en' })).to.match(/^Shibuya, Tokyo.*, Japan$/);
      expect(await first('渋谷', { language: 'zh-Hans' })).to.equal('涩谷, 东京都, 日本');
      expect(await first('澀谷', { language: 'ja' })).to.equal('渋谷, 東京都, 日本');
    });

    it('takes country names and the order of parts from the host', async () => {
      const countryNames = {
        nameOf: (code: string): string | null => (code === 'TW' ? null : code),
      };
      const labelStyles = { default: { separator: ' ', order: 'wide-first' as const } };
      const [banqiao] = await ask('板橋', { countryNames, labelStyles });
      expect(banqiao!.label).to.equal('新北市 板橋');
    });
  });

  describe('input states', () => {
    const states: [typed: string, language: string, label: string][] = [
      ['臺北', 'zh-Hant', '臺北, 台灣'],
      ['台北', 'zh-Hant', '臺北, 台灣'],
      ['banq', 'zh-Hant', '板橋, 新北市, 台灣'],
      ["ban'qiao", 'zh-Hant', '板橋, 新北市, 台灣'],
      ['ㄅㄢˇㄑ', 'zh-Hant', '板橋, 新北市, 台灣'],
      ['103ful6', 'zh-Hant', '板橋, 新北市, 台灣'],
      ['板橋ㄑ', 'zh-Hant', '板橋區, 新北市, 台灣'],
      ['しんじゅく', 'ja', '新宿, 東京都, 日本'],
      ['ｼﾝｼﾞｭｸ', 'ja', '新宿, 東京都, 日本'],
      ['しんじゅk', 'ja', '新宿, 東京都, 日本'],
      ['sinzyuku', 'ja', '新宿, 東京都, 日本'],
      ['oosak', 'ja', '大阪, 日本'],
      ['부사', 'ko', '부산, 대한민국'],
      ['서우', 'ko', '서울, 대한민국'],
      ['霞ヶ関', 'ja', '霞が関, 東京都, 日本'],
      ['基隆中正', 'zh-Hant', '中正, 基隆市, 台灣'],
      ['中正區 基隆', 'zh-Hant', '中正區, 基隆市, 台灣'],
      ['故宮', 'zh-Hant', '故宮, 臺北市, 台灣'],
      ['高熊', 'zh-Hant', '高雄, 台灣'],
    ];
    for (const [typed, language, label] of states) {
      it(`${typed} (${language}) is ${label}`, async () => {
        expect(await first(typed, { language })).to.equal(label);
      });
    }
  });

  it('takes small kana as they were typed for a whole name', async () => {
    const rows = [
      { id: 'kiyo', name: '木与', names: { 'ja-Hira': 'きよ' }, kind: 'station', country: 'JP' },
      {
        id: 'kyoto',
        name: '京都市',
        names: { 'ja-Hira': 'きょうとし' },
        kind: 'city',
        country: 'JP',
        population: 1_400_000,
      },
    ];
    const search = memorySearch(documentsOf(rows.map(readPlaceRecord)));
    for (const [text, id] of [
      ['きょう', 'kyoto'],
      ['きよ', 'kiyo'],
      ['kyou', 'kyoto'],
      ['kyo', 'kyoto'],
      ['kiyo', 'kiyo'],
    ] as const) {
      const [found] = await answerPlaceQuery(text, { language: 'ja' }, search);
      expect(found!.id, text).to.equal(id);
    }
  });

  describe('options', () => {
    it('limits', async () => {
      expect(await ask('北', { limit: 3 })).to.have.length(3);
    });

    it('takes namesakes at home first', async () => {
      expect(await first('板橋', { language: 'ja' })).to.equal('板橋, 東京都, 日本');
    });

    it('takes nearer namesakes first', async () => {
      const found = await ask('中正', { near: { lat: 25.13, lon: 121.74 } });
      expect(found[0]!.label).to.equal('中正, 基隆市, 台灣');
      expect(found[0]!.distanceKm).to.be.lessThan(10);
    });

    it('keeps to a radius, to countries and to kinds', async () => {
      const near = { lat: 25.13, lon: 121.74 };
      const close = await ask('中正', { near, radiusKm: 15 });
      expect(close.map((s) => s.label)).to.deep.equal(['中正, 基隆市, 台灣']);
      const japanese = await ask('板橋', { countries: ['JP'] });
      expect(new Set(japanese.map((s) => s.country))).to.deep.equal(new Set(['JP']));
      const cities = await ask('新', { kinds: ['city'] });
      expect(new Set(cities.map((s) => s.kind))).to.deep.equal(new Set(['city']));
    });

    it('explains every part of the score', async () => {
      for (const [text, part] of [
        ['板橋', 'whole'],
        ['Palace', 'inner'],
        ['中山區 基隆', 'around'],
        ['中山區 基', 'around'],
        ['香港市', 'name'],
        ['高熊', 'alike'],
        ['漢城', 'historic'],
        ['nihom', 'nasal'],
        ['ㄅㄢˋㄑ', 'disagrees'],
      ] as const) {
        const found = await ask(text, { explain: true, limit: 50 });
        const parts = found.map((s) => s.explain!);
        expect(
          parts.some(({ of }) => of[part] !== undefined),
          text,
        ).to.equal(true);
        for (const { of, match, importance, home, near, crowd, total } of parts) {
          const sum = Object.values(of).reduce((a, b) => a + b, 0);
          expect(sum, text).to.be.closeTo(match, 1e-3);
          expect(match + importance + home + near + crowd, text).to.be.closeTo(total, 1e-3);
        }
      }
    });

    it('explains which reading of the input met which name', async () => {
      const [keelung] = await ask('中山區 基隆', { explain: true });
      expect(keelung!.explain).to.include({
        matchedName: '中山區',
        nameKind: 'official',
        state: 'literal',
        field: 'name',
        value: '中山区',
        whole: true,
      });
      expect(keelung!.explain!.reading).to.deep.equal([
        { part: 'name', text: '中山區' },
        { part: 'container', text: '基隆' },
      ]);
    });

    it('tells where a name was turned into the script of the reader', async () => {
      const record = { id: 'x', name: '廊坊市', names: { 'zh-Hans': '廊坊市' }, country: 'CN' };
      const other = { id: 'y', name: '长沙市', names: { 'zh-Hans': '长沙市' }, country: 'CN' };
      const places = [record, other].map((r) => readPlaceRecord({ ...r, kind: 'city' }));
      const find = (text: string): Promise<Suggestion[]> =>
        answerPlaceQuery(text, { language: 'zh-Hant' }, memorySearch(documentsOf(places)));
      expect((await find('廊坊'))[0]).to.not.have.property('converted');
      expect((await find('长沙'))[0]).to.include({ name: '長沙', converted: true });
    });

    it('keeps town areas and hamlets from filling a list', () => {
      const area = { name: '富田', kind: 'town', granularity: 'oaza', country: 'JP' };
      const city = { id: 'city', name: '富田林市', kind: 'city', country: 'JP' };
      const places = [city, ...['a', 'b', 'c'].map((id) => ({ ...area, id }))];
      const documents = documentsOf(places.map(readPlaceRecord));
      const query = placeQuery('富田', { language: 'ja' });
      const hits = documents.map(({ id, ...source }) => ({
        id,
        source: { id, ...source },
        search: 0,
      }));
      const judge = new Judge(query);
      judge.take(hits);
      expect(judge.ranked(query.passes.length).findIndex((c) => c.source.id === 'city')).to.equal(
        2,
      );
    });

    it('echoes the session and explains the score', async () => {
      const [banqiao] = await ask('板橋', { sessionToken: 's1', explain: true });
      expect(banqiao).to.include({ sessionToken: 's1' });
      expect(banqiao!.explain).to.include({ matchedName: '板橋', state: 'literal', whole: true });
      const { match, importance, home, near, total } = banqiao!.explain!;
      expect(match + importance + home + near).to.be.closeTo(total, 1e-3);
      expect(banqiao!.score).to.equal(total);
    });
  });

  describe('match ranges', () => {
    const ranges: [typed: string, language: string, name: string, matched: string[]][] = [
      ['板', 'zh-Hant', '板橋', ['板']],
      ['banq', 'zh-Hant', '板橋', ['板橋']],
      ['ㄅㄢˇ', 'zh-Hant', '板橋', ['板']],
      ['しん', 'ja', '新宿', ['新']],
      ['故宮', 'zh-Hant', '故宮', ['故宮']],
      ['國立故', 'zh-Hant', '國立故宮博物院', ['國立故']],
    ];
    for (const [typed, language, name, matched] of ranges) {
      it(`marks ${matched.join()} of ${name} for ${typed}`, async () => {
        const found = (await ask(typed, { language, limit: 50 })).find((s) => s.name === name);
        expect(found!.matches.map(([a, b]) => found!.name.slice(a, b))).to.deep.equal(matched);
      });
    }
  });

  describe('unusable input', () => {
    for (const [what, text] of Object.entries({
      nothing: '',
      'only spaces': ' \u3000\t',
      'only emoji': '🍜🍜',
      NUL: '\u0000',
      '5,000 characters': '山'.repeat(5000),
      'a lone surrogate': '\ud83c',
      'only punctuation': '。、！',
    })) {
      it(`finds nothing for ${what}`, async () => {
        expect(await ask(text)).to.deep.equal([]);
      });
    }

    const refused: [string, PlaceQueryOptions][] = [
      ['LIMIT_INVALID', { limit: 0 }],
      ['LIMIT_INVALID', { limit: 101 }],
      ['LANGUAGE_INVALID', { language: 'zh_Hant!' }],
      ['NEAR_INVALID', { near: { lat: 91, lon: 0 } }],
      ['NEAR_INVALID', { near: { lat: Number.NaN, lon: 0 } }],
      ['RADIUS_INVALID', { radiusKm: 5 }],
      ['RADIUS_INVALID', { near: { lat: 0, lon: 0 }, radiusKm: -1 }],
      ['COUNTRIES_INVALID', { countries: ['Taiwan'] }],
    ];
    for (const [code, options] of refused) {
      it(`refuses ${JSON.stringify(options)} as ${code}`, async () => {
        const error: unknown = await ask('板橋', options).catch((e: unknown) => e);
        expect(error).to.have.property('code', code);
      });
    }
  });

  it('answers anything that can be typed, with ranges inside the names', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'板橋區台北市中山しんじゅくｼﾝㄅㄢˇ˙서울banqiao osak ,、駅'),
      anyCharacter(),
    );
    const typed = fc.array(unit, { maxLength: 8 }).map((parts) => parts.join(''));
    const language = fc.constantFrom('zh-Hant', 'zh-Hans', 'ja', 'ko', 'en', 'fr');
    await fc.assert(
      fc.asyncProperty(typed, language, async (text, reader) => {
        for (const { name, matches, label } of await ask(text, { language: reader })) {
          expect(label).to.not.equal('');
          for (const [start, end] of matches) {
            expect(start >= 0 && start < end && end <= name.length).to.equal(true);
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('never shows a place twice nor two equal labels, whatever is typed', async () => {
    for (const text of ['中', '北', '東', '新', 'a', 's', 'し', '中山', '日本', '南区', 'ㄓ']) {
      const found = await ask(text, { limit: 50 });
      expect(new Set(found.map((s) => s.id)).size, text).to.equal(found.length);
      expect(new Set(found.map((s) => s.label)).size, text).to.equal(found.length);
    }
  });
});
