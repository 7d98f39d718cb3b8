import { expect } from 'chai';

import { fieldsOf, readFieldText } from '../../lib/knn/field-text.ts';

describe('readFieldText', () => {
  it('reads one value, several, and a value with a comma', () => {
    for (const [text, field] of [
      ['country=JP', ['country', ['JP']]],
      ['tags=a, b', ['tags', ['a', 'b']]],
      ['title=Kyoto\\, Japan,x', ['title', ['Kyoto, Japan', 'x']]],
      ['path=C:\\a=b', ['path', ['C:\\a=b']]],
      ['empty=', ['empty', ['']]],
      ['tags=a,', null],
      ['=a', null],
      ['a b=c', null],
      ['__proto__=1', null],
      ['', null],
    ] as const) {
      expect(readFieldText(text), text).to.deep.equal(field);
    }
  });
});

describe('fieldsOf', () => {
  it('keeps every value of a name that came more than once', () => {
    expect(
      fieldsOf([
        ['country', ['JP']],
        ['tags', ['a']],
        ['tags', ['b', 'c']],
        ['constructor', ['x']],
      ]),
    ).to.deep.equal({ country: 'JP', tags: ['a', 'b', 'c'], constructor: 'x' });
  });
});
