import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';

import { PHOTOS } from '../../examples/photos.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { withoutText } from '../../lib/knn/describe/png-text.ts';
import { runs } from '../support/properties.ts';

/** Behind the signature and IHDR. */
const HEADER = 33;

function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4);
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

describe('withoutText', () => {
  let plain: Buffer;
  before(async () => {
    plain = await sharp(PHOTOS['flower.jpg']).resize(120, 80).png().toBuffer();
  });
  const withChunks = (...chunks: Buffer[]): Buffer =>
    Buffer.concat([plain.subarray(0, HEADER), ...chunks, plain.subarray(HEADER)]);

  it('leaves out text of every kind that is packed or plain, and nothing else', async () => {
    const packed = deflateSync(Buffer.alloc(30_000_000, 1));
    const texts = [
      chunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), packed])),
      chunk('iTXt', Buffer.concat([Buffer.from('k\0\x01\0\0\0'), packed])),
      chunk('tEXt', Buffer.alloc(3_000_000, 65)),
    ];
    for (const text of [...texts.slice(2), Buffer.concat([...texts, ...texts])]) {
      const stuffed = withChunks(text);
      expect(Buffer.compare(withoutText(stuffed), plain)).to.equal(0);
      const { sha256: _, bytes: __, ...shown } = await describeImage(stuffed);
      expect({ ...(await describeImage(plain)), ...shown }).to.deep.equal(
        await describeImage(plain),
      );
    }
  });

  it('leaves a PNG as it is that has little text', () => {
    const little = withChunks(chunk('tEXt', Buffer.from('Title\0Flower')));
    expect(withoutText(little)).to.equal(little);
  });

  it('takes what is damaged anywhere', () => {
    const stuffed = withChunks(chunk('tEXt', Buffer.alloc(2 << 20)));
    fc.assert(
      fc.property(fc.nat(stuffed.length), fc.nat(HEADER + 8), fc.nat(255), (length, at, byte) => {
        const damaged = Buffer.from(stuffed.subarray(0, length));
        if (at < length) damaged[at] = byte;
        expect(withoutText(damaged).length).to.be.at.most(length);
      }),
      { numRuns: runs(40) },
    );
  });
});
