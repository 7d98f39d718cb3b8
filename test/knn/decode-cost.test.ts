import { expect } from 'chai';
import {
  decodedBytes,
  MAX_DECODED_BYTES,
  type PictureHeader,
} from '../../lib/knn/describe/decode-cost.ts';

describe('decodedBytes', () => {
  const CASES: [what: string, header: Partial<PictureHeader>, mebibytes: number, fits: boolean][] =
    [
      ['a JPEG of 108 megapixels', { format: 'jpeg', width: 12_000, height: 9000 }, 103, true],
      [
        'a progressive one of a telephone',
        { format: 'jpeg', width: 12_000, height: 9000, progressive: true, subsampling: '4:2:0' },
        ...([361, true] as const),
      ],
      ['an AVIF of 49 megapixels', { format: 'avif', width: 7000, height: 7000 }, 842, false],
      ['an AVIF of 12 megapixels', { format: 'avif', width: 4000, height: 3000 }, 206, true],
      [
        'an interlaced PNG of 16 bits',
        { width: 7000, height: 7000, channels: 4, bytesPerBand: 2, progressive: true },
        ...([468, false] as const),
      ],
      ['a plain PNG of it', { width: 7000, height: 7000, channels: 4, bytesPerBand: 2 }, 94, true],
    ];
  for (const [what, given, mebibytes, fits] of CASES) {
    it(`expects ${mebibytes} MiB of ${what}, which ${fits ? 'are' : 'are not'} let in`, () => {
      const plain = { channels: 3, bytesPerBand: 1, progressive: false, subsampling: null };
      const bytes = decodedBytes({ format: 'png', width: 1, height: 1, ...plain, ...given });
      expect(Math.ceil(bytes / 2 ** 20)).to.equal(mebibytes);
      expect(bytes <= MAX_DECODED_BYTES).to.equal(fits);
    });
  }
});
