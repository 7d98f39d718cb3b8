import { expect } from 'chai';
import fc from 'fast-check';
import { scriptRuns, scriptsOf } from '../../lib/analyzers/script.ts';
import { anyString } from '../support/any-text.ts';

const shape = (text: string): string[] =>
  scriptRuns(text).map((run) => `${run.script}:${run.text}`);

describe('scriptRuns', () => {
  it('cuts where the script changes', () => {
    expect(shape('台北101 Tower')).to.deep.equal([
      'han:台北',
      'digit:101',
      'space: ',
      'latin:Tower',
    ]);
    expect(shape('ㄅㄢˇ서울・')).to.deep.equal(['bopomofo:ㄅㄢˇ', 'hangul:서울', 'other:・']);
    expect(shape('ｼﾝｼﾞｭｸ駅')).to.deep.equal(['kana:ｼﾝｼﾞｭｸ', 'han:駅']);
  });

  it('counts ヶ and ヵ as Han between Han only', () => {
    expect(shape('霞ヶ関')).to.deep.equal(['han:霞ヶ関']);
    expect(shape('つつじヶ丘')).to.deep.equal(['kana:つつじヶ', 'han:丘']);
    expect(shape('霞ヶ')).to.deep.equal(['han:霞', 'kana:ヶ']);
  });

  it('counts 々 and 〆 as Han', () => {
    expect(shape('佐々木〆')).to.deep.equal(['han:佐々木〆']);
  });

  it('keeps a mark with its letter', () => {
    expect(shape('e\u0301か\u3099')).to.deep.equal(['latin:e\u0301', 'kana:か\u3099']);
  });

  it('gives runs that join to the text, at their offsets', () => {
    fc.assert(
      fc.property(anyString({ maxLength: 12 }), (text) => {
        const runs = scriptRuns(text);
        expect(runs.map((run) => run.text).join('')).to.equal(text);
        for (const run of runs) expect(text.slice(run.start, run.end)).to.equal(run.text);
      }),
    );
  });
});

describe('scriptsOf', () => {
  it('names every script once', () => {
    expect([...scriptsOf('東京タワー東京')]).to.deep.equal(['han', 'kana']);
    expect([...scriptsOf('')]).to.deep.equal([]);
  });
});
