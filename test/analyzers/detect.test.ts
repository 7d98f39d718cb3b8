import { expect } from 'chai';
import fc from 'fast-check';
import { loadChinese } from '../../lib/analyzers/chinese.ts';
import { detectLanguage, detectLanguages, loadDetector } from '../../lib/analyzers/detect.ts';
import type { Detection, Detector } from '../../lib/analyzers/detection.ts';
import type { NameHint } from '../../lib/analyzers/hints.ts';
import { loadJapanese } from '../../lib/analyzers/japanese.ts';
import {
  CHINESE_NAME_FORMS,
  HONG_KONG_FORMS,
  JAPANESE_NAME_FORMS,
} from '../../lib/analyzers/regional-forms.ts';
import { nameDocument } from '../../lib/analyzers/name-document.ts';
import { runs } from '../support/properties.ts';
import { anyString } from '../support/any-text.ts';

let detector: Detector;

before(async () => {
  detector = await loadDetector();
});

describe('detectLanguage', () => {
  const cases: [string, Detection['language'], Detection['reason']][] = [
    ['東京タワー', 'ja', 'kana'],
    ['霞ヶ関', 'ja', 'kana'],
    ['腳の眼鏡', 'zh', 'outside-jis'],
    ['代々木', 'ja', 'repeat-mark'],
    ['长沙', 'zh', 'outside-jis'],
    ['駅前広場', 'ja', 'jis-only'],
    ['淺草', 'zh', 'tokens'],
    ['龍安寺', 'ja', 'tokens'],
    ['新宿御苑', 'ja', 'tokens'],
    ['髙島屋', 'ja', 'jis-only'],
    ['𠮷野家', 'ja', 'jis-only'],
    ['有馬温泉', 'ja', 'model'],
    ['国際廣場', 'ja', 'mixed-forms'],
    ['葛\u{e0100}城市', 'ja', 'variation'],
    ['\u{fa19}戸', 'ja', 'variation'],
    ['小田原', 'ja', 'model'],
    ['中正路', 'zh', 'tokens'],
    ['長谷寺 本堂', 'ja', 'tokens'],
    ['台北101', 'zh', 'tokens'],
    ['中山', 'both', 'both-dictionaries'],
    ['板橋ㄅㄢˇ', 'zh', 'bopomofo'],
    ['ㄅㄢˇ', 'zh', 'bopomofo'],
    ['서울', 'other', 'other-script'],
    ['Taipei', 'other', 'other-script'],
    ['กรุงเทพ', 'other', 'other-script'],
    ['', 'und', 'empty'],
    ['101', 'und', 'empty'],
    ['\0 🍜', 'und', 'empty'],
  ];
  for (const [name, language, reason] of cases) {
    it(`gives ${language} for ${JSON.stringify(name)} by ${reason}`, async () => {
      expect(await detectLanguage(name, { dictionaries: true })).to.include({
        name,
        language,
        reason,
      });
    });
  }

  it('tells Traditional from Simplified only where the characters do', () => {
    const variants = ['臺灣', '台湾大学', '大安路', '中正路'].map(
      (name) => detector.detect(name, { hint: { country: 'TW' } }).zhVariant,
    );
    expect(variants).to.deep.equal(['Hant', 'Hans', null, null]);
    expect(detector.detect('渋谷駅').zhVariant).to.equal(null);
  });

  it('knows the forms of Hong Kong, which are no sign of Japanese', () => {
    for (const form of HONG_KONG_FORMS) {
      expect(['jis-only', 'mixed-forms']).not.to.include(detector.detect(`${form}廈`).reason);
    }
    const names = ['衞生署', '税務大樓', '温莎公爵大廈', '正斗粥麪專家', '温县', '温州', '黃大仙'];
    expect(names.map((name) => detector.detect(name))).to.satisfy((found: Detection[]) =>
      found.every(({ language }) => language === 'zh'),
    );
    expect(names.map((name) => detector.detect(name).zhVariant)).to.deep.equal([
      ...['Hant-HK', 'Hant-HK', 'Hant-HK', 'Hant-HK'],
      ...['Hans', null, 'Hant'],
    ]);
  });

  it('takes no form of Japanese or Chinese names for a sure sign of the other language', () => {
    const reason = (form: string): string => detector.detect(`${form}山`).reason;
    for (const form of JAPANESE_NAME_FORMS) expect(reason(form)).not.to.equal('outside-jis');
    for (const form of CHINESE_NAME_FORMS) expect(reason(form)).not.to.equal('jis-only');
  });

  it('looks through variation selectors', () => {
    const inJapan = detector.detect('渋\u{e0100}谷', { hint: { country: 'JP' } });
    expect(inJapan).to.include({ language: 'ja', alsoZh: true, zhForm: '澀谷' });
    expect(detector.detect('葛\u{e0100}城', { hint: { country: 'TW' } }).language).to.equal('zh');
    expect(detector.detect('𠮷野家').zhForm).to.equal('吉野家');
  });

  describe('obeys what is stated', () => {
    const found = (name: string, hint: NameHint): string =>
      detector.detect(name, { hint }).language;
    /** Characters of one standard only, of both, and of neither. */
    const han = fc
      .array(
        fc.constantFrom(...Array.from('長长東东駅广広衞羣温莎廈麪森鷗德寬瀨澤泽山川中々〆𠮷國国')),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => parts.join(''));
    const chinese = fc.constantFrom<NameHint>(
      ...['TW', 'CN', 'HK', 'MO', 'SG', 'hk'].map((country) => ({ country })),
      ...['zh', 'zh-Hant', 'zh-Hans-CN', 'yue', 'zh_TW'].map((language) => ({ language })),
      { region: 'TW-TPE' },
      { country: 'JP', language: 'zh-Hant' },
    );
    const japanese = fc.constantFrom<NameHint>(
      { country: 'JP' },
      { region: 'JP-26' },
      { language: 'ja' },
      { language: 'ja-JP' },
      { country: 'CN', language: 'ja' },
    );

    it('whatever the characters of a name are', () => {
      fc.assert(
        fc.property(han, chinese, japanese, (name, zh, ja) => {
          expect(found(name, zh)).to.equal('zh');
          expect(found(name, ja)).to.equal('ja');
          for (const hint of [zh, ja]) {
            expect(detector.detect(name, { hint }).ambiguous).to.equal(false);
          }
        }),
        { numRuns: runs(300) },
      );
    });

    it('but not against kana and bopomofo', () => {
      const kana = fc.constantFrom('タワー', 'えき', 'ケ丘ビル', 'ﾋﾞﾙ');
      fc.assert(
        fc.property(han, kana, chinese, japanese, (name, ending, zh, ja) => {
          expect(found(name + ending, zh)).to.equal('ja');
          expect(found(`${name}ㄅㄢˇ`, ja)).to.equal('zh');
        }),
        { numRuns: runs(300) },
      );
    });

    it('and a name in a third language is neither', () => {
      expect(detector.detect('全羅南道', { hint: { language: 'ko' } })).to.include({
        language: 'other',
        reason: 'hint-language',
      });
      expect(found('全羅南道', { language: 'und', country: 'JP' })).to.equal('ja');
    });
  });

  it('reads a Chinese text that quotes kana without the quotation', () => {
    const language = (name: string): string => detector.detect(name).language;
    expect(language('特別推薦的必訪店家「ヤマシロヤ」')).to.equal('zh');
    expect(language('这家店叫《ラーメン》')).to.equal('zh');
    expect(language('駅前の店「ヤマシロヤ」')).to.equal('ja');
    expect(language('駅前商店街「ヤマシロヤ」')).to.equal('ja');
    expect(language('「ヤマシロヤ」')).to.equal('ja');
    expect(language('推薦「ヤマシロヤ')).to.equal('ja');
  });

  it('takes the country of a region', () => {
    const inRegion = (region: string): string =>
      detector.detect('清水寺', { hint: { region } }).language;
    expect(['JP-26', 'TW-TPE', 'FR-75'].map(inRegion)).to.deep.equal(['ja', 'zh', 'ja']);
  });

  it('is never unsure where the country is known', () => {
    for (const country of ['JP', 'TW', 'CN', 'HK']) {
      for (const name of ['中山', '高雄', '小田原', '中正路', '龍泉寺', '西門町']) {
        const found = detector.detect(name, { hint: { country } });
        expect(found.language).to.equal(country === 'JP' ? 'ja' : 'zh');
        expect(found.ambiguous).to.equal(false);
      }
    }
  });

  it('leans to the other language where a name is written otherwise in one', () => {
    const beside = (names: Record<string, string>): Detection =>
      detector.detect('西門町', { hint: { names } });
    expect(beside({ 'zh-Hans': '西门町' })).to.include({ language: 'ja', reason: 'hint-names' });
    expect(beside({ ja: '西門駅' })).to.include({ language: 'zh', reason: 'hint-names' });
    expect(beside({ ja: 'せいもんちょう' }).reason).to.not.equal('hint-names');
  });

  it('takes a stated name over everything', () => {
    const stated = (names: Record<string, string>): string =>
      detector.detect('中山', { hint: { names } }).language;
    expect(stated({ 'zh-Hant': '中山', ja: 'ちゅうざん' })).to.equal('zh');
    expect(stated({ ja: '中山' })).to.equal('ja');
    expect(stated({ ja: '中山', 'zh-Hant': '中山' })).to.equal('both');
  });

  it('takes names that both languages write alike for both', () => {
    for (const name of ['清州市', '全羅南道', '濟州']) {
      expect(detector.detect(name)).to.include({
        language: 'both',
        reason: 'shared-name',
        ambiguous: false,
      });
      expect(detector.detect(name, { hint: { country: 'CN' } }).language).to.equal('zh');
      expect(detector.detect(name, { hint: { country: 'JP' } }).language).to.equal('ja');
    }
    const inKorea = (name: string): string =>
      detector.detect(name, { hint: { country: 'KR' } }).language;
    expect(['新村', '鍾路區', '서울', '全罗南道'].map(inKorea)).to.deep.equal([
      'both',
      'both',
      'other',
      'zh',
    ]);
  });

  it('finds Chinese words before shared endings only where the stem is known', () => {
    const alsoZh = (name: string): boolean =>
      detector.detect(name, { hint: { country: 'JP' } }).alsoZh;
    const stems = fc.constantFrom('袋田', '奥平', '形埜', '掃守', '久我', '祖師');
    const endings = fc.constantFrom('温泉', '公園', '市場', '海岸', '神宮', '高原');
    fc.assert(
      fc.property(stems, endings, (stem, ending) => {
        expect(alsoZh(ending)).to.equal(true);
        expect(alsoZh(stem + ending)).to.equal(alsoZh(stem));
      }),
      { numRuns: runs(40) },
    );
    expect(['兼六園', '軽井沢', '有馬温泉', '鎌倉', '抹茶'].every(alsoZh)).to.equal(true);
  });

  it('calls a name ambiguous under the threshold', () => {
    const { confidence, ambiguous } = detector.detect('西門町');
    expect(confidence).to.be.within(0.5, 0.9);
    expect(ambiguous).to.equal(true);
    expect(detector.detect('西門町', { threshold: 0.5 }).ambiguous).to.equal(false);
    expect(detector.detect('东京塔').ambiguous).to.equal(false);
    expect(detector.detect('').ambiguous).to.equal(false);
  });

  it('finds Japanese names that are Chinese words, in their Chinese form', () => {
    const inJapan = { hint: { country: 'JP' } };
    const found = ['図書館', '清水寺', '平安神宮', '渋谷', '代々木公園', '仙台'].map((name) =>
      detector.detect(name, inJapan),
    );
    expect(found.map(({ alsoZh }) => alsoZh)).to.deep.equal([true, true, true, true, true, true]);
    expect(found.map(({ zhForm }) => zhForm)).to.deep.equal([
      '圖書館',
      '清水寺',
      '平安神宮',
      '澀谷',
      '代代木公園',
      '仙台',
    ]);
    const others = ['五反田', '久我山', '東京タワー', '受付', '北千束'].map((name) =>
      detector.detect(name, inJapan),
    );
    expect(others.map(({ alsoZh, zhForm }) => [alsoZh, zhForm])).to.deep.equal(
      others.map(() => [false, null]),
    );
  });

  it('knows Japanese words that are written as in Chinese', () => {
    expect(['板橋', '京都', '中正路'].map((name) => detector.detect(name).alsoJa)).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  it('decides by characters alone without dictionaries', async () => {
    const fast = await loadDetector({ dictionaries: false });
    const names = ['東京タワー', '人民公园', '浅草寺', '小田原', '富士山', '日月潭', '中正路'];
    expect(names.map((name) => fast.detect(name).language)).to.deep.equal([
      'ja',
      'zh',
      'ja',
      'ja',
      'ja',
      'zh',
      'zh',
    ]);
    expect(fast.detect('清水寺')).to.include({ alsoZh: false, alsoJa: false, reason: 'model' });
    expect(await detectLanguage('中山')).to.deep.equal(
      detector.detect('中山', { dictionaries: false }),
    );
  });

  it('gives the same answers one by one, together, and from a loaded detector', async () => {
    const names = ['', '東京タワー', '长沙', '清水寺', '高雄', '中山', 'Taipei', '葛\u{e0100}城'];
    const hint = { country: 'JP' };
    for (const dictionaries of [true, false]) {
      const options = { dictionaries, threshold: 0.9 };
      const wanted = names.map((name) => detector.detect(name, options));
      expect(await detectLanguages(names, options)).to.deep.equal(wanted);
      for (const [at, name] of names.entries()) {
        expect(await detectLanguage(name, options)).to.deep.equal(wanted[at]);
      }
      const stated = names.map((name) => detector.detect(name, { ...options, hint }));
      expect(await detectLanguages(names, { ...options, hint })).to.deep.equal(stated);
      expect(
        await detectLanguages(
          names.map((name) => ({ name, hint })),
          options,
        ),
      ).to.deep.equal(stated);
    }
  });

  it('refuses a bad hint of one name before any is judged', async () => {
    const bad = [{ name: '中山' }, { name: '中山', hint: { country: 'Japan' } }];
    let thrown: unknown;
    await detectLanguages(bad).catch((error: unknown) => (thrown = error));
    expect(thrown).to.include({ code: 'OPTION_INVALID' });
  });

  it('answers any string', () => {
    const text = fc.oneof(
      anyString({ maxLength: 12 }),
      fc
        .array(fc.constantFrom(...Array.from('山東京臺台々ヶの駅广。、 a서'), '\ud800', '\0'), {
          maxLength: 8,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (name) => {
        const { confidence, language, zhForm, alsoZh } = detector.detect(name);
        expect(confidence).to.be.within(0, 1);
        expect(confidence === 0).to.equal(language === 'und');
        if (zhForm !== null) expect(alsoZh).to.equal(true);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('nameDocument', () => {
  const documentOf = async (name: string, country?: string): Promise<[string[], string[]]> => {
    const segmenters = {
      chinese: await loadChinese({ prefer: '@node-rs/jieba' }),
      japanese: await loadJapanese(),
    };
    const detection = detector.detect(name, country === undefined ? {} : { hint: { country } });
    const { zh, ja } = nameDocument(name, detection, segmenters);
    return [zh, ja];
  };

  it('puts a sure name into the field of its language', async () => {
    expect(await documentOf('東京タワー')).to.deep.equal([[], ['东京 たわー']]);
    expect(await documentOf('国立故宫博物院')).to.deep.equal([['国立 故宫博物院'], []]);
  });

  it('puts a guess, and a name in neither language, into both', async () => {
    expect(await documentOf('中山')).to.deep.equal([['中山'], ['中山']]);
    expect(await documentOf('Taipei')).to.deep.equal([['taipei'], ['taipei']]);
  });

  it('puts a Japanese name that is Chinese as well into both', async () => {
    expect(await documentOf('図書館', 'JP')).to.deep.equal([['图书馆'], ['图书馆']]);
    expect(await documentOf('五反田', 'JP')).to.deep.equal([[], ['五反田']]);
  });

  it('leaves out what is empty', async () => {
    expect(await documentOf('・')).to.deep.equal([[], []]);
  });
});
