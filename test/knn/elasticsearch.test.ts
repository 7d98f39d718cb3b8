import { expect } from 'chai';
import fc from 'fast-check';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import {
  bodyOfElasticsearch,
  elasticsearchBody,
  elasticsearchHashBody,
  elasticsearchVectorBody,
} from '../../lib/knn/elasticsearch.ts';
import { efSearchOf, imageMapping, type ImageMappingOptions } from '../../lib/knn/mapping.ts';
import { hashSearchBody } from '../../lib/knn/query-body.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';

/** What Elasticsearch gives back for a body: settings as text, nested, and no defaults of fields. */
function asTold(body: Record<string, unknown>): Record<string, unknown> {
  const told = structuredClone(body) as Record<string, unknown> & {
    settings: { index: Record<string, unknown> };
  };
  const { index } = told.settings;
  const hidden = index['mapping.exclude_source_vectors'];
  delete index['mapping.exclude_source_vectors'];
  if (hidden !== undefined) index['mapping'] = { exclude_source_vectors: JSON.stringify(hidden) };
  return told;
}

/** Choices that Elasticsearch has. */
const CHOICES: fc.Arbitrary<ImageMappingOptions> = fc
  .record({
    graph: fc.constantFrom(
      { method: 'flat' } as const,
      ...(['1x', '4x', '8x', '32x'] as const).map((compression) => ({ compression })),
      {},
    ),
    space: fc.constantFrom(
      {},
      { spaceType: 'l2', dimension: 4096 } as const,
      { spaceType: 'innerproduct', dimension: 1 } as const,
    ),
    m: fc.integer({ min: 2, max: 100 }),
    efConstruction: fc.integer({ min: 2, max: 4096 }),
    efSearch: fc.integer({ min: 1, max: 10_000 }),
    numberOfShards: fc.integer({ min: 1, max: 1024 }),
    model: fc.string(),
  })
  .map(({ graph, space, ...rest }) => ({ ...rest, ...graph, ...space }));

describe('a body for Elasticsearch', () => {
  it('comes back as what it was made of, whatever was chosen and whichever version took it', () => {
    fc.assert(
      fc.property(CHOICES, fc.constantFrom('8.15.0', '9.1.3', '9.2.0', '10.0.0'), (options, at) => {
        const body = { ...imageMapping(options) };
        const back = bodyOfElasticsearch(asTold(elasticsearchBody(body, at)));
        const { compression } = options;
        // Not compressed is told by saying nothing.
        const wanted = compression === '1x' ? { ...options, compression: undefined } : options;
        expect(back).to.deep.equal({ ...imageMapping(wanted as ImageMappingOptions) });
        expect(efSearchOf(back)).to.equal(options.efSearch);
      }),
    );
  });

  it('keeps vectors in _source from 9.2 on, and names no setting that is unknown before', () => {
    const indexOf = (version?: string): unknown =>
      (elasticsearchBody(imageMapping(), version) as { settings: { index: unknown } }).settings
        .index;
    const shards = { number_of_shards: 1, number_of_replicas: 1 };
    for (const version of ['8.15.0', '8.19.9', '9.0.0', '9.1.10']) {
      expect(indexOf(version), version).to.deep.equal(shards);
    }
    for (const version of ['9.2.0', '9.10.0', '10.0.0', undefined]) {
      const kept = { ...shards, 'mapping.exclude_source_vectors': false };
      expect(indexOf(version), version ?? 'newest').to.deep.equal(kept);
    }
  });

  it('is the same for places, which have no vectors', () => {
    const body = { ...placeMapping() };
    expect(elasticsearchBody(body, '8.15.0')).to.deep.equal(body);
    expect(bodyOfElasticsearch(body)).to.deep.equal(body);
  });

  it('is refused, with the reason, where Elasticsearch has no such thing', () => {
    const cases: [ImageMappingOptions, RegExp][] = [
      [{ engine: 'faiss' }, /engine faiss/],
      [{ engine: 'faiss', method: 'ivf', modelId: 'm' }, /engine faiss/],
      [{ encoder: { name: 'sq' } }, /an encoder/],
      [{ compression: '2x' }, /compression 2x/],
      [{ compression: '16x' }, /compression 16x/],
      [{ dimension: 4097 }, /4097 dimensions/],
      [{ dimension: 5000, dataType: 'byte', spaceType: 'l2' }, /5000 dimensions/],
    ];
    for (const [options, says] of cases) {
      const make = (): unknown => elasticsearchBody(imageMapping(options));
      expect(make, JSON.stringify(options)).to.throw(says).with.property('code', 'MAPPING_INVALID');
    }
    expect(() =>
      elasticsearchBody(imageMapping({ dimension: 16_000, dataType: 'binary' })),
    ).not.to.throw();
  });
});

describe('a search of pictures on Elasticsearch', () => {
  const search = { vectors: [Array<number>(132).fill(1)], limit: 7 };
  const clausesOf = (body: Record<string, unknown>): Record<string, unknown>[] =>
    (body as { query: { dis_max: { queries: Record<string, unknown>[] } } }).query.dis_max.queries;
  const candidates = (...args: Parameters<typeof elasticsearchVectorBody>): unknown =>
    (clausesOf(elasticsearchVectorBody(...args))[0]!['knn'] as Record<string, unknown>)[
      'num_candidates'
    ];

  it('considers as many candidates as the search says, else the index, and never fewer than it returns', () => {
    expect(candidates(DEFAULT_SPACE, search)).to.equal(100);
    expect(candidates(DEFAULT_SPACE, search, 300)).to.equal(300);
    expect(candidates(DEFAULT_SPACE, { ...search, efSearch: 50 }, 300)).to.equal(50);
    expect(candidates(DEFAULT_SPACE, { ...search, efSearch: 3 }, 300)).to.equal(7);
    expect(candidates(DEFAULT_SPACE, { ...search, limit: 10_000 })).to.equal(10_000);
  });

  it('compares every vector where it is to be exact, among the pictures that have one', () => {
    const body = elasticsearchVectorBody(DEFAULT_SPACE, {
      ...search,
      exact: true,
      filter: { country: 'TW' },
    });
    expect(clausesOf(body).map((clause) => Object.keys(clause))).to.deep.equal([
      ['script_score'],
      ['script_score'],
    ]);
    expect(clausesOf(body)[1]!['script_score']).to.deep.equal({
      query: {
        bool: {
          filter: [{ exists: { field: 'trimmed' } }, { terms: { terms: ['country=TW'] } }],
        },
      },
      script: {
        source: "double d = cosineSimilarity(params.v, 'trimmed'); return (1 + d) / 2;",
        params: { v: search.vectors[0] },
      },
    });
  });

  it('compares hashes as bits, and by the term alone where none may differ', () => {
    const value = '0123456789abcdef'.repeat(4);
    const near = elasticsearchHashBody({ field: 'dctHash', value, maxDistance: 12, limit: 5 });
    expect(near['query']).to.have.nested.property('knn.similarity', 12);
    expect(near['query']).to.have.nested.property('knn.k', 10_000);
    expect(near['size']).to.equal(5);
    const same = { field: 'blockhash', value, limit: 5 } as const;
    expect(elasticsearchHashBody(same)).to.deep.equal(hashSearchBody(same));
  });
});
