import { createRequire } from 'node:module';
import { expect } from 'chai';
import { type ChinesePackage, loadChinese } from '../../lib/analyzers/chinese.ts';
import { fold } from '../../lib/analyzers/fold.ts';
import { loadJapanese } from '../../lib/analyzers/japanese.ts';

const installed = (name: string): boolean => {
  try {
    createRequire(import.meta.url)(name);
    return true;
  } catch {
    return false;
  }
};

for (const prefer of ['nodejieba', '@node-rs/jieba'] satisfies ChinesePackage[]) {
  describe(`loadChinese with ${prefer}`, function () {
    before(function () {
      // nodejieba is optional: it is compiled where it is installed.
      if (!installed(prefer)) this.skip();
    });

    it('loads that package, once', async () => {
      const chinese = await loadChinese({ prefer });
      expect(chinese.name).to.equal(prefer);
      expect(await loadChinese({ prefer })).to.equal(chinese);
    });

    it('cuts words and leaves unknown ones in single characters', async () => {
      const { cut } = await loadChinese({ prefer });
      expect(cut('清水寺在京都府')).to.deep.equal(['清水', '寺', '在', '京都府']);
      expect(cut('小田原站')).to.deep.equal(['小', '田', '原', '站']);
    });

    it('tells words of the dictionary, folded', async () => {
      const { isWord } = await loadChinese({ prefer });
      expect([fold('図書館'), fold('臺北'), '小田原', '山', ''].map(isWord)).to.deep.equal([
        true,
        true,
        false,
        false,
        false,
      ]);
    });

    it('tags words', async () => {
      const { tag } = await loadChinese({ prefer });
      expect(tag('北京')).to.deep.equal([{ word: '北京', tag: 'ns' }]);
    });

    it('finds where words of an unfolded text begin', async () => {
      const { wordStarts } = await loadChinese({ prefer });
      expect(wordStarts('國立 故宮博物院')).to.deep.equal([0, 3]);
      expect(wordStarts('𠮷清水寺')).to.deep.equal([0, 2, 4]);
      expect(wordStarts('・')).to.deep.equal([]);
    });
  });
}

describe('loadJapanese', () => {
  it('cuts words with their parts of speech and readings', async () => {
    const { tokenize } = await loadJapanese();
    expect(tokenize('新宿駅')).to.deep.equal([
      { surface: '新宿', known: true, pos: '名詞,固有名詞,地域', reading: 'しんじゅく' },
      { surface: '駅', known: true, pos: '名詞,接尾,地域', reading: 'えき' },
    ]);
    expect(tokenize('桥')[0]).to.include({ surface: '桥', known: false });
  });

  it('reads names in hiragana, or not at all', async () => {
    const { reading } = await loadJapanese();
    expect(['新宿駅', '東京タワー', 'ゆりかもめ', '石桥', ''].map(reading)).to.deep.equal([
      'しんじゅくえき',
      'とうきょうたわー',
      'ゆりかもめ',
      null,
      null,
    ]);
  });

  it('finds where words begin', async () => {
    const { wordStarts } = await loadJapanese();
    expect(wordStarts('東京国立博物館')).to.deep.equal([0, 2, 4]);
    expect(wordStarts('')).to.deep.equal([]);
  });
});
