import { expect } from 'chai';
import fc from 'fast-check';

import { PLACE_QUERY_SPEC } from '../../lib/autocomplete/suggest/query.ts';
import { SEARCH_SPEC, SUGGEST_SPEC } from '../../lib/place-options.ts';
import { parametersOf, readParameters, schemaOf } from '../../lib/server/parameters.ts';
import { RequestError } from '../../lib/server/problem.ts';

const PARAMETERS = parametersOf(SUGGEST_SPEC, [
  'language',
  'near',
  'radiusKm',
  'limit',
  'countries',
  'kinds',
  'explain',
]);

function read(query: string): Record<string, unknown> {
  return readParameters(query, PARAMETERS);
}

function codeOf(query: string): string {
  try {
    read(query);
  } catch (error) {
    if (error instanceof RequestError) return error.code;
  }
  return 'none';
}

describe('readParameters', () => {
  it('reads values by their declaration', () => {
    expect(
      read('near=25.01,%20121.46&radiusKm=2.5e1&limit=3&countries=tw,JP&explain=true'),
    ).to.deep.equal({
      near: { lat: 25.01, lon: 121.46 },
      radiusKm: 25,
      limit: 3,
      countries: ['tw', 'JP'],
      explain: true,
    });
    expect(read('')).to.deep.equal({});
  });

  it('reads positions as browsers and geocoders write them', () => {
    for (const [text, lat, lon] of [
      ['51.50735090000001,-0.12775829999998223', 51.50735090000001, -0.12775829999998223],
      ['51.5,1e-7', 51.5, 1e-7],
      ['5.1E1,-1.5e+2', 51, -150],
    ] as const) {
      expect(read(`near=${encodeURIComponent(text)}`)).to.deep.equal({ near: { lat, lon } });
    }
  });

  it('reads every number that JSON writes, and refuses what is outside of the range', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const query = `radiusKm=${encodeURIComponent(JSON.stringify(value))}`;
        if (value > 0 && value <= 20_000) expect(read(query)).to.deep.equal({ radiusKm: value });
        else expect(codeOf(query)).to.equal('PARAMETER_INVALID');
      }),
    );
  });

  it('refuses what JSON does not take for a number', () => {
    for (const text of ['', ' ', '.5', '5.', '+5', '05', '0x5', '5e', '1_0', 'NaN', 'Infinity']) {
      const wrong = encodeURIComponent(text);
      expect(codeOf(`radiusKm=${wrong}`), text).to.equal('PARAMETER_INVALID');
      expect(codeOf(`near=${wrong},1`), text).to.equal('PARAMETER_INVALID');
      expect(codeOf(`limit=${wrong}`), text).to.equal('PARAMETER_INVALID');
    }
    expect(codeOf('radiusKm=1e999')).to.equal('PARAMETER_INVALID');
  });

  it('never looks a value or a name up in a prototype', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(codeOf(`explain=${name}`), name).to.equal('PARAMETER_INVALID');
      expect(codeOf(`kinds=${name}`), name).to.equal('PARAMETER_INVALID');
      expect(codeOf(`${name}=1`), name).to.equal('PARAMETER_UNKNOWN');
    }
  });

  it('says which parameter was meant', () => {
    expect(() => read('langauge=ja')).to.throw(
      'There is no parameter "langauge". Did you mean language? There are language, near, ',
    );
  });
});

describe('schemaOf', () => {
  it('tells the ranges and defaults of the call', () => {
    const { limit, radiusKm, explain } = PLACE_QUERY_SPEC.options;
    expect(schemaOf(limit)).to.deep.equal({
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 10,
    });
    expect(schemaOf(radiusKm)).to.deep.equal({
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 20_000,
    });
    expect(schemaOf(explain)).to.deep.equal({ type: 'boolean', default: false });
    expect(schemaOf(SEARCH_SPEC.options.from)).to.deep.equal({
      type: 'integer',
      minimum: 0,
      maximum: 300,
      default: 0,
    });
  });
});
