import { expect } from 'chai';
import { languageAndWider, nameLanguage } from '../../lib/autocomplete/record/name-language.ts';

describe('nameLanguage', () => {
  const cases = {
    'zh-Hant': 'zh-Hant',
    'zh-TW': 'zh-Hant',
    'zh-hk': 'zh-Hant-HK',
    'zh-MO': 'zh-Hant-MO',
    'zh-Hant-HK': 'zh-Hant-HK',
    'zh-Hant-TW': 'zh-Hant',
    'zh-CN': 'zh-Hans',
    'zh-SG': 'zh-Hans-SG',
    zh: 'zh',
    'ja-JP': 'ja',
    'ja-Hira': 'ja-Hira',
    'ja-Latn': 'ja-Latn',
    'en-US': 'en',
    'en-GB': 'en-GB',
    'pt-BR': 'pt',
    'pt-PT': 'pt-PT',
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

describe('languageAndWider', () => {
  it('is a tag and what stands in for it, nearest first', () => {
    expect(languageAndWider('zh-Hant-MO')).to.deep.equal(['zh-Hant-MO', 'zh-Hant-HK', 'zh-Hant']);
    expect(languageAndWider('en-GB')).to.deep.equal(['en-GB', 'en']);
    expect(languageAndWider('zh-Hant')).to.deep.equal(['zh-Hant']);
    expect(languageAndWider('ja')).to.deep.equal(['ja']);
  });
});
