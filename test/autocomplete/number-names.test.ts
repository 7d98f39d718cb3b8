import { expect } from 'chai';
import fc from 'fast-check';
import { loadJapanese, type Japanese } from '../../lib/analyzers/japanese.ts';
import { initialsKey, pinyinOf, zhuyinToned } from '../../lib/analyzers/readings.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';

/** Names with digits in them, as maps have them. */
const CHINESE =
  '高雄85大樓 台北101 228和平公園 798艺术区 第7公園 高雄港1號碼頭 松山文創園區5號倉庫 台電大樓3號出口 1933老场坊 751时尚广场 ' +
  '第3殯儀館 8號風球餐廳 99度咖啡 M50创意园 駁二藝術特區P2倉庫 桃園機場T1航廈 信義A13百貨 和平路2段 24小时书店 民生社區3號公園';
const JAPANESE =
  '渋谷109 成田空港第1ターミナル 第2公園 羽田空港第３ターミナル 3番出口 新宿住友ビル47階 豊洲市場6街区 TSUTAYA_渋谷店 ' +
  'ローソン_渋谷店 カフェ100% B1出口 新宿西口① 22世紀美術館 天保山1丁目 1号館 東京ビッグサイト西3ホール';

describe('names with digits', () => {
  let japanese: Japanese;
  before(async () => {
    japanese = await loadJapanese();
  });

  function finderOf(
    country: string,
    language: string,
    texts: readonly string[],
  ): (query: string) => Promise<number[]> {
    const records = texts.map((name, i) =>
      readPlaceRecord({ id: String(i), name, names: { [language]: name }, kind: 'poi', country }),
    );
    const documents = documentsOf(records, { kana: (text) => japanese.reading(text) });
    const [search, containers] = [memorySearch(documents), containersOf(documents)];
    return async (query: string): Promise<number[]> =>
      (await answerPlaceQuery(query, { language, limit: 100, containers }, search)).map(({ id }) =>
        Number(id),
      );
  }

  /** Longer than what several names begin with. */
  const cut = (text: string, share: number): string =>
    text.slice(0, Math.max(2, Math.ceil(text.length * share)));
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('are found by any beginning of their pinyin, zhuyin and initials', async () => {
    const texts = CHINESE.split(' ');
    const find = finderOf('TW', 'zh-Hant', texts);
    await fc.assert(
      fc.asyncProperty(fc.nat(texts.length - 1), share, async (at, part) => {
        const pinyin = pinyinOf(texts[at]!);
        const letters = pinyin.replace(/(?<=[a-z])[1-5]/g, '').replaceAll('v', 'ü');
        const joined = letters.replace(/[_ ]/g, '');
        expect(await find(cut(joined, part)), cut(joined, part)).to.include(at);
        const spaced = letters.replace(/(\d|\b[a-z]\b) (?=\d)/g, '$1');
        expect(await find(cut(spaced, part).trim()), cut(spaced, part)).to.include(at);
        const initials = initialsKey(pinyin).slice(0, 8);
        expect(await find(cut(initials, part)), cut(initials, part)).to.include(at);
        const zhuyin = zhuyinToned(pinyin);
        if (/^[\p{Script=Bopomofo}\dˊˇˋ˙]+$/u.test(zhuyin)) {
          expect(await find(cut(zhuyin, part)), cut(zhuyin, part)).to.include(at);
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('are found by their numbers as spoken, digit by digit or as a whole', async () => {
    const find = finderOf('TW', 'zh-Hant', ['台北101', '高雄85大樓', '228和平公園', '110號公園']);
    const chinese: [string, number][] = [
      ['taibeiyilingyi', 0],
      ['taibei yibailingyi', 0],
      ['taibeiyil', 0],
      ['ㄊㄞˊㄅㄟˇㄧㄌㄧㄥˊㄧ', 0],
      ['tbyly', 0],
      ['gaoxiongbashiwu', 1],
      ['gaoxiongbawudalou', 1],
      ['ererbahepinggongyuan', 2],
      ['erbaiershibahep', 2],
      ['yibaiyishihao', 3],
    ];
    for (const [typed, at] of chinese) expect(await find(typed), typed).to.include(at);
    const findJapanese = finderOf('JP', 'ja', ['渋谷109', '天文台360']);
    const kana: [string, number][] = [
      ['しぶやいちまるきゅう', 0],
      ['shibuya ichimarukyuu', 0],
      ['しぶやひゃくきゅう', 0],
      ['てんもんだいさんびゃくろくじゅう', 1],
      ['tenmondaisanbyaku', 1],
    ];
    for (const [typed, at] of kana) expect(await findJapanese(typed), typed).to.include(at);
  });

  it('are found by any beginning of their kana', async () => {
    const texts = JAPANESE.split(' ').map((text) => text.replace('_', ' '));
    const find = finderOf('JP', 'ja', texts);
    await fc.assert(
      fc.asyncProperty(fc.nat(texts.length - 1), share, async (at, part) => {
        const kana = japanese.reading(texts[at]!);
        expect(kana, texts[at]).to.be.a('string');
        expect(await find(cut(kana!, part)), cut(kana!, part)).to.include(at);
      }),
      { numRuns: runs(150) },
    );
  });
});
