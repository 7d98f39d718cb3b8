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
      [{ images: 99_000, engine: 'opensearch', replicas: 0 }, 'disk, all copies', 557_407_710],
      [
        { images: 20_000, dimension: 512, engine: 'opensearch', replicas: 0 },
        'disk, all copies',
        296_629_712,
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
    expect(settings['images.engine']).to.equal('faiss');
  });

  it('refuses what is no number in range', () => {
    for (const input of [{ places: -1 }, { images: NaN }, { dimension: 0 }, { replicas: 11 }]) {
      expect(() => sizeDeployment(input)).to.throw(/out of range/);
    }
  });
});
