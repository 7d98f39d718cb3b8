import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { imageSource } from '../../lib/engines/cluster/image-source.ts';
import { readImageSource } from '../../lib/knn/hits.ts';
import { pictureWith } from '../support/pictures.ts';

describe('imageSource', () => {
  /** A number of single precision from any 32 bits. */
  const singleOf = (bits: number): number => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, bits);
    return view.getFloat32(0);
  };

  it('writes 0.1 of single precision as 0.1', () => {
    const document = { ...pictureWith('a', {}), vector: [Math.fround(0.1), 1, -128, 0] };
    expect(imageSource(document).vector).to.deep.equal([0.1, 1, -128, 0]);
  });

  it('is read back to the last bit, in nine digits at the most', () => {
    const random = seededRandom(7);
    const drawn = Array.from({ length: 20_000 }, () => singleOf(Math.floor(random() * 2 ** 32)));
    const edges = [0x1, 0x7fffff, 0x800000, 0x7f7fffff, 0x3f7fffff, 0x3f800001, 0x4b800000];
    const vector = [...drawn, ...edges.map(singleOf)].filter(Number.isFinite);
    const source = imageSource({ ...pictureWith('a', {}), vector, trimmed: vector });
    for (const number of source.vector!) {
      expect(Number(number.toPrecision(9))).to.equal(number);
    }
    const text = JSON.stringify(source);
    const read = readImageSource(JSON.parse(text) as typeof source);
    expect(read.vector).to.deep.equal(vector);
    expect(read.trimmed).to.deep.equal(vector);
  });

  it('leaves the document as it was', () => {
    const vector = [Math.fround(0.3)];
    const document = { ...pictureWith('a', {}), vector };
    imageSource(document);
    expect(document.vector).to.deep.equal([Math.fround(0.3)]);
  });
});
