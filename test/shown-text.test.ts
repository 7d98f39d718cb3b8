import { expect } from 'chai';
import fc from 'fast-check';
import { quoteValue } from '../lib/errors.ts';
import { isShownWhole, shownJson, shownText } from '../lib/shown-text.ts';
import { anyString } from './support/any-text.ts';

describe('shownText', () => {
  const cases: [what: string, text: string, shown: string][] = [
    ['colours of a terminal', 'red\u001b[31m', 'red\\u{1b}[31m'],
    ['C1 controls', 'a\u009b2Jb', 'a\\u{9b}2Jb'],
    ['line breaks', 'source\r\nFAKE OK\u2028\u2029', 'source\\r\\nFAKE OK\\u{2028}\\u{2029}'],
    ['marks of direction', 'a\u202egpj.exe\u061c\u2066', 'a\\u{202e}gpj.exe\\u{61c}\\u{2066}'],
    ['tags', '台北\u{e0041}', '台北\\u{e0041}'],
    ['what has no width', 'a\u200bb\u00adc\u2060d\ufeff', 'a\\u{200b}b\\u{ad}c\\u{2060}d\\u{feff}'],
    ['fillers', 'a\u3164\u115f', 'a\\u{3164}\\u{115f}'],
    ['lone surrogates', 'a\ud800', 'a\\u{d800}'],
    [
      'selectors that choose no form',
      '\ufe0f葛\u{e0100}\u{e0101}',
      '\\u{fe0f}葛\u{e0100}\\u{e0101}',
    ],
    ['joiners that join nothing', 'a\u200db👨\u200d', 'a\\u{200d}b👨\\u{200d}'],
  ];
  for (const [what, text, shown] of cases) {
    it(`shows ${what}`, () => {
      expect(shownText(text)).to.equal(shown);
      expect(isShownWhole(text)).to.equal(false);
    });
  }

  it('leaves alone how names are written', () => {
    for (const text of [
      '葛\u{e0100}城市',
      '☕\ufe0f',
      '👨\u200d👩\u200d👧',
      '👩🏽\u200d🚒',
      '臺北 101',
      "Xi'an",
      'Å',
      'C:\\temp',
    ]) {
      expect(shownText(text)).to.equal(text);
      expect(isShownWhole(text)).to.equal(true);
    }
  });

  it('has nothing left to show in what it has shown', () => {
    fc.assert(
      fc.property(anyString(), (text) => {
        expect(shownText(shownText(text))).to.equal(shownText(text));
        expect(isShownWhole(shownText(text))).to.equal(true);
      }),
    );
  });
});

describe('shownJson', () => {
  it('is one line that hides nothing and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = shownJson({ value });
        expect(isShownWhole(json)).to.equal(true);
        expect(JSON.parse(json)).to.deep.equal(JSON.parse(JSON.stringify({ value })));
      }),
    );
    expect(shownJson('\u202e\u{e0041}\u007f')).to.equal('"\\u202e\\udb40\\udc41\\u007f"');
  });

  it('names what JSON does not have', () => {
    expect(shownJson(undefined)).to.equal('undefined');
  });
});

describe('quoteValue', () => {
  it('names numbers that JSON does not have', () => {
    expect(quoteValue({ lat: Infinity, lon: NaN })).to.equal('{"lat":"Infinity","lon":"NaN"}');
  });
});
