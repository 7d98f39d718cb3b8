import { expect } from 'chai';

import { fold } from '../../lib/analyzers/fold.ts';
import { interpret, type Interpretation } from '../../lib/autocomplete/suggest/interpretations.ts';

function passes(text: string, language = 'zh-Hant'): Interpretation[][] {
  return interpret(text, fold(text), language);
}
function first(text: string): string[] {
  return passes(text)[0]!.map(
    (i) => `${i.state} ${i.field} ${i.value}${i.tail ? `+${i.tail}` : ''}`,
  );
}

describe('interpret', () => {
  it('takes Han for the beginning of a name or of a word inside one', () => {
    expect(first('板橋')).to.deep.equal(['literal name 板桥', 'literal inner 板桥']);
  });

  it('takes letters for a name, pinyin, initials and romaji', () => {
    expect(first('banq')).to.deep.equal([
      'literal name banq',
      'literal inner banq',
      'reading pinyin banq',
      'initials initials banq',
    ]);
    expect(first('osak')).to.include.members(['reading romaji osak']);
  });

  it('takes zhuyin for a reading and keeps its tones for judging', () => {
    const reading = passes('ㄅㄢˇ')[0]!.find((i) => i.field === 'zhuyin');
    expect(reading).to.include({ state: 'reading', value: 'ㄅㄢ', tones: 'ㄅㄢˇ' });
  });

  it('reads ohy both ways', () => {
    const romaji = first('shimohyo').filter((i) => i.startsWith('reading romaji'));
    expect(romaji).to.deep.equal(['reading romaji simoyo', 'reading romaji simohiyo']);
  });

  it('takes an m at the end for the beginning of ま first, then for ん', () => {
    const romaji = passes('shim')[0]!.filter((i) => i.field === 'romaji');
    expect(romaji.map(({ value, nasal }) => [value, nasal ?? false])).to.deep.equal([
      ['sim', false],
      ['sinb', true],
      ['sinm', true],
      ['sinp', true],
    ]);
  });

  it('reads the mark of the neutral tone', () => {
    expect(passes('ㄗ˙')[0]!.find((i) => i.field === 'zhuyin')).to.include({ tones: 'ㄗ˙' });
  });

  it('takes kana with letters behind for a reading under way', () => {
    expect(first('しんj')).to.include('reading romaji sinzi');
  });

  it('splits committed Han from what the input method still holds', () => {
    expect(first('茨木s')).to.include('reading name 茨木+s');
    expect(first('豐原ㄑ')).to.include('reading name 丰原+ㄑ');
  });

  it('looks for the same sound and for one mistake last', () => {
    const mistakes = passes('高熊').at(-1)!;
    expect(mistakes.slice(0, 3)).to.deep.equal([
      { state: 'homophone', field: 'pinyin', value: 'gaoxiong', match: 'prefix' },
      { state: 'edit', field: 'name', value: '高熊', match: 'edit' },
      { state: 'edit', field: 'tail', value: '熊市', match: 'whole', typed: '高熊市' },
    ]);
    expect(mistakes.slice(2).map((i) => i.value)).to.deep.equal(
      Array.from('市县区镇乡町', (suffix) => `熊${suffix}`),
    );
  });

  it('expects no mistakes by pinyin of who reads Japanese', () => {
    expect(
      passes('京部市', 'ja')
        .at(-1)!
        .map((i) => `${i.field} ${i.value}`),
    ).to.deep.equal(['name 京部市', 'name 部京市', 'tail 部市', 'tail 京部市', 'name 部市']);
  });
});
