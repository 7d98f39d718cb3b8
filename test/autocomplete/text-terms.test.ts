import { expect } from 'chai';
import * as fc from 'fast-check';

import { fold } from '../../lib/analyzers/fold.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import {
  crossedGrams,
  textFields,
  textGrams,
  textWords,
} from '../../lib/autocomplete/text/terms.ts';

describe('textGrams', () => {
  it('pairs neighbours of text without spaces, and keeps other words whole', () => {
    expect(textGrams('清水寺')).to.deep.equal({ pairs: ['清水', '水寺'], gaps: ['清_寺'] });
    expect(textGrams('台北101')).to.deep.equal({ pairs: ['台北', '101'], gaps: [] });
    expect(textGrams('new york')).to.deep.equal({ pairs: ['new', 'york'], gaps: [] });
    expect(textGrams('東 京')).to.deep.equal({ pairs: ['東', '京'], gaps: [] });
    expect(textGrams('𠮷野家')).to.deep.equal({ pairs: ['𠮷野', '野家'], gaps: ['𠮷_家'] });
    expect(textGrams('')).to.deep.equal({ pairs: [], gaps: [] });
  });

  it('has a pair or a gap in common with a text of one wrong character', () => {
    const han = fc.constantFrom(...'清水寺京都山川大阪城');
    fc.assert(
      fc.property(fc.array(han, { minLength: 4, maxLength: 9 }), fc.nat(8), (characters, n) => {
        const wrong = characters.with(n % characters.length, '々').join('');
        const typed = textGrams(wrong);
        const { pairs, gaps } = textGrams(characters.join(''));
        return [...typed.pairs, ...typed.gaps].some((gram) => [...pairs, ...gaps].includes(gram));
      }),
    );
  });
});

describe('crossedGrams', () => {
  it('meets a text that has a character more or less', () => {
    expect(crossedGrams(textGrams('京城'))).to.deep.equal(['京_城']);
    expect(textGrams('京都城').gaps).to.deep.equal(['京_城']);
    expect(crossedGrams(textGrams('京x都'))).to.deep.equal([]);
  });
});

describe('textWords', () => {
  it('cuts after folding, since a character may hang on its neighbours', () => {
    const textStarts = (): number[] => [0, 1, 2];
    expect(textWords('霞ヶ関', 'ja', { textStarts }).join('')).to.equal(fold('霞ヶ関'));
    expect(textWords('霞ヶ関', 'ja', { textStarts })).to.have.length(3);
  });

  it('is the whole text without a dictionary, but for spaces', () => {
    expect(textWords('清水寺', 'zh', {})).to.deep.equal(['清水寺']);
    expect(textWords('New York', 'zh', {})).to.deep.equal(['new', 'york']);
    expect(textWords(' ', 'zh', {})).to.deep.equal([]);
  });

  it('loses nothing of the folded text, wherever words start', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(20)), (text, starts) => {
        const words = textWords(text, 'ja', { textStarts: () => starts });
        return words.join('') === fold(text).replaceAll(' ', '');
      }),
    );
  });
});

describe('textFields', () => {
  const record = readPlaceRecord({
    id: 'a',
    name: '清水寺',
    country: 'JP',
    names: { en: 'Kiyomizu' },
    aliases: [{ name: '清永寺', kind: 'misspelling' }],
    category: '寺院',
  });

  it('routes names by language, with the Chinese form of a Japanese name that is Chinese too', () => {
    const chineseForm = (name: string): string | null => (name === '清水寺' ? '淸水寺' : null);
    const { zh, ja } = textFields(record, { chineseForm });
    expect(ja).to.deep.equal(['清水寺', '寺院']);
    expect(zh).to.deep.equal([fold('淸水寺'), '寺院']);
    expect(textFields(record, {}).zh).to.deep.equal(['寺院']);
  });

  it('has grams of all names and categories but of misspellings', () => {
    const { grams } = textFields(record, {});
    expect(grams).to.include.members(['清水', '水寺', '清_寺', 'kiyomizu', '寺院']);
    expect(grams).to.not.include('清永');
  });
});
