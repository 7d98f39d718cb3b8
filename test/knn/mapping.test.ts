import { expect } from 'chai';
import fc from 'fast-check';

import {
  imageMapping,
  type ImageMappingOptions,
  vectorSpaceOf,
  viewFields,
} from '../../lib/knn/mapping.ts';
import { vectorSearchBody } from '../../lib/knn/query-body.ts';
import {
  DEFAULT_SPACE,
  distanceBetween,
  distanceOfScore,
  scoreOfDistance,
  type SpaceType,
  vectorFault,
} from '../../lib/knn/space.ts';

describe('the mapping of an image index', () => {
  const fieldOf = (options: ImageMappingOptions): unknown =>
    (imageMapping(options).mappings['properties'] as Record<string, unknown>)['vector'];

  it('says engine, method and space type in so many words', () => {
    expect(fieldOf({})).to.deep.equal({
      type: 'knn_vector',
      dimension: 132,
      data_type: 'float',
      method: {
        name: 'hnsw',
        engine: 'lucene',
        space_type: 'cosinesimil',
        parameters: { m: 16, ef_construction: 100 },
      },
    });
    expect(fieldOf({ engine: 'faiss', dimension: 512, m: 32, compression: '32x' })).to.deep.include(
      {
        dimension: 512,
        compression_level: '32x',
      },
    );
    const ivf = fieldOf({ engine: 'faiss', method: 'ivf', modelId: 'trained' });
    expect(ivf).to.deep.equal({ type: 'knn_vector', model_id: 'trained' });
  });

  it('is read back as the space that it was made of', () => {
    for (const space of [
      { dimension: 7, spaceType: 'l2', dataType: 'float' },
      { dimension: 64, spaceType: 'hamming', dataType: 'binary' },
      { dimension: 16, spaceType: 'innerproduct', dataType: 'byte' },
    ] as const) {
      expect(vectorSpaceOf({ ...imageMapping(space) })).to.deep.equal(space);
    }
    expect(vectorSpaceOf({ mappings: { properties: {} } })).to.equal(null);
  });

  it('has fields for the parts of collages where they are kept, and a search looks them up', () => {
    const [plain, keeping] = [false, true].map((collages) => ({ ...imageMapping({ collages }) }));
    const all = ['vector', 'trimmed', 'part1', 'part2', 'part3', 'part4'];
    expect(viewFields(plain!)).to.deep.equal(all.slice(0, 2));
    expect(viewFields(keeping!)).to.deep.equal(all);
    const { properties } = imageMapping({ collages: true, m: 7 }).mappings;
    expect((properties as Record<string, unknown>)['part4']).to.deep.equal(fieldOf({ m: 7 }));
    const asked = (...views: Parameters<typeof vectorSearchBody>[2][]): unknown[] => {
      const search = { vectors: [Array<number>(132).fill(1)], limit: 3 };
      const body = vectorSearchBody(DEFAULT_SPACE, search, ...views);
      const { queries } = (body as { query: { dis_max: { queries: { knn: object }[] } } }).query
        .dis_max;
      return queries.flatMap(({ knn }) => Object.keys(knn));
    };
    expect(asked()).to.deep.equal(all.slice(0, 2));
    expect(asked(viewFields(keeping!))).to.deep.equal(all);
  });

  it('is a copy each time', () => {
    const { settings } = imageMapping();
    settings.index['knn'] = false;
    expect(imageMapping().settings.index['knn']).to.equal(true);
  });

  const refused: [what: string, options: ImageMappingOptions][] = [
    ['a dimension of 0', { dimension: 0 }],
    ['a dimension over 16000', { dimension: 16_001 }],
    ['binary vectors of 12 bits', { dimension: 12, dataType: 'binary' }],
    ['hamming with floats', { spaceType: 'hamming' }],
    ['binary with cosine', { dimension: 8, dataType: 'binary', spaceType: 'cosinesimil' }],
    ['an unknown space', { spaceType: 'l1' as SpaceType }],
    ['nmslib', { engine: 'nmslib' as 'faiss' }],
    ['ivf of lucene', { method: 'ivf', modelId: 'm' }],
    ['ivf without a model', { engine: 'faiss', method: 'ivf' }],
    ['flat of faiss', { engine: 'faiss', method: 'flat' }],
    ['encoder and compression', { engine: 'faiss', encoder: { name: 'sq' }, compression: '8x' }],
    ['compressed bytes', { dataType: 'byte', compression: '4x' }],
    ['pq of lucene', { encoder: { name: 'pq' } }],
    ['m of 1', { m: 1 }],
    ['no shards', { numberOfShards: 0 }],
  ];
  for (const [what, options] of refused) {
    it(`is refused with ${what}`, () => {
      expect(() => imageMapping(options))
        .to.throw()
        .with.property('code', 'MAPPING_INVALID');
    });
  }
});

describe('distances', () => {
  const float = (spaceType: SpaceType) => ({ dimension: 3, spaceType, dataType: 'float' }) as const;

  it('are those of the k-NN plugin', () => {
    const [a, b] = [
      [1, 0, 0],
      [0.5, 0.5, 0],
    ];
    expect(distanceBetween(float('l2'), a, b)).to.equal(0.5);
    expect(distanceBetween(float('innerproduct'), a, b)).to.equal(-0.5);
    expect(distanceBetween(float('cosinesimil'), a, b)).to.be.closeTo(1 - Math.SQRT1_2, 1e-12);
    const bits = { dimension: 16, spaceType: 'hamming', dataType: 'binary' } as const;
    expect(distanceBetween(bits, [-1, 0], [127, 3])).to.equal(3);
  });

  it('and scores say the same', () => {
    expect(scoreOfDistance('l2', 3)).to.equal(0.25);
    expect(scoreOfDistance('cosinesimil', 0.5)).to.equal(0.75);
    expect(scoreOfDistance('innerproduct', -2)).to.equal(3);
    const spaces = fc.constantFrom<SpaceType>('l2', 'cosinesimil', 'innerproduct', 'hamming');
    fc.assert(
      fc.property(spaces, fc.double({ min: 0, max: 2, noNaN: true }), (space, distance) => {
        const back = distanceOfScore(space, scoreOfDistance(space, distance));
        expect(back).to.be.closeTo(distance, 1e-9);
      }),
    );
    expect(distanceOfScore('innerproduct', scoreOfDistance('innerproduct', -7))).to.equal(-7);
  });

  it('refuse what has no direction, no end, or another length', () => {
    const cosine = float('cosinesimil');
    expect(vectorFault(cosine, [0, 0, 0])).to.equal('is zero');
    expect(vectorFault(cosine, [0, 1e-60, 0])).to.equal('is zero');
    expect(vectorFault(cosine, [1, 2])).to.equal('has 2 numbers and not 3');
    expect(vectorFault(cosine, [1, NaN, 2])).to.equal('has NaN at 1');
    expect(vectorFault(cosine, [1, 1e300, 2])).to.equal('has 1e+300 at 1');
    expect(vectorFault(float('l2'), [0, 0, 0])).to.equal(null);
    const bytes = { dimension: 2, spaceType: 'l2', dataType: 'byte' } as const;
    expect(vectorFault(bytes, [1, 200])).to.equal('has 200 at 1, which is not a signed byte');
  });
});
