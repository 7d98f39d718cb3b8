import { expect } from 'chai';

import { diffBodies } from '../../lib/alias/body-diff.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';

const told = (have: object, want: object): string[] =>
  diffBodies(have as Record<string, unknown>, want as Record<string, unknown>).map(
    ({ path, needs }) => `${needs} ${path}`,
  );
const fields = (properties: object): object => ({ mappings: { properties } });

describe('diffBodies', () => {
  it('finds nothing between a body and itself, nested or dotted', () => {
    expect(told({ ...placeMapping() }, { ...placeMapping() })).to.deep.equal([]);
    const dotted = { settings: { 'index.number_of_shards': 2, 'index.sort.field': ['a', 'b'] } };
    const nested = { settings: { index: { number_of_shards: '2', sort: { field: ['a', 'b'] } } } };
    expect(told(dotted, nested)).to.deep.equal([]);
  });

  it('tells settings that change on a live index from those that do not', () => {
    const have = {
      settings: { index: { number_of_replicas: 1, number_of_shards: 1, codec: 'x' } },
    };
    const want = { settings: { index: { number_of_replicas: 2, number_of_shards: 3 } } };
    expect(told(have, want)).to.deep.equal([
      'dynamic-setting settings.index.number_of_replicas',
      'rebuild settings.index.number_of_shards',
    ]);
  });

  it('wants a rebuild for new fields, other types and analyzers, and none for fields that are gone', () => {
    const have = fields({ a: { type: 'keyword' }, b: { type: 'text', analyzer: 'x' }, gone: {} });
    const want = fields({ a: { type: 'text' }, b: { type: 'text', analyzer: 'y' }, c: {} });
    expect(told(have, want)).to.deep.equal([
      'rebuild mappings.properties.a.type',
      'rebuild mappings.properties.b.analyzer',
      'rebuild mappings.properties.c',
    ]);
  });

  it('looks into the parts of a field, whatever their order, and past what OpenSearch leaves out', () => {
    const method = { name: 'hnsw', engine: 'lucene', parameters: { m: 16, ef_construction: 100 } };
    const have = fields({
      v: { type: 'knn_vector', method: { ...method, parameters: { ef_construction: 100, m: 8 } } },
    });
    const want = fields({ v: { data_type: 'float', method, type: 'knn_vector' } });
    expect(told(have, want)).to.deep.equal(['rebuild mappings.properties.v.method.parameters.m']);
    expect(told(want, want)).to.deep.equal([]);
  });

  it('wants a put mapping where that is enough', () => {
    const have = fields({ a: { type: 'keyword', ignore_above: 10 } });
    const want = fields({ a: { type: 'keyword', ignore_above: 20 } });
    expect(diffBodies(have as never, want as never)).to.deep.equal([
      {
        path: 'mappings.properties.a.ignore_above',
        needs: 'put-mapping',
        reason: 'ignore_above is 10 and should be 20',
      },
    ]);
  });

  it('wants a rebuild where documents are made in another way now', () => {
    const of = (schema_version: number): object => ({ mappings: { _meta: { schema_version } } });
    expect(told(of(1), of(2))).to.deep.equal(['rebuild mappings._meta']);
    expect(told(of(1), of(1))).to.deep.equal([]);
  });
});
