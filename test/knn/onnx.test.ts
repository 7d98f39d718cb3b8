import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { onnxModel } from '../../lib/knn/describe/onnx.ts';
import { flat, meanColorModel, rounded } from './onnx-file.ts';
import { codeOf } from '../support/failures.ts';

describe('an ONNX model', () => {
  it('makes vectors of pictures, pixels prepared as told', async () => {
    const file = meanColorModel();
    const plain = await onnxModel(file, { width: 8, height: 8 });
    expect(plain.space).to.deep.equal({
      dimension: 3,
      spaceType: 'cosinesimil',
      dataType: 'float',
    });
    const orange = await flat('#ff8000');
    expect(rounded(await plain.embed(orange))).to.deep.equal([1, 0.502, 0]);
    const prepared = await onnxModel(file, {
      ...{ width: 8, height: 8, channels: 'bgr', scale: 1, mean: [255, 28, 0], std: [1, 100, 2] },
      spaceType: 'l2',
    });
    expect(rounded(await prepared.embed(orange))).to.deep.equal([0, 1, 0]);
    expect(prepared.id).to.not.equal(plain.id);
    expect((await onnxModel(file, { width: 8, height: 8 })).id).to.equal(plain.id);
  });

  it('serves an index', async () => {
    const model = await onnxModel(meanColorModel(), { width: 8, height: 8, threshold: 0.01 });
    const index = new ImageIndex(embedded({ dataDir: ':memory:' }), { model });
    for (const color of ['#ff0000', '#00ff00', '#0000ff']) {
      await index.add(await flat(color), { id: color });
    }
    const [best, second] = await index.similar(await flat('#08f000'));
    expect(best).to.include({ id: '#00ff00', rule: 'near-vector' });
    expect(second).to.include({ rule: 'nearest' });
    await index.close();
  });

  it('is refused with what is wrong of it', async () => {
    const file = meanColorModel();
    const size = { width: 8, height: 8 };
    expect(await codeOf(onnxModel(new Uint8Array([1, 2, 3]), size))).to.equal('ONNX_INVALID');
    for (const wrong of [
      { width: 0 },
      { mean: [1, 2] },
      { std: [1, 0, 1] },
      { layout: 'chwn' },
      { input: 'nothing' },
      { scale: NaN },
    ]) {
      const given = { ...size, ...wrong } as Parameters<typeof onnxModel>[1];
      expect(await codeOf(onnxModel(file, given)), JSON.stringify(wrong)).to.equal('ONNX_INVALID');
    }
  });
});
