import { expect } from 'chai';
import { nameLanguage } from '../../lib/autocomplete/record/name-language.ts';

describe('nameLanguage', () => {
  const cases = {
    'zh-Hant': 'zh-Hant',
    'zh-TW': 'zh-Hant',
    'zh-hk': 'zh-Hant',
    'zh-MO': 'zh-Hant',
    'zh-Hant-HK': 'zh-Hant',
    'zh-CN': 'zh-Hans',
    'zh-SG': 'zh-Hans',
    zh: 'zh',
    'ja-JP': 'ja',
    'ja-Hira': 'ja-Hira',
    'ja-Latn': 'ja-Latn',
    'en-US': 'en',
    'sr-Latn-RS': 'sr-Latn',
    'zh-pinyin': 'zh-pinyin',
  };
  for (const [tag, language] of Object.entries(cases)) {
    it(`takes ${tag} for ${language}`, () => {
      expect(nameLanguage(tag)).to.equal(language);
    });
  }

  it('keeps what only looks like a tag', () => {
    expect(nameLanguage('en-a-bbb-a-ccc')).to.equal('en-a-bbb-a-ccc');
  });
});
