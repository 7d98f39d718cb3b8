import { expect } from 'chai';

import { sizeDeployment } from '../../lib/sizing.ts';

describe('sizing', () => {
  const valueOf = (input: Parameters<typeof sizeDeployment>[0], name: string): number =>
    sizeDeployment(input).figures.find((figure) => figure.name === name)!.value;

  it('chooses the engine by the numbers, unless told', () => {
    expect(sizeDeployment({ places: 100_000 }).engine).to.equal('embedded');
    expect(sizeDeployment({ images: 2e6 }).engine).to.equal('opensearch');
    expect(sizeDeployment({ places: 10, engine: 'opensearch' }).engine).to.equal('opensearch');
  });

  it('counts the memory of graphs as OpenSearch documents it', () => {
    const input = { images: 1e6, dimension: 256, engine: 'opensearch', replicas: 0 } as const;
    // 1.1 x (4 x 256 + 8 x 16) x 1,020,000 views
    expect(valueOf(input, 'memory for graphs, all copies')).to.equal(1_292_544_000);
    const small = { ...input, compression: '32x' } as const;
    expect(valueOf(small, 'memory for graphs, all copies')).to.equal(179_520_000);
  });

  it('is within a tenth of what was measured', () => {
    // docs/operating.md has the commands; bytes of indexes of 101,228 places, and of pictures.
    const measured: [Parameters<typeof sizeDeployment>[0], string, number][] = [
      [{ places: 101_228 }, 'disk', 334_090_240],
      [{ places: 1_012_280 }, 'disk', 3_702_345_728],
      [{ images: 99_000 }, 'disk', 527_106_048],
      [{ images: 105_000 }, 'disk', 559_177_728 + 43_307_544],
      [{ images: 50_000, dimension: 512 }, 'disk', 342_188_032],
      [{ places: 101_228, engine: 'opensearch', replicas: 0 }, 'disk, all copies', 107_082_267],
      [{ images: 20_000, engine: 'opensearch', replicas: 0 }, 'disk, all copies', 91_836_802],
      [
        { images: 20_000, dimension: 512, engine: 'opensearch', replicas: 0 },
        'disk, all copies',
        219_909_348,
      ],
    ];
    for (const [input, name, bytes] of measured) {
      expect(valueOf(input, name) / bytes).to.be.within(0.9, 1.1);
    }
  });

  it('grows in proportion, and doubles with a replica', () => {
    const disk = (images: number, replicas: number): number =>
      valueOf({ images, replicas, engine: 'opensearch' }, 'disk, all copies');
    expect(disk(2e6, 0)).to.equal(2 * disk(1e6, 0));
    expect(disk(1e6, 1)).to.equal(2 * disk(1e6, 0));
  });

  it('goes to 10^9 pictures with nodes and shards in whole numbers', () => {
    const { figures, settings } = sizeDeployment({
      images: 1e9,
      dimension: 512,
      compression: '32x',
    });
    const counts = figures.filter(({ unit }) => unit !== 'bytes').map(({ value }) => value);
    for (const count of counts) expect(Number.isInteger(count)).to.equal(true);
    expect(settings.images).to.include({ engine: 'faiss', m: 16, compression: '32x' });
  });

  it('counts nodes by graphs, by disk at 85 %, by shards, and by copies, and says which decides', () => {
    const places = { places: 1e9, engine: 'opensearch' } as const;
    const pictures = { images: 1e9, engine: 'opensearch' } as const;
    const nodesOf = (input: Parameters<typeof sizeDeployment>[0]): unknown[] => [
      sizeDeployment(input).decidedBy,
      ...['graphs', 'disk', 'shards'].map((by) => valueOf(input, `nodes for ${by}`)),
      valueOf(input, 'data nodes'),
    ];
    // 2 x 2.2e12 bytes / (1024 GiB x 0.85); 2 x 35 shards x 2 copies / 800
    expect(nodesOf(places)).to.deep.equal(['disk', 0, 5, 1, 5]);
    // 1.1 x (4 x 132 + 8 x 16) x 1.02e9 x 2 bytes / 16 GiB
    expect(nodesOf(pictures)).to.deep.equal(['graphs', 86, 20, 1, 86]);
    expect(nodesOf({ ...pictures, compression: '32x' })).to.deep.equal(['disk', 19, 20, 1, 20]);
    // Of 256 GiB no more than 32 are heap: 112 GiB for graphs.
    expect(nodesOf({ ...pictures, nodeMemoryGib: 256, nodeDiskGib: 1e5 })).to.deep.equal([
      'graphs',
      13,
      1,
      1,
      13,
    ]);
    // 25 shards a GiB of heap: 12 on a node of 1 GiB.
    const small = { ...places, nodeMemoryGib: 1, nodeDiskGib: 1e5 };
    expect(nodesOf(small)).to.deep.equal(['shards', 0, 1, 12, 12]);
    expect(nodesOf({ places: 1000, replicas: 2, engine: 'opensearch' })).to.deep.equal([
      'copies',
      0,
      1,
      1,
      3,
    ]);
  });

  it('gives settings as the indexes take them', () => {
    const { settings } = sizeDeployment({ places: 1e8, images: 1e8, replicas: 2 });
    expect(settings).to.deep.equal({
      places: { numberOfShards: 4, numberOfReplicas: 2 },
      images: { numberOfShards: 15, numberOfReplicas: 2, engine: 'faiss', m: 16 },
    });
    expect(sizeDeployment({ places: 10 }).settings).to.deep.equal({});
  });

  it('gives settings that Elasticsearch takes, and refuses what it has not', () => {
    const images = { images: 1e8, engine: 'elasticsearch' } as const;
    const { engine, settings } = sizeDeployment({ ...images, compression: '32x', replicas: 2 });
    expect([engine, settings.images]).to.deep.equal([
      'elasticsearch',
      { numberOfShards: 15, numberOfReplicas: 2, engine: 'lucene', m: 16, compression: '32x' },
    ]);
    for (const given of [
      { compression: '2x' },
      { compression: '16x' },
      { dimension: 5000 },
    ] as const) {
      const size = (): unknown => sizeDeployment({ ...images, ...given });
      expect(size)
        .to.throw(/Elasticsearch can't/)
        .with.property('code', 'MAPPING_INVALID');
    }
  });

  it('refuses what is no number in range', () => {
    for (const input of [
      { places: -1 },
      { images: NaN },
      { dimension: 0 },
      { replicas: 11 },
      { nodeDiskGib: 0 },
    ]) {
      expect(() => sizeDeployment(input)).to.throw(/out of range/);
    }
  });
});
